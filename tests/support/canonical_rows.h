// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>
#include <gtest/gtest.h>
#include <nlohmann/json_fwd.hpp>

#include "tarn/base/status.h"
#include "tarn/types/change_batch.h"
#include "tarn/types/data_type.h"

namespace tarn::support {

/// Rows from canonical JSON (docs/reference/canonical-rows.md): the way back of
/// `types::AppendCanonicalRows`. Members that are missing become NULL.
/// \param rows  an array of objects
Result<std::shared_ptr<arrow::RecordBatch>> BatchFromCanonical(
    const nlohmann::json& rows, const std::vector<types::DataField>& fields);
/// The same from one object per line.
Result<std::shared_ptr<arrow::RecordBatch>> BatchFromLines(
    const std::vector<std::string>& lines, const std::vector<types::DataField>& fields);

/// Changes from `{"op":"-D","row":{..}}` or bare rows, which are inserts.
Result<types::ChangeBatch> ChangesFromJson(const nlohmann::json& operations,
                                           const std::vector<types::DataField>& fields);

/// All rows of a reader as canonical lines in byte order.
Result<std::vector<std::string>> SortedLines(arrow::RecordBatchReader* reader,
                                             const std::vector<types::DataField>& fields);

/// Equal line by line; a failure shows the first lines that one side lacks.
::testing::AssertionResult SameRows(const std::vector<std::string>& actual,
                                    const std::vector<std::string>& expected);

}  // namespace tarn::support
