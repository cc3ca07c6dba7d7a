// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/decimal_text.h"

#include <array>
#include <string>

namespace tarn::cdc {

namespace {

constexpr int kDigitsMax = 38;
// Exponents beyond this are out of range or zero whatever the digits.
constexpr int64_t kExponentMax = 1000000;

constexpr std::array<Unscaled, kDigitsMax + 1> MakePowers() {
  std::array<Unscaled, kDigitsMax + 1> powers{};
  powers[0] = 1;
  for (int i = 1; i <= kDigitsMax; ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}
constexpr std::array<Unscaled, kDigitsMax + 1> kPowers = MakePowers();

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Fits `precision` digits?
bool Fits(Unscaled value, int precision) {
  const Unscaled limit = kPowers[precision];
  return value < limit && value > -limit;
}

// The parts of decimal text: value = digits (a dot among them) * 10^exponent.
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  int64_t exponent = 0;
};

bool Split(std::string_view text, Parts* parts) {
  size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
    parts->negative = text[at++] == '-';
  }
  size_t begin = at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  parts->whole = text.substr(begin, at - begin);
  if (at < text.size() && text[at] == '.') {
    begin = ++at;
    while (at < text.size() && IsDigit(text[at])) ++at;
    parts->fraction = text.substr(begin, at - begin);
  }
  if (parts->whole.empty() && parts->fraction.empty()) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
      negative = text[at++] == '-';
    }
    if (at == text.size()) return false;
    for (; at < text.size() && IsDigit(text[at]); ++at) {
      parts->exponent = std::min(parts->exponent * 10 + (text[at] - '0'), kExponentMax);
    }
    if (negative) parts->exponent = -parts->exponent;
  }
  return at == text.size();
}

// Divide by 10^digits, rounding half away from zero.
Unscaled DivideRounded(Unscaled value, int64_t digits) {
  if (digits > kDigitsMax) return 0;
  const Unscaled divisor = kPowers[digits];
  Unscaled quotient = value / divisor;
  const Unscaled rest = value % divisor;
  const Unscaled twice = rest < 0 ? -rest : rest;
  if (twice >= divisor - twice) quotient += value < 0 ? -1 : 1;
  return quotient;
}

}  // namespace

DecimalOutcome DecimalFromText(std::string_view text, int precision, int scale,
                               Unscaled* out) {
  Parts parts;
  if (!Split(text, &parts)) return DecimalOutcome::kNotANumber;
  const auto whole = static_cast<int64_t>(parts.whole.size());
  const auto total = whole + static_cast<int64_t>(parts.fraction.size());
  const auto digit = [&](int64_t i) {
    return (i < whole ? parts.whole[i] : parts.fraction[i - whole]) - '0';
  };
  int64_t first = 0;
  while (first < total && digit(first) == 0) ++first;
  *out = 0;
  if (first == total) return DecimalOutcome::kGood;
  // How many leading digits stand at or before the last place of the scale.
  const int64_t keep = whole + parts.exponent + scale;
  if (keep - first > precision) return DecimalOutcome::kOutOfRange;
  if (keep < 0) return DecimalOutcome::kGood;
  Unscaled value = 0;
  for (int64_t i = first; i < keep; ++i) value = value * 10 + (i < total ? digit(i) : 0);
  if (keep < total && digit(keep) >= 5) ++value;
  if (!Fits(value, precision)) return DecimalOutcome::kOutOfRange;
  *out = parts.negative ? -value : value;
  return DecimalOutcome::kGood;
}

DecimalOutcome DecimalFromBytes(std::string_view bytes, int wire_scale, int precision,
                                int scale, Unscaled* out) {
  if (bytes.empty()) return DecimalOutcome::kNotANumber;
  const bool negative = (static_cast<uint8_t>(bytes[0]) & 0x80) != 0;
  // Sign bytes carry nothing.
  const char sign = negative ? '\xff' : '\0';
  while (bytes.size() > 1 && bytes[0] == sign &&
         ((static_cast<uint8_t>(bytes[1]) & 0x80) != 0) == negative) {
    bytes.remove_prefix(1);
  }
  // Up to 15 bytes stay far from the ends of 128 bits; longer ones go through their
  // digits.
  if (bytes.size() <= 15) {
    Unscaled value = negative ? -1 : 0;
    for (const char c : bytes) {
      value = static_cast<Unscaled>((static_cast<unsigned __int128>(value) << 8) |
                                    static_cast<uint8_t>(c));
    }
    const int64_t more = int64_t{scale} - wire_scale;
    if (more < 0) {
      value = DivideRounded(value, -more);
    } else if (more > 0) {
      if (value == 0) return *out = 0, DecimalOutcome::kGood;
      if (more > precision || !Fits(value, precision - static_cast<int>(more))) {
        return DecimalOutcome::kOutOfRange;
      }
      value *= kPowers[more];
    }
    if (!Fits(value, precision)) return DecimalOutcome::kOutOfRange;
    *out = value;
    return DecimalOutcome::kGood;
  }
  // More than 64 bytes are more than 150 digits: nothing that a DECIMAL(38) could hold is
  // written so, unless the scale is absurd.
  if (bytes.size() > 64) return DecimalOutcome::kOutOfRange;
  std::string magnitude(bytes);
  if (negative) {
    int carry = 1;
    for (auto at = magnitude.rbegin(); at != magnitude.rend(); ++at) {
      const int byte = (~static_cast<uint8_t>(*at) & 0xff) + carry;
      *at = static_cast<char>(byte & 0xff);
      carry = byte >> 8;
    }
  }
  // Decimal digits by repeated division of the base-256 number by ten.
  std::string digits;
  for (bool zero = false; !zero;) {
    int rest = 0;
    zero = true;
    for (char& c : magnitude) {
      const int current = rest * 256 + static_cast<uint8_t>(c);
      c = static_cast<char>(current / 10);
      rest = current % 10;
      if (c != 0) zero = false;
    }
    digits.insert(digits.begin(), static_cast<char>('0' + rest));
  }
  std::string text = negative ? "-" : "";
  text += digits;
  text += "E";
  text += std::to_string(-int64_t{wire_scale});
  return DecimalFromText(text, precision, scale, out);
}

}  // namespace tarn::cdc
