// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/bitmap_index.h"

#include <algorithm>
#include <vector>

#include "tarn/base/bytes.h"
#include "tarn/index/bitmap_bytes.h"

namespace tarn::index {
namespace {

constexpr std::string_view kWhat = "bitmap index";
constexpr int8_t kVersion1 = 1;
constexpr int8_t kVersion2 = 2;

Status Malformed(std::string_view fault) {
  return Corruption(7713, "Bitmap index is malformed:", V("fault", fault));
}

class BitmapIndex final : public ColumnIndex {
 public:
  BitmapIndex(std::string_view bytes, KeyForm form, int64_t rows)
      : bytes_(bytes), form_(form), rows_(rows) {}

  Status ReadHead() {
    base::ByteReader in(bytes_, kWhat);
    ARROW_ASSIGN_OR_RAISE(version_, in.ReadBig<int8_t>());
    if (version_ > kVersion2) {
      return Unsupported(6711, "Bitmap indexes of this version cannot be read yet:",
                         V("version", static_cast<int>(version_)),
                         V("option", "file-index.read.enabled"));
    }
    if (version_ < kVersion1) return Malformed("version");
    ARROW_ASSIGN_OR_RAISE(const auto rows, in.ReadBig<int32_t>());
    if (rows != rows_) return Malformed("number of rows");
    ARROW_ASSIGN_OR_RAISE(values_, in.ReadBig<int32_t>());
    ARROW_ASSIGN_OR_RAISE(const auto has_null, in.ReadBig<int8_t>());
    if (has_null != 0) {
      ARROW_ASSIGN_OR_RAISE(null_offset_, in.ReadBig<int32_t>());
      if (version_ == kVersion2) ARROW_RETURN_NOT_OK(in.Skip(4));
    }
    return version_ == kVersion1 ? ReadEntries(&in) : ReadBlocks(&in);
  }

  Result<std::optional<Roaring>> Compare(expr::CompareOp op,
                                         const IndexKey& key) override {
    if (op != expr::CompareOp::kEqual) return std::nullopt;
    std::optional<int32_t> offset;
    if (version_ == kVersion1) {
      const auto at = std::find_if(entries_.begin(), entries_.end(),
                                   [&](const Entry& entry) { return entry.key == key; });
      if (at != entries_.end()) offset = at->offset;
    } else {
      ARROW_ASSIGN_OR_RAISE(offset, FindInBlocks(key));
    }
    if (!offset) return std::make_optional<Roaring>();
    return BitmapAt(*offset);
  }

  Result<std::optional<Roaring>> Nulls() override {
    if (!null_offset_) return std::make_optional<Roaring>();
    return BitmapAt(*null_offset_);
  }

  Result<std::optional<Roaring>> Values() override {
    ARROW_ASSIGN_OR_RAISE(auto out, Nulls());
    out->flip(0, static_cast<uint64_t>(rows_));
    return out;
  }

 private:
  /// A value, or the first one of a block.
  struct Entry {
    IndexKey key;
    int32_t offset = 0;
  };

  Status ReadEntries(base::ByteReader* in) {
    for (int32_t i = 0; i < values_; ++i) {
      Entry entry;
      ARROW_ASSIGN_OR_RAISE(entry.key, form_.Read(in));
      ARROW_ASSIGN_OR_RAISE(entry.offset, in->ReadBig<int32_t>());
      entries_.push_back(entry);
    }
    body_ = bytes_.substr(in->position());
    return Status::OK();
  }

  Status ReadBlocks(base::ByteReader* in) {
    ARROW_ASSIGN_OR_RAISE(const auto blocks, in->ReadBig<int32_t>());
    for (int32_t i = 0; i < blocks; ++i) {
      Entry entry;
      ARROW_ASSIGN_OR_RAISE(entry.key, form_.Read(in));
      ARROW_ASSIGN_OR_RAISE(entry.offset, in->ReadBig<int32_t>());
      entries_.push_back(entry);
    }
    ARROW_ASSIGN_OR_RAISE(const auto block_bytes, in->ReadBig<uint32_t>());
    ARROW_ASSIGN_OR_RAISE(blocks_, in->ReadBytes(block_bytes));
    body_ = bytes_.substr(in->position());
    return Status::OK();
  }

  Result<std::optional<int32_t>> FindInBlocks(const IndexKey& key) const {
    const auto after = std::upper_bound(
        entries_.begin(), entries_.end(), key,
        [](const IndexKey& wanted, const Entry& block) { return wanted < block.key; });
    if (after == entries_.begin()) return std::nullopt;
    const int32_t offset = std::prev(after)->offset;
    if (offset < 0 || static_cast<size_t>(offset) > blocks_.size()) {
      return Malformed("offset of a block");
    }
    base::ByteReader in(blocks_.substr(static_cast<size_t>(offset)), kWhat);
    ARROW_ASSIGN_OR_RAISE(const auto count, in.ReadBig<int32_t>());
    for (int32_t i = 0; i < count; ++i) {
      ARROW_ASSIGN_OR_RAISE(const IndexKey found, form_.Read(&in));
      ARROW_ASSIGN_OR_RAISE(const auto at, in.ReadBig<int32_t>());
      ARROW_RETURN_NOT_OK(in.Skip(4));
      if (found == key) return at;
    }
    return std::nullopt;
  }

  Result<std::optional<Roaring>> BitmapAt(int32_t offset) const {
    Roaring out;
    if (offset < 0) {
      out.add(static_cast<uint32_t>(-1 - offset));
    } else {
      if (static_cast<size_t>(offset) > body_.size()) return Malformed("offset");
      ARROW_ASSIGN_OR_RAISE(
          out, ReadRoaring(body_.substr(static_cast<size_t>(offset)), kWhat));
    }
    if (!out.isEmpty() && out.maximum() >= rows_) return Malformed("row");
    return std::make_optional(std::move(out));
  }

  const std::string_view bytes_;
  const KeyForm form_;
  const int64_t rows_;
  int8_t version_ = 0;
  int32_t values_ = 0;
  std::optional<int32_t> null_offset_;
  std::vector<Entry> entries_;
  std::string_view blocks_;
  std::string_view body_;
};

}  // namespace

bool HasBitmapKeys(const types::DataType& type) {
  const auto form = KeyForm::Of(type);
  return form && !form->is_decimal();
}

Result<std::unique_ptr<ColumnIndex>> OpenBitmapIndex(std::string_view bytes,
                                                     const types::DataType& type,
                                                     int64_t rows) {
  if (!HasBitmapKeys(type)) return nullptr;
  auto index = std::make_unique<BitmapIndex>(bytes, *KeyForm::Of(type), rows);
  ARROW_RETURN_NOT_OK(index->ReadHead());
  return index;
}

}  // namespace tarn::index
