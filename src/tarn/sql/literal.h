// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tarn/sql/ast_expression.h"
#include "tarn/types/instant.h"

namespace tarn::sql {

/// "YEAR", "days", "SQL_TSI_DAY", ... as a unit, in any case.
std::optional<TimeUnit> TimeUnitOf(std::string_view word);
/// "YEAR" for kYear, as EXTRACT spells it.
std::string_view TimeUnitName(TimeUnit unit);

/// Check the text of DATE '2024-01-31', TIME '10:00:00[.fraction]' or TIMESTAMP 'date
/// time[.fraction]' (at most 9 digits of fraction, years 0001 to 9999).
/// \return "" or the sentence that says what is wrong
std::string CheckTemporalLiteral(LiteralKind kind, std::string_view text);

/// Digits behind the point of a literal's text: the precision of its type.
size_t FractionDigits(std::string_view text);
/// What a DATE or TIMESTAMP literal says, whose text was checked: nanoseconds since
/// 1970-01-01.
types::FineNanos NanosOfLiteral(const Literal& literal);

/// Fill `year_month` and `amount` of an interval whose `from` and `to` are set.
/// \return "" or the sentence that says what is wrong
std::string ReadInterval(std::string_view text, bool negative, IntervalLiteral* interval);

}  // namespace tarn::sql
