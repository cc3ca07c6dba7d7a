// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/base64.h"

#include <array>
#include <cstdint>

namespace tarn::cdc {

namespace {

constexpr uint8_t kBad = 0xff;

constexpr std::array<uint8_t, 256> MakeTable(bool url_safe) {
  std::array<uint8_t, 256> table{};
  for (auto& entry : table) entry = kBad;
  for (int i = 0; i < 26; ++i) {
    table['A' + i] = static_cast<uint8_t>(i);
    table['a' + i] = static_cast<uint8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i) table['0' + i] = static_cast<uint8_t>(52 + i);
  table[url_safe ? '-' : '+'] = 62;
  table[url_safe ? '_' : '/'] = 63;
  return table;
}
constexpr auto kStandard = MakeTable(false);
constexpr auto kUrlSafe = MakeTable(true);

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool DecodeBase64(std::string_view text, bool url_safe, std::string* out) {
  const auto& table = url_safe ? kUrlSafe : kStandard;
  if (text.size() % 4 == 0) {
    if (text.ends_with("==")) {
      text.remove_suffix(2);
    } else if (text.ends_with('=')) {
      text.remove_suffix(1);
    }
  }
  const size_t rest = text.size() % 4;
  if (rest == 1) return false;
  out->resize(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1));
  auto* target = reinterpret_cast<uint8_t*>(out->data());
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const uint8_t value = table[static_cast<uint8_t>(c)];
    if (value == kBad) return false;
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      *target++ = static_cast<uint8_t>(bits >> held);
      bits &= (1u << held) - 1;
    }
  }
  return bits == 0;  // left-over bits of a last group are zero
}

bool DecodeHex(std::string_view text, std::string* out) {
  if (text.size() % 2 != 0) return false;
  out->resize(text.size() / 2);
  for (size_t i = 0; i < out->size(); ++i) {
    const int high = HexValue(text[2 * i]);
    const int low = HexValue(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    (*out)[i] = static_cast<char>(high * 16 + low);
  }
  return true;
}

bool LooksLikeHex(std::string_view text) {
  if (text.size() < 12 || text.size() % 2 != 0) return false;
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

}  // namespace tarn::cdc
