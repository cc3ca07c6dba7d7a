// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/file_system.h"

namespace tarn::base {

std::string_view FileStatus::name() const {
  std::string_view text = path;
  while (text.size() > 1 && text.back() == '/') text.remove_suffix(1);
  const size_t slash = text.rfind('/');
  return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

Result<CreateOutcome> FileSystem::RenameDirectory(const std::string& from,
                                                  const std::string& to) {
  return Unsupported(6414, "This file system cannot rename a folder in one step:",
                     V("from", from), V("to", to));
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  std::string out(directory);
  while (!name.empty() && name.front() == '/') name.remove_prefix(1);
  if (out.back() != '/') out.push_back('/');
  out.append(name);
  return out;
}

}  // namespace tarn::base
