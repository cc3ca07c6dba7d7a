// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_columns.h"

#include <arrow/api.h>
#include <arrow/util/decimal.h>

#include "tarn/base/bytes.h"
#include "tarn/format/orc_times.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

constexpr uint64_t kData = 1;
constexpr uint64_t kLength = 2;
constexpr uint64_t kSecondary = 5;
constexpr int64_t kEpochSeconds = 1'420'070'400;  // 2015-01-01, where ORC counts from

/// Calls `add(row)` for every value, until it fails.
template <typename Add>
Status ForEachValue(const arrow::Array& array, int64_t begin, int64_t end, Add&& add) {
  const bool nulls = array.null_count() != 0;
  for (int64_t i = begin; i < end; ++i) {
    if (nulls && array.IsNull(i)) continue;
    ARROW_RETURN_NOT_OK(add(i));
  }
  return Status::OK();
}

/// Calls `add(begin, end)` for every run of values.
template <typename Add>
Status ForEachRun(const arrow::Array& array, int64_t begin, int64_t end, Add&& add) {
  while (begin < end) {
    if (array.IsNull(begin)) {
      ++begin;
      continue;
    }
    int64_t stop = begin + 1;
    while (stop < end && array.IsValid(stop)) ++stop;
    ARROW_RETURN_NOT_OK(add(begin, stop));
    begin = stop;
  }
  return Status::OK();
}

class BooleanColumn final : public OrcColumnWriter {
 public:
  explicit BooleanColumn(const OrcColumnOptions& options)
      : OrcColumnWriter(options), bits_(options.blocks) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto& values = static_cast<const arrow::BooleanArray&>(array);
    return ForEachValue(array, begin, end,
                        [&](int64_t i) { return bits_.Add(values.Value(i)); });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string bytes, bits_.Finish());
    Store(kData, std::move(bytes), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return bits_.bytes(); }
  uint64_t encoding() const override { return 0; }

  OrcBitWriter bits_;
};

class ByteColumn final : public OrcColumnWriter {
 public:
  explicit ByteColumn(const OrcColumnOptions& options)
      : OrcColumnWriter(options), bytes_(options.blocks) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto& values = static_cast<const arrow::Int8Array&>(array);
    return ForEachValue(array, begin, end, [&](int64_t i) {
      return bytes_.Add(static_cast<uint8_t>(values.Value(i)));
    });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string bytes, bytes_.Finish());
    Store(kData, std::move(bytes), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return bytes_.bytes(); }
  uint64_t encoding() const override { return 0; }

  OrcByteWriter bytes_;
};

template <typename ArrayType>
class IntegerColumn final : public OrcColumnWriter {
 public:
  explicit IntegerColumn(const OrcColumnOptions& options)
      : OrcColumnWriter(options), numbers_(options.blocks, true) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto* values = static_cast<const ArrayType&>(array).raw_values();
    return ForEachValue(array, begin, end,
                        [&](int64_t i) { return numbers_.Add(values[i]); });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string bytes, numbers_.Finish());
    Store(kData, std::move(bytes), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return numbers_.bytes(); }

  OrcNumberWriter numbers_;
};

template <typename ArrayType>
class FloatColumn final : public OrcColumnWriter {
 public:
  explicit FloatColumn(const OrcColumnOptions& options)
      : OrcColumnWriter(options), chunks_(options.blocks) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto* values = static_cast<const ArrayType&>(array).raw_values();
    return ForEachValue(array, begin, end, [&](int64_t i) {
      base::AppendLittle(&chunks_.buffer(), values[i]);
      return chunks_.Settle();
    });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string bytes, chunks_.Finish());
    Store(kData, std::move(bytes), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return chunks_.bytes(); }
  uint64_t encoding() const override { return 0; }

  OrcChunkWriter chunks_;
};

/// Texts and bytes.
class BytesColumn final : public OrcColumnWriter {
 public:
  BytesColumn(const OrcColumnOptions& options, const DataType& type)
      : OrcColumnWriter(options),
        type_(type),
        chunks_(options.blocks),
        lengths_(options.blocks, false) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto& values = static_cast<const arrow::BinaryArray&>(array);
    return ForEachValue(array, begin, end, [&](int64_t i) -> Status {
      const std::string_view value = OrcText(values.GetView(i), type_, &scratch_);
      chunks_.buffer().append(value);
      ARROW_RETURN_NOT_OK(chunks_.Settle());
      return lengths_.Add(static_cast<int64_t>(value.size()));
    });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string bytes, chunks_.Finish());
    Store(kData, std::move(bytes), streams);
    ARROW_ASSIGN_OR_RAISE(std::string lengths, lengths_.Finish());
    Store(kLength, std::move(lengths), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return chunks_.bytes() + lengths_.bytes(); }

  DataType type_;
  OrcChunkWriter chunks_;
  OrcNumberWriter lengths_;
  std::string scratch_;
};

class DecimalColumn final : public OrcColumnWriter {
 public:
  DecimalColumn(const OrcColumnOptions& options, const DataType& type)
      : OrcColumnWriter(options),
        scale_(type.scale()),
        chunks_(options.blocks),
        scales_(options.blocks, true) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto& values = static_cast<const arrow::Decimal128Array&>(array);
    return ForEachValue(array, begin, end, [&](int64_t i) -> Status {
      const arrow::Decimal128 value(values.GetValue(i));
      const auto bits =
          static_cast<unsigned __int128>(static_cast<uint64_t>(value.high_bits())) << 64 |
          value.low_bits();
      // Zigzag over 128 bits, seven bits a byte.
      unsigned __int128 rest = bits << 1;
      if (value.high_bits() < 0) rest = ~rest;
      while (rest >= 0x80) {
        chunks_.buffer().push_back(
            static_cast<char>(static_cast<uint8_t>(rest & 0x7f) | 0x80));
        rest >>= 7;
      }
      chunks_.buffer().push_back(static_cast<char>(rest));
      ARROW_RETURN_NOT_OK(chunks_.Settle());
      return scales_.Add(scale_);
    });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string bytes, chunks_.Finish());
    Store(kData, std::move(bytes), streams);
    ARROW_ASSIGN_OR_RAISE(std::string scales, scales_.Finish());
    Store(kSecondary, std::move(scales), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return chunks_.bytes() + scales_.bytes(); }

  int64_t scale_;
  OrcChunkWriter chunks_;
  OrcNumberWriter scales_;
};

class TimeColumn final : public OrcColumnWriter {
 public:
  TimeColumn(const OrcColumnOptions& options, const DataType& type)
      : OrcColumnWriter(options),
        times_(type, options.legacy_instants, options.clock),
        fine_(types::IsFineTimestamp(type)),
        seconds_(options.blocks, true),
        nanos_(options.blocks, false) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    if (fine_) {
      return ForEachValue(array, begin, end, [&](int64_t i) {
        return AddTime(times_.Stored(types::FineNanosAt(array, i)));
      });
    }
    const auto* values = static_cast<const arrow::TimestampArray&>(array).raw_values();
    return ForEachValue(array, begin, end,
                        [&](int64_t i) { return AddTime(times_.Stored(values[i])); });
  }
  Status AddTime(const OrcTime& time) {
    ARROW_RETURN_NOT_OK(seconds_.Add(time.seconds - kEpochSeconds));
    return nanos_.Add(Shortened(time.nanos));
  }
  /// Trailing zeros, from two on, are counted in the lowest three bits.
  static int64_t Shortened(int64_t nanos) {
    if (nanos == 0) return 0;
    if (nanos % 100 != 0) return nanos << 3;
    nanos /= 100;
    int64_t zeros = 1;
    while (nanos % 10 == 0 && zeros < 7) {
      nanos /= 10;
      ++zeros;
    }
    return nanos << 3 | zeros;
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string seconds, seconds_.Finish());
    Store(kData, std::move(seconds), streams);
    ARROW_ASSIGN_OR_RAISE(std::string nanos, nanos_.Finish());
    Store(kSecondary, std::move(nanos), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return seconds_.bytes() + nanos_.bytes(); }

  OrcTimes times_;
  bool fine_;
  OrcNumberWriter seconds_;
  OrcNumberWriter nanos_;
};

/// Lists, and maps, which Arrow holds as lists of rows.
class ListColumn final : public OrcColumnWriter {
 public:
  explicit ListColumn(const OrcColumnOptions& options)
      : OrcColumnWriter(options), lengths_(options.blocks, false) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto& lists = static_cast<const arrow::ListArray&>(array);
    arrow::ArrayVector items;
    if (array.type_id() == arrow::Type::MAP) {
      const auto& maps = static_cast<const arrow::MapArray&>(array);
      items = {maps.keys(), maps.items()};
    } else {
      items = {lists.values()};
    }
    return ForEachRun(array, begin, end, [&](int64_t from, int64_t to) -> Status {
      for (int64_t i = from; i < to; ++i) {
        ARROW_RETURN_NOT_OK(lengths_.Add(lists.value_length(i)));
      }
      for (size_t c = 0; c < children_.size(); ++c) {
        ARROW_RETURN_NOT_OK(children_[c]->Add(*items[c], lists.value_offset(from),
                                              lists.value_offset(to)));
      }
      return Status::OK();
    });
  }
  Status FinishValues(std::vector<OrcStoredStream>* streams) override {
    ARROW_ASSIGN_OR_RAISE(std::string lengths, lengths_.Finish());
    Store(kLength, std::move(lengths), streams);
    return Status::OK();
  }
  int64_t value_bytes() const override { return lengths_.bytes(); }

  OrcNumberWriter lengths_;
};

class RowColumn final : public OrcColumnWriter {
 public:
  explicit RowColumn(const OrcColumnOptions& options) : OrcColumnWriter(options) {}

 private:
  Status AddValues(const arrow::Array& array, int64_t begin, int64_t end) override {
    const auto& rows = static_cast<const arrow::StructArray&>(array);
    return ForEachRun(array, begin, end, [&](int64_t from, int64_t to) -> Status {
      for (size_t c = 0; c < children_.size(); ++c) {
        ARROW_RETURN_NOT_OK(
            children_[c]->Add(*rows.field(static_cast<int>(c)), from, to));
      }
      return Status::OK();
    });
  }
  Status FinishValues(std::vector<OrcStoredStream>*) override { return Status::OK(); }
  int64_t value_bytes() const override { return 0; }
  uint64_t encoding() const override { return 0; }
};

}  // namespace

std::unique_ptr<OrcColumnWriter> NewOrcColumn(const DataType& type,
                                              const OrcColumnOptions& options) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return std::make_unique<BooleanColumn>(options);
    case TypeRoot::kTinyInt:
      return std::make_unique<ByteColumn>(options);
    case TypeRoot::kSmallInt:
      return std::make_unique<IntegerColumn<arrow::Int16Array>>(options);
    case TypeRoot::kInt:
      return std::make_unique<IntegerColumn<arrow::Int32Array>>(options);
    case TypeRoot::kTime:
      return std::make_unique<IntegerColumn<arrow::Time32Array>>(options);
    case TypeRoot::kDate:
      return std::make_unique<IntegerColumn<arrow::Date32Array>>(options);
    case TypeRoot::kBigInt:
      return std::make_unique<IntegerColumn<arrow::Int64Array>>(options);
    case TypeRoot::kFloat:
      return std::make_unique<FloatColumn<arrow::FloatArray>>(options);
    case TypeRoot::kDouble:
      return std::make_unique<FloatColumn<arrow::DoubleArray>>(options);
    case TypeRoot::kDecimal:
      return std::make_unique<DecimalColumn>(options, type);
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return std::make_unique<BytesColumn>(options, type);
    case TypeRoot::kTimestamp:
    case TypeRoot::kLocalZonedTimestamp:
      return std::make_unique<TimeColumn>(options, type);
    case TypeRoot::kArray:
    case TypeRoot::kMap:
    case TypeRoot::kMultiset:
      return std::make_unique<ListColumn>(options);
    case TypeRoot::kRow:
      return std::make_unique<RowColumn>(options);
    default:
      return nullptr;
  }
}

}  // namespace tarn::format
