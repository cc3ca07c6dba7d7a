// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tarn::support {

/// One statement of a script with what it must answer.
struct ScriptStep {
  std::string sql;                   ///< without the `;`
  bool checked = false;              ///< false: it must succeed, whatever it answers
  bool sorted = false;               ///< the order of rows does not count
  std::optional<std::string> error;  ///< what the message must contain
  std::vector<std::string> rows;     ///< canonical rows
  bool flink = true;                 ///< Flink answers the same
  int line = 0;
};

/// A file of tests/sql/scripts:
///
///     # comment
///     SELECT 7 / 2 AS x;
///     ----
///     {"x":3}
///
/// A statement ends with `;` at the end of a line. After `----` stand the rows that it
/// answers, up to an empty line; `---- sorted` when their order does not count, `----
/// error TEXT` for an error whose message holds TEXT. A statement after a line `# tarn
/// only` is ours alone: everything else is also held against Flink. `${dir}` is the
/// script's folder, `${warehouse}` a fresh one.
std::vector<ScriptStep> LoadScript(const std::string& path);

}  // namespace tarn::support
