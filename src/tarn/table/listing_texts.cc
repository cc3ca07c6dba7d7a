// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/listing_texts.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace tarn::table {

std::string JavaDuration(int64_t nanos) {
  constexpr int64_t kSecond = 1000000000;
  if (nanos == 0) return "PT0S";
  const int64_t total = nanos / kSecond;
  const int64_t hours = total / 3600, minutes = total % 3600 / 60, seconds = total % 60;
  const int64_t fraction = nanos % kSecond;
  std::string out = "PT";
  if (hours != 0) out += fmt::format("{}H", hours);
  if (minutes != 0) out += fmt::format("{}M", minutes);
  if (seconds == 0 && fraction == 0) return out;
  if (fraction == 0) return out + fmt::format("{}S", seconds);
  std::string digits = fmt::format("{:09}", std::abs(fraction));
  while (digits.back() == '0') digits.pop_back();
  const bool negative = nanos < 0;
  return out + fmt::format("{}{}.{}S", negative ? "-" : "", std::abs(seconds), digits);
}

std::vector<std::string> HashMapOrder(const std::vector<std::string>& keys) {
  size_t capacity = 16;
  while (keys.size() > capacity / 4 * 3) capacity *= 2;
  const auto slot = [&](const std::string& key) {
    uint32_t hash = 0;
    for (const char c : key) hash = hash * 31 + static_cast<unsigned char>(c);
    return (hash ^ (hash >> 16)) & static_cast<uint32_t>(capacity - 1);
  };
  std::vector<std::string> out = keys;
  std::stable_sort(
      out.begin(), out.end(),
      [&](const std::string& a, const std::string& b) { return slot(a) < slot(b); });
  return out;
}

}  // namespace tarn::table
