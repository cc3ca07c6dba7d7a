// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/json_writer.h"

#include <utility>

namespace tarn::base {

void AppendJsonString(std::string* out, std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  out->push_back('"');
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
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
        if (byte < 0x20) {
          out->append("\\u00");
          out->push_back(kDigits[byte >> 4]);
          out->push_back(kDigits[byte & 15]);
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

bool JsonIsDeeperThan(std::string_view json, int depth_max) {
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text) {
      if (c == '\\') ++i;
      in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

void JsonWriter::NewLine() {
  out_.push_back('\n');
  out_.append(static_cast<size_t>(objects_open_) * 2, ' ');
}

void JsonWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty() || levels_.back().is_object) return;
  out_.append(levels_.back().count++ == 0 ? " " : ", ");
}

JsonWriter& JsonWriter::Begin(char open) {
  BeforeValue();
  out_.push_back(open);
  levels_.push_back({open == '{', 0});
  if (open == '{') ++objects_open_;
  return *this;
}

JsonWriter& JsonWriter::End(char close) {
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.is_object) --objects_open_;
  if (level.count == 0 || !level.is_object) {
    out_.push_back(' ');
  } else {
    NewLine();
  }
  out_.push_back(close);
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  if (levels_.back().count++ > 0) out_.push_back(',');
  NewLine();
  AppendJsonString(&out_, name);
  out_.append(" : ");
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view text) {
  BeforeValue();
  AppendJsonString(&out_, text);
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t number) {
  return Raw(std::to_string(number));
}

JsonWriter& JsonWriter::Bool(bool value) {
  return Raw(value ? "true" : "false");
}

JsonWriter& JsonWriter::Null() {
  return Raw("null");
}

JsonWriter& JsonWriter::Raw(std::string_view json) {
  BeforeValue();
  out_.append(json);
  return *this;
}

}  // namespace tarn::base
