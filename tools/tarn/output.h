// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"
#include "tarn/types/data_type.h"

namespace tarn::tool {

enum class OutputForm : uint8_t { kTable, kCsv, kJson, kJsonl, kMarkdown };

/// "table", "csv", "json", "jsonl", "markdown".
std::optional<OutputForm> OutputFormOf(std::string_view name);

/// Print rows to standard output as they come: jsonl and csv batch by batch, the others
/// when all are read (columns are as wide as their widest cell).
/// \return how many rows
Result<int64_t> PrintRows(OutputForm form, const std::vector<types::DataField>& fields,
                          arrow::RecordBatchReader* rows);

}  // namespace tarn::tool
