// SPDX-License-Identifier: Apache-2.0
#include "tarn/base/units.h"

#include <charconv>

namespace tarn::base {
namespace {

struct Unit {
  std::string_view label;
  int64_t factor;
};

constexpr int64_t kKiB = 1024;
constexpr Unit kMemoryUnits[] = {
    {"b", 1},
    {"bytes", 1},
    {"k", kKiB},
    {"kb", kKiB},
    {"kibibytes", kKiB},
    {"m", kKiB* kKiB},
    {"mb", kKiB* kKiB},
    {"mebibytes", kKiB* kKiB},
    {"g", kKiB* kKiB* kKiB},
    {"gb", kKiB* kKiB* kKiB},
    {"gibibytes", kKiB* kKiB* kKiB},
    {"t", kKiB* kKiB* kKiB* kKiB},
    {"tb", kKiB* kKiB* kKiB* kKiB},
    {"tebibytes", kKiB* kKiB* kKiB* kKiB},
};

constexpr int64_t kMicro = 1000;
constexpr int64_t kMilli = 1000 * kMicro;
constexpr int64_t kSecond = 1000 * kMilli;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kHour = 60 * kMinute;
constexpr int64_t kDay = 24 * kHour;
constexpr Unit kTimeUnits[] = {
    {"d", kDay},
    {"day", kDay},
    {"days", kDay},
    {"h", kHour},
    {"hour", kHour},
    {"hours", kHour},
    {"min", kMinute},
    {"m", kMinute},
    {"minute", kMinute},
    {"minutes", kMinute},
    {"s", kSecond},
    {"sec", kSecond},
    {"secs", kSecond},
    {"second", kSecond},
    {"seconds", kSecond},
    {"ms", kMilli},
    {"milli", kMilli},
    {"millis", kMilli},
    {"millisecond", kMilli},
    {"milliseconds", kMilli},
    {"\xC2\xB5s", kMicro},
    {"us", kMicro},
    {"micro", kMicro},
    {"micros", kMicro},
    {"microsecond", kMicro},
    {"microseconds", kMicro},
    {"ns", 1},
    {"nano", 1},
    {"nanos", 1},
    {"nanosecond", 1},
    {"nanoseconds", 1},
};

/// Number and unit of `text`, multiplied. `factor_default` is for text without a unit.
template <size_t N>
Result<int64_t> ParseWithUnit(std::string_view text, const Unit (&units)[N],
                              int64_t factor_default, std::string_view what) {
  const std::string_view trimmed = Trim(text);
  size_t digits = 0;
  while (digits < trimmed.size() && trimmed[digits] >= '0' && trimmed[digits] <= '9') {
    ++digits;
  }
  if (digits == 0) {
    return InvalidInput(1003, "Text does not start with a number:", V("expected", what),
                        V("text", text));
  }
  int64_t number = 0;
  const auto [end, error] =
      std::from_chars(trimmed.data(), trimmed.data() + digits, number);
  int64_t factor = factor_default;
  const std::string label = ToLower(Trim(trimmed.substr(digits)));
  if (!label.empty()) {
    factor = 0;
    for (const Unit& unit : units) {
      if (unit.label == label) factor = unit.factor;
    }
    if (factor == 0) {
      return InvalidInput(1004, "Unknown unit:", V("expected", what), V("unit", label),
                          V("text", text));
    }
  }
  int64_t product = 0;
  if (error != std::errc() || __builtin_mul_overflow(number, factor, &product)) {
    return InvalidInput(1005, "Number is out of range:", V("expected", what),
                        V("text", text));
  }
  return product;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string ToLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Result<MemorySize> MemorySize::Parse(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(int64_t bytes,
                        ParseWithUnit(text, kMemoryUnits, 1, "a size such as '256 mb'"));
  return MemorySize{bytes};
}

std::string MemorySize::ToString() const {
  static constexpr std::string_view kNames[] = {"bytes", "kb", "mb", "gb", "tb"};
  // Paimon answers bytes where every unit divides, so for 0 and for whole terabytes.
  int unit = 0;
  int64_t rest = bytes;
  while (unit < 4 && rest % kKiB == 0) {
    rest /= kKiB;
    ++unit;
  }
  if (unit == 4) return fmt::format("{} bytes", bytes);
  return fmt::format("{} {}", rest, kNames[unit]);
}

Result<Duration> ParseDuration(std::string_view text) {
  ARROW_ASSIGN_OR_RAISE(
      int64_t nanos, ParseWithUnit(text, kTimeUnits, kMilli, "a duration such as '1 h'"));
  return Duration(nanos);
}

std::string FormatDuration(Duration duration) {
  static constexpr Unit kSteps[] = {{"ns", 1},      {"\xC2\xB5s", kMicro}, {"ms", kMilli},
                                    {"s", kSecond}, {"min", kMinute},      {"h", kHour},
                                    {"d", kDay}};
  const int64_t nanos = duration.count();
  const Unit* best = nullptr;
  for (const Unit& step : kSteps) {
    if (nanos % step.factor != 0) {
      return fmt::format("{} {}", nanos / best->factor, best->label);
    }
    best = &step;
  }
  // Every unit divides (0, or whole days): Paimon then answers milliseconds.
  return fmt::format("{} ms", nanos / kMilli);
}

}  // namespace tarn::base
