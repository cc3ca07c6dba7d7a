// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_cells.h"

#include <algorithm>

#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include "tarn/format/avro_encoder.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

/// Encodes one column and, through itself, what it nests.
class CellEncoder {
 public:
  explicit CellEncoder(const std::string& column) : column_(column) {}

  Result<AvroCells> Encode(const DataType& type, const arrow::Array& array) {
    switch (type.root()) {
      case TypeRoot::kBoolean:
        return Scalars<arrow::BooleanArray>(
            type, array, [](AvroEncoder* to, bool value) { to->WriteBoolean(value); });
      case TypeRoot::kTinyInt:
        return Integers<arrow::Int8Array>(type, array);
      case TypeRoot::kSmallInt:
        return Integers<arrow::Int16Array>(type, array);
      case TypeRoot::kInt:
        return Integers<arrow::Int32Array>(type, array);
      case TypeRoot::kBigInt:
        return Integers<arrow::Int64Array>(type, array);
      case TypeRoot::kDate:
        return Integers<arrow::Date32Array>(type, array);
      case TypeRoot::kTime:
        return Integers<arrow::Time32Array>(type, array);
      case TypeRoot::kTimestamp:
      case TypeRoot::kLocalZonedTimestamp:
        return Integers<arrow::TimestampArray>(type, array);
      case TypeRoot::kFloat:
        return Scalars<arrow::FloatArray>(
            type, array, [](AvroEncoder* to, float value) { to->WriteFloat(value); });
      case TypeRoot::kDouble:
        return Scalars<arrow::DoubleArray>(
            type, array, [](AvroEncoder* to, double value) { to->WriteDouble(value); });
      case TypeRoot::kDecimal:
        return Decimals(type, array);
      case TypeRoot::kChar:
      case TypeRoot::kVarChar:
      case TypeRoot::kBinary:
      case TypeRoot::kVarBinary:
        return Texts(type, array);
      case TypeRoot::kArray:
        return Lists(type, static_cast<const arrow::ListArray&>(array));
      case TypeRoot::kMap:
        return Maps(type, type.key(), type.element(),
                    static_cast<const arrow::MapArray&>(array));
      case TypeRoot::kMultiset:
        return Maps(type, type.element(), DataType::Int(),
                    static_cast<const arrow::MapArray&>(array));
      case TypeRoot::kRow:
        return Rows(type, static_cast<const arrow::StructArray&>(array));
      default:
        return InternalError(550, "Type has no Avro form:", V("column", column_),
                             V("type", type.ToString()));
    }
  }

 private:
  Status NullInside() const {
    return InvalidInput(
        1553, "NULL inside a value whose type does not allow it:", V("column", column_));
  }

  /// Encode every value by `write(encoder, i)`, with its branch where it may be NULL.
  template <typename Write>
  Result<AvroCells> Values(const DataType& type, const arrow::Array& array,
                           Write&& write) {
    AvroCells out;
    AvroEncoder encoder;
    out.ends.reserve(static_cast<size_t>(array.length()));
    const bool nulls = array.null_count() > 0;
    const bool optional = type.nullable();
    for (int64_t i = 0; i < array.length(); ++i) {
      if (nulls && array.IsNull(i)) {
        if (optional) {
          encoder.WriteNull();
        } else {
          out.holes.push_back(i);
        }
      } else {
        if (optional) encoder.WriteUnionIndex(1);
        ARROW_RETURN_NOT_OK(write(&encoder, i));
      }
      out.ends.push_back(static_cast<int64_t>(encoder.size()));
    }
    out.bytes = encoder.Release();
    return out;
  }

  template <typename Array, typename Write>
  Result<AvroCells> Scalars(const DataType& type, const arrow::Array& array,
                            Write&& write) {
    const auto& typed = static_cast<const Array&>(array);
    return Values(type, array, [&](AvroEncoder* to, int64_t i) {
      write(to, typed.Value(i));
      return Status::OK();
    });
  }

  template <typename Array>
  Result<AvroCells> Integers(const DataType& type, const arrow::Array& array) {
    return Scalars<Array>(type, array,
                          [](AvroEncoder* to, int64_t value) { to->WriteLong(value); });
  }

  Result<AvroCells> Texts(const DataType& type, const arrow::Array& array) {
    const auto& typed = static_cast<const arrow::BinaryArray&>(array);
    return Values(type, array, [&](AvroEncoder* to, int64_t i) {
      to->WriteBytes(typed.GetView(i));
      return Status::OK();
    });
  }

  /// The fewest bytes that hold the unscaled value, big-endian (Java `BigInteger`).
  Result<AvroCells> Decimals(const DataType& type, const arrow::Array& array) {
    const auto& typed = static_cast<const arrow::Decimal128Array&>(array);
    return Values(type, array, [&](AvroEncoder* to, int64_t i) {
      const auto little = arrow::Decimal128(typed.GetValue(i)).ToBytes();
      char big[16];
      std::reverse_copy(little.begin(), little.end(), big);
      size_t first = 0;
      const char fill = big[0] < 0 ? '\xff' : '\0';
      while (first < 15 && big[first] == fill && (big[first + 1] < 0) == (fill != 0)) {
        ++first;
      }
      to->WriteBytes({big + first, 16 - first});
      return Status::OK();
    });
  }

  Result<AvroCells> Lists(const DataType& type, const arrow::ListArray& array) {
    if (array.length() == 0) return AvroCells();  // and perhaps no offsets
    const int64_t first = array.value_offset(0);
    const int64_t last = array.value_offset(array.length());
    ARROW_ASSIGN_OR_RAISE(
        const AvroCells items,
        Encode(type.element(), *array.values()->Slice(first, last - first)));
    return Values(type, array, [&](AvroEncoder* to, int64_t i) {
      return Items(items, array.value_offset(i) - first,
                   array.value_offset(i + 1) - first, to);
    });
  }

  Result<AvroCells> Maps(const DataType& type, const DataType& key, const DataType& value,
                         const arrow::MapArray& array) {
    if (array.length() == 0) return AvroCells();
    const int64_t first = array.value_offset(0);
    const int64_t entries = array.value_offset(array.length()) - first;
    // Keys of an Avro map are bare text; those of entries follow their type.
    const DataType key_type = key.IsString() ? key.NotNull() : key;
    ARROW_ASSIGN_OR_RAISE(const AvroCells keys,
                          Encode(key_type, *array.keys()->Slice(first, entries)));
    ARROW_ASSIGN_OR_RAISE(const AvroCells values,
                          Encode(value, *array.items()->Slice(first, entries)));
    const AvroCells pairs = Beside({&keys, &values}, entries);
    return Values(type, array, [&](AvroEncoder* to, int64_t i) {
      return Items(pairs, array.value_offset(i) - first,
                   array.value_offset(i + 1) - first, to);
    });
  }

  Result<AvroCells> Rows(const DataType& type, const arrow::StructArray& array) {
    std::vector<AvroCells> members;
    std::vector<const AvroCells*> views;
    members.reserve(type.fields().size());
    for (size_t i = 0; i < type.fields().size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(
          auto cells, Encode(type.fields()[i].type, *array.field(static_cast<int>(i))));
      members.push_back(std::move(cells));
      views.push_back(&members.back());
    }
    const AvroCells records = Beside(views, array.length());
    return Values(type, array, [&](AvroEncoder* to, int64_t i) -> Status {
      if (records.HasHole(i, i + 1)) return NullInside();
      to->WriteFixed(records.cell(i));
      return Status::OK();
    });
  }

  /// One collection of the items [first, last), in one block as Java writes it.
  Status Items(const AvroCells& items, int64_t first, int64_t last, AvroEncoder* to) {
    if (items.HasHole(first, last)) return NullInside();
    to->WriteCollectionStart(last - first);
    to->WriteFixed(items.cells(first, last));
    to->WriteCollectionEnd();
    return Status::OK();
  }

  /// Row by row the cells of several columns.
  static AvroCells Beside(const std::vector<const AvroCells*>& columns, int64_t rows) {
    AvroCells out;
    size_t bytes = 0;
    for (const AvroCells* column : columns) {
      bytes += column->bytes.size();
      out.holes.insert(out.holes.end(), column->holes.begin(), column->holes.end());
    }
    std::sort(out.holes.begin(), out.holes.end());
    out.bytes.reserve(bytes);
    out.ends.reserve(static_cast<size_t>(rows));
    for (int64_t row = 0; row < rows; ++row) {
      for (const AvroCells* column : columns) out.bytes.append(column->cell(row));
      out.ends.push_back(static_cast<int64_t>(out.bytes.size()));
    }
    return out;
  }

  const std::string& column_;
};

}  // namespace

bool AvroCells::HasHole(int64_t first, int64_t last) const {
  if (holes.empty()) return false;
  const auto at = std::lower_bound(holes.begin(), holes.end(), first);
  return at != holes.end() && *at < last;
}

Result<AvroCells> EncodeAvroCells(const std::string& column, const DataType& type,
                                  const arrow::Array& array) {
  return CellEncoder(column).Encode(type, array);
}

}  // namespace tarn::format
