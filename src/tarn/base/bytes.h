// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "tarn/base/status.h"

namespace tarn::base {

static_assert(
    std::endian::native == std::endian::little,
    "rows and files are little-endian; a big-endian host needs byte swaps here");

/// Reverse the bytes of an integer.
template <typename T>
constexpr T ByteSwap(T value) {
  using U = std::make_unsigned_t<T>;
  const U in = static_cast<U>(value);
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(in));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(in));
  if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(in));
}

/// Load a trivially copyable value in little-endian order; `from` may be unaligned.
template <typename T>
T LoadLittle(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}
template <typename T>
T LoadBig(const void* from) {
  return ByteSwap(LoadLittle<T>(from));
}
template <typename T>
void StoreLittle(void* to, T value) {
  std::memcpy(to, &value, sizeof(T));
}
template <typename T>
void StoreBig(void* to, T value) {
  StoreLittle(to, ByteSwap(value));
}
template <typename T>
void AppendLittle(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}
template <typename T>
void AppendBig(std::string* out, T value) {
  AppendLittle(out, ByteSwap(value));
}

/// Reads bytes that nobody vouches for: every read is checked against what remains. One
/// caller at a time; borrows the bytes. Errors: kCorruption with `what` and the position.
class ByteReader {
 public:
  /// \param what  what the bytes are, for messages: "manifest entry"; must outlive the
  /// reader
  ByteReader(std::string_view bytes, std::string_view what)
      : bytes_(bytes), what_(what) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  bool at_end() const { return remaining() == 0; }

  template <typename T>
  Result<T> ReadLittle() {
    ARROW_ASSIGN_OR_RAISE(std::string_view bytes, ReadBytes(sizeof(T)));
    return LoadLittle<T>(bytes.data());
  }
  template <typename T>
  Result<T> ReadBig() {
    ARROW_ASSIGN_OR_RAISE(std::string_view bytes, ReadBytes(sizeof(T)));
    return LoadBig<T>(bytes.data());
  }
  /// The next `count` bytes, borrowed.
  Result<std::string_view> ReadBytes(uint64_t count);
  Status Skip(uint64_t count) { return ReadBytes(count).status(); }
  /// Unsigned LEB128 of at most `bits_max` bits.
  Result<uint64_t> ReadVarint(int bits_max = 64);
  /// Zig-zag LEB128 (Avro `long`).
  Result<int64_t> ReadZigZag(int bits_max = 64);

 private:
  std::string_view bytes_;
  std::string_view what_;
  size_t position_ = 0;
};

void AppendVarint(std::string* out, uint64_t value);
void AppendZigZag(std::string* out, int64_t value);

/// Lower-case hexadecimal text of `bytes`.
std::string ToHex(std::string_view bytes);
/// Errors: kInvalidInput for an odd length or a strange digit.
Result<std::string> FromHex(std::string_view text);

}  // namespace tarn::base
