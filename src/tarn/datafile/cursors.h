// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/datafile/schema_mapping.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::datafile {

/// A cursor over `rows` times one value. \param value one-row array
std::unique_ptr<merge::ColumnCursor> RepeatCursor(std::shared_ptr<arrow::Array> value,
                                                  int64_t rows, arrow::MemoryPool* pool);

/// A cursor that maps what another answers.
std::unique_ptr<merge::ColumnCursor> MappedCursor(
    std::unique_ptr<merge::ColumnCursor> cursor, ColumnMapping mapping,
    types::CastContext context);

/// Cursors of several files as one. A file is opened when the first row of it is read;
/// skipped files never are.
/// \param rows  rows of each file
/// \param open  opens the cursor of file i, at its row 0
/// \param type  what is answered for no rows
std::unique_ptr<merge::ColumnCursor> ChainedCursor(
    std::vector<int64_t> rows,
    std::function<Result<std::unique_ptr<merge::ColumnCursor>>(size_t)> open,
    std::shared_ptr<arrow::DataType> type, arrow::MemoryPool* pool);

}  // namespace tarn::datafile
