// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/partition_path.h"

#include <array>
#include <cctype>
#include <optional>

#include <arrow/api.h>

#include "tarn/options/options.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/java_text.h"

namespace tarn::types {
namespace {

constexpr std::string_view kEscaped = "\"#%'*/:=?\\{}[]^";

bool MustEscape(unsigned char c) {
  return c < 0x20 || c == 0x7F || kEscaped.find(static_cast<char>(c)) != kEscaped.npos;
}

bool IsBlank(std::string_view text) {
  // Java's String.trim: everything up to the blank is white.
  for (unsigned char c : text) {
    if (c > ' ') return false;
  }
  return true;
}

int64_t UnitsPerSecond(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1000;
    case arrow::TimeUnit::MICRO:
      return 1000000;
    case arrow::TimeUnit::NANO:
      return 1000000000;
  }
  return 1000;
}

MillisAndNanos SplitTimestamp(int64_t value, arrow::TimeUnit::type unit) {
  const int64_t per_milli = UnitsPerSecond(unit) / 1000;
  if (per_milli <= 0) return {value * 1000, 0};
  int64_t millis = value / per_milli;
  int64_t rest = value % per_milli;
  if (rest < 0) {
    rest += per_milli;
    --millis;
  }
  return {millis, static_cast<int32_t>(rest * (1000000 / per_milli))};
}

template <typename ArrayType>
auto First(const arrow::Array& array) {
  return static_cast<const ArrayType&>(array).Value(0);
}

/// Text of a value that is not NULL: `toString` of Java's object (legacy), or the text
/// that a cast to STRING gives.
Result<std::string> TextOf(const arrow::Array& array, const DataType& type, bool legacy) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return First<arrow::BooleanArray>(array) ? "true" : "false";
    case TypeRoot::kTinyInt:
      return fmt::format("{}", First<arrow::Int8Array>(array));
    case TypeRoot::kSmallInt:
      return fmt::format("{}", First<arrow::Int16Array>(array));
    case TypeRoot::kInt:
      return fmt::format("{}", First<arrow::Int32Array>(array));
    case TypeRoot::kBigInt:
      return fmt::format("{}", First<arrow::Int64Array>(array));
    case TypeRoot::kFloat:
      return JavaFloat(First<arrow::FloatArray>(array));
    case TypeRoot::kDouble:
      return JavaDouble(First<arrow::DoubleArray>(array));
    case TypeRoot::kDecimal:
      return static_cast<const arrow::Decimal128Array&>(array).FormatValue(0);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return std::string(static_cast<const arrow::StringArray&>(array).GetView(0));
    case TypeRoot::kDate: {
      const int32_t days = First<arrow::Date32Array>(array);
      return legacy ? fmt::format("{}", days) : FormatDate(days);
    }
    case TypeRoot::kTime: {
      const int32_t millis = First<arrow::Time32Array>(array);
      return legacy ? fmt::format("{}", millis)
                    : FormatTimeOfDay(millis, type.precision());
    }
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp: {
      const auto unit = static_cast<const arrow::TimestampType&>(*array.type()).unit();
      const auto at = SplitTimestamp(First<arrow::TimestampArray>(array), unit);
      return legacy ? FormatLocalDateTime(at) : FormatTimestamp(at, type.precision());
    }
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      if (!legacy) {
        return std::string(static_cast<const arrow::BinaryArray&>(array).GetView(0));
      }
      [[fallthrough]];
    default:
      return Unsupported(5101, "Partition column of this type has no folder name:",
                         V("type", type.ToString()));
  }
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::string EscapePathName(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (unsigned char c : text) {
    if (MustEscape(c)) {
      out += fmt::format("%{:02X}", c);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string UnescapePathName(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = HexDigit(text[i + 1]);
      const auto low = HexDigit(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

Result<PartitionPaths> PartitionPaths::Make(const TableSchema& schema) {
  PartitionPaths paths;
  ARROW_ASSIGN_OR_RAISE(auto fields, schema.FieldsOf(schema.partition_keys));
  for (auto& field : fields) {
    paths.names_.push_back(field.name);
    paths.types_.push_back(field.type);
  }
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(paths.default_name_, table.Get(options::kPartitionDefaultName));
  ARROW_ASSIGN_OR_RAISE(paths.legacy_, table.Get(options::kPartitionLegacyName));
  return paths;
}

Result<std::vector<std::string>> PartitionPaths::Texts(
    std::string_view serialized) const {
  std::vector<std::string> texts;
  if (names_.empty()) return texts;
  ARROW_ASSIGN_OR_RAISE(const auto row, ParseSerializedRow(serialized));
  if (row.arity != static_cast<int32_t>(names_.size())) {
    return Corruption(7101, "Partition row has another number of columns than the table:",
                      V("stored", row.arity), V("columns", names_.size()));
  }
  ARROW_ASSIGN_OR_RAISE(auto values,
                        DecodeBinaryRow(arrow::default_memory_pool(), row.row, types_));
  for (size_t i = 0; i < names_.size(); ++i) {
    std::string text;
    if (!values[i]->IsNull(0)) {
      ARROW_ASSIGN_OR_RAISE(text, TextOf(*values[i], types_[i], legacy_));
    }
    texts.push_back(IsBlank(text) ? default_name_ : std::move(text));
  }
  return texts;
}

Result<std::string> PartitionPaths::PathOf(std::string_view serialized) const {
  ARROW_ASSIGN_OR_RAISE(const auto texts, Texts(serialized));
  std::string path;
  for (size_t i = 0; i < texts.size(); ++i) {
    path += EscapePathName(names_[i]) + "=" + EscapePathName(texts[i]) + "/";
  }
  return path;
}

Result<std::map<std::string, std::string>> PartitionPaths::ValuesOf(
    std::string_view serialized) const {
  ARROW_ASSIGN_OR_RAISE(auto texts, Texts(serialized));
  std::map<std::string, std::string> values;
  for (size_t i = 0; i < texts.size(); ++i) values[names_[i]] = std::move(texts[i]);
  return values;
}

}  // namespace tarn::types
