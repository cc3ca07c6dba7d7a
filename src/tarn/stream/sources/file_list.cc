// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/sources/file_list.h"

#include <algorithm>

namespace tarn::stream {

namespace {

constexpr int kFoldersDeepMax = 32;
constexpr size_t kAlternativesMax = 1000;

bool IsHidden(std::string_view name) {
  return !name.empty() && (name[0] == '.' || name[0] == '_');
}

bool IsPattern(std::string_view text) {
  return text.find_first_of("*?[{") != std::string_view::npos;
}

// "a{b,c}" to "ab", "ac".
Status ExpandBraces(const std::string& pattern, std::vector<std::string>* out) {
  if (out->size() > kAlternativesMax) {
    return InvalidInput(
        1420, "A path pattern has too many alternatives:", V("pattern", pattern));
  }
  const size_t open = pattern.find('{');
  if (open == std::string::npos) {
    out->push_back(pattern);
    return Status::OK();
  }
  int depth = 0;
  std::vector<size_t> commas = {open};
  for (size_t at = open; at < pattern.size(); ++at) {
    if (pattern[at] == '{') ++depth;
    if (pattern[at] == ',' && depth == 1) commas.push_back(at);
    if (pattern[at] == '}' && --depth == 0) {
      commas.push_back(at);
      for (size_t i = 0; i + 1 < commas.size(); ++i) {
        const std::string alternative =
            pattern.substr(commas[i] + 1, commas[i + 1] - commas[i] - 1);
        ARROW_RETURN_NOT_OK(ExpandBraces(
            pattern.substr(0, open) + alternative + pattern.substr(at + 1), out));
      }
      return Status::OK();
    }
  }
  return InvalidInput(1421, "A path pattern has an open brace:", V("pattern", pattern));
}

// One `[...]` at `*at`; moves past it. A bracket that does not close is a character.
bool MatchesClass(std::string_view pattern, size_t* at, char c) {
  const size_t close = pattern.find(']', *at + 2);
  if (close == std::string_view::npos) return pattern[(*at)++] == c;
  size_t i = *at + 1;
  const bool negated = pattern[i] == '!' || pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < close; ++i) {
    if (i + 2 < close && pattern[i + 1] == '-') {
      found |= pattern[i] <= c && c <= pattern[i + 2];
      i += 2;
    } else {
      found |= pattern[i] == c;
    }
  }
  *at = close + 1;
  return found != negated;
}

Status Collect(base::FileSystem* files, const std::string& folder,
               const std::string& name, int depth, std::vector<SourceFile>* out) {
  if (depth > kFoldersDeepMax) {
    return InvalidInput(
        1422, "The folders of a source are nested too deeply:", V("path", folder));
  }
  ARROW_ASSIGN_OR_RAISE(const auto entries, files->List(folder));
  for (const auto& entry : entries) {
    if (IsHidden(entry.name())) continue;
    const std::string below = base::JoinPath(name, entry.name());
    if (entry.is_directory) {
      ARROW_RETURN_NOT_OK(Collect(files, entry.path, below, depth + 1, out));
    } else {
      out->push_back({entry.path, below});
    }
  }
  return Status::OK();
}

// Match the parts of a pattern from `part` on below `folder`.
Status Match(base::FileSystem* files, const std::vector<std::string>& parts, size_t part,
             const std::string& folder, const std::string& name, int depth,
             std::vector<SourceFile>* out) {
  if (depth > kFoldersDeepMax) return Status::OK();
  const bool last = part + 1 == parts.size();
  if (parts[part] == "**" && !last) {
    ARROW_RETURN_NOT_OK(Match(files, parts, part + 1, folder, name, depth, out));
  }
  ARROW_ASSIGN_OR_RAISE(const auto entries, files->List(folder.empty() ? "." : folder));
  for (const auto& entry : entries) {
    const std::string entry_name(entry.name());
    const std::string path = base::JoinPath(folder, entry_name);
    const std::string below = base::JoinPath(name, entry_name);
    if (parts[part] == "**") {
      if (IsHidden(entry_name)) continue;
      if (entry.is_directory) {
        ARROW_RETURN_NOT_OK(Match(files, parts, part, path, below, depth + 1, out));
      } else if (last) {
        out->push_back({path, below});
      }
      continue;
    }
    if (IsHidden(entry_name) && !IsHidden(parts[part])) continue;
    if (!MatchesPattern(parts[part], entry_name)) continue;
    if (!last) {
      if (!entry.is_directory) continue;
      ARROW_RETURN_NOT_OK(Match(files, parts, part + 1, path, below, depth + 1, out));
    } else if (entry.is_directory) {
      ARROW_RETURN_NOT_OK(Collect(files, path, below, depth + 1, out));
    } else {
      out->push_back({path, below});
    }
  }
  return Status::OK();
}

Status ListPattern(base::FileSystem* files, const std::string& pattern,
                   std::vector<SourceFile>* out) {
  // The folders before the first part with a special character are the root.
  size_t root_end = 0;
  for (size_t at = 0; at < pattern.size();) {
    const size_t slash = std::min(pattern.find('/', at), pattern.size());
    if (IsPattern(std::string_view(pattern).substr(at, slash - at))) break;
    root_end = slash == pattern.size() ? at : slash + 1;
    at = slash + 1;
  }
  std::string root = pattern.substr(0, root_end);
  while (root.size() > 1 && root.back() == '/') root.pop_back();
  std::vector<std::string> alternatives;
  ARROW_RETURN_NOT_OK(ExpandBraces(pattern.substr(root_end), &alternatives));
  for (const auto& alternative : alternatives) {
    std::vector<std::string> parts;
    for (size_t at = 0; at <= alternative.size();) {
      const size_t slash = std::min(alternative.find('/', at), alternative.size());
      if (slash > at) parts.push_back(alternative.substr(at, slash - at));
      at = slash + 1;
    }
    if (parts.empty()) continue;
    ARROW_RETURN_NOT_OK(Match(files, parts, 0, root, "", 0, out));
  }
  return Status::OK();
}

}  // namespace

bool MatchesPattern(std::string_view pattern, std::string_view name) {
  size_t at = 0, in = 0;
  // Where to go on when the latest star has to take one character more.
  size_t star = std::string_view::npos, star_in = 0;
  while (in < name.size()) {
    size_t next = at;
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      star_in = in;
      continue;
    }
    const bool good = at < pattern.size() &&
                      (pattern[at] == '?'   ? (++next, true)
                       : pattern[at] == '[' ? MatchesClass(pattern, &next, name[in])
                                            : pattern[next++] == name[in]);
    if (good) {
      at = next;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star;
      in = ++star_in;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

Result<std::vector<SourceFile>> ListSourceFiles(base::FileSystem* files,
                                                std::string_view given) {
  std::string path(given);
  if (path.starts_with("file://")) {
    path.erase(0, 7);
  } else if (path.starts_with("file:")) {
    path.erase(0, 5);
  } else if (path.find("://") != std::string::npos) {
    return Unsupported(6440, "Sources are read from local files only:", V("path", given));
  }
  if (path.empty()) {
    return InvalidInput(1423, "A source needs the option path.");
  }
  std::vector<SourceFile> out;
  ARROW_ASSIGN_OR_RAISE(const bool exists, files->Exists(path));
  if (exists) {
    ARROW_ASSIGN_OR_RAISE(const auto status, files->Stat(path));
    if (status.is_directory) {
      ARROW_RETURN_NOT_OK(Collect(files, path, "", 0, &out));
    } else {
      out.push_back({path, path.substr(path.rfind('/') + 1)});
    }
  } else if (IsPattern(path)) {
    ARROW_RETURN_NOT_OK(ListPattern(files, path, &out));
  }
  if (out.empty()) {
    return NotFound(4401, "No file matches the path of a source:", V("path", given));
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  // Alternatives in braces may name a file twice.
  out.erase(std::unique(out.begin(), out.end(),
                        [](const auto& a, const auto& b) { return a.name == b.name; }),
            out.end());
  return out;
}

}  // namespace tarn::stream
