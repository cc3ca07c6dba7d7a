// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/range_bitmap_index.h"

#include <algorithm>
#include <vector>

#include "tarn/base/bytes.h"
#include "tarn/index/bit_slices.h"
#include "tarn/index/bitmap_bytes.h"

namespace tarn::index {
namespace {

using expr::CompareOp;

constexpr int8_t kVersion = 1;
constexpr std::string_view kWhat = "range-bitmap index";

Status Malformed(std::string_view fault) {
  return Corruption(7715, "Range-bitmap index is malformed:", V("fault", fault));
}

Status CheckVersion(int8_t version) {
  if (version <= kVersion) return Status::OK();
  return Unsupported(6713, "Range-bitmap indexes of this version cannot be read yet:",
                     V("version", static_cast<int>(version)),
                     V("option", "file-index.read.enabled"));
}

/// A part opens with the length of its head; what follows it is its body.
struct Part {
  std::string_view head;
  std::string_view body;
};

Result<Part> SplitPart(std::string_view bytes) {
  base::ByteReader in(bytes, kWhat);
  ARROW_ASSIGN_OR_RAISE(const auto length, in.ReadBig<uint32_t>());
  Part out;
  ARROW_ASSIGN_OR_RAISE(out.head, in.ReadBytes(length));
  out.body = bytes.substr(in.position());
  return out;
}

/// Values by number, ascending.
class Dictionary {
 public:
  Status Read(std::string_view bytes, const KeyForm& form) {
    ARROW_ASSIGN_OR_RAISE(const Part part, SplitPart(bytes));
    base::ByteReader head(part.head, kWhat);
    ARROW_ASSIGN_OR_RAISE(const auto version, head.ReadBig<int8_t>());
    ARROW_RETURN_NOT_OK(CheckVersion(version));
    ARROW_ASSIGN_OR_RAISE(const auto chunks, head.ReadBig<int32_t>());
    ARROW_ASSIGN_OR_RAISE(const auto offset_bytes, head.ReadBig<uint32_t>());
    ARROW_ASSIGN_OR_RAISE(const auto chunk_bytes, head.ReadBig<uint32_t>());
    base::ByteReader body(part.body, kWhat);
    ARROW_RETURN_NOT_OK(body.Skip(offset_bytes));
    ARROW_ASSIGN_OR_RAISE(const auto chunk_part, body.ReadBytes(chunk_bytes));
    const std::string_view values = part.body.substr(body.position());
    base::ByteReader in(chunk_part, kWhat);
    for (int32_t i = 0; i < chunks; ++i) {
      ARROW_RETURN_NOT_OK(ReadChunk(&in, values, form));
    }
    return std::is_sorted(keys_.begin(), keys_.end()) ? Status::OK()
                                                      : Malformed("order of values");
  }

  int64_t size() const { return static_cast<int64_t>(keys_.size()); }
  /// The number of the first value that is not below `key`, `size()` if none is.
  int64_t LowerBound(const IndexKey& key) const {
    return std::lower_bound(keys_.begin(), keys_.end(), key) - keys_.begin();
  }
  bool Holds(int64_t number, const IndexKey& key) const {
    return number < size() && keys_[static_cast<size_t>(number)] == key;
  }

 private:
  Status ReadChunk(base::ByteReader* in, std::string_view values, const KeyForm& form) {
    ARROW_ASSIGN_OR_RAISE(const auto version, in->ReadBig<int8_t>());
    ARROW_RETURN_NOT_OK(CheckVersion(version));
    ARROW_ASSIGN_OR_RAISE(const IndexKey first, form.Read(in));
    ARROW_ASSIGN_OR_RAISE(const auto number, in->ReadBig<int32_t>());
    if (number != size()) return Malformed("number of a chunk's first value");
    keys_.push_back(first);
    ARROW_ASSIGN_OR_RAISE(const auto offset, in->ReadBig<uint32_t>());
    ARROW_ASSIGN_OR_RAISE(const auto count, in->ReadBig<int32_t>());
    ARROW_ASSIGN_OR_RAISE(const auto first_bytes, in->ReadBig<uint32_t>());
    ARROW_RETURN_NOT_OK(in->Skip(4));
    if (offset > values.size()) return Malformed("offset of a chunk");
    base::ByteReader keys(values.substr(offset), kWhat);
    // Offsets of text stand before it; the values follow each other without gaps.
    if (form.is_text()) ARROW_RETURN_NOT_OK(keys.Skip(first_bytes));
    for (int32_t i = 0; i < count; ++i) {
      ARROW_ASSIGN_OR_RAISE(const IndexKey key, form.Read(&keys));
      keys_.push_back(key);
    }
    return Status::OK();
  }

  std::vector<IndexKey> keys_;
};

Result<BitSlices> ReadSlices(std::string_view bytes, int64_t values, int64_t rows) {
  ARROW_ASSIGN_OR_RAISE(const Part part, SplitPart(bytes));
  base::ByteReader head(part.head, kWhat);
  ARROW_ASSIGN_OR_RAISE(const auto version, head.ReadBig<int8_t>());
  ARROW_RETURN_NOT_OK(CheckVersion(version));
  ARROW_ASSIGN_OR_RAISE(const auto slices, head.ReadBig<int8_t>());
  ARROW_ASSIGN_OR_RAISE(const auto existing_bytes, head.ReadBig<uint32_t>());
  ARROW_RETURN_NOT_OK(head.Skip(4));
  if (slices != std::max(BitSlices::SlicesFor(static_cast<uint64_t>(values - 1)), 1)) {
    return Malformed("number of slices");
  }
  base::ByteReader body(part.body, kWhat);
  ARROW_ASSIGN_OR_RAISE(const auto existing, body.ReadBytes(existing_bytes));
  const std::string_view slice_part = part.body.substr(body.position());
  const auto read = [&](std::string_view from) -> Result<Roaring> {
    ARROW_ASSIGN_OR_RAISE(auto bitmap, ReadRoaring(from, kWhat));
    if (!bitmap.isEmpty() && bitmap.maximum() >= rows) return Malformed("row");
    return bitmap;
  };
  BitSlices out;
  ARROW_ASSIGN_OR_RAISE(out.existing, read(existing));
  for (int8_t i = 0; i < slices; ++i) {
    ARROW_ASSIGN_OR_RAISE(const auto offset, head.ReadBig<uint32_t>());
    ARROW_RETURN_NOT_OK(head.Skip(4));
    if (offset > slice_part.size()) return Malformed("offset of a slice");
    ARROW_ASSIGN_OR_RAISE(auto slice, read(slice_part.substr(offset)));
    out.slices.push_back(std::move(slice));
  }
  return out;
}

class RangeBitmap final : public ColumnIndex {
 public:
  explicit RangeBitmap(int64_t rows) : rows_(rows) {}

  Status Read(std::string_view bytes, const KeyForm& form) {
    ARROW_ASSIGN_OR_RAISE(const Part part, SplitPart(bytes));
    base::ByteReader head(part.head, kWhat);
    ARROW_ASSIGN_OR_RAISE(const auto version, head.ReadBig<int8_t>());
    ARROW_RETURN_NOT_OK(CheckVersion(version));
    ARROW_ASSIGN_OR_RAISE(const auto rows, head.ReadBig<int32_t>());
    if (rows != rows_) return Malformed("number of rows");
    ARROW_ASSIGN_OR_RAISE(const auto values, head.ReadBig<int32_t>());
    if (values <= 0) return Status::OK();
    ARROW_RETURN_NOT_OK(form.Read(&head).status());  // the least and the greatest
    ARROW_RETURN_NOT_OK(form.Read(&head).status());  // stand in the dictionary too
    ARROW_ASSIGN_OR_RAISE(const auto dictionary_bytes, head.ReadBig<uint32_t>());
    if (dictionary_bytes > part.body.size()) return Malformed("bytes of the dictionary");
    ARROW_RETURN_NOT_OK(dictionary_.Read(part.body.substr(0, dictionary_bytes), form));
    if (dictionary_.size() != values) return Malformed("number of values");
    ARROW_ASSIGN_OR_RAISE(bits_,
                          ReadSlices(part.body.substr(dictionary_bytes), values, rows_));
    return Status::OK();
  }

  Result<std::optional<Roaring>> Compare(CompareOp op, const IndexKey& key) override {
    const int64_t number = dictionary_.LowerBound(key);
    const bool wants_less = op == CompareOp::kLess || op == CompareOp::kLessOrEqual;
    if (number == dictionary_.size()) {
      return std::make_optional(wants_less ? bits_.existing : Roaring());
    }
    if (!dictionary_.Holds(number, key)) {
      if (op == CompareOp::kEqual) return std::make_optional<Roaring>();
      op = wants_less ? CompareOp::kLess : CompareOp::kGreaterOrEqual;
    }
    return std::make_optional(bits_.Compare(op, static_cast<uint64_t>(number)));
  }
  Result<std::optional<Roaring>> Values() override {
    return std::make_optional(bits_.existing);
  }
  Result<std::optional<Roaring>> Nulls() override {
    Roaring out = bits_.existing;
    out.flip(0, static_cast<uint64_t>(rows_));
    return std::make_optional(std::move(out));
  }

 private:
  const int64_t rows_;
  Dictionary dictionary_;
  BitSlices bits_;
};

}  // namespace

bool HasRangeBitmap(const types::DataType& type) {
  const auto form = KeyForm::Of(type);
  return form && form->is_exact();
}

Result<std::unique_ptr<ColumnIndex>> OpenRangeBitmap(std::string_view bytes,
                                                     const types::DataType& type,
                                                     int64_t rows) {
  if (!HasRangeBitmap(type)) return nullptr;
  auto index = std::make_unique<RangeBitmap>(rows);
  ARROW_RETURN_NOT_OK(index->Read(bytes, *KeyForm::Of(type)));
  return index;
}

}  // namespace tarn::index
