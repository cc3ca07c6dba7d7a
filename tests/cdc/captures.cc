// SPDX-License-Identifier: Apache-2.0
#include "tests/cdc/captures.h"

#include <arrow/api.h>
#include <arrow/io/api.h>
#include <arrow/util/compression.h>
#include <arrow/util/decimal.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/files.h"

namespace tarn::cdc {

namespace {

using types::DataField;
using types::DataType;

std::string TrimFraction(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

// Moments of the databases' dumps: "2026-05-13T22:34:25.673+00:00" or with a blank.
std::string MomentText(std::string text) {
  const size_t zone = text.find("+00");
  if (zone != std::string::npos) text.resize(zone);
  if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
  return TrimFraction(text);
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string DoubleText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{}", value);
}

// The number of a member as it is spelled in the line (a parser would make it a double).
std::string RawMember(const std::string& line, const std::string& name) {
  size_t at = line.find("\"" + name + "\":");
  if (at == std::string::npos) return "";
  at = line.find_first_not_of(' ', at + name.size() + 3);
  return line.substr(at, line.find_first_of(",}", at) - at);
}

std::optional<std::string> TruthCell(const nlohmann::json& value, const DataField& field,
                                     const std::string& line) {
  if (value.is_null()) return std::nullopt;
  switch (field.type.root()) {
    case types::TypeRoot::kDecimal:
      return TrimFraction(RawMember(line, field.name));
    case types::TypeRoot::kBoolean:
      return value.is_boolean() ? (value.get<bool>() ? "true" : "false")
                                : (value.get<int>() != 0 ? "true" : "false");
    case types::TypeRoot::kDouble:
      return value.is_string() ? value.get<std::string>()
                               : DoubleText(value.get<double>());
    case types::TypeRoot::kTimestamp:
    case types::TypeRoot::kLocalZonedTimestamp:
      return MomentText(value.get<std::string>());
    case types::TypeRoot::kTime:
      return TrimFraction(value.get<std::string>());
    case types::TypeRoot::kBinary:
    case types::TypeRoot::kVarBinary: {
      std::string hex = Lower(value.get<std::string>());
      return hex.starts_with("\\x") ? hex.substr(2) : hex;
    }
    case types::TypeRoot::kDate:
    case types::TypeRoot::kVarChar:
    case types::TypeRoot::kChar:
      return value.is_string() ? value.get<std::string>() : value.dump();
    default:
      return value.dump();
  }
}

std::string ClockText(int64_t units, int64_t per_second) {
  const int64_t seconds = units / per_second;
  const auto digits = static_cast<int>(std::lround(std::log10(per_second)));
  return TrimFraction(fmt::format("{:02}:{:02}:{:02}.{:0{}}", seconds / 3600,
                                  seconds / 60 % 60, seconds % 60, units % per_second,
                                  digits));
}

// Days to a date by walking the calendar: slow, and no formula to get wrong twice.
std::string DateText(int64_t days) {
  static const auto table = [] {
    std::map<int64_t, int> years;
    int64_t day = -719162;
    for (int year = 1; year <= 10000; ++year) {
      years[day] = year;
      day += (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) ? 366 : 365;
    }
    return years;
  }();
  const auto found = std::prev(table.upper_bound(days));
  const int year = found->second;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int lengths[] = {31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int64_t rest = days - found->first;
  int month = 0;
  while (rest >= lengths[month]) rest -= lengths[month++];
  return fmt::format("{:04}-{:02}-{:02}", year, month + 1, rest + 1);
}

std::string TimestampText(int64_t value, arrow::TimeUnit::type unit) {
  const int64_t per_second = unit == arrow::TimeUnit::MILLI   ? 1000
                             : unit == arrow::TimeUnit::MICRO ? 1000000
                                                              : 1000000000;
  const int64_t per_day = per_second * 86400;
  int64_t days = value / per_day;
  int64_t rest = value % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  return DateText(days) + " " + ClockText(rest, per_second);
}

// Without an exponent, as databases print it.
std::string DecimalText(const arrow::Decimal128Array& array, int64_t i) {
  const auto scale = static_cast<size_t>(
      static_cast<const arrow::Decimal128Type&>(*array.type()).scale());
  std::string digits = arrow::Decimal128(array.GetValue(i)).ToIntegerString();
  const bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  while (digits.size() <= scale) digits.insert(digits.begin(), '0');
  digits.insert(digits.size() - scale, ".");
  return TrimFraction((negative ? "-" : "") + digits);
}

std::optional<std::string> CellText(const arrow::Array& array, int64_t i) {
  if (array.IsNull(i)) return std::nullopt;
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(i) ? "true" : "false";
    case arrow::Type::DOUBLE:
      return DoubleText(static_cast<const arrow::DoubleArray&>(array).Value(i));
    case arrow::Type::STRING:
      return static_cast<const arrow::StringArray&>(array).GetString(i);
    case arrow::Type::BINARY: {
      std::string out;
      for (const char c : static_cast<const arrow::BinaryArray&>(array).GetString(i)) {
        out += fmt::format("{:02x}", static_cast<uint8_t>(c));
      }
      return out;
    }
    case arrow::Type::DECIMAL128:
      return DecimalText(static_cast<const arrow::Decimal128Array&>(array), i);
    case arrow::Type::DATE32:
      return DateText(static_cast<const arrow::Date32Array&>(array).Value(i));
    case arrow::Type::TIME32:
      return ClockText(static_cast<const arrow::Time32Array&>(array).Value(i), 1000);
    case arrow::Type::TIMESTAMP:
      return TimestampText(
          static_cast<const arrow::TimestampArray&>(array).Value(i),
          static_cast<const arrow::TimestampType&>(*array.type()).unit());
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      nlohmann::json out = nlohmann::json::array();
      for (int64_t at = list.value_offset(i); at < list.value_offset(i + 1); ++at) {
        const auto cell = CellText(*list.values(), at);
        out.push_back(cell ? nlohmann::json(*cell) : nlohmann::json());
      }
      return out.dump();
    }
    default:
      return array.GetScalar(i).ValueOrDie()->ToString();
  }
}

std::string KeyOf(const TextRow& row, const std::vector<int>& keys) {
  std::string key;
  for (const int i : keys) key += row[i].value_or("NULL") + "/";
  return key;
}

std::vector<DataField> Fields(std::vector<std::pair<std::string, DataType>> columns) {
  std::vector<DataField> fields;
  for (auto& [name, type] : columns) {
    fields.push_back({static_cast<int32_t>(fields.size()), name, type, {}, {}});
  }
  return fields;
}

}  // namespace

std::vector<std::string> CapturedLines(const std::string& database,
                                       const std::string& variant,
                                       const std::string& topic) {
  const std::string bytes = support::ReadText(
      support::TestFile("data/" + database + "/" + variant + "/" + topic + ".jsonl.gz"));
  auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP).ValueOrDie();
  auto stream =
      arrow::io::CompressedInputStream::Make(
          codec.get(),
          std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes)))
          .ValueOrDie();
  std::string text;
  while (true) {
    auto piece = stream->Read(1 << 20).ValueOrDie();
    if (piece->size() == 0) break;
    text += piece->ToString();
  }
  return support::SplitLines(text);
}

std::vector<CapturedTable> CapturedTables(const std::string& database) {
  const bool postgres = database == "debezium-postgres";
  const DataType id = DataType::BigInt().NotNull();
  std::vector<CapturedTable> tables;
  tables.push_back(
      {"catalog.products",
       Fields(
           {{"product_id", id},
            {"product_name", DataType::VarChar(200)},
            {"brand", DataType::String()},
            {"description", DataType::String()},
            {"attrs", DataType::String()},
            {"tags", postgres ? DataType::Array(DataType::String()) : DataType::String()},
            {"fingerprint", postgres ? DataType::Bytes() : DataType::Binary(8)},
            {"external_id", DataType::String()},
            {"updated_at", DataType::LocalZonedTimestamp(6)},
            {"weight_g", DataType::Int()}}),
       {0}});
  tables.push_back({"pricing.prices",
                    Fields({{"product_id", id},
                            {"price", DataType::Decimal(10, 2)},
                            {"sale_ends", DataType::Date()},
                            {"currency", DataType::Char(3)},
                            {"fx_rate", postgres ? DataType::Decimal(38, 18)
                                                 : DataType::Decimal(30, 12)},
                            {"valid_from", DataType::Timestamp(3)}}),
                    {0}});
  tables.push_back({"lifecycle.lifecycle",
                    Fields({{"product_id", id},
                            {"discontinue_date", DataType::Date()},
                            {"status", DataType::String()},
                            {"final", DataType::Boolean()},
                            {"changed_at", DataType::Timestamp(6)},
                            {"daily_cutoff", DataType::Time(6)}}),
                    {0}});
  tables.push_back({"reviews.reviews",
                    Fields({{"review_id", id},
                            {"product_id", DataType::BigInt()},
                            {"rating", DataType::SmallInt()},
                            {"helpful", DataType::Double()},
                            {"author", DataType::String()},
                            {"body", DataType::String()},
                            {"created_at", DataType::LocalZonedTimestamp(3)}}),
                    {0}});
  tables.push_back({"qa.questions",
                    Fields({{"product_id", id},
                            {"question_no", DataType::Int().NotNull()},
                            {"question", DataType::String()},
                            {"answered", DataType::Boolean()},
                            {"asked_at", DataType::Timestamp(0)},
                            {"answered_at", DataType::Timestamp(6)}}),
                    {0, 1}});
  return tables;
}

DecoderOptions OptionsFor(const CapturedTable& table, const std::string& variant) {
  DecoderOptions options;
  for (const auto& field : table.fields) options.columns.push_back({field, ""});
  options.key_columns = table.keys;
  if (variant == "iso") {
    options.decimal_mode = DecimalMode::kString;
    options.bytes_mode = BytesMode::kHex;
    options.time_mode = TimeMode::kIsoString;
  } else if (variant != "schema") {
    options.decimal_mode = DecimalMode::kPrecise;
  }
  return options;
}

std::vector<TextRow> RowsAsText(const types::ChangeBatch& batch, size_t columns) {
  std::vector<TextRow> rows(static_cast<size_t>(batch.num_rows()));
  for (size_t column = 0; column < columns; ++column) {
    const auto array = batch.rows->column(static_cast<int>(column));
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].push_back(CellText(*array, static_cast<int64_t>(i)));
    }
  }
  return rows;
}

std::map<std::string, TextRow> TruthOf(const std::string& database,
                                       const CapturedTable& table) {
  std::map<std::string, TextRow> rows;
  for (const auto& line : support::ReadLines(
           support::TestFile("data/" + database + "/truth/" + table.name + ".jsonl"))) {
    const auto object = nlohmann::json::parse(line);
    TextRow row;
    for (const auto& field : table.fields) {
      row.push_back(TruthCell(object.at(field.name), field, line));
    }
    const std::string key = KeyOf(row, table.keys);
    rows[key] = std::move(row);
  }
  return rows;
}

void FoldedTable::Apply(const DecodedBatch& batch) {
  const auto rows = RowsAsText(batch.changes, table_.fields.size());
  const uint8_t* kinds = batch.changes.kinds_data();
  size_t truncate = 0;
  for (size_t i = 0; i <= rows.size(); ++i) {
    while (truncate < batch.truncates.size() &&
           batch.truncates[truncate].row == static_cast<int64_t>(i)) {
      rows_.clear();
      ++truncate;
    }
    if (i == rows.size()) break;
    const auto kind = kinds == nullptr ? types::RowKind::kInsert
                                       : static_cast<types::RowKind>(kinds[i]);
    const std::string key = KeyOf(rows[i], table_.keys);
    if (kind == types::RowKind::kDelete) rows_.erase(key);
    if (!types::IsAdd(kind)) continue;
    TextRow row = rows[i];
    for (size_t column = 0; column < batch.changes.absent.size() && column < row.size();
         ++column) {
      const auto& bits = batch.changes.absent[column];
      if (bits == nullptr || ((bits->data()[i / 8] >> (i % 8)) & 1) == 0) continue;
      const auto old = rows_.find(key);
      row[column] = old == rows_.end() ? std::nullopt : old->second[column];
    }
    rows_[key] = std::move(row);
  }
}

}  // namespace tarn::cdc
