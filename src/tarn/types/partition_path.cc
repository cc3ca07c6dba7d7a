// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/partition_path.h"

#include <arrow/array.h>
#include <arrow/memory_pool.h>
#include <arrow/type.h>

#include "tarn/options/options.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/cast.h"
#include "tarn/types/instant.h"
#include "tarn/types/java_text.h"

namespace tarn::types {
namespace {

bool MustEscape(unsigned char c) {
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\{}[]^\x7F";
  return c < 0x20 || kEscaped.find(static_cast<char>(c)) != std::string_view::npos;
}

/// Code points that Java's `Character.isWhitespace` takes (no-break spaces are none).
bool IsBlank(std::string_view text) {
  static constexpr std::string_view kWide[] = {
      "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
      "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x88", "\xE2\x80\x89",
      "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x81\x9F", "\xE3\x80\x80"};
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    if (c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F)) {
      text.remove_prefix(1);
      continue;
    }
    bool wide = false;
    for (std::string_view blank : kWide) wide = wide || text.starts_with(blank);
    if (!wide) return false;
    text.remove_prefix(3);
  }
  return true;
}

Status NoLegacyText(const DataType& type) {
  return Unsupported(6047, "Partition column has no text under legacy names:",
                     V("type", type.ToString()));
}

/// Java's `toString` of the internal value of row `i`.
Result<std::string> LegacyText(const arrow::Array& column, int64_t i,
                               const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return static_cast<const arrow::BooleanArray&>(column).Value(i) ? "true" : "false";
    case TypeRoot::kTinyInt:
      return std::to_string(column.data()->GetValues<int8_t>(1)[i]);
    case TypeRoot::kSmallInt:
      return std::to_string(column.data()->GetValues<int16_t>(1)[i]);
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
      return std::to_string(column.data()->GetValues<int32_t>(1)[i]);
    case TypeRoot::kBigInt:
      return std::to_string(column.data()->GetValues<int64_t>(1)[i]);
    case TypeRoot::kFloat:
      return JavaFloat(column.data()->GetValues<float>(1)[i]);
    case TypeRoot::kDouble:
      return JavaDouble(column.data()->GetValues<double>(1)[i]);
    case TypeRoot::kDecimal:
      return PlainDecimal(
          arrow::Decimal128(
              static_cast<const arrow::Decimal128Array&>(column).GetValue(i)),
          type.scale());
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return std::string(static_cast<const arrow::StringArray&>(column).GetView(i));
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return FormatLocalDateTime(InstantAt(column, i));
    default:
      break;
  }
  return NoLegacyText(type);
}

Result<std::vector<std::string>> ColumnTexts(const CastContext& context,
                                             const std::shared_ptr<arrow::Array>& column,
                                             const DataType& type,
                                             const PartitionNaming& naming) {
  ARROW_ASSIGN_OR_RAISE(auto expected, ToArrow(type));
  TARN_CHECK(column->type()->Equals(*expected), V("expected", expected->ToString()),
             V("actual", column->type()->ToString()));
  std::shared_ptr<arrow::Array> shown = column;
  if (!naming.legacy_names && !type.IsString()) {
    ARROW_ASSIGN_OR_RAISE(shown, Cast(context, column, type, DataType::String()));
  }
  std::vector<std::string> texts(static_cast<size_t>(column->length()));
  for (int64_t i = 0; i < column->length(); ++i) {
    std::string& text = texts[static_cast<size_t>(i)];
    if (shown->IsValid(i)) {
      if (naming.legacy_names) {
        ARROW_ASSIGN_OR_RAISE(text, LegacyText(*shown, i, type));
      } else {
        text = static_cast<const arrow::StringArray&>(*shown).GetView(i);
      }
    }
    if (IsBlank(text)) text = naming.default_name;
  }
  return texts;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Result<std::vector<PartitionSpec>> PartitionSpecs(const CastContext& context,
                                                  const arrow::ArrayVector& columns,
                                                  const std::vector<DataField>& fields,
                                                  const PartitionNaming& naming) {
  TARN_CHECK(columns.size() == fields.size(), V("columns", columns.size()));
  const size_t rows = columns.empty() ? 1 : static_cast<size_t>(columns[0]->length());
  std::vector<PartitionSpec> specs(rows);
  for (size_t c = 0; c < columns.size(); ++c) {
    ARROW_ASSIGN_OR_RAISE(auto texts,
                          ColumnTexts(context, columns[c], fields[c].type, naming));
    for (size_t i = 0; i < rows; ++i) {
      specs[i].emplace_back(fields[c].name, std::move(texts[i]));
    }
  }
  return specs;
}

std::string PartitionPath(const PartitionSpec& spec) {
  std::string path;
  for (const auto& [column, text] : spec) {
    path += EscapePathName(column) + "=" + EscapePathName(text) + "/";
  }
  return path;
}

Result<PartitionSpec> ParsePartitionPath(std::string_view path) {
  PartitionSpec spec;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    if (equals == part.npos || equals == 0 || equals + 1 == part.size()) {
      return InvalidInput(1050,
                          "Partition is not of the form column=value:", V("text", part));
    }
    spec.emplace_back(UnescapePathName(part.substr(0, equals)),
                      UnescapePathName(part.substr(equals + 1)));
  }
  return spec;
}

Result<PartitionPaths> PartitionPaths::Make(const TableSchema& schema,
                                            base::Clock* clock) {
  PartitionPaths paths;
  paths.clock_ = clock;
  ARROW_ASSIGN_OR_RAISE(paths.fields_, schema.FieldsOf(schema.partition_keys));
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(paths.naming_.default_name,
                        table.Get(options::kPartitionDefaultName));
  ARROW_ASSIGN_OR_RAISE(paths.naming_.legacy_names,
                        table.Get(options::kPartitionLegacyName));
  for (const DataField& field : paths.fields_) {
    if (paths.naming_.legacy_names && field.type.IsBytes())
      return NoLegacyText(field.type);
  }
  return paths;
}

Result<PartitionSpec> PartitionPaths::SpecOf(std::string_view serialized) const {
  if (fields_.empty()) return PartitionSpec();
  ARROW_ASSIGN_OR_RAISE(const SerializedRow row, ParseSerializedRow(serialized));
  if (row.arity != static_cast<int32_t>(fields_.size())) {
    return Corruption(7052, "Partition row has another number of columns than the table:",
                      V("stored", row.arity), V("columns", fields_.size()));
  }
  std::vector<DataType> types;
  for (const DataField& field : fields_) types.push_back(field.type);
  const CastContext context{arrow::default_memory_pool(), clock_};
  ARROW_ASSIGN_OR_RAISE(auto columns, DecodeBinaryRow(context.pool, row.row, types));
  ARROW_ASSIGN_OR_RAISE(auto specs, PartitionSpecs(context, columns, fields_, naming_));
  return std::move(specs[0]);
}

Result<std::string> PartitionPaths::PathOf(std::string_view serialized) const {
  ARROW_ASSIGN_OR_RAISE(const PartitionSpec spec, SpecOf(serialized));
  return PartitionPath(spec);
}

Result<std::map<std::string, std::string>> PartitionPaths::ValuesOf(
    std::string_view serialized) const {
  ARROW_ASSIGN_OR_RAISE(const PartitionSpec spec, SpecOf(serialized));
  return std::map<std::string, std::string>(spec.begin(), spec.end());
}

std::string EscapePathName(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!MustEscape(byte)) {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string UnescapePathName(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
    if (text[i] == '%' && high >= 0 && low >= 0) {
      out += static_cast<char>(high << 4 | low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace tarn::types
