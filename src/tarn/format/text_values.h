// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/types/cast.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// Values of a scalar type from the text that CSV and JSON files hold (Paimon
/// `CsvParser`, `JsonFileReader`): integers in plain digits, booleans that are true or
/// not, bytes in Base64, text as it is, the rest as the cast from STRING reads it. NULL
/// stays NULL.
///
/// \param text  string[values] \return type[values]
/// Errors: kUnsupported naming column and text for what is no such value: Java's answer
/// then depends on a mode and on which columns are read beside.
Result<std::shared_ptr<arrow::Array>> ParseTextValues(
    const types::CastContext& context, const std::string& column,
    const types::DataType& type, const std::shared_ptr<arrow::Array>& text);

}  // namespace tarn::format
