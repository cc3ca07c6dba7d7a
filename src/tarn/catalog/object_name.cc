// SPDX-License-Identifier: Apache-2.0
#include "tarn/catalog/object_name.h"

#include <string_view>
#include <vector>

#include "tarn/base/name.h"

namespace tarn::catalog {

Result<ObjectName> ObjectName::Parse(const std::string& text) {
  constexpr std::string_view kBranchPrefix = "branch_";
  std::vector<std::string> parts;
  size_t start = 0;
  while (true) {
    const size_t end = text.find('$', start);
    parts.push_back(text.substr(start, end - start));
    if (end == text.npos) break;
    start = end + 1;
  }
  const bool branched = parts.size() > 1 && parts[1].starts_with(kBranchPrefix);
  if (parts.size() > 3 || (parts.size() == 3 && !branched)) {
    return InvalidInput(1301, "Table name has too many '$':", V("name", text));
  }
  ObjectName out;
  ARROW_ASSIGN_OR_RAISE(const base::Name table, base::Name::Make(parts[0], "table"));
  out.table = table.text();
  if (branched) {
    const std::string branch = parts[1].substr(kBranchPrefix.size());
    if (branch != "main") ARROW_RETURN_NOT_OK(base::Name::MakeBranch(branch).status());
    out.branch = branch;
  }
  if (parts.size() == (branched ? 3u : 2u)) {
    ARROW_ASSIGN_OR_RAISE(const base::Name system,
                          base::Name::Make(parts.back(), "system table"));
    out.system_table = system.text();
  }
  return out;
}

}  // namespace tarn::catalog
