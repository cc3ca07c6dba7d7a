// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/partition_value.h"

#include <algorithm>

#include "tarn/base/units.h"
#include "tarn/options/options.h"
#include "tarn/sql/diagnostic.h"

namespace tarn::sql {
namespace {

Status Invalid(std::string sentence, Span span, const SourceText& source) {
  return ToStatus({ErrorKind::kInvalidInput, kBadArguments, std::move(sentence), span, "",
                   "Write PARTITION (column = 'value', ...)"},
                  source);
}

}  // namespace

Result<std::string> PartitionValueText(const Expression& value,
                                       const std::string& default_name,
                                       const SourceText& source) {
  if (const Literal* literal = value.As<Literal>()) {
    switch (literal->kind) {
      case LiteralKind::kNull:
        return default_name;
      case LiteralKind::kTrue:
        return "true";
      case LiteralKind::kFalse:
        return "false";
      case LiteralKind::kString:
      case LiteralKind::kInteger:
      case LiteralKind::kDecimal:
      case LiteralKind::kDate:
      case LiteralKind::kTime:
      case LiteralKind::kTimestamp:
        return literal->text;
      default:
        break;
    }
  }
  // A number with its sign.
  const std::string_view text = source.At(value.span);
  if (text.size() > 1 && text[0] == '-' &&
      text.find_first_not_of("0123456789.", 1) == text.npos) {
    return std::string(text);
  }
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                   "A partition value of this kind is not supported yet", value.span, "",
                   "Write a string, a number, a date or NULL"},
                  source);
}

Result<std::map<std::string, std::string>> PartitionTextOf(
    const PartitionSpec& spec, const types::TableSchema& schema,
    const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(
      const std::string default_name,
      options::Options(schema.options).Get(options::kPartitionDefaultName));
  std::map<std::string, std::string> out;
  const auto& keys = schema.partition_keys;
  for (const PartitionItem& item : spec) {
    if (std::find(keys.begin(), keys.end(), item.column.name) == keys.end()) {
      return Invalid(fmt::format("'{}' is no partition column", item.column.name),
                     item.column.span, source);
    }
    if (item.value == nullptr) {
      return Invalid(fmt::format("'{}' has no value", item.column.name), item.column.span,
                     source);
    }
    ARROW_ASSIGN_OR_RAISE(std::string text,
                          PartitionValueText(*item.value, default_name, source));
    if (!out.emplace(item.column.name, std::move(text)).second) {
      return Invalid(fmt::format("'{}' is named twice", item.column.name),
                     item.column.span, source);
    }
  }
  return out;
}

Result<std::vector<std::map<std::string, std::string>>> PartitionTextsOf(
    const std::string& text) {
  std::vector<std::map<std::string, std::string>> out;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t semicolon = rest.find(';');
    std::string_view one = rest.substr(0, semicolon);
    rest = semicolon == rest.npos ? std::string_view() : rest.substr(semicolon + 1);
    std::map<std::string, std::string> partition;
    while (!one.empty()) {
      const size_t comma = one.find(',');
      const std::string_view pair = one.substr(0, comma);
      one = comma == one.npos ? std::string_view() : one.substr(comma + 1);
      const size_t equals = pair.find('=');
      if (equals == pair.npos) {
        return InvalidInput(1170,
                            "A partition is written column=value:", V("text", pair));
      }
      partition[std::string(base::Trim(pair.substr(0, equals)))] =
          std::string(base::Trim(pair.substr(equals + 1)));
    }
    if (!partition.empty()) out.push_back(std::move(partition));
  }
  if (out.empty()) return InvalidInput(1427, "No partition is named:", V("text", text));
  return out;
}

}  // namespace tarn::sql
