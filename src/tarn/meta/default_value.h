// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// The default value of a column: its text in Paimon's cast to the column's type, single
/// quotes around it taken off (Paimon `DefaultValueUtils`).
///
/// \param field  has a default value
/// \param clock  whose zone counts for TIMESTAMP_LTZ; nullptr = UTC
/// \return type[1] of the column; NULL for a decimal that does not fit
/// Errors: kInvalidInput for text that is no value of the type, kUnsupported for nested
/// types.
Result<std::shared_ptr<arrow::Array>> DefaultValueOf(const types::DataField& field,
                                                     arrow::MemoryPool* pool,
                                                     base::Clock* clock);

}  // namespace tarn::meta
