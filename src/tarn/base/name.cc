// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/name.h"

#include <algorithm>

#include "tarn/base/units.h"

namespace tarn::base {
namespace {

/// The rule that `text` breaks as one part of a path, or "".
std::string_view BrokenRule(std::string_view text) {
  if (text.empty()) return "it is empty";
  if (text.size() > 255) return "it is longer than 255 bytes";
  if (Trim(text) != text) return "it starts or ends with a blank";
  if (text.front() == '.') return "it starts with a dot";
  if (text.find('/') != text.npos || text.find('\\') != text.npos) {
    return "it holds a path separator";
  }
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7F) return "it holds a control character";
  }
  if (!IsUtf8(text)) return "it is not UTF-8";
  return "";
}

}  // namespace

Result<Name> Name::Make(std::string_view text, std::string_view what) {
  const std::string_view rule = BrokenRule(text);
  if (!rule.empty()) {
    return InvalidInput(1006, "Name is not allowed:", V("what", what),
                        V("name", IsUtf8(text) ? std::string(text) : "(not UTF-8)"),
                        V("because", rule));
  }
  return Name(text);
}

Result<Name> Name::MakeBranch(std::string_view text) {
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
  if (text == "main" || digits) {
    return InvalidInput(1006, "Name is not allowed:", V("what", "branch"),
                        V("name", text),
                        V("because", digits ? "it is all digits" : "it is reserved"));
  }
  return Make(text, "branch");
}

Status CheckRelativePath(std::string_view path) {
  bool bad = path.empty() || path.front() == '/' || path.find('\\') != path.npos ||
             path.find('\0') != path.npos;
  size_t start = 0;
  while (!bad && start <= path.size()) {
    const size_t end = std::min(path.find('/', start), path.size());
    const std::string_view part = path.substr(start, end - start);
    bad = part.empty() || part == "." || part == "..";
    start = end + 1;
  }
  if (!bad) return Status::OK();
  return Permission(5001, "Stored path leads outside its folder:", V("path", path));
}

bool IsUtf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  auto follows = [&](int count) {
    if (end - p <= count) return false;
    for (int i = 1; i <= count; ++i) {
      if ((p[i] & 0xC0) != 0x80) return false;
    }
    return true;
  };
  while (p < end) {
    if (*p < 0x80) {
      ++p;
    } else if (*p >= 0xC2 && *p <= 0xDF) {
      if (!follows(1)) return false;
      p += 2;
    } else if (*p >= 0xE0 && *p <= 0xEF) {
      if (!follows(2)) return false;
      if (*p == 0xE0 && p[1] < 0xA0) return false;  // overlong
      if (*p == 0xED && p[1] > 0x9F) return false;  // surrogate
      p += 3;
    } else if (*p >= 0xF0 && *p <= 0xF4) {
      if (!follows(3)) return false;
      if (*p == 0xF0 && p[1] < 0x90) return false;  // overlong
      if (*p == 0xF4 && p[1] > 0x8F) return false;  // above U+10FFFF
      p += 4;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace tarn::base
