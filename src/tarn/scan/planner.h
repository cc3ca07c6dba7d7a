// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/schema_file.h"
#include "tarn/scan/entry_select.h"
#include "tarn/scan/file_stats.h"
#include "tarn/scan/row_select.h"
#include "tarn/scan/scan_settings.h"
#include "tarn/scan/table_scan.h"
#include "tarn/scan/vector_places.h"

namespace tarn::scan {

/// One plan in the making: what is wanted of a table, and how files become splits. The
/// three kinds of plans differ in where their files come from: `plan_changes.cc`,
/// `plan_diff.cc`, and the state of a snapshot in `table_scan.cc`.
class Planner {
 public:
  /// Borrows its arguments, but for `purpose`.
  static Result<std::unique_ptr<Planner>> Make(const base::Context& context,
                                               const std::string& table_path,
                                               const types::TableSchema& schema,
                                               const ScanOptions& options,
                                               ScanPurpose purpose);

  const base::Context& context() const { return context_; }
  const io::TablePaths& paths() const { return paths_; }
  const std::string& table_path() const { return table_path_; }
  const types::TableSchema& schema() const { return schema_; }
  const ScanSettings& settings() const { return settings_; }
  EntrySelect* entries() const { return entries_.get(); }

  /// The wanted files that are live in `snapshot`.
  Result<std::vector<meta::ManifestEntry>> LiveEntries(const meta::Snapshot& snapshot,
                                                       PlanCounters* counters);
  /// Pack files into splits, bucket by bucket, in the order in which buckets are met.
  Status AddSplits(int64_t snapshot_id, const std::vector<meta::ManifestEntry>& entries,
                   const VectorsByBucket& vectors, Plan* plan);
  /// A split of no files yet, of the bucket that `first` lies in.
  Result<meta::Split> SplitOf(int64_t snapshot_id,
                              const meta::ManifestEntry& first) const;
  /// Errors: kUnsupported for a file of a format that cannot be read; kPermission.
  Status CheckReadable(const meta::DataFileMeta& file) const;

 private:
  Planner(const base::Context& context, const std::string& table_path,
          const types::TableSchema& schema, io::TablePaths paths, ScanPurpose purpose);
  Result<std::vector<SplitFiles>> Pack(std::vector<meta::DataFileMeta> files,
                                       const BucketPlace& place);

  const base::Context& context_;
  const std::string& table_path_;
  const types::TableSchema& schema_;
  const io::TablePaths paths_;
  const ScanPurpose purpose_;
  const meta::SchemaFiles schemas_;
  FileStats stats_;
  ScanSettings settings_;
  std::unique_ptr<EntrySelect> entries_;
  std::unique_ptr<RowSelect> rows_;
};

}  // namespace tarn::scan
