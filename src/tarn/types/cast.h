// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/types/data_type.h"

namespace tarn::types {

/// What a cast needs besides its values.
struct CastContext {
  arrow::MemoryPool* pool = nullptr;
  /// Zone of TIMESTAMP WITH LOCAL TIME ZONE (Java: the process's default zone); nullptr =
  /// UTC.
  base::Clock* clock = nullptr;
};

/// Whether Paimon has a rule for the pair (`CastExecutors.resolve`) and we have it, too.
/// Only nested types and VARIANT are rules of Paimon that are missing here.
bool CanCast(const DataType& from, const DataType& to);

/// Cast a column as Paimon casts files of an older schema while it reads them: integers
/// wrap, floats saturate, decimals that do not fit become NULL, text is cut to its
/// length. NULL stays NULL. Equal types (nullability aside) are answered as they are.
///
/// \param array  in the Arrow form of `from`
/// \return an array of the same length in the Arrow form of `to`
/// Errors: kUnsupported naming both types where no rule exists, and for times that do not
/// fit nanoseconds; kInvalidInput for text that Java cannot read as the type, with the
/// text.
Result<std::shared_ptr<arrow::Array>> Cast(const CastContext& context,
                                           const std::shared_ptr<arrow::Array>& array,
                                           const DataType& from, const DataType& to);

}  // namespace tarn::types
