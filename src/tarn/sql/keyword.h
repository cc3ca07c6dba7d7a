// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tarn::sql {

/// Words that Flink reserves: a name spelled like one needs back-ticks there, so every
/// text that we print for people to paste quotes them.
bool IsReservedInFlink(std::string_view word);

/// Words that cannot be a bare name here, because a clause or an operator could begin
/// there. A subset of Flink's: what Flink accepts is accepted, and a bit more.
bool IsStructural(std::string_view word);

/// Words with which a statement can begin.
const std::vector<std::string_view>& StatementKeywords();

/// `name` as Flink reads it back: bare where that is safe, else in back-ticks.
std::string QuoteName(std::string_view name);
/// Always in back-ticks, as Flink's SHOW CREATE TABLE prints names.
std::string BackTick(std::string_view name);
/// 'text' with its quotes doubled.
std::string QuoteString(std::string_view text);

}  // namespace tarn::sql
