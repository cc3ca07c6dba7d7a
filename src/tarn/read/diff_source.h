// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/read/row_source.h"
#include "tarn/types/table_schema.h"

namespace tarn::read {

/// How two states of one bucket differ (Paimon `IncrementalDiffSplitRead`).
///
/// Both sides answer all columns of the table, one row per key, ascending by key. A key
/// with equal rows on both sides is left out; otherwise the row of `after` is answered
/// with its kind, and where only `before` has a key, its row as -D. Rows are equal when
/// their stored bytes are, as in Java.
///
/// \param keep_deletes  answer retractions too; both sides then keep theirs
/// \param columns       columns to answer, by index into the schema
std::unique_ptr<RowSource> DiffSource(const base::Context& context,
                                      std::shared_ptr<const types::TableSchema> schema,
                                      std::unique_ptr<RowSource> before,
                                      std::unique_ptr<RowSource> after,
                                      std::vector<int> columns, bool keep_deletes);

}  // namespace tarn::read
