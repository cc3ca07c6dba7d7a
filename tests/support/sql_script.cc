// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sql_script.h"

#include <stdexcept>

#include "tests/support/files.h"

namespace tarn::support {

std::vector<ScriptStep> LoadScript(const std::string& path) {
  std::vector<ScriptStep> steps;
  const std::vector<std::string> lines = ReadLines(path);
  bool ours = false;
  for (size_t i = 0; i < lines.size();) {
    if (lines[i].empty() || lines[i].starts_with("#")) {
      ours = ours || lines[i] == "# tarn only";
      ++i;
      continue;
    }
    ScriptStep step;
    step.line = static_cast<int>(i) + 1;
    step.flink = !ours;
    ours = false;
    bool ended = false;
    for (; i < lines.size() && !ended; ++i) {
      ended = lines[i].ends_with(";");
      step.sql += (step.sql.empty() ? "" : "\n") + lines[i];
    }
    if (!ended) throw std::runtime_error(path + ": a statement without ;");
    step.sql.pop_back();
    if (i < lines.size() && lines[i].starts_with("----")) {
      const std::string mark = lines[i++];
      step.checked = true;
      step.sorted = mark == "---- sorted";
      if (mark.starts_with("---- error")) step.error = mark.substr(10);
      if (step.error && step.error->starts_with(" ")) step.error->erase(0, 1);
      for (; i < lines.size() && !lines[i].empty(); ++i) step.rows.push_back(lines[i]);
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace tarn::support
