// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/roaring.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace tarn::merge {
namespace internal {
namespace {

constexpr int32_t kMostOfArray = 4096;
constexpr int32_t kFull = 65536;
constexpr int64_t kBitmapBytes = 8192;

Status BadContainer(std::string_view why) {
  return Corruption(7650, "Bytes are no roaring bitmap:", V("because", why));
}

}  // namespace

void RoaringContainer::Append(Run run) {
  if (!runs_.empty() && run.first <= int32_t{runs_.back().last} + 1) {
    if (run.last <= runs_.back().last) return;
    cardinality_ += run.last - runs_.back().last;
    runs_.back().last = run.last;
    return;
  }
  cardinality_ += run.last - run.first + 1;
  runs_.push_back(run);
}

Result<RoaringContainer> RoaringContainer::ReadArray(base::ByteReader* in,
                                                     int64_t cardinality) {
  if (cardinality < 1 || cardinality > kMostOfArray) return BadContainer("array size");
  ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, in->ReadBytes(2 * cardinality));
  RoaringContainer out;
  int32_t last = -1;
  for (int64_t i = 0; i < cardinality; ++i) {
    const auto value = base::LoadLittle<uint16_t>(bytes.data() + 2 * i);
    if (value <= last) return BadContainer("array order");
    last = value;
    out.Append({value, value});
  }
  return out;
}

Result<RoaringContainer> RoaringContainer::ReadBitmap(base::ByteReader* in,
                                                      int64_t cardinality) {
  ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, in->ReadBytes(kBitmapBytes));
  RoaringContainer out;
  out.kind_ = Kind::kBitmap;
  for (int32_t word_at = 0; word_at < kFull / 64; ++word_at) {
    auto word = base::LoadLittle<uint64_t>(bytes.data() + 8 * word_at);
    while (word != 0) {
      const int from = std::countr_zero(word);
      const int ones = std::countr_one(word >> from);
      const int32_t first = word_at * 64 + from;
      out.Append({static_cast<uint16_t>(first), static_cast<uint16_t>(first + ones - 1)});
      if (from + ones == 64) break;
      word &= ~uint64_t{0} << (from + ones);
    }
  }
  if (out.cardinality_ != cardinality || cardinality <= kMostOfArray) {
    return BadContainer("bitmap size");
  }
  return out;
}

Result<RoaringContainer> RoaringContainer::ReadRuns(base::ByteReader* in) {
  ARROW_ASSIGN_OR_RAISE(const auto count, in->ReadLittle<uint16_t>());
  ARROW_ASSIGN_OR_RAISE(const std::string_view bytes, in->ReadBytes(4 * uint64_t{count}));
  if (count == 0) return BadContainer("no runs");
  RoaringContainer out;
  out.kind_ = Kind::kRuns;
  for (int32_t i = 0; i < count; ++i) {
    const auto first = base::LoadLittle<uint16_t>(bytes.data() + 4 * i);
    const auto more = base::LoadLittle<uint16_t>(bytes.data() + 4 * i + 2);
    const int32_t last = int32_t{first} + more;
    if (last >= kFull || (i > 0 && first <= int32_t{out.runs_.back().last} + 1)) {
      return BadContainer("order of runs");
    }
    out.Append({first, static_cast<uint16_t>(last)});
  }
  return out;
}

/// Java's `toEfficientContainer` of a run container.
void RoaringContainer::ChooseEfficient() {
  const int64_t as_array = 2 + 2 * int64_t{cardinality_};
  if (BytesAsRuns() <= std::min(kBitmapBytes, as_array)) {
    kind_ = Kind::kRuns;
  } else {
    kind_ = cardinality_ <= kMostOfArray ? Kind::kArray : Kind::kBitmap;
  }
}

RoaringContainer RoaringContainer::Union(const RoaringContainer& other) const {
  RoaringContainer out;
  size_t i = 0, j = 0;
  while (i < runs_.size() || j < other.runs_.size()) {
    const bool mine = j == other.runs_.size() ||
                      (i < runs_.size() && runs_[i].first <= other.runs_[j].first);
    out.Append(mine ? runs_[i++] : other.runs_[j++]);
  }
  if (kind_ == Kind::kBitmap || other.kind_ == Kind::kBitmap) {
    out.kind_ = out.cardinality_ == kFull ? Kind::kRuns : Kind::kBitmap;
  } else if (kind_ == Kind::kRuns || other.kind_ == Kind::kRuns) {
    out.ChooseEfficient();
  } else {
    out.kind_ = out.cardinality_ <= kMostOfArray ? Kind::kArray : Kind::kBitmap;
  }
  return out;
}

void RoaringContainer::Optimize() {
  if (kind_ == Kind::kRuns) {
    ChooseEfficient();
  } else if (StoredBytes() > BytesAsRuns()) {
    kind_ = Kind::kRuns;
  }
}

int64_t RoaringContainer::StoredBytes() const {
  switch (kind_) {
    case Kind::kRuns:
      return BytesAsRuns();
    case Kind::kBitmap:
      return kBitmapBytes;
    case Kind::kArray:
      return 2 * int64_t{cardinality_};
  }
  return 0;
}

void RoaringContainer::Write(std::string* out) const {
  if (kind_ == Kind::kRuns) {
    base::AppendLittle(out, static_cast<uint16_t>(runs_.size()));
    for (const Run& run : runs_) {
      base::AppendLittle(out, run.first);
      base::AppendLittle(out, static_cast<uint16_t>(run.last - run.first));
    }
    return;
  }
  const size_t begin = out->size();
  if (kind_ == Kind::kBitmap) out->resize(begin + kBitmapBytes, '\0');
  for (const Run& run : runs_) {
    for (int32_t value = run.first; value <= run.last; ++value) {
      if (kind_ == Kind::kArray) {
        base::AppendLittle(out, static_cast<uint16_t>(value));
      } else {
        (*out)[begin + value / 8] |= static_cast<char>(1 << (value % 8));
      }
    }
  }
}

}  // namespace internal

namespace {

using internal::RoaringContainer;
using Kind = RoaringContainer::Kind;

constexpr uint32_t kCookie = 12347;
constexpr uint32_t kCookieWithoutRuns = 12346;
/// Fewer containers than this have no offsets where some are runs.
constexpr size_t kLeastForOffsets = 4;

struct Keyed {
  uint16_t key;
  RoaringContainer container;
};

Status BadHead() {
  return Corruption(7651, "Bytes do not begin as a 32-bit roaring bitmap");
}

Result<std::vector<Keyed>> Parse32(std::string_view bytes) {
  base::ByteReader in(bytes, "roaring bitmap");
  ARROW_ASSIGN_OR_RAISE(const auto cookie, in.ReadLittle<uint32_t>());
  uint32_t count = 0;
  std::string_view run_flags;
  if (cookie == kCookieWithoutRuns) {
    ARROW_ASSIGN_OR_RAISE(count, in.ReadLittle<uint32_t>());
  } else if ((cookie & 0xffff) == kCookie) {
    count = (cookie >> 16) + 1;
    ARROW_ASSIGN_OR_RAISE(run_flags, in.ReadBytes((count + 7) / 8));
  } else {
    return BadHead();
  }
  if (count > 65536) return BadHead();
  ARROW_ASSIGN_OR_RAISE(const std::string_view heads, in.ReadBytes(4 * uint64_t{count}));
  if (run_flags.empty() || count >= kLeastForOffsets) {
    ARROW_RETURN_NOT_OK(in.Skip(4 * uint64_t{count}));
  }
  std::vector<Keyed> out;
  out.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const auto key = base::LoadLittle<uint16_t>(heads.data() + 4 * i);
    const int64_t cardinality = base::LoadLittle<uint16_t>(heads.data() + 4 * i + 2) + 1;
    if (!out.empty() && key <= out.back().key) return BadHead();
    const bool runs = !run_flags.empty() && ((run_flags[i / 8] >> (i % 8)) & 1) != 0;
    ARROW_ASSIGN_OR_RAISE(auto container,
                          runs ? RoaringContainer::ReadRuns(&in)
                          : cardinality > 4096
                              ? RoaringContainer::ReadBitmap(&in, cardinality)
                              : RoaringContainer::ReadArray(&in, cardinality));
    out.push_back({key, std::move(container)});
  }
  return out;
}

std::string Write32(const std::vector<Keyed>& containers) {
  const size_t count = containers.size();
  std::string flags((count + 7) / 8, '\0');
  bool any_runs = false;
  for (size_t i = 0; i < count; ++i) {
    if (containers[i].container.kind() != Kind::kRuns) continue;
    any_runs = true;
    flags[i / 8] |= static_cast<char>(1 << (i % 8));
  }
  std::string out;
  if (any_runs) {
    base::AppendLittle(&out, kCookie | static_cast<uint32_t>(count - 1) << 16);
    out += flags;
  } else {
    base::AppendLittle(&out, kCookieWithoutRuns);
    base::AppendLittle(&out, static_cast<uint32_t>(count));
  }
  for (const Keyed& each : containers) {
    base::AppendLittle(&out, each.key);
    base::AppendLittle(&out, static_cast<uint16_t>(each.container.cardinality() - 1));
  }
  if (!any_runs || count >= kLeastForOffsets) {
    size_t offset = out.size() + 4 * count;
    for (const Keyed& each : containers) {
      base::AppendLittle(&out, static_cast<uint32_t>(offset));
      offset += each.container.StoredBytes();
    }
  }
  for (const Keyed& each : containers) each.container.Write(&out);
  return out;
}

}  // namespace

Result<std::string> UnionBitmaps32(std::string_view a, std::string_view b) {
  ARROW_ASSIGN_OR_RAISE(const std::vector<Keyed> left, Parse32(a));
  ARROW_ASSIGN_OR_RAISE(const std::vector<Keyed> right, Parse32(b));
  std::vector<Keyed> out;
  out.reserve(left.size() + right.size());
  size_t i = 0, j = 0;
  while (i < left.size() || j < right.size()) {
    if (j == right.size() || (i < left.size() && left[i].key < right[j].key)) {
      out.push_back(left[i++]);
    } else if (i == left.size() || right[j].key < left[i].key) {
      out.push_back(right[j++]);
    } else {
      out.push_back({left[i].key, left[i].container.Union(right[j].container)});
      ++i;
      ++j;
    }
    out.back().container.Optimize();
  }
  return Write32(out);
}

}  // namespace tarn::merge
