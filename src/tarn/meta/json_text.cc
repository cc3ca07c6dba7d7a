// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/json_text.h"

#include <iterator>

#include <fmt/format.h>

namespace tarn::meta {

void AppendJacksonString(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\b':
        out->append("\\b");
        break;
      case '\t':
        out->append("\\t");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\f':
        out->append("\\f");
        break;
      case '\r':
        out->append("\\r");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          fmt::format_to(std::back_inserter(*out), "\\u{:04X}", static_cast<int>(c));
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void JsonObjectText::AddRaw(std::string_view name, std::string_view value) {
  body_.append(body_.empty() ? "\n  " : ",\n  ");
  AppendJacksonString(name, &body_);
  body_.append(" : ").append(value);
}

void JsonObjectText::Add(std::string_view name, std::string_view text) {
  std::string value;
  AppendJacksonString(text, &value);
  AddRaw(name, value);
}

void JsonObjectText::Add(std::string_view name,
                         const std::map<std::string, std::string>& entries) {
  std::string value = "{";
  for (const auto& [key, text] : entries) {
    value.append(value.size() == 1 ? "\n    " : ",\n    ");
    AppendJacksonString(key, &value);
    value.append(" : ");
    AppendJacksonString(text, &value);
  }
  value.append(entries.empty() ? " }" : "\n  }");
  AddRaw(name, value);
}

std::string JsonObjectText::Finish() const {
  return body_.empty() ? "{ }" : "{" + body_ + "\n}";
}

}  // namespace tarn::meta
