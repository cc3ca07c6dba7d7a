// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/io/table_paths.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// Give the postponed rows of `table` their real buckets, in one COMPACT snapshot (Paimon
/// `PostponeBucketCompactOperator`): files of bucket -2 are replayed in the order in
/// which they came to be, and written as level-0 files of the buckets that their keys
/// belong to. A partition keeps its number of buckets; a new one gets it from
/// `postpone.target-row-num-per-bucket` or `postpone.default-bucket-num`. Errors:
/// kConflict when somebody else wrote to the same buckets meanwhile.
Result<CompactReport> AssignPostponedRows(const Table& table,
                                          std::shared_ptr<const base::Context> context,
                                          const io::TablePaths& paths,
                                          const CompactRequest& request);

}  // namespace tarn::table
