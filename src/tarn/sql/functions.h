// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tarn::sql {

enum class FunctionKind : uint8_t { kScalar, kAggregate, kWindow };

/// What can be said of a value from the text alone, without a catalog.
enum class ValueKind : uint8_t {
  kUnknown,
  kNull,
  kBoolean,
  kInteger,
  kDecimal,
  kDouble,
  kString,
  kBytes,
  kDate,
  kTime,
  kTimestamp,
  kInterval,
};

/// How one of Flink's functions is written in DuckDB.
struct FunctionRule {
  std::string_view name;  ///< upper case
  FunctionKind kind = FunctionKind::kScalar;
  int min_arguments = 0;
  int max_arguments = 0;
  /// Text with $1 to $9 for arguments and $* for all, separated by commas. Empty: written
  /// by code of its own. Beginning with '!': refused, the rest says why.
  std::string_view text;
  ValueKind result = ValueKind::kUnknown;
};

/// The rule of a function, in any case; nullptr for a name that Flink does not have
/// either. A function without a rule never reaches DuckDB, which has others of the same
/// names.
const FunctionRule* FindFunction(std::string_view name);

/// Names of all functions that are executed, for hints and completion.
std::vector<std::string_view> SupportedFunctions();

}  // namespace tarn::sql
