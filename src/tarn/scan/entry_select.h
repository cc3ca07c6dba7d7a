// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "tarn/base/context.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/partition_set.h"
#include "tarn/scan/bucket_select.h"
#include "tarn/scan/file_stats.h"
#include "tarn/scan/scan_settings.h"
#include "tarn/scan/table_scan.h"

namespace tarn::scan {

/// Which manifests and entries a scan wants: by partition and bucket, and by statistics
/// of single files where a file's rows can be judged alone.
///
/// Places may be asked from several threads. Answers are plain yes and no: what went
/// wrong on the way is kept, answered with yes, and told by `status`.
class EntrySelect {
 public:
  /// Borrows its arguments. Errors: kCorruption, kInvalidInput (a partition or predicate
  /// that does not fit the table).
  static Result<std::unique_ptr<EntrySelect>> Make(const base::Context& context,
                                                   const types::TableSchema& schema,
                                                   const ScanSettings& settings,
                                                   const ScanOptions& options,
                                                   ScanPurpose purpose, FileStats* stats);

  bool WantsManifest(const meta::ManifestFileMeta& manifest);
  bool WantsBucket(std::string_view partition, int32_t bucket, int32_t total_buckets);
  /// One caller at a time.
  bool WantsFile(const meta::ManifestEntry& entry);

  /// The three as the filter of a walk over live files; lives no longer than this.
  meta::LiveFilesFilter Filter();
  /// The first error that any answer met.
  Status status() const;

 private:
  EntrySelect(const base::Context& context, const ScanSettings& settings,
              const ScanOptions& options, ScanPurpose purpose, FileStats* stats)
      : context_(context),
        settings_(settings),
        options_(options),
        purpose_(purpose),
        stats_(*stats) {}
  bool Check(const Result<bool>& answer);
  Result<bool> PartitionMatches(std::string_view partition);
  bool IsYoungEnough(const meta::DataFileMeta& file) const;

  const base::Context& context_;
  const ScanSettings& settings_;
  const ScanOptions& options_;
  const ScanPurpose purpose_;
  FileStats& stats_;

  std::optional<meta::PartitionSet> wanted_;
  expr::PredicatePtr partition_predicate_, key_predicate_;
  std::unique_ptr<BucketSelect> bucket_select_;

  mutable std::mutex mutex_;
  std::map<std::string, bool, std::less<>> partition_answers_;
  Status status_;
};

}  // namespace tarn::scan
