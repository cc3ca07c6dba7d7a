// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tarn/sql/ast_expression.h"

namespace tarn::sql {

/// "YEAR", "days", "SQL_TSI_DAY", ... as a unit, in any case.
std::optional<TimeUnit> TimeUnitOf(std::string_view word);
/// "YEAR" for kYear, as EXTRACT spells it.
std::string_view TimeUnitName(TimeUnit unit);

/// Check the text of DATE '2024-01-31', TIME '10:00:00[.fraction]' or TIMESTAMP 'date
/// time[.fraction]' (at most 9 digits of fraction, years 0001 to 9999).
/// \return "" or the sentence that says what is wrong
std::string CheckTemporalLiteral(LiteralKind kind, std::string_view text);

/// Fill `year_month` and `amount` of an interval whose `from` and `to` are set.
/// \return "" or the sentence that says what is wrong
std::string ReadInterval(std::string_view text, bool negative, IntervalLiteral* interval);

}  // namespace tarn::sql
