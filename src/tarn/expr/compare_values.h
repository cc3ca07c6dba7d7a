// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::expr {

/// Order of two values of one type, neither of them NULL, as Paimon compares keys and
/// statistics (`CompareUtils`, Java's `compareTo`): integers and times by value, FLOAT
/// and DOUBLE with -0.0 before 0.0 and NaN last, text and bytes by unsigned bytes,
/// decimals and timestamps by value. Answers below 0, 0 or above 0. REQUIRES:
/// `IsComparable(*a.type())`, and both arrays have that type.
int CompareValues(const arrow::Array& a, int64_t i, const arrow::Array& b, int64_t j);

/// The same with NULL first.
int CompareNullable(const arrow::Array& a, int64_t i, const arrow::Array& b, int64_t j);

/// Whether values of an engine type have an order: all types but nested ones.
bool IsComparable(const arrow::DataType& type);

}  // namespace tarn::expr
