// SPDX-License-Identifier: Apache-2.0
#include "tarn/index/deletion_vector.h"

#include <limits>
#include <utility>
#include <vector>

#include <roaring/roaring.h>
#include <zlib.h>

#include "tarn/base/bytes.h"
#include "tarn/index/roaring_bytes.h"

namespace tarn::index {
namespace {

constexpr uint32_t kMagic32 = 0x5E43F2D0;  // big-endian
constexpr uint32_t kMagic64 = 0x6439D3D1;  // little-endian
constexpr int64_t kFrameBytes = 8;         // length word and checksum
constexpr int64_t kRowsOfABitmap = int64_t{1} << 32;

struct FreeBitmap {
  void operator()(roaring_bitmap_t* bitmap) const { roaring_bitmap_free(bitmap); }
};
using BitmapPointer = std::unique_ptr<roaring_bitmap_t, FreeBitmap>;

/// Take the bitmap at the front of `bytes` off them.
Result<BitmapPointer> TakeBitmap(std::string_view* bytes) {
  ARROW_ASSIGN_OR_RAISE(const size_t taken, CheckRoaringBytes(*bytes));
  BitmapPointer bitmap(roaring_bitmap_portable_deserialize_safe(bytes->data(), taken));
  if (bitmap == nullptr) {
    return ResourceExhausted(9750, "Bitmap does not fit into memory:", V("bytes", taken));
  }
  bytes->remove_prefix(taken);
  return bitmap;
}

Status Bad(std::string_view what) {
  return Corruption(7751, "Deletion vector is damaged:", V("what", what));
}

}  // namespace

/// Positions by their high 32 bits, ascending.
struct DeletionVector::Bitmaps {
  struct Part {
    int64_t base = 0;
    BitmapPointer bitmap;
  };
  std::vector<Part> parts;
  int64_t cardinality = 0;

  void Add(int64_t high, BitmapPointer bitmap) {
    cardinality += static_cast<int64_t>(roaring_bitmap_get_cardinality(bitmap.get()));
    if (!roaring_bitmap_is_empty(bitmap.get())) {
      parts.push_back({high * kRowsOfABitmap, std::move(bitmap)});
    }
  }

  Status Read32(std::string_view bytes) {
    ARROW_ASSIGN_OR_RAISE(auto bitmap, TakeBitmap(&bytes));
    if (!bytes.empty()) return Bad("bytes follow the bitmap");
    Add(0, std::move(bitmap));
    return Status::OK();
  }

  Status Read64(std::string_view bytes) {
    base::ByteReader head(bytes, "deletion vector");
    ARROW_ASSIGN_OR_RAISE(const int64_t count, head.ReadLittle<int64_t>());
    bytes.remove_prefix(head.position());
    int64_t last = -1;
    for (int64_t i = 0; i < count; ++i) {
      base::ByteReader in(bytes, "deletion vector");
      ARROW_ASSIGN_OR_RAISE(const int32_t high, in.ReadLittle<int32_t>());
      // Java's keys are positive, below the highest.
      if (high <= last || high == std::numeric_limits<int32_t>::max()) {
        return Bad("keys of bitmaps do not ascend");
      }
      last = high;
      bytes.remove_prefix(in.position());
      ARROW_ASSIGN_OR_RAISE(auto bitmap, TakeBitmap(&bytes));
      Add(high, std::move(bitmap));
    }
    return bytes.empty() && count >= 0 ? Status::OK() : Bad("count of bitmaps");
  }
};

Result<DeletionVector> DeletionVector::Decode(std::string_view bytes,
                                              int64_t stated_length) {
  base::ByteReader in(bytes, "deletion vector");
  ARROW_ASSIGN_OR_RAISE(const int32_t length, in.ReadBig<int32_t>());
  if (length < 4) return Bad("length");
  ARROW_ASSIGN_OR_RAISE(const std::string_view data,
                        in.ReadBytes(static_cast<uint64_t>(length)));
  ARROW_ASSIGN_OR_RAISE(const uint32_t checksum, in.ReadBig<uint32_t>());
  const bool is_32 = base::LoadBig<uint32_t>(data.data()) == kMagic32;
  if (!is_32 && base::LoadLittle<uint32_t>(data.data()) != kMagic64) {
    return Bad("no such magic number");
  }
  if (stated_length != (is_32 ? length : length + kFrameBytes)) {
    return Bad("length is not the stated one");
  }
  const uLong actual = crc32(0, reinterpret_cast<const Bytef*>(data.data()),
                             static_cast<uInt>(data.size()));
  if (actual != checksum) return Bad("checksum");
  auto bitmaps = std::make_shared<Bitmaps>();
  ARROW_RETURN_NOT_OK(is_32 ? bitmaps->Read32(data.substr(4))
                            : bitmaps->Read64(data.substr(4)));
  return DeletionVector(std::move(bitmaps));
}

DeletionVector DeletionVector::Of(std::span<const uint32_t> positions) {
  BitmapPointer bitmap(roaring_bitmap_create());
  roaring_bitmap_add_many(bitmap.get(), positions.size(), positions.data());
  auto bitmaps = std::make_shared<Bitmaps>();
  bitmaps->Add(0, std::move(bitmap));
  return DeletionVector(std::move(bitmaps));
}

int64_t DeletionVector::cardinality() const {
  return bitmaps_->cardinality;
}

std::optional<int64_t> DeletionVector::last() const {
  if (bitmaps_->parts.empty()) return std::nullopt;
  const auto& part = bitmaps_->parts.back();
  return part.base + roaring_bitmap_maximum(part.bitmap.get());
}

bool DeletionVector::Contains(int64_t position) const {
  for (const auto& part : bitmaps_->parts) {
    if (position < part.base || position - part.base >= kRowsOfABitmap) continue;
    return roaring_bitmap_contains(part.bitmap.get(),
                                   static_cast<uint32_t>(position - part.base));
  }
  return false;
}

struct DeletedStretches::State {
  static constexpr uint32_t kBuffered = 1024;

  explicit State(std::shared_ptr<const DeletionVector::Bitmaps> of)
      : bitmaps(std::move(of)), values(kBuffered) {}

  /// The position at hand, nothing at the end.
  std::optional<int64_t> Peek() {
    while (at == filled) {
      if (part == bitmaps->parts.size()) return std::nullopt;
      const auto& current = bitmaps->parts[part];
      if (!started) roaring_init_iterator(current.bitmap.get(), &iterator);
      started = true;
      filled = roaring_read_uint32_iterator(&iterator, values.data(), kBuffered);
      at = 0;
      base = current.base;
      if (filled == 0) {
        ++part;
        started = false;
      }
    }
    return base + values[at];
  }

  std::shared_ptr<const DeletionVector::Bitmaps> bitmaps;
  size_t part = 0;
  bool started = false;
  roaring_uint32_iterator_t iterator{};
  std::vector<uint32_t> values;
  uint32_t at = 0;
  uint32_t filled = 0;
  int64_t base = 0;
};

DeletedStretches::DeletedStretches(const DeletionVector& vector)
    : state_(std::make_unique<State>(vector.bitmaps_)) {}
DeletedStretches::~DeletedStretches() = default;
DeletedStretches::DeletedStretches(DeletedStretches&&) noexcept = default;
DeletedStretches& DeletedStretches::operator=(DeletedStretches&&) noexcept = default;

std::optional<Positions> DeletedStretches::Next() {
  const auto first = state_->Peek();
  if (!first) return std::nullopt;
  Positions out{*first, *first};
  for (auto next = first; next && *next == out.end; next = state_->Peek()) {
    ++out.end;
    ++state_->at;
  }
  return out;
}

}  // namespace tarn::index
