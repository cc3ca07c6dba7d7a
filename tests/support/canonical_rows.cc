// SPDX-License-Identifier: Apache-2.0
#include "tests/support/canonical_rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>

#include <arrow/api.h>
#include <arrow/util/base64.h>
#include <arrow/util/decimal.h>
#include <nlohmann/json.hpp>

#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_json.h"
#include "tarn/types/row_kind.h"

namespace tarn::support {
namespace {

using nlohmann::json;
using types::DataField;
using types::DataType;
using types::TypeRoot;

constexpr int64_t kMillisPerDay = 86'400'000;

Status BadText(const json& value, const DataType& type) {
  return InvalidInput(1910, "Not a canonical value:", V("value", value.dump()),
                      V("type", type.ToString()));
}

// Days since 1970-01-01 of "2024-01-31", which may have a sign.
int64_t DaysOf(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const size_t dash = text.find('-');
  int64_t year = std::strtoll(std::string(text.substr(0, dash)).c_str(), nullptr, 10);
  if (negative) year = -year;
  const int64_t month = std::atoi(std::string(text.substr(dash + 1, 2)).c_str());
  const int64_t day = std::atoi(std::string(text.substr(dash + 4, 2)).c_str());
  // Years begin in March here, so that the leap day is their last.
  if (month <= 2) --year;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

// Nanoseconds of the day of "12:34:56.789".
int64_t NanosOf(const std::string& text) {
  const int64_t seconds = std::atoi(text.substr(0, 2).c_str()) * 3600 +
                          std::atoi(text.substr(3, 2).c_str()) * 60 +
                          (text.size() > 5 ? std::atoi(text.substr(6, 2).c_str()) : 0);
  std::string fraction = text.size() > 9 ? text.substr(9) : "";
  fraction.resize(9, '0');
  return seconds * 1'000'000'000 + std::strtoll(fraction.c_str(), nullptr, 10);
}

double FloatingOf(const json& value) {
  if (value.is_number()) return value.get<double>();
  const std::string text = value.get<std::string>();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return std::strtod(text.c_str(), nullptr);
}

// Through the text, so that a float is rounded once.
float FloatOf(const json& value) {
  if (!value.is_number()) return static_cast<float>(FloatingOf(value));
  return std::strtof(value.dump().c_str(), nullptr);
}

int64_t IntegerOf(const json& value) {
  if (value.is_number()) return value.get<int64_t>();
  return std::strtoll(value.get<std::string>().c_str(), nullptr, 10);
}

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Status AppendTimestamp(const json& value, const DataType& type,
                       arrow::ArrayBuilder* builder) {
  std::string text = value.get<std::string>();
  if (text.ends_with('Z')) text.pop_back();
  const size_t t = text.find_first_of("T ");
  if (t == std::string::npos) return BadText(value, type);
  const __int128 nanos = __int128{DaysOf(text.substr(0, t))} * kMillisPerDay * 1'000'000 +
                         NanosOf(text.substr(t + 1));
  if (type.precision() > 6) {
    return static_cast<arrow::Decimal128Builder*>(builder)->Append(arrow::Decimal128(
        static_cast<int64_t>(nanos >> 64), static_cast<uint64_t>(nanos)));
  }
  const int64_t unit = type.precision() <= 3 ? 1'000'000 : 1'000;
  const __int128 ticks = nanos / unit - (nanos % unit < 0 ? 1 : 0);
  if (ticks != static_cast<int64_t>(ticks)) {
    return InvalidInput(1911,
                        "A timestamp does not fit its Arrow unit:", V("value", text));
  }
  return static_cast<arrow::TimestampBuilder*>(builder)->Append(
      static_cast<int64_t>(ticks));
}

Status Append(const json& value, const DataType& type, arrow::ArrayBuilder* builder);

Status AppendDecimal(const json& value, const DataType& type,
                     arrow::ArrayBuilder* builder) {
  arrow::Decimal128 out;
  int32_t precision = 0;
  int32_t scale = 0;
  ARROW_RETURN_NOT_OK(
      arrow::Decimal128::FromString(TextOf(value), &out, &precision, &scale));
  ARROW_ASSIGN_OR_RAISE(out, out.Rescale(scale, type.scale()));
  return static_cast<arrow::Decimal128Builder*>(builder)->Append(out);
}

Status AppendMap(const json& pairs, const DataType& key, const DataType& item,
                 arrow::ArrayBuilder* builder) {
  auto* map = static_cast<arrow::MapBuilder*>(builder);
  ARROW_RETURN_NOT_OK(map->Append());
  for (const auto& [name, entry] : pairs.items()) {
    const bool by_name = pairs.is_object();
    ARROW_RETURN_NOT_OK(
        Append(by_name ? json(name) : entry.at(0), key, map->key_builder()));
    ARROW_RETURN_NOT_OK(Append(by_name ? entry : entry.at(1), item, map->item_builder()));
  }
  return Status::OK();
}

Status AppendNested(const json& value, const DataType& type,
                    arrow::ArrayBuilder* builder) {
  switch (type.root()) {
    case TypeRoot::kArray: {
      auto* list = static_cast<arrow::ListBuilder*>(builder);
      ARROW_RETURN_NOT_OK(list->Append());
      for (const json& element : value) {
        ARROW_RETURN_NOT_OK(Append(element, type.element(), list->value_builder()));
      }
      return Status::OK();
    }
    case TypeRoot::kMap:
      return AppendMap(value, type.key(), type.element(), builder);
    case TypeRoot::kMultiset:
      return AppendMap(value, type.element(), DataType::Int(), builder);
    case TypeRoot::kRow: {
      auto* row = static_cast<arrow::StructBuilder*>(builder);
      ARROW_RETURN_NOT_OK(row->Append());
      for (size_t i = 0; i < type.fields().size(); ++i) {
        const DataField& field = type.fields()[i];
        const json member = value.contains(field.name) ? value[field.name] : json();
        ARROW_RETURN_NOT_OK(
            Append(member, field.type, row->field_builder(static_cast<int>(i))));
      }
      return Status::OK();
    }
    default:
      return BadText(value, type);
  }
}

Status Append(const json& value, const DataType& type, arrow::ArrayBuilder* builder) {
  if (value.is_null()) return builder->AppendNull();
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return static_cast<arrow::BooleanBuilder*>(builder)->Append(
          value.is_boolean() ? value.get<bool>() : TextOf(value) == "true");
    case TypeRoot::kTinyInt:
      return static_cast<arrow::Int8Builder*>(builder)->Append(
          static_cast<int8_t>(IntegerOf(value)));
    case TypeRoot::kSmallInt:
      return static_cast<arrow::Int16Builder*>(builder)->Append(
          static_cast<int16_t>(IntegerOf(value)));
    case TypeRoot::kInt:
      return static_cast<arrow::Int32Builder*>(builder)->Append(
          static_cast<int32_t>(IntegerOf(value)));
    case TypeRoot::kBigInt:
      return static_cast<arrow::Int64Builder*>(builder)->Append(IntegerOf(value));
    case TypeRoot::kFloat:
      return static_cast<arrow::FloatBuilder*>(builder)->Append(FloatOf(value));
    case TypeRoot::kDouble:
      return static_cast<arrow::DoubleBuilder*>(builder)->Append(FloatingOf(value));
    case TypeRoot::kDecimal:
      return AppendDecimal(value, type, builder);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return static_cast<arrow::StringBuilder*>(builder)->Append(TextOf(value));
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob: {
      ARROW_ASSIGN_OR_RAISE(const std::string bytes,
                            arrow::util::base64_decode(value.get<std::string>()));
      return static_cast<arrow::BinaryBuilder*>(builder)->Append(bytes);
    }
    case TypeRoot::kDate:
      return static_cast<arrow::Date32Builder*>(builder)->Append(
          static_cast<int32_t>(DaysOf(value.get<std::string>())));
    case TypeRoot::kTime:
      return static_cast<arrow::Time32Builder*>(builder)->Append(
          static_cast<int32_t>(NanosOf(value.get<std::string>()) / 1'000'000));
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return AppendTimestamp(value, type, builder);
    default:
      return AppendNested(value, type, builder);
  }
}

}  // namespace

Result<std::shared_ptr<arrow::RecordBatch>> BatchFromCanonical(
    const json& rows, const std::vector<DataField>& fields) {
  ARROW_ASSIGN_OR_RAISE(const auto schema, types::ToArrow(fields));
  arrow::ArrayVector columns;
  for (size_t i = 0; i < fields.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto builder,
                          arrow::MakeBuilder(schema->field(static_cast<int>(i))->type()));
    for (const json& row : rows) {
      const auto member = row.find(fields[i].name);
      ARROW_RETURN_NOT_OK(
          Append(member == row.end() ? json() : *member, fields[i].type, builder.get()));
    }
    ARROW_ASSIGN_OR_RAISE(auto column, builder->Finish());
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(schema, static_cast<int64_t>(rows.size()), columns);
}

Result<std::shared_ptr<arrow::RecordBatch>> BatchFromLines(
    const std::vector<std::string>& lines, const std::vector<DataField>& fields) {
  json rows = json::array();
  for (const std::string& line : lines) rows.push_back(json::parse(line));
  return BatchFromCanonical(rows, fields);
}

Result<types::ChangeBatch> ChangesFromJson(const json& operations,
                                           const std::vector<DataField>& fields) {
  json rows = json::array();
  arrow::BufferBuilder kinds;
  for (const json& operation : operations) {
    rows.push_back(operation.contains("row") ? operation["row"] : operation);
    const std::string name =
        operation.contains("row") ? operation.value("op", "+I") : "+I";
    ARROW_ASSIGN_OR_RAISE(const types::RowKind kind, types::RowKindFromShortName(name));
    ARROW_RETURN_NOT_OK(kinds.Append(&kind, 1));
  }
  types::ChangeBatch out;
  ARROW_ASSIGN_OR_RAISE(out.rows, BatchFromCanonical(rows, fields));
  ARROW_ASSIGN_OR_RAISE(out.kinds, kinds.Finish());
  return out;
}

Result<std::vector<std::string>> SortedLines(arrow::RecordBatchReader* reader,
                                             const std::vector<DataField>& fields) {
  std::vector<std::string> out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto batch, reader->Next());
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    std::string text;
    ARROW_RETURN_NOT_OK(types::AppendCanonicalRows(*batch, fields, &text));
    size_t begin = 0;
    for (size_t end; (end = text.find('\n', begin)) != std::string::npos;
         begin = end + 1) {
      out.push_back(text.substr(begin, end - begin));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

::testing::AssertionResult SameRows(const std::vector<std::string>& actual,
                                    const std::vector<std::string>& expected) {
  constexpr size_t kShown = 5;
  constexpr size_t kShownBytes = 600;
  if (actual == expected) return ::testing::AssertionSuccess();
  auto failure = ::testing::AssertionFailure();
  failure << actual.size() << " rows where " << expected.size() << " are expected";
  const auto show = [&](const char* title, std::vector<std::string> a,
                        std::vector<std::string> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    std::vector<std::string> only;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(only));
    failure << "\n" << title << " (" << only.size() << "):";
    for (size_t i = 0; i < std::min(kShown, only.size()); ++i) {
      failure << "\n  " << only[i].substr(0, kShownBytes);
    }
  };
  show("only in the actual rows", actual, expected);
  show("only in the expected rows", expected, actual);
  return failure;
}

}  // namespace tarn::support
