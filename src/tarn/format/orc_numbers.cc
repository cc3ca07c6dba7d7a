// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_numbers.h"

#include <algorithm>
#include <bit>

namespace tarn::format {
namespace {

// Bits of packed values by their code of five bits.
constexpr int kWidths[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                           12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                           23, 24, 26, 28, 30, 32, 40, 48, 56, 64};
constexpr size_t kRunsOfVersion1Min = 3;

int CodeOfWidth(int bits) {
  int code = 0;
  while (kWidths[code] < bits) ++code;
  return code;
}

uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

}  // namespace

void OrcNumberReader::Fail(const char* reason) {
  if (!failure_.ok()) return;
  failure_ =
      Corruption(7535, "Numbers of an ORC column cannot be read:", V("reason", reason));
}

uint8_t OrcNumberReader::Byte() {
  if (!failure_.ok()) return 0;
  if (chunk_.empty()) {
    auto next = chunks_.Next();
    if (!next.ok()) {
      failure_ = next.status();
      return 0;
    }
    if (!*next) {
      Fail("the stream ends early");
      return 0;
    }
    chunk_ = **next;
  }
  const auto out = static_cast<uint8_t>(chunk_.front());
  chunk_.remove_prefix(1);
  return out;
}

uint64_t OrcNumberReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = Byte();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  Fail("a number is too long");
  return 0;
}

uint64_t OrcNumberReader::BigEndian(int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | Byte();
  return value;
}

void OrcNumberReader::Packed(int width, std::span<uint64_t> out) {
  uint8_t current = 0;
  int left = 0;  // bits of `current` that were not taken
  for (uint64_t& value : out) {
    value = 0;
    for (int need = width; need > 0;) {
      if (left == 0) {
        current = Byte();
        left = 8;
      }
      const int take = std::min(need, left);
      const auto bits =
          static_cast<uint64_t>(current >> (left - take)) & ((uint64_t{1} << take) - 1);
      value = value << take | bits;
      left -= take;
      need -= take;
    }
  }
}

void OrcNumberReader::PatchedBase(uint8_t first) {
  const int width = kWidths[first >> 1 & 31];
  const size_t length = (static_cast<size_t>(first & 1) << 8 | Byte()) + 1;
  const uint8_t third = Byte();
  const int base_bytes = (third >> 5) + 1;
  const int patch_width = kWidths[third & 31];
  const uint8_t fourth = Byte();
  const int gap_width = (fourth >> 5) + 1;
  const size_t patches = fourth & 31;
  if (patch_width + gap_width > 64) return Fail("a patch is too wide");
  uint64_t base = BigEndian(base_bytes);
  const uint64_t sign = uint64_t{1} << (8 * base_bytes - 1);
  if ((base & sign) != 0) base = 0 - (base & ~sign);
  run_.resize(length);
  Packed(width, run_);
  std::vector<uint64_t> list(patches);
  Packed(kWidths[CodeOfWidth(patch_width + gap_width)], list);
  size_t at = 0;
  for (const uint64_t entry : list) {
    at += static_cast<size_t>(entry >> patch_width);
    if (at >= length) return Fail("a patch lies outside its run");
    const uint64_t patch = entry & ((uint64_t{1} << patch_width) - 1);
    if (width < 64) run_[at] |= patch << width;
  }
  for (uint64_t& value : run_) value += base;
}

void OrcNumberReader::Delta(uint8_t first) {
  const int code = first >> 1 & 31;
  const size_t length = (static_cast<size_t>(first & 1) << 8 | Byte()) + 1;
  run_.assign(length, 0);
  run_[0] = Varint();
  const auto step = static_cast<uint64_t>(UnZigZag(Varint()));
  if (code == 0) {
    for (size_t i = 1; i < length; ++i) run_[i] = run_[i - 1] + step;
    return;
  }
  if (length < 2) return Fail("a run of deltas is too short");
  run_[1] = run_[0] + step;
  Packed(kWidths[code], std::span(run_).subspan(2));
  const bool falls = static_cast<int64_t>(step) < 0;
  for (size_t i = 2; i < length; ++i) {
    run_[i] = falls ? run_[i - 1] - run_[i] : run_[i - 1] + run_[i];
  }
}

void OrcNumberReader::NextRunOfVersion2() {
  const uint8_t first = Byte();
  switch (first >> 6) {
    case 0: {
      const uint64_t value = BigEndian((first >> 3 & 7) + 1);
      run_.assign(static_cast<size_t>(first & 7) + kRunsOfVersion1Min, value);
      return;
    }
    case 1:
      run_.resize((static_cast<size_t>(first & 1) << 8 | Byte()) + 1);
      return Packed(kWidths[first >> 1 & 31], run_);
    case 2:
      return PatchedBase(first);
    default:
      return Delta(first);
  }
}

void OrcNumberReader::NextRun() {
  taken_ = 0;
  if (version2_) return NextRunOfVersion2();
  const auto control = static_cast<int8_t>(Byte());
  if (control >= 0) {
    const auto step = static_cast<int8_t>(Byte());
    uint64_t value = Varint();
    run_.resize(static_cast<size_t>(control) + kRunsOfVersion1Min);
    for (uint64_t& slot : run_) {
      slot = value;
      value += static_cast<uint64_t>(static_cast<int64_t>(step));
    }
    return;
  }
  run_.resize(static_cast<size_t>(-static_cast<int>(control)));
  for (uint64_t& slot : run_) slot = Varint();
}

Status OrcNumberReader::Read(std::span<uint64_t> out) {
  while (!out.empty()) {
    ARROW_RETURN_NOT_OK(failure_);
    if (taken_ == run_.size()) {
      NextRun();
      continue;
    }
    const size_t count = std::min(out.size(), run_.size() - taken_);
    std::copy_n(run_.begin() + static_cast<ptrdiff_t>(taken_), count, out.begin());
    taken_ += count;
    out = out.subspan(count);
  }
  return failure_;
}

uint64_t OrcNumberWriter::Stored(int64_t value) const {
  return is_signed_ ? ZigZag(value) : static_cast<uint64_t>(value);
}

bool OrcNumberWriter::IsSequence(int64_t* step) const {
  if (count_ < 2 || __builtin_sub_overflow(pending_[1], pending_[0], step)) return false;
  for (size_t i = 2; i < count_; ++i) {
    int64_t next = 0;
    if (__builtin_sub_overflow(pending_[i], pending_[i - 1], &next) || next != *step) {
      return false;
    }
  }
  return true;
}

Status OrcNumberWriter::Flush() {
  if (count_ == 0) return Status::OK();
  std::string& out = chunks_.buffer();
  const size_t length = count_ - 1;
  const auto head = [&](int encoding, int code) {
    out.push_back(
        static_cast<char>(encoding << 6 | code << 1 | static_cast<int>(length >> 8)));
    out.push_back(static_cast<char>(length));
  };
  int64_t step = 0;
  if (IsSequence(&step)) {
    head(3, 0);
    AppendVarint(Stored(pending_[0]), &out);
    AppendVarint(ZigZag(step), &out);
  } else {
    uint64_t all = 1;
    for (size_t i = 0; i < count_; ++i) all |= Stored(pending_[i]);
    const int code = CodeOfWidth(std::bit_width(all));
    head(1, code);
    uint8_t current = 0;
    int filled = 0;
    for (size_t i = 0; i < count_; ++i) {
      const uint64_t value = Stored(pending_[i]);
      for (int need = kWidths[code]; need > 0;) {
        const int take = std::min(need, 8 - filled);
        const uint64_t bits = value >> (need - take) & ((uint64_t{1} << take) - 1);
        current = static_cast<uint8_t>(current << take | bits);
        filled += take;
        need -= take;
        if (filled < 8) continue;
        out.push_back(static_cast<char>(current));
        filled = 0;
      }
    }
    if (filled > 0) out.push_back(static_cast<char>(current << (8 - filled)));
  }
  count_ = 0;
  return chunks_.Settle();
}

Result<std::string> OrcNumberWriter::Finish() {
  ARROW_RETURN_NOT_OK(Flush());
  return chunks_.Finish();
}

void OrcByteWriter::FlushLiterals(int keep) {
  const int length = count_ - keep;
  if (length > 0) {
    chunks_.buffer().push_back(static_cast<char>(-length));
    chunks_.buffer().append(reinterpret_cast<const char*>(literals_),
                            static_cast<size_t>(length));
  }
}

void OrcByteWriter::FlushRepeat() {
  chunks_.buffer().push_back(
      static_cast<char>(count_ - static_cast<int>(kRunsOfVersion1Min)));
  chunks_.buffer().push_back(static_cast<char>(literals_[0]));
  count_ = 0;
  repeats_ = 0;
  repeating_ = false;
}

Status OrcByteWriter::Add(uint8_t value) {
  if (repeating_) {
    if (value == literals_[0] && count_ < kRepeatsMax) {
      ++count_;
      return Status::OK();
    }
    FlushRepeat();
  }
  repeats_ = count_ > 0 && literals_[count_ - 1] == value ? repeats_ + 1 : 1;
  literals_[count_++] = value;
  if (repeats_ == static_cast<int>(kRunsOfVersion1Min)) {
    FlushLiterals(repeats_);
    literals_[0] = value;
    count_ = repeats_;
    repeating_ = true;
  } else if (count_ == kLiteralsMax) {
    FlushLiterals(0);
    count_ = 0;
    repeats_ = 0;
  }
  return chunks_.Settle();
}

Result<std::string> OrcByteWriter::Finish() {
  if (repeating_) {
    FlushRepeat();
  } else {
    FlushLiterals(0);
    count_ = 0;
    repeats_ = 0;
  }
  return chunks_.Finish();
}

}  // namespace tarn::format
