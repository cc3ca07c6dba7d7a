// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tarn::sql {

/// A pattern of Java's DateTimeFormatter ("yyyy-MM-dd HH:mm:ss") as DuckDB's strftime and
/// strptime write it ("%Y-%m-%d %H:%M:%S"); none when a part has no equal there.
std::optional<std::string> StrftimeOf(std::string_view pattern);

}  // namespace tarn::sql
