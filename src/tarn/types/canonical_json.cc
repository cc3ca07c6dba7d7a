// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/canonical_json.h"

#include <algorithm>
#include <string_view>

#include <arrow/api.h>
#include <arrow/util/base64.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_text.h"
#include "tarn/types/instant.h"
#include "tarn/types/variant.h"

namespace tarn::types {
namespace {

constexpr int64_t kNanosPerDay = 86'400'000'000'000;

// The cells of one column as text, one after the other.
struct TextColumn {
  std::string bytes;
  std::vector<size_t> ends;  // [rows]

  std::string_view cell(int64_t row) const {
    const size_t begin = row == 0 ? 0 : ends[row - 1];
    return std::string_view(bytes).substr(begin, ends[row] - begin);
  }
  void EndCell() { ends.push_back(bytes.size()); }
};

Result<TextColumn> Render(const arrow::Array& array, const DataType& type);

template <typename ArrayType, typename AppendCell>
TextColumn RenderCells(const ArrayType& array, AppendCell append_cell) {
  TextColumn out;
  out.ends.reserve(array.length());
  for (int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) {
      out.bytes.append("null");
    } else {
      append_cell(i, &out.bytes);
    }
    out.EndCell();
  }
  return out;
}

Status Mismatch(const arrow::Array& array, const DataType& type) {
  return InternalError(71, "A column's Arrow type does not hold its logical type:",
                       V("arrow", array.type()->ToString()), V("type", type.ToString()));
}

template <typename ArrayType>
TextColumn RenderIntegers(const arrow::Array& array) {
  const auto& typed = static_cast<const ArrayType&>(array);
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    const fmt::format_int text(typed.Value(i));
    out->append(text.data(), text.size());
  });
}

template <typename ArrayType>
TextColumn RenderStrings(const arrow::Array& array) {
  const auto& typed = static_cast<const ArrayType&>(array);
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    AppendJsonString(typed.GetView(i), out);
  });
}

template <typename ArrayType>
TextColumn RenderBytes(const arrow::Array& array) {
  const auto& typed = static_cast<const ArrayType&>(array);
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    out->push_back('"');
    out->append(arrow::util::base64_encode(typed.GetView(i)));
    out->push_back('"');
  });
}

template <typename ArrayType>
TextColumn RenderDecimals(const arrow::Array& array, int32_t scale) {
  using Value = std::conditional_t<std::is_same_v<ArrayType, arrow::Decimal128Array>,
                                   arrow::Decimal128, arrow::Decimal256>;
  const auto& typed = static_cast<const ArrayType&>(array);
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    out->push_back('"');
    AppendDecimal(Value(typed.GetValue(i)).ToIntegerString(), scale, out);
    out->push_back('"');
  });
}

int64_t UnitsPerSecond(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1'000;
    case arrow::TimeUnit::MICRO:
      return 1'000'000;
    case arrow::TimeUnit::NANO:
      return 1'000'000'000;
  }
  return 1;
}

template <typename ArrayType>
Result<TextColumn> RenderTimes(const arrow::Array& array, const DataType& type) {
  const auto& typed = static_cast<const ArrayType&>(array);
  const auto& time_type = static_cast<const arrow::TimeType&>(*array.type());
  const int64_t nanos_per_unit = 1'000'000'000 / UnitsPerSecond(time_type.unit());
  const int64_t units_per_day = kNanosPerDay / nanos_per_unit;
  for (int64_t i = 0; i < typed.length(); ++i) {
    if (typed.IsValid(i) && (typed.Value(i) < 0 || typed.Value(i) >= units_per_day)) {
      return Corruption(7171, "A time lies outside its day:", V("value", typed.Value(i)));
    }
  }
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    out->push_back('"');
    AppendTime(typed.Value(i) * nanos_per_unit, type.precision(), out);
    out->push_back('"');
  });
}

TextColumn RenderFineTimestamps(const arrow::Array& array, const DataType& type) {
  const bool zoned = type.root() == TypeRoot::kLocalZonedTimestamp;
  return RenderCells(array, [&](int64_t i, std::string* out) {
    const MillisAndNanos at = InstantAt(array, i);
    const int64_t seconds = at.millis / 1000 - (at.millis % 1000 < 0 ? 1 : 0);
    out->push_back('"');
    AppendInstant(seconds, (at.millis - seconds * 1000) * 1'000'000 + at.nanos,
                  type.precision(), out);
    out->append(zoned ? "Z\"" : "\"");
  });
}

TextColumn RenderTimestamps(const arrow::Array& array, const DataType& type) {
  if (IsFineTimestamp(type)) return RenderFineTimestamps(array, type);
  const auto& typed = static_cast<const arrow::TimestampArray&>(array);
  const int64_t per_second =
      UnitsPerSecond(static_cast<const arrow::TimestampType&>(*array.type()).unit());
  const bool zoned = type.root() == TypeRoot::kLocalZonedTimestamp;
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    out->push_back('"');
    AppendTimestamp(typed.Value(i), per_second, type.precision(), out);
    out->append(zoned ? "Z\"" : "\"");
  });
}

TextColumn RenderDates(const arrow::Array& array) {
  const auto& typed = static_cast<const arrow::Date32Array&>(array);
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    out->push_back('"');
    AppendDate(typed.Value(i), out);
    out->push_back('"');
  });
}

template <typename ArrayType>
Result<TextColumn> RenderLists(const arrow::Array& array, const DataType& type) {
  const auto& typed = static_cast<const ArrayType&>(array);
  const int64_t begin = typed.length() == 0 ? 0 : typed.value_offset(0);
  const int64_t end = typed.length() == 0 ? 0 : typed.value_offset(typed.length());
  const auto values = typed.values()->Slice(begin, end - begin);
  ARROW_ASSIGN_OR_RAISE(TextColumn elements, Render(*values, type.element()));
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    out->push_back('[');
    for (int64_t k = typed.value_offset(i); k < typed.value_offset(i + 1); ++k) {
      if (k > typed.value_offset(i)) out->push_back(',');
      out->append(elements.cell(k - begin));
    }
    out->push_back(']');
  });
}

// A map has no order of its own: its pairs are sorted by their text.
Result<TextColumn> RenderMaps(const arrow::Array& array, const DataType& key_type,
                              const DataType& item_type) {
  const auto& typed = static_cast<const arrow::MapArray&>(array);
  const int64_t begin = typed.length() == 0 ? 0 : typed.value_offset(0);
  const int64_t end = typed.length() == 0 ? 0 : typed.value_offset(typed.length());
  ARROW_ASSIGN_OR_RAISE(TextColumn keys,
                        Render(*typed.keys()->Slice(begin, end - begin), key_type));
  ARROW_ASSIGN_OR_RAISE(TextColumn items,
                        Render(*typed.items()->Slice(begin, end - begin), item_type));
  std::vector<std::string> pairs;
  return RenderCells(typed, [&](int64_t i, std::string* out) {
    pairs.clear();
    for (int64_t k = typed.value_offset(i); k < typed.value_offset(i + 1); ++k) {
      pairs.push_back(
          fmt::format("[{},{}]", keys.cell(k - begin), items.cell(k - begin)));
    }
    std::sort(pairs.begin(), pairs.end());
    out->append(fmt::format("[{}]", fmt::join(pairs, ",")));
  });
}

// Columns side by side: what stands in front of a cell is the same in every row.
class RowLayout {
 public:
  static Result<RowLayout> Make(const arrow::ArrayVector& columns,
                                const std::vector<DataField>& fields) {
    RowLayout out;
    for (size_t i = 0; i < fields.size(); ++i) {
      std::string lead = i == 0 ? "{" : ",";
      AppendJsonString(fields[i].name, &lead);
      lead.push_back(':');
      out.leads_.push_back(std::move(lead));
      ARROW_ASSIGN_OR_RAISE(TextColumn cells, Render(*columns[i], fields[i].type));
      out.columns_.push_back(std::move(cells));
    }
    return out;
  }

  void AppendRow(int64_t row, std::string* out) const {
    if (columns_.empty()) out->push_back('{');
    for (size_t i = 0; i < columns_.size(); ++i) {
      out->append(leads_[i]).append(columns_[i].cell(row));
    }
    out->push_back('}');
  }

 private:
  std::vector<std::string> leads_;  // `{"a":`, `,"b":`, ...
  std::vector<TextColumn> columns_;
};

Result<TextColumn> RenderStructs(const arrow::Array& array, const DataType& type) {
  const auto& typed = static_cast<const arrow::StructArray&>(array);
  if (typed.num_fields() != static_cast<int>(type.fields().size())) {
    return Mismatch(array, type);
  }
  arrow::ArrayVector children;
  for (int i = 0; i < typed.num_fields(); ++i) children.push_back(typed.field(i));
  ARROW_ASSIGN_OR_RAISE(RowLayout rows, RowLayout::Make(children, type.fields()));
  return RenderCells(typed, [&](int64_t i, std::string* out) { rows.AppendRow(i, out); });
}

// The JSON text of a variant in a string.
Result<TextColumn> RenderVariants(const arrow::Array& array, const DataType& type) {
  const auto& typed = static_cast<const arrow::StructArray&>(array);
  ARROW_ASSIGN_OR_RAISE(const auto wanted, ToArrow(type));
  if (!array.type()->Equals(*wanted)) return Mismatch(array, type);
  const auto value = typed.field(0);
  const auto metadata = typed.field(1);
  const auto& values = static_cast<const arrow::BinaryArray&>(*value);
  const auto& metadatas = static_cast<const arrow::BinaryArray&>(*metadata);
  Status failure;
  std::string text;
  TextColumn out = RenderCells(typed, [&](int64_t i, std::string* to) {
    text.clear();
    const Status status =
        AppendVariantJson(values.GetView(i), metadatas.GetView(i), &text);
    if (failure.ok()) failure = status;
    AppendJsonString(text, to);
  });
  ARROW_RETURN_NOT_OK(failure);
  return out;
}

Result<TextColumn> RenderNumbers(const arrow::Array& array, const DataType& type) {
  switch (array.type_id()) {
    case arrow::Type::INT8:
      return RenderIntegers<arrow::Int8Array>(array);
    case arrow::Type::INT16:
      return RenderIntegers<arrow::Int16Array>(array);
    case arrow::Type::INT32:
      return RenderIntegers<arrow::Int32Array>(array);
    case arrow::Type::INT64:
      return RenderIntegers<arrow::Int64Array>(array);
    case arrow::Type::DECIMAL128:
      return RenderDecimals<arrow::Decimal128Array>(array, type.scale());
    case arrow::Type::DECIMAL256:
      return RenderDecimals<arrow::Decimal256Array>(array, type.scale());
    case arrow::Type::FLOAT: {
      const auto& typed = static_cast<const arrow::FloatArray&>(array);
      return RenderCells(
          typed, [&](int64_t i, std::string* out) { AppendFloat(typed.Value(i), out); });
    }
    case arrow::Type::DOUBLE: {
      const auto& typed = static_cast<const arrow::DoubleArray&>(array);
      return RenderCells(
          typed, [&](int64_t i, std::string* out) { AppendDouble(typed.Value(i), out); });
    }
    default:
      return Mismatch(array, type);
  }
}

Result<TextColumn> RenderText(const arrow::Array& array, const DataType& type) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return RenderStrings<arrow::StringArray>(array);
    case arrow::Type::LARGE_STRING:
      return RenderStrings<arrow::LargeStringArray>(array);
    case arrow::Type::STRING_VIEW:
      return RenderStrings<arrow::StringViewArray>(array);
    case arrow::Type::BINARY:
      return RenderBytes<arrow::BinaryArray>(array);
    case arrow::Type::LARGE_BINARY:
      return RenderBytes<arrow::LargeBinaryArray>(array);
    case arrow::Type::BINARY_VIEW:
      return RenderBytes<arrow::BinaryViewArray>(array);
    case arrow::Type::FIXED_SIZE_BINARY:
      return RenderBytes<arrow::FixedSizeBinaryArray>(array);
    default:
      return Mismatch(array, type);
  }
}

bool HoldsType(const arrow::Array& array, const DataType& type) {
  const arrow::Type::type id = array.type_id();
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return id == arrow::Type::BOOL;
    case TypeRoot::kTinyInt:
      return id == arrow::Type::INT8;
    case TypeRoot::kSmallInt:
      return id == arrow::Type::INT16;
    case TypeRoot::kInt:
      return id == arrow::Type::INT32;
    case TypeRoot::kBigInt:
      return id == arrow::Type::INT64;
    case TypeRoot::kFloat:
      return id == arrow::Type::FLOAT;
    case TypeRoot::kDouble:
      return id == arrow::Type::DOUBLE;
    case TypeRoot::kDecimal:
      return arrow::is_decimal(id) &&
             static_cast<const arrow::DecimalType&>(*array.type()).scale() ==
                 type.scale();
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return arrow::is_string(id) || id == arrow::Type::STRING_VIEW;
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return arrow::is_binary(id) || id == arrow::Type::BINARY_VIEW ||
             id == arrow::Type::FIXED_SIZE_BINARY;
    case TypeRoot::kDate:
      return id == arrow::Type::DATE32;
    case TypeRoot::kTime:
      return id == arrow::Type::TIME32 || id == arrow::Type::TIME64;
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return id ==
             (IsFineTimestamp(type) ? arrow::Type::DECIMAL128 : arrow::Type::TIMESTAMP);
    case TypeRoot::kArray:
      return id == arrow::Type::LIST || id == arrow::Type::LARGE_LIST;
    case TypeRoot::kMap:
    case TypeRoot::kMultiset:
      return id == arrow::Type::MAP;
    case TypeRoot::kRow:
    case TypeRoot::kVariant:
      return id == arrow::Type::STRUCT;
    case TypeRoot::kVector:
      return true;  // refused by name in Render
  }
  return false;
}

Result<TextColumn> Render(const arrow::Array& array, const DataType& type) {
  if (!HoldsType(array, type)) return Mismatch(array, type);
  switch (type.root()) {
    case TypeRoot::kBoolean: {
      const auto& typed = static_cast<const arrow::BooleanArray&>(array);
      return RenderCells(typed, [&](int64_t i, std::string* out) {
        out->append(typed.Value(i) ? "true" : "false");
      });
    }
    case TypeRoot::kTinyInt:
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
    case TypeRoot::kFloat:
    case TypeRoot::kDouble:
    case TypeRoot::kDecimal:
      return RenderNumbers(array, type);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return RenderText(array, type);
    case TypeRoot::kDate:
      return RenderDates(array);
    case TypeRoot::kTime:
      return array.type_id() == arrow::Type::TIME32
                 ? RenderTimes<arrow::Time32Array>(array, type)
                 : RenderTimes<arrow::Time64Array>(array, type);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return RenderTimestamps(array, type);
    case TypeRoot::kArray:
      return array.type_id() == arrow::Type::LIST
                 ? RenderLists<arrow::ListArray>(array, type)
                 : RenderLists<arrow::LargeListArray>(array, type);
    case TypeRoot::kMap:
      return RenderMaps(array, type.key(), type.element());
    case TypeRoot::kMultiset:
      return RenderMaps(array, type.element(), DataType::Int());
    case TypeRoot::kRow:
      return RenderStructs(array, type);
    case TypeRoot::kVariant:
      return RenderVariants(array, type);
    case TypeRoot::kVector:
      break;
  }
  return Unsupported(6171,
                     "No canonical text for this type yet:", V("type", type.ToString()));
}

Result<RowLayout> LayoutOf(const arrow::RecordBatch& batch,
                           const std::vector<DataField>& fields) {
  if (batch.num_columns() != static_cast<int>(fields.size())) {
    return InternalError(72, "A batch has another number of columns than its fields:",
                         V("columns", batch.num_columns()), V("fields", fields.size()));
  }
  return RowLayout::Make(batch.columns(), fields);
}

}  // namespace

Status AppendCanonicalRows(const arrow::RecordBatch& batch,
                           const std::vector<DataField>& fields, std::string* out) {
  ARROW_ASSIGN_OR_RAISE(RowLayout rows, LayoutOf(batch, fields));
  for (int64_t i = 0; i < batch.num_rows(); ++i) {
    rows.AppendRow(i, out);
    out->push_back('\n');
  }
  return Status::OK();
}

Result<std::string> CanonicalRow(const arrow::RecordBatch& batch, int64_t row,
                                 const std::vector<DataField>& fields) {
  ARROW_ASSIGN_OR_RAISE(RowLayout rows, LayoutOf(*batch.Slice(row, 1), fields));
  std::string out;
  rows.AppendRow(0, &out);
  return out;
}

Result<std::vector<std::string>> CanonicalValues(const arrow::Array& array,
                                                 const DataType& type) {
  ARROW_ASSIGN_OR_RAISE(TextColumn cells, Render(array, type));
  std::vector<std::string> out;
  out.reserve(array.length());
  for (int64_t i = 0; i < array.length(); ++i) out.emplace_back(cells.cell(i));
  return out;
}

}  // namespace tarn::types
