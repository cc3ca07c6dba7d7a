// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "tarn/merge/elements.h"
#include "tarn/types/instant.h"
#include "tarn/types/java_hash.h"

namespace tarn::merge::internal {
namespace {

using types::DataType;
using types::TypeRoot;

/// Java compares floats with one NaN; binary rows keep the bits of each.
template <typename ArrowType>
Result<std::shared_ptr<arrow::Array>> OneNan(arrow::MemoryPool* pool,
                                             const std::shared_ptr<arrow::Array>& array) {
  using T = typename ArrowType::c_type;
  const T* values = array->data()->GetValues<T>(1);
  bool any = false;
  for (int64_t i = 0; i < array->length(); ++i) any |= std::isnan(values[i]);
  if (!any) return array;
  ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> buffer,
                        arrow::AllocateBuffer(array->length() * sizeof(T), pool));
  T* out = reinterpret_cast<T*>(buffer->mutable_data());
  for (int64_t i = 0; i < array->length(); ++i) {
    out[i] = std::isnan(values[i]) ? std::numeric_limits<T>::quiet_NaN() : values[i];
  }
  auto data = array->Slice(0)->data()->Copy();
  if (data->offset != 0 && data->buffers[0] != nullptr) {
    ARROW_ASSIGN_OR_RAISE(auto bits, arrow::AllocateEmptyBitmap(array->length(), pool));
    for (int64_t i = 0; i < array->length(); ++i) {
      arrow::bit_util::SetBitTo(bits->mutable_data(), i, array->IsValid(i));
    }
    data->buffers[0] = std::move(bits);
  }
  data->offset = 0;
  data->buffers[1] = std::move(buffer);
  return arrow::MakeArray(std::move(data));
}

/// `array` with one NaN wherever floats are, and without maps, whose order is not part of
/// their value.
Result<std::shared_ptr<arrow::Array>> Comparable(
    arrow::MemoryPool* pool, const std::shared_ptr<arrow::Array>& array,
    const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kFloat:
      return OneNan<arrow::FloatType>(pool, array);
    case TypeRoot::kDouble:
      return OneNan<arrow::DoubleType>(pool, array);
    case TypeRoot::kArray: {
      const auto& list = static_cast<const arrow::ListArray&>(*array);
      ARROW_ASSIGN_OR_RAISE(auto values, Comparable(pool, list.values(), type.element()));
      auto data = array->data()->Copy();
      data->child_data[0] = values->data();
      return arrow::MakeArray(std::move(data));
    }
    case TypeRoot::kRow: {
      auto data = array->data()->Copy();
      for (size_t i = 0; i < data->child_data.size(); ++i) {
        ARROW_ASSIGN_OR_RAISE(auto field,
                              Comparable(pool, arrow::MakeArray(data->child_data[i]),
                                         type.fields()[i].type));
        data->child_data[i] = field->data();
      }
      return arrow::MakeArray(std::move(data));
    }
    case TypeRoot::kMap:
    case TypeRoot::kMultiset:
      return Unsupported(6653, "Values that hold maps are not compared yet:",
                         V("type", type.ToString()));
    default:
      return array;
  }
}

/// `hashCode` of the objects that Java boxes values into; 0 for NULL.
Result<std::vector<int32_t>> BoxedHashes(const arrow::Array& array,
                                         const DataType& type) {
  std::vector<int32_t> out(array.length(), 0);
  auto fill = [&](auto hash) {
    for (int64_t i = 0; i < array.length(); ++i) {
      if (array.IsValid(i)) out[i] = hash(i);
    }
    return out;
  };
  auto integers = [&]<typename T>(T) {
    const T* values = array.data()->GetValues<T>(1);
    return fill([values](int64_t i) { return static_cast<int32_t>(values[i]); });
  };
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return fill([&](int64_t i) {
        return static_cast<const arrow::BooleanArray&>(array).Value(i) ? 1231 : 1237;
      });
    case TypeRoot::kTinyInt:
      return integers(int8_t{});
    case TypeRoot::kSmallInt:
      return integers(int16_t{});
    case TypeRoot::kInt:
    case TypeRoot::kDate:
    case TypeRoot::kTime:
    case TypeRoot::kFloat:  // its bits, with one NaN
      return integers(int32_t{});
    case TypeRoot::kBigInt:
    case TypeRoot::kDouble: {
      const auto* values = array.data()->GetValues<int64_t>(1);
      return fill([values](int64_t i) { return types::JavaLongHash(values[i]); });
    }
    case TypeRoot::kDecimal: {
      const auto& decimals = static_cast<const arrow::Decimal128Array&>(array);
      return fill([&](int64_t i) {
        return types::JavaDecimalHash(arrow::Decimal128(decimals.GetValue(i)),
                                      type.scale());
      });
    }
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return fill([&](int64_t i) {
        return types::JavaBytesHash(
            static_cast<const arrow::StringArray&>(array).GetView(i));
      });
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return fill([&](int64_t i) {
        return types::JavaTimestampHash(types::InstantAt(array, i));
      });
    default:
      return out;  // no hash table holds them
  }
}

}  // namespace

Result<ElementKeys> ElementKeys::Encode(arrow::MemoryPool* pool,
                                        const std::vector<RunSlices>& fields,
                                        const std::vector<DataType>& types) {
  ElementKeys out;
  const size_t runs = fields[0].arrays.size();
  out.rows_.resize(runs);
  out.hashes_.resize(runs);
  out.any_null_.resize(runs);
  for (size_t run = 0; run < runs; ++run) {
    if (fields[0].arrays[run] == nullptr) continue;
    arrow::ArrayVector columns;
    for (const RunSlices& field : fields) {
      const auto& column = columns.emplace_back(field.arrays[run]);
      if (column->null_count() == 0) continue;
      out.any_null_[run].resize(column->length(), 0);
      for (int64_t i = 0; i < column->length(); ++i) {
        out.any_null_[run][i] |= column->IsNull(i);
      }
    }
    ARROW_ASSIGN_OR_RAISE(out.rows_[run], types::EncodeBinaryRows(pool, columns, types));
  }
  return out;
}

Result<ElementKeys> ElementKeys::OfRows(arrow::MemoryPool* pool,
                                        const std::vector<RunSlices>& fields,
                                        const std::vector<DataType>& types) {
  ARROW_ASSIGN_OR_RAISE(ElementKeys out, Encode(pool, fields, types));
  for (size_t run = 0; run < out.rows_.size(); ++run) {
    if (out.rows_[run].bytes == nullptr) continue;
    out.hashes_[run].resize(out.rows_[run].rows);
    types::HashBinaryRows(out.rows_[run], out.hashes_[run].data());
  }
  return out;
}

Result<ElementKeys> ElementKeys::OfFields(arrow::MemoryPool* pool,
                                          const std::vector<RunSlices>& fields,
                                          const std::vector<DataType>& types) {
  std::vector<RunSlices> comparable = fields;
  for (size_t f = 0; f < comparable.size(); ++f) {
    for (auto& array : comparable[f].arrays) {
      if (array == nullptr) continue;
      ARROW_ASSIGN_OR_RAISE(array, Comparable(pool, array, types[f]));
    }
  }
  return Encode(pool, comparable, types);
}

Result<ElementKeys> ElementKeys::OfValues(arrow::MemoryPool* pool,
                                          const RunSlices& values, const DataType& type) {
  RunSlices comparable = values;
  for (auto& array : comparable.arrays) {
    if (array == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(array, Comparable(pool, array, type));
  }
  ARROW_ASSIGN_OR_RAISE(ElementKeys out, Encode(pool, {comparable}, {type}));
  for (size_t run = 0; run < out.rows_.size(); ++run) {
    const auto& array = comparable.arrays[run];
    if (array == nullptr) continue;
    ARROW_ASSIGN_OR_RAISE(out.hashes_[run], BoxedHashes(*array, type));
  }
  return out;
}

}  // namespace tarn::merge::internal
