// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/types/data_type.h"

namespace tarn::sql {

/// Whether an INSERT may store values of `from` in a column of type `to` without a CAST
/// (Flink `LogicalTypeCasts.supportsImplicitCast`).
bool IsImplicitlyCast(const types::DataType& from, const types::DataType& to);

/// The values in the column's type. Precondition: `IsImplicitlyCast`. Decimals that do
/// not fit become NULL, as in Flink.
Result<std::shared_ptr<arrow::Array>> CastForSink(
    const base::Context& context, const std::shared_ptr<arrow::Array>& array,
    const types::DataType& from, const types::DataType& to);

}  // namespace tarn::sql
