// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"
#include "tarn/merge/run_merger.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::read {

/// Rows of some columns of the table, with kinds where the source knows them.
struct Rows {
  std::shared_ptr<arrow::RecordBatch> columns;
  std::shared_ptr<arrow::Buffer> kinds;  ///< uint8[rows]; nullptr = all +I
};

/// Where a split's rows come from, batch by batch. One caller at a time.
class RowSource {
 public:
  virtual ~RowSource() = default;
  /// An empty optional at the end.
  virtual Result<std::optional<Rows>> Next() = 0;
};

/// Files one after another, nothing merged. \param with_kinds  read the kinds that the
/// files keep; otherwise every row is +I
std::unique_ptr<RowSource> RawSource(std::unique_ptr<merge::SortedRun> run,
                                     std::vector<int> columns,
                                     std::shared_ptr<arrow::Schema> schema,
                                     int64_t batch_rows, bool with_kinds);

/// One section, merged.
std::unique_ptr<RowSource> MergeSource(std::unique_ptr<merge::RunMerger> merger);

}  // namespace tarn::read
