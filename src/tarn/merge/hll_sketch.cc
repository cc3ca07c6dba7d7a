// SPDX-License-Identifier: Apache-2.0
// hll_sketch: unions of HyperLogLog sketches.
//
// Layout, little-endian: preamble ints, version 1, family 7, lg K, lg of a table, flags,
// count of a list or lowest value, mode and type; then coupons (LIST at 8, SET at 12
// after their count), or at 8 three doubles, the number of lowest values, the number of
// exceptions, K slots of 4, 6 or 8 bits, and the exceptions of 4-bit slots.
#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include <hll.hpp>

#include "tarn/base/bytes.h"
#include "tarn/merge/sketches.h"

namespace tarn::merge {
namespace {

using base::LoadLittle;
using Aux = datasketches::AuxHashMap<std::allocator<uint8_t>>;

enum Mode : uint8_t { kList = 0, kSet = 1, kHll = 2 };
enum Type : uint8_t { kFour = 0, kSix = 1, kEight = 2 };

constexpr size_t kLgKAt = 3, kLgTableAt = 4, kFlagsAt = 5, kCountAt = 6, kModeAt = 7;
constexpr size_t kListAt = 8, kSetCountAt = 8, kSetAt = 12;
constexpr size_t kLowestCountAt = 32, kAuxCountAt = 36, kSlotsAt = 40;
constexpr uint8_t kEmptyFlag = 4, kCompactFlag = 8, kOutOfOrderFlag = 16;
constexpr uint8_t kUnfinishedFlag = 32;
constexpr uint8_t kException = 15;  ///< a 4-bit slot whose value is among the exceptions
constexpr int kValueAt = 26;        ///< coupon: 26 bits of a key, 6 bits of a value
constexpr uint32_t kListFull = 8;
constexpr int kLgSetMin = 5;

Status Bad(std::string_view why) {
  return Corruption(7653, "Bytes are no HLL sketch:", V("because", why));
}

/// One sketch whose every length and number was looked at, in bytes that the library may
/// be given.
struct Image {
  std::string bytes;
  uint8_t lg_k = 0;
  Mode mode = kList;
  bool out_of_order = false;

  uint8_t at(size_t i) const { return static_cast<uint8_t>(bytes[i]); }
  uint32_t number(size_t i) const { return LoadLittle<uint32_t>(bytes.data() + i); }
};

/// Each has a value and comes once.
Status CheckCoupons(std::vector<uint32_t> coupons) {
  std::sort(coupons.begin(), coupons.end());
  if (!coupons.empty() && coupons[0] >> kValueAt == 0) {
    return Bad("a coupon without a value");
  }
  return std::adjacent_find(coupons.begin(), coupons.end()) != coupons.end()
             ? Bad("a coupon that comes twice")
             : Status::OK();
}

Status CheckList(Image* image) {
  const uint32_t count = image->at(kCountAt);
  if (count >= kListFull) return Bad("a list that is full");
  if (image->bytes.size() < kListAt + count * 4) return Bad("a list that is cut off");
  std::vector<uint32_t> coupons(count);
  for (uint32_t i = 0; i < count; ++i) coupons[i] = image->number(kListAt + i * 4);
  ARROW_RETURN_NOT_OK(CheckCoupons(std::move(coupons)));
  image->bytes.resize(kListAt + count * 4);
  image->bytes[kFlagsAt] =
      static_cast<char>(kCompactFlag | (count == 0 ? kEmptyFlag : 0));
  return Status::OK();
}

/// Whether a search in the table of a set finds each of its coupons, as insertions left
/// them.
bool IsTable(const Image& image, int lg_table) {
  const uint32_t mask = (1u << lg_table) - 1;
  const auto at = [&](uint32_t i) { return image.number(kSetAt + size_t{i} * 4); };
  for (uint32_t i = 0; i <= mask; ++i) {
    const uint32_t coupon = at(i);
    const uint32_t stride = (coupon & ((1u << kValueAt) - 1)) >> lg_table | 1;
    uint32_t place = coupon & mask;
    while (coupon != 0 && place != i) {
      if (at(place) == 0 || at(place) == coupon) return false;
      place = (place + stride) & mask;
    }
  }
  return true;
}

Status CheckSet(Image* image) {
  if (image->lg_k < 8) return Bad("a set of a precision that has none");
  if (image->bytes.size() < kSetAt) return Bad("a set that is cut off");
  const bool compact = (image->at(kFlagsAt) & kCompactFlag) != 0;
  const int lg_max = image->lg_k - 3;
  const uint32_t count = image->number(kSetCountAt);
  // Beyond it a set turns into slots.
  if (count == 0 || count > (3u << lg_max) / 4) return Bad("size of a set");
  const int lg_table = image->at(kLgTableAt);
  if (!compact && (lg_table < kLgSetMin || lg_table > lg_max)) {
    return Bad("size of a set's table");
  }
  const uint32_t stored = compact ? count : 1u << lg_table;
  if (image->bytes.size() < kSetAt + size_t{stored} * 4) {
    return Bad("a set that is cut off");
  }
  std::vector<uint32_t> coupons;
  for (uint32_t i = 0; i < stored; ++i) {
    const uint32_t coupon = image->number(kSetAt + size_t{i} * 4);
    if (coupon != 0 || compact) coupons.push_back(coupon);
  }
  if (coupons.size() != count) return Bad("a set of another size than it states");
  ARROW_RETURN_NOT_OK(CheckCoupons(std::move(coupons)));
  if (!compact && !IsTable(*image, lg_table)) return Bad("a coupon in another's place");
  image->bytes.resize(kSetAt + size_t{stored} * 4);
  image->bytes[kFlagsAt] = static_cast<char>(compact ? kCompactFlag : 0);
  return Status::OK();
}

/// Exceptions of 4-bit slots: each slot that says so has one, no other slot has. What was
/// a table becomes a list.
Status CheckExceptions(Image* image, size_t aux_at) {
  const uint32_t k = 1u << image->lg_k;
  const uint32_t count = image->number(kAuxCountAt);
  const uint8_t lowest = image->at(kCountAt);
  const bool compact = (image->at(kFlagsAt) & kCompactFlag) != 0;
  const int lg_table = image->at(kLgTableAt);
  if (!compact && count > 0 && lg_table > image->lg_k) return Bad("size of a table");
  const uint64_t stored = count == 0 ? 0 : compact ? count : uint64_t{1} << lg_table;
  if (count > k || image->bytes.size() < aux_at + stored * 4) {
    return Bad("exceptions cut off");
  }
  std::string pairs;
  std::vector<bool> slots(k);
  for (uint64_t i = 0; i < stored; ++i) {
    const uint32_t pair = image->number(aux_at + i * 4);
    if (pair == 0 && !compact) continue;
    const uint32_t slot = pair & (k - 1);
    const uint32_t value = pair >> kValueAt;
    const uint8_t both = image->at(kSlotsAt + slot / 2);
    if ((slot % 2 == 0 ? both & 15 : both >> 4) != kException ||
        value < uint32_t{lowest} + kException || slots[slot]) {
      return Bad("an exception of a slot that has none");
    }
    slots[slot] = true;
    base::AppendLittle(&pairs, pair);
  }
  if (pairs.size() != count * size_t{4})
    return Bad("another number of exceptions than it states");
  uint32_t exceptions = 0;
  uint8_t highest = 0;
  for (uint32_t slot = 0; slot < k; ++slot) {
    const uint8_t both = image->at(kSlotsAt + slot / 2);
    const uint8_t value = slot % 2 == 0 ? both & 15 : both >> 4;
    exceptions += value == kException;
    if (value != kException) highest = std::max(highest, value);
  }
  if (exceptions != count) return Bad("a slot without its exception");
  if (lowest + highest > 63) return Bad("value of a slot");
  image->bytes.resize(aux_at);
  image->bytes += pairs;
  return Status::OK();
}

Status CheckSlots(Image* image, Type type) {
  const uint32_t k = 1u << image->lg_k;
  const size_t slots = type == kFour ? k / 2 : type == kSix ? k / 4 * 3 + 1 : k;
  if (image->bytes.size() < kSlotsAt + slots) return Bad("slots cut off");
  image->out_of_order = (image->at(kFlagsAt) & kOutOfOrderFlag) != 0;
  if (type == kEight && (image->at(kFlagsAt) & kUnfinishedFlag) != 0) {
    return Unsupported(6656, "An HLL sketch that holds the inner state of a union.");
  }
  const uint32_t lowest_count = image->number(kLowestCountAt);
  const std::string_view filled =
      std::string_view(image->bytes).substr(kSlotsAt, type == kSix ? slots - 1 : slots);
  const bool from_zero = type != kFour || image->at(kCountAt) == 0;
  if (lowest_count > k || (image->at(kCountAt) == 0 && lowest_count == k) ||
      (from_zero && filled.find_first_not_of('\0') == std::string_view::npos)) {
    return Bad("slots that hold nothing");
  }
  if (type == kFour) {
    ARROW_RETURN_NOT_OK(CheckExceptions(image, kSlotsAt + slots));
  } else {
    if (image->number(kAuxCountAt) != 0) return Bad("exceptions of wide slots");
    image->bytes.resize(kSlotsAt + slots);
  }
  for (uint32_t i = 0; type == kEight && i < k; ++i) {
    if (image->at(kSlotsAt + i) > 63) return Bad("value of a slot");
  }
  // Java counts on for a sketch that is out of order, the C++ library does not; only the
  // flag differs. The other flag means another thing to each of them, and ends with the
  // union.
  image->bytes[kFlagsAt] = static_cast<char>(kCompactFlag);
  return Status::OK();
}

Result<Image> Check(std::string_view bytes) {
  if (bytes.size() < kListAt) return Bad("a preamble that is cut off");
  Image image{.bytes = std::string(bytes)};
  image.lg_k = image.at(kLgKAt);
  const uint8_t ints = image.at(0) & 0x3f;
  const uint8_t mode = image.at(kModeAt) & 3;
  const uint8_t type = image.at(kModeAt) >> 2 & 3;
  constexpr uint8_t kInts[] = {2, 3, 10};
  if (mode > kHll || type > kEight || ints != kInts[mode] || image.at(1) != 1 ||
      image.at(2) != 7) {
    return Bad("another preamble");
  }
  if (image.lg_k < 4 || image.lg_k > 21) return Bad("a precision that cannot be");
  image.mode = static_cast<Mode>(mode);
  image.bytes[0] = static_cast<char>(ints);
  switch (image.mode) {
    case kList:
      ARROW_RETURN_NOT_OK(CheckList(&image));
      break;
    case kSet:
      ARROW_RETURN_NOT_OK(CheckSet(&image));
      break;
    case kHll:
      ARROW_RETURN_NOT_OK(CheckSlots(&image, static_cast<Type>(type)));
      break;
  }
  return image;
}

/// Exceptions in the order in which Java's table holds them: it is filled slot by slot
/// when the lowest value is known. The C++ library fills one before and moves it as the
/// lowest value grows, so that those which collide change places.
void OrderExceptions(std::string* sketch) {
  const auto number = [&](size_t i) { return LoadLittle<uint32_t>(sketch->data() + i); };
  const uint32_t count = number(kAuxCountAt);
  if (count == 0) return;
  const auto lg_k = static_cast<uint8_t>((*sketch)[kLgKAt]);
  const size_t aux_at = sketch->size() - size_t{count} * 4;
  std::vector<uint32_t> pairs;
  for (size_t i = aux_at; i < sketch->size(); i += 4) pairs.push_back(number(i));
  const uint32_t mask = (1u << lg_k) - 1;
  std::sort(pairs.begin(), pairs.end(),
            [mask](uint32_t a, uint32_t b) { return (a & mask) < (b & mask); });
  const std::unique_ptr<Aux, std::function<void(Aux*)>> table(
      Aux::newAuxHashMap(datasketches::hll_constants::LG_AUX_ARR_INTS[lg_k], lg_k, {}),
      Aux::make_deleter());
  for (uint32_t pair : pairs) {
    table->mustAdd(pair & mask, static_cast<uint8_t>(pair >> kValueAt));
  }
  (*sketch)[kLgTableAt] = static_cast<char>(table->getLgAuxArrInts());
  sketch->resize(aux_at);
  for (const uint32_t pair : *table) base::AppendLittle(sketch, pair);
}

datasketches::hll_sketch Read(const Image& image) {
  return datasketches::hll_sketch::deserialize(image.bytes.data(), image.bytes.size());
}

std::string Union(const Image& a, const Image& b) {
  datasketches::hll_sketch first = Read(a);
  if (a.mode == kHll && a.lg_k > b.lg_k) {
    // Folded to the precision of `b` before they meet: the C++ library would count on
    // from sums that it has not made yet.
    datasketches::hll_union folded(b.lg_k);
    folded.update(first);
    first = folded.get_result(datasketches::HLL_8);
  }
  const datasketches::hll_sketch second = Read(b);
  datasketches::hll_union both(b.lg_k);
  both.update(second);
  both.update(first);
  const auto made = both.get_result(datasketches::HLL_4).serialize_compact();
  std::string out(made.begin(), made.end());
  if ((out[kModeAt] & 3) != kHll) return out;
  if (a.out_of_order || b.out_of_order || (a.mode == kHll && b.mode == kHll)) {
    out[kFlagsAt] = static_cast<char>(out[kFlagsAt] | kOutOfOrderFlag);
  }
  OrderExceptions(&out);
  return out;
}

}  // namespace

Result<std::string> UnionHllSketches(std::string_view a, std::string_view b) {
  ARROW_ASSIGN_OR_RAISE(const Image first, Check(a));
  ARROW_ASSIGN_OR_RAISE(const Image second, Check(b));
  try {
    return Union(first, second);
  } catch (const std::exception& error) {
    return Bad(error.what());
  }
}

}  // namespace tarn::merge
