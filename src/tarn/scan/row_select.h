// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/scan/file_stats.h"
#include "tarn/scan/scan_settings.h"
#include "tarn/scan/table_scan.h"

namespace tarn::scan {

/// Where files of one bucket lie.
struct BucketPlace {
  const std::string& partition_path;
  int32_t bucket;
};

/// Whether files of a bucket can hold a wanted row: by the statistics of their values and
/// by their indexes. Borrows what it is made of.
class RowSelect {
 public:
  RowSelect(const base::Context& context, const io::TablePaths& paths,
            const types::TableSchema& schema, const ScanSettings& settings,
            const ScanOptions& options, FileStats* stats)
      : context_(context),
        paths_(paths),
        schema_(schema),
        settings_(settings),
        options_(options),
        stats_(*stats) {}

  /// Whether files that share keys with no others can answer a wanted row. Below a merge
  /// a file must not be left out for its values: it may hold the newest version of a row,
  /// and an older one would reappear. So files go together, and an engine that folds
  /// several rows into one is judged only where there is one file. Indexes speak of rows
  /// as they are stored, so they are asked about a file that stands alone, as in Java.
  Result<bool> WantsSection(const std::vector<meta::DataFileMeta>& files,
                            const BucketPlace& place);
  /// Files of a bucket without a key, each judged alone by its index.
  Result<std::vector<meta::DataFileMeta>> WithRows(std::vector<meta::DataFileMeta> files,
                                                   const BucketPlace& place);
  /// Add what indexes were asked.
  void CountInto(PlanCounters* counters) const;

 private:
  bool UsesIndexes() const {
    return settings_.use_file_indexes && options_.prune.file_indexes;
  }
  Result<bool> MightHoldRows(const meta::DataFileMeta& file, const BucketPlace& place);

  const base::Context& context_;
  const io::TablePaths& paths_;
  const types::TableSchema& schema_;
  const ScanSettings& settings_;
  const ScanOptions& options_;
  FileStats& stats_;
  std::mutex mutex_;
  int64_t indexes_asked_ = 0, files_without_rows_ = 0;
};

}  // namespace tarn::scan
