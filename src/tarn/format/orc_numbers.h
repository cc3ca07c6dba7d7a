// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/format/orc_chunks.h"

namespace tarn::format {

/// Decodes a stream of unsigned numbers, run-length encoded in ORC's version 1 or 2. One
/// caller at a time; answers an error once and stays failed.
class OrcNumberReader {
 public:
  OrcNumberReader(OrcChunkReader chunks, bool version2)
      : chunks_(std::move(chunks)), version2_(version2) {}

  /// Fill `out` with the next numbers. Errors: kCorruption (the stream ends, or is no
  /// such stream), those of the file.
  Status Read(std::span<uint64_t> out);

 private:
  uint8_t Byte();
  uint64_t Varint();
  uint64_t BigEndian(int bytes);
  void Packed(int width, std::span<uint64_t> out);
  void NextRun();
  void NextRunOfVersion2();
  void PatchedBase(uint8_t first);
  void Delta(uint8_t first);
  void Fail(const char* reason);

  OrcChunkReader chunks_;
  bool version2_;
  std::string_view chunk_;
  std::vector<uint64_t> run_;
  size_t taken_ = 0;
  Status failure_;
};

/// Encodes numbers in version 2 of ORC's run lengths: runs of one step (constants,
/// sequences) as such, others packed into as many bits as the largest of 512 needs. One
/// caller at a time.
class OrcNumberWriter {
 public:
  OrcNumberWriter(const OrcBlocks& blocks, bool is_signed)
      : chunks_(blocks), is_signed_(is_signed) {}

  Status Add(int64_t value) {
    pending_[count_++] = value;
    return count_ == kRunMax ? Flush() : Status::OK();
  }
  Result<std::string> Finish();
  int64_t bytes() const {
    return chunks_.bytes() + static_cast<int64_t>(count_ * sizeof(int64_t)) / 2;
  }

 private:
  static constexpr size_t kRunMax = 512;
  Status Flush();
  bool IsSequence(int64_t* step) const;
  uint64_t Stored(int64_t value) const;

  OrcChunkWriter chunks_;
  bool is_signed_;
  int64_t pending_[kRunMax] = {};
  size_t count_ = 0;
};

/// Encodes bytes with ORC's byte run lengths: TINYINT values, and the bits of booleans
/// and of present values.
class OrcByteWriter {
 public:
  explicit OrcByteWriter(const OrcBlocks& blocks) : chunks_(blocks) {}
  Status Add(uint8_t value);
  Result<std::string> Finish();
  int64_t bytes() const { return chunks_.bytes() + count_; }

 private:
  static constexpr int kLiteralsMax = 128;
  static constexpr int kRepeatsMax = 130;
  void FlushLiterals(int keep);
  void FlushRepeat();

  OrcChunkWriter chunks_;
  uint8_t literals_[kLiteralsMax] = {};
  int count_ = 0;    ///< literals, or the length of the repetition
  int repeats_ = 0;  ///< how often the last byte stands at the end of the literals
  bool repeating_ = false;
};

/// Bits, most significant first, as ORC stores booleans.
class OrcBitWriter {
 public:
  explicit OrcBitWriter(const OrcBlocks& blocks) : bytes_(blocks) {}
  Status Add(bool value) {
    current_ = static_cast<uint8_t>(current_ << 1 | (value ? 1 : 0));
    if (++bits_ < 8) return Status::OK();
    bits_ = 0;
    return bytes_.Add(current_);
  }
  Result<std::string> Finish() {
    if (bits_ > 0) {
      ARROW_RETURN_NOT_OK(bytes_.Add(static_cast<uint8_t>(current_ << (8 - bits_))));
      bits_ = 0;
    }
    return bytes_.Finish();
  }
  int64_t bytes() const { return bytes_.bytes(); }

 private:
  OrcByteWriter bytes_;
  uint8_t current_ = 0;
  int bits_ = 0;
};

}  // namespace tarn::format
