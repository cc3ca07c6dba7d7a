// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/bit_slice_index.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <arrow/array.h>

#include "tarn/base/bytes.h"
#include "tarn/index/bit_slices.h"
#include "tarn/index/bitmap_bytes.h"

namespace tarn::index {
namespace {

using expr::CompareOp;

constexpr int8_t kVersion = 1;
constexpr int64_t kNoAmount = std::numeric_limits<int64_t>::min();
constexpr std::string_view kWhat = "bit-slice index";

Status Malformed(std::string_view fault) {
  return Corruption(7714, "Bit-slice index is malformed:", V("fault", fault));
}

Status CheckVersion(int8_t version) {
  if (version <= kVersion) return Status::OK();
  return Unsupported(6712, "Bit-slice indexes of this version cannot be read yet:",
                     V("version", static_cast<int>(version)),
                     V("option", "file-index.read.enabled"));
}

/// Amounts of one sign.
struct Amounts {
  int64_t min = 0;
  int64_t max = 0;
  BitSlices bits;

  /// REQUIRES: amount >= 0.
  Roaring Compare(CompareOp op, int64_t amount) const {
    const bool wants_less = op == CompareOp::kLess || op == CompareOp::kLessOrEqual;
    const bool wants_more = op == CompareOp::kGreater || op == CompareOp::kGreaterOrEqual;
    if (amount < min) return wants_more ? bits.existing : Roaring();
    if (amount > max) return wants_less ? bits.existing : Roaring();
    return bits.Compare(op, static_cast<uint64_t>(amount - min));
  }
};

Result<Amounts> ReadAmounts(base::ByteReader* in, std::string_view bytes, int64_t rows) {
  Amounts out;
  ARROW_ASSIGN_OR_RAISE(const auto version, in->ReadBig<int8_t>());
  ARROW_RETURN_NOT_OK(CheckVersion(version));
  ARROW_ASSIGN_OR_RAISE(out.min, in->ReadBig<int64_t>());
  ARROW_ASSIGN_OR_RAISE(out.max, in->ReadBig<int64_t>());
  if (out.min < 0 || out.max < out.min) return Malformed("bounds");
  const auto read = [&]() -> Result<Roaring> {
    size_t used = 0;
    ARROW_ASSIGN_OR_RAISE(auto bitmap,
                          ReadRoaring(bytes.substr(in->position()), kWhat, &used));
    ARROW_RETURN_NOT_OK(in->Skip(used));
    if (!bitmap.isEmpty() && bitmap.maximum() >= rows) return Malformed("row");
    return bitmap;
  };
  ARROW_ASSIGN_OR_RAISE(out.bits.existing, read());
  ARROW_ASSIGN_OR_RAISE(const auto slices, in->ReadBig<int32_t>());
  if (slices != BitSlices::SlicesFor(static_cast<uint64_t>(out.max - out.min))) {
    return Malformed("number of slices");
  }
  for (int32_t i = 0; i < slices; ++i) {
    ARROW_ASSIGN_OR_RAISE(auto slice, read());
    out.bits.slices.push_back(std::move(slice));
  }
  return out;
}

class BitSliceIndex final : public ColumnIndex {
 public:
  explicit BitSliceIndex(int64_t rows) : rows_(rows) {}

  Status Read(std::string_view bytes) {
    base::ByteReader in(bytes, kWhat);
    ARROW_ASSIGN_OR_RAISE(const auto version, in.ReadBig<int8_t>());
    ARROW_RETURN_NOT_OK(CheckVersion(version));
    ARROW_ASSIGN_OR_RAISE(const auto rows, in.ReadBig<int32_t>());
    if (rows != rows_) return Malformed("number of rows");
    for (Amounts* amounts : {&positive_, &negative_}) {
      ARROW_ASSIGN_OR_RAISE(const auto present, in.ReadBig<int8_t>());
      if (present == 0) continue;
      ARROW_ASSIGN_OR_RAISE(*amounts, ReadAmounts(&in, bytes, rows_));
    }
    return Status::OK();
  }

  Result<std::optional<Roaring>> Compare(CompareOp op, const IndexKey& key) override {
    return std::make_optional(Rows(op, key.number));
  }
  Result<std::optional<Roaring>> Values() override {
    return std::make_optional(positive_.bits.existing | negative_.bits.existing);
  }
  Result<std::optional<Roaring>> Nulls() override {
    ARROW_ASSIGN_OR_RAISE(auto out, Values());
    out->flip(0, static_cast<uint64_t>(rows_));
    return out;
  }

 private:
  Roaring Rows(CompareOp op, int64_t number) const {
    const bool wants_less = op == CompareOp::kLess || op == CompareOp::kLessOrEqual;
    const bool wants_more = op == CompareOp::kGreater || op == CompareOp::kGreaterOrEqual;
    if (number == kNoAmount) {
      return wants_more ? positive_.bits.existing | negative_.bits.existing : Roaring();
    }
    if (number >= 0) {
      Roaring out = positive_.Compare(op, number);
      if (wants_less) out |= negative_.bits.existing;
      return out;
    }
    Roaring out = negative_.Compare(Mirrored(op), -number);
    if (wants_more) out |= positive_.bits.existing;
    return out;
  }

  /// The comparison of amounts that is `op` for the negative numbers.
  static CompareOp Mirrored(CompareOp op) {
    switch (op) {
      case CompareOp::kLess:
        return CompareOp::kGreater;
      case CompareOp::kLessOrEqual:
        return CompareOp::kGreaterOrEqual;
      case CompareOp::kGreater:
        return CompareOp::kLess;
      case CompareOp::kGreaterOrEqual:
        return CompareOp::kLessOrEqual;
      default:
        return op;
    }
  }

  const int64_t rows_;
  Amounts positive_;
  Amounts negative_;
};

class BitSliceIndexBuilder final : public ColumnIndexBuilder {
 public:
  explicit BitSliceIndexBuilder(KeyForm form) : form_(form) {}

  Status Add(const arrow::Array& column) override {
    for (int64_t i = 0; i < column.length(); ++i, ++rows_) {
      if (column.IsNull(i)) continue;
      const int64_t number = form_.KeyOf(column, i).number;
      if (number == kNoAmount) {
        return InvalidInput(
            1722, "Bit-slice index cannot hold the smallest BIGINT:", V("value", number));
      }
      auto& [rows, amounts] = number < 0 ? negative_ : positive_;
      rows.push_back(static_cast<uint32_t>(rows_));
      amounts.push_back(number < 0 ? -number : number);
    }
    return Status::OK();
  }

  Result<std::string> Finish() override {
    std::string out;
    base::AppendBig(&out, kVersion);
    base::AppendBig(&out, static_cast<int32_t>(rows_));
    for (const Side* side : {&positive_, &negative_}) {
      base::AppendBig(&out, static_cast<int8_t>(!side->rows.empty()));
      if (!side->rows.empty()) Append(*side, &out);
    }
    return out;
  }

 private:
  struct Side {
    std::vector<uint32_t> rows;
    std::vector<int64_t> amounts;
  };

  static void Append(const Side& side, std::string* out) {
    // The lower bound is 0, whatever the amounts: Java's collector begins there.
    const int64_t max = *std::max_element(side.amounts.begin(), side.amounts.end());
    BitSlices bits;
    bits.slices.resize(
        static_cast<size_t>(BitSlices::SlicesFor(static_cast<uint64_t>(max))));
    for (size_t i = 0; i < side.rows.size(); ++i) {
      bits.Add(side.rows[i], static_cast<uint64_t>(side.amounts[i]));
    }
    base::AppendBig(out, kVersion);
    base::AppendBig(out, int64_t{0});
    base::AppendBig(out, max);
    AppendRoaring(bits.existing, out);
    base::AppendBig(out, static_cast<int32_t>(bits.slices.size()));
    for (Roaring& slice : bits.slices) AppendRoaring(slice, out);
  }

  const KeyForm form_;
  int64_t rows_ = 0;
  Side positive_;
  Side negative_;
};

}  // namespace

bool HasBitSlices(const types::DataType& type) {
  const auto form = KeyForm::Of(type);
  return form && !form->is_text() && !form->is_floating() && !form->is_boolean();
}

Result<std::unique_ptr<ColumnIndex>> OpenBitSliceIndex(std::string_view bytes,
                                                       const types::DataType& type,
                                                       int64_t rows) {
  if (!HasBitSlices(type)) return nullptr;
  auto index = std::make_unique<BitSliceIndex>(rows);
  ARROW_RETURN_NOT_OK(index->Read(bytes));
  return index;
}

std::unique_ptr<ColumnIndexBuilder> BuildBitSliceIndex(const types::DataType& type) {
  return std::make_unique<BitSliceIndexBuilder>(*KeyForm::Of(type));
}

}  // namespace tarn::index
