// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace tarn::tool {

struct SqlOptions {
  std::string warehouse = "warehouse";
  std::string text;      ///< of -e
  std::string file;      ///< of -f; "-" = standard input
  std::string output;    ///< "" = table on a terminal, else jsonl
  std::string job_name;  ///< "" = from the file's name
  std::string memory;    ///< "" = a share of the machine's
  bool quiet = false;
  /// Replaces `${name}` in the text; "dir" is the script's folder unless it is given.
  std::map<std::string, std::string> variables;
};

/// Run statements one after another; the first error ends the run.
/// \return the exit code: 0, or that of the error's kind
int RunSql(const SqlOptions& options);

/// Fully compact one table.
int RunCompact(const SqlOptions& options, const std::string& table,
               const std::string& partition);

}  // namespace tarn::tool
