// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/util/decimal.h>

#include "tarn/types/cast.h"
#include "tarn/types/instant.h"
#include "tarn/types/java_text.h"

/// The rules behind `Cast`, by family of the source type. Each answers kUnsupported (from
/// `NoRule`) for a target that the family does not have.
namespace tarn::types::internal {

using ArrayResult = Result<std::shared_ptr<arrow::Array>>;

/// BOOLEAN, integers, floats, decimals.
ArrayResult CastNumbers(const CastContext& context, const arrow::Array& array,
                        const DataType& from, const DataType& to);
/// CHAR, VARCHAR.
ArrayResult CastText(const CastContext& context, const arrow::Array& array,
                     const DataType& to);
/// BINARY, VARBINARY.
ArrayResult CastBytes(const CastContext& context, const arrow::Array& array,
                      const DataType& to);
/// DATE, TIME, TIMESTAMP with and without zone.
ArrayResult CastTimes(const CastContext& context, const arrow::Array& array,
                      const DataType& from, const DataType& to);

/// ARRAY, MAP, ROW as text: "[1, null]", "{a -> 1}", "{1, z}"; Java cuts it to no length.
ArrayResult CastNested(const CastContext& context, const arrow::Array& array,
                       const DataType& from);
/// Whether all that the type holds can become text.
bool HasText(const DataType& type);

Status NoRule(const DataType& from, const DataType& to);
Status BadText(std::string_view text, const DataType& to);

/// `text` as a value of CHAR(n) or VARCHAR(n): cut to n characters, CHAR filled with
/// blanks (Paimon `toCharacterString`).
std::string FitText(std::string_view text, const DataType& to);

/// `unscaled` * 10^-`scale` as DECIMAL(p, s): rounded half up; false when it has too many
/// digits.
bool FitDecimal(arrow::Decimal128 unscaled, int32_t scale, const DataType& to,
                arrow::Decimal128* out);
/// A decimal number in Java's `BigDecimal` syntax as DECIMAL(p, s): kInvalidInput for
/// other text, `*fits` false when it has too many digits.
Result<arrow::Decimal128> ParseDecimal(std::string_view text, const DataType& to,
                                       bool* fits);

/// A column of `to` from points in time (the other way is `InstantAt`). Errors:
/// kUnsupported outside the range of the unit.
ArrayResult MakeTimestamps(const CastContext& context, const arrow::Array& source,
                           const DataType& to,
                           const std::function<Result<MillisAndNanos>(int64_t)>& at);

/// Epoch milliseconds of a local time in the context's zone, and the reverse (Java
/// `LocalDateTime.atZone`: the earlier offset where the clock is set back, later by the
/// gap where it is set forward).
int64_t LocalToEpoch(const CastContext& context, int64_t local_millis);
int64_t EpochToLocal(const CastContext& context, int64_t epoch_millis);

}  // namespace tarn::types::internal
