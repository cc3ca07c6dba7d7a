// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::sql {

/// How a query sees fine timestamps, TIMESTAMP(7) to (9) with and without zone.
enum class FineForm : uint8_t {
  kNanoseconds,  ///< DuckDB's TIMESTAMP_NS, for every operation; 1677 to 2262
  kDecimal,      ///< as the engine holds them: every year, compared and passed on
};

/// The Arrow type in which DuckDB gets a column; `own` but for TIMESTAMP(0), whose
/// precision only seconds keep, and for fine timestamps at any depth. DuckDB's
/// TIMESTAMPTZ ends at microseconds: finer ones go without their zone, which is UTC.
std::shared_ptr<arrow::DataType> DuckDbForm(const types::DataType& type,
                                            const std::shared_ptr<arrow::DataType>& own,
                                            FineForm fine);

/// `array` as `wanted`, values unchanged: between nanoseconds and decimals of seconds at
/// any depth, names and nullability of members, and what Arrow casts safely.
/// Errors: kUnsupported naming `column` and a timestamp that nanoseconds cannot hold.
Result<std::shared_ptr<arrow::Array>> ToForm(
    const std::shared_ptr<arrow::Array>& array,
    const std::shared_ptr<arrow::DataType>& wanted, const std::string& column);

}  // namespace tarn::sql
