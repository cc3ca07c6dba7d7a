// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/table_ddl.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace tarn::meta {
namespace {

using types::DataType;
using types::TypeRoot;

std::string Doubled(std::string_view text, char quote) {
  std::string out(1, quote);
  for (char c : text) {
    out += c;
    if (c == quote) out += quote;
  }
  return out + quote;
}

std::string NameList(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    out += DdlName(name);
  }
  return out;
}

// The options that say what a table is come first, the others by key.
std::vector<std::string> OptionOrder(const std::map<std::string, std::string>& options) {
  std::vector<std::string> out;
  for (const char* key : {"merge-engine", "bucket", "bucket-key"}) {
    if (options.contains(key)) out.emplace_back(key);
  }
  for (const auto& [key, value] : options) {
    if (std::find(out.begin(), out.end(), key) == out.end()) out.push_back(key);
  }
  return out;
}

}  // namespace

std::string DdlName(std::string_view name) {
  return Doubled(name, '`');
}
std::string DdlString(std::string_view text) {
  return Doubled(text, '\'');
}

// A number and a quoted text stand as they are; other text becomes a quoted one, which
// means the same: Paimon takes the quotes off.
std::string DefaultLiteral(const std::string& text) {
  const bool quoted = text.size() > 1 && text.starts_with('\'') && text.ends_with('\'');
  const size_t sign = text.starts_with('-') ? 1 : 0;
  const bool number = text.size() > sign && text[sign] >= '0' && text[sign] <= '9' &&
                      text.find_first_not_of("0123456789.", sign) == text.npos;
  return quoted || number ? text : DdlString(text);
}

std::string DdlType(const DataType& type) {
  std::string out;
  switch (type.root()) {
    case TypeRoot::kArray:
      out = fmt::format("ARRAY<{}>", DdlType(type.element()));
      break;
    case TypeRoot::kMultiset:
      out = fmt::format("MULTISET<{}>", DdlType(type.element()));
      break;
    case TypeRoot::kMap:
      out = fmt::format("MAP<{}, {}>", DdlType(type.key()), DdlType(type.element()));
      break;
    case TypeRoot::kVector:
      out = fmt::format("VECTOR<{}, {}>", DdlType(type.element()), type.length());
      break;
    case TypeRoot::kRow: {
      out = "ROW<";
      for (const types::DataField& field : type.fields()) {
        if (out.size() > 4) out += ", ";
        out += DdlName(field.name) + " " + DdlType(field.type);
        if (field.description) out += " " + DdlString(*field.description);
      }
      out += ">";
      break;
    }
    default:
      return type.ToString();
  }
  return type.nullable() ? out : out + " NOT NULL";
}

std::string TableDdl(std::string_view table_name, const types::TableSchema& schema,
                     const std::map<std::string, std::string>& comments) {
  std::string out = fmt::format("CREATE TABLE {} (", table_name);
  size_t width = 0;
  for (const types::DataField& field : schema.fields) {
    width = std::max(width, DdlName(field.name).size());
  }
  std::string_view separator = "\n";
  for (const types::DataField& field : schema.fields) {
    // Key columns are NOT NULL by themselves.
    const bool key = std::find(schema.primary_keys.begin(), schema.primary_keys.end(),
                               field.name) != schema.primary_keys.end();
    const DataType type = key ? field.type.WithNullable(true) : field.type;
    out += fmt::format("{}  {:<{}} {}", separator, DdlName(field.name), width,
                       DdlType(type));
    // Bare where it can be read back as a literal: a number, TRUE, a quoted text.
    if (field.default_value) out += " DEFAULT " + DefaultLiteral(*field.default_value);
    if (field.description) out += " COMMENT " + DdlString(*field.description);
    separator = ",\n";
  }
  if (schema.has_primary_key()) {
    out += fmt::format("{}  PRIMARY KEY ({}) NOT ENFORCED", separator,
                       NameList(schema.primary_keys));
  }
  out += "\n)";
  if (schema.comment) out += " COMMENT " + DdlString(*schema.comment);
  if (!schema.partition_keys.empty()) {
    out += fmt::format("\nPARTITIONED BY ({})", NameList(schema.partition_keys));
  }
  if (schema.options.empty()) return out;
  out += " WITH (";
  separator = "\n";
  for (const std::string& key : OptionOrder(schema.options)) {
    out += separator;
    const auto comment = comments.find(key);
    if (comment != comments.end()) out += fmt::format("  -- {}\n", comment->second);
    out += fmt::format("  {} = {}", DdlString(key), DdlString(schema.options.at(key)));
    separator = ",\n";
  }
  return out + "\n)";
}

}  // namespace tarn::meta
