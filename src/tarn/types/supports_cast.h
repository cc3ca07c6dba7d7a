// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tarn/types/data_type.h"

namespace tarn::types {

/// Whether a column may change from one type to the other (Paimon
/// `DataTypeCasts.supportsCast`). Nullability aside, equal types may always.
///
/// \param explicit_too  also where values can lose something; without it a nullable type
///                      never becomes NOT NULL
bool SupportsCast(const DataType& from, const DataType& to, bool explicit_too);

/// Whether Paimon has a rule that carries values over (`CastExecutors.resolve`), and so
/// allows the change of a column's type. Narrower than `CanCast`: dates and times become
/// nullable unbounded text only.
bool ResolvesCast(const DataType& from, const DataType& to);

}  // namespace tarn::types
