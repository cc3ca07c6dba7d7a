// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::base {

/// Writes JSON in the layout of Jackson's default pretty printer, byte for byte, so that
/// our metadata files look like Java's: `"key" : value`, two spaces per nested object,
/// arrays on one line `[ a, b ]`, empty ones `[ ]` and `{ }`, no trailing newline. One
/// caller at a time.
///
/// The caller opens and closes in pairs; text must be UTF-8.
class JsonWriter {
 public:
  JsonWriter& BeginObject() { return Begin('{'); }
  JsonWriter& EndObject() { return End('}'); }
  JsonWriter& BeginArray() { return Begin('['); }
  JsonWriter& EndArray() { return End(']'); }
  /// The name of the next value of the open object.
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view text);
  JsonWriter& Int(int64_t number);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  /// Text that already is a JSON value, for instance a decimal number.
  JsonWriter& Raw(std::string_view json);

  /// What was written so far, moved out.
  std::string Take() { return std::move(out_); }

 private:
  struct Level {
    bool is_object;
    int count;
  };
  JsonWriter& Begin(char open);
  JsonWriter& End(char close);
  void BeforeValue();
  void NewLine();

  std::string out_;
  std::vector<Level> levels_;
  int objects_open_ = 0;
  bool after_key_ = false;
};

/// Append `text` as a JSON string with Jackson's escapes (control characters, '"' and
/// '\\').
void AppendJsonString(std::string* out, std::string_view text);

/// Whether lists and objects of `json` are nested deeper than `depth_max`: asked before a
/// parser builds a tree of text from outside, whose copies and destructors recurse. The
/// text need not be valid JSON.
bool JsonIsDeeperThan(std::string_view json, int depth_max);

}  // namespace tarn::base
