// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/partition_times.h"

#include <algorithm>
#include <string_view>

#include "tarn/options/options.h"
#include "tarn/types/java_text.h"

namespace tarn::table {
namespace {

constexpr int64_t kYearMax = 999'999'999;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads numbers and characters from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool Skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  int Digits() const {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), IsDigit);
    return static_cast<int>(end - rest_.begin());
  }
  /// The next `least` to `most` digits.
  std::optional<int64_t> Number(int least, int most) {
    const int count = std::min(Digits(), most);
    if (count < least || count > 18) return std::nullopt;
    int64_t value = 0;
    for (int i = 0; i < count; ++i)
      value = value * 10 + (rest_[static_cast<size_t>(i)] - '0');
    rest_.remove_prefix(static_cast<size_t>(count));
    return value;
  }
  bool AtEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct Fields {
  int64_t year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};

/// Parts beyond their range carry over, as Java's lenient resolver does.
std::optional<int64_t> Carried(const Fields& at) {
  const int64_t months = at.month - 1;
  const int64_t years = months >= 0 ? months / 12 : -1;
  const int64_t year = at.year + years;
  if (year > kYearMax || year < -kYearMax) return std::nullopt;
  const int64_t first =
      types::DaysFromCivil({year, static_cast<int>(months - years * 12) + 1, 1});
  return (((first + at.day - 1) * 24 + at.hour) * 60 + at.minute) * 60 + at.second;
}

/// Without a formatter: "2024-1-31 7:05:00.123" or "2024-1-31".
std::optional<int64_t> ByDefault(std::string_view text) {
  Scanner scan(text);
  const bool negative = scan.Skip('-');
  Fields at;
  const auto date = [&]() {
    const auto year = scan.Number(1, 10);
    if (!year || !scan.Skip('-')) return false;
    const auto month = scan.Number(1, 2);
    if (!month || !scan.Skip('-')) return false;
    const auto day = scan.Number(1, 2);
    if (!day) return false;
    at.year = negative ? -*year : *year;
    at.month = *month;
    at.day = *day;
    return true;
  };
  const auto time = [&]() {
    const auto hour = scan.Number(1, 2);
    if (!hour || !scan.Skip(':')) return false;
    const auto minute = scan.Number(1, 2);
    if (!minute || !scan.Skip(':')) return false;
    const auto second = scan.Number(1, 2);
    if (!second) return false;
    at.hour = *hour;
    at.minute = *minute;
    at.second = *second;
    return !scan.Skip('.') || scan.Number(1, 9);
  };
  if (!date()) return std::nullopt;
  if (!scan.AtEnd() && (!scan.Skip(' ') || !time() || !scan.AtEnd())) return std::nullopt;
  return Carried(at);
}

void ReplaceAll(std::string* text, const std::string& what, const std::string& with) {
  for (size_t at = 0; (at = text->find(what, at)) != text->npos; at += with.size()) {
    text->replace(at, what.size(), with);
  }
}

}  // namespace

Result<PartitionTimes> PartitionTimes::Make(const types::TableSchema& schema) {
  const options::Options options(schema.options);
  PartitionTimes out;
  ARROW_ASSIGN_OR_RAISE(out.pattern_, options.Get(options::kPartitionTimestampPattern));
  ARROW_ASSIGN_OR_RAISE(const auto formatter,
                        options.Get(options::kPartitionTimestampFormatter));
  if (formatter) ARROW_RETURN_NOT_OK(out.ReadFormatter(*formatter));
  return out;
}

/// The numeric letters of Java's `DateTimeFormatter.ofPattern`.
Status PartitionTimes::ReadFormatter(const std::string& formatter) {
  constexpr std::string_view kLetters = "yuMdHmsS";
  const char* const key = options::kPartitionTimestampFormatter.key.data();
  std::vector<Part>& parts = formatter_.emplace();
  for (size_t at = 0; at < formatter.size();) {
    const char c = formatter[at];
    if (c == '\'') {
      const size_t end = formatter.find('\'', at + 1);
      if (end == formatter.npos) {
        return InvalidInput(1629,
                            "A quote in the formatter does not end:", V("option", key),
                            V("value", formatter));
      }
      if (end == at + 1) parts.push_back({.literal = '\''});
      for (size_t i = at + 1; i < end; ++i) parts.push_back({.literal = formatter[i]});
      at = end + 1;
      continue;
    }
    const size_t end = std::min(formatter.find_first_not_of(c, at), formatter.size());
    const int count = static_cast<int>(end - at);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && std::string_view("[]{}#").find(c) == std::string_view::npos) {
      parts.insert(parts.end(), static_cast<size_t>(count), {.literal = c});
      at = end;
      continue;
    }
    const bool year = c == 'y' || c == 'u';
    const bool known = kLetters.find(c) != std::string_view::npos &&
                       (year ? count == 1 || count == 4 : count <= (c == 'S' ? 9 : 2));
    if (!known) {
      return Unsupported(
          6626, "This part of a formatter is not read yet:", V("option", key),
          V("value", formatter), V("part", formatter.substr(at, end - at)));
    }
    // One letter takes all digits there are.
    const bool all = count == 1 && c != 'S';
    parts.push_back({.letter = c, .min_digits = count, .max_digits = all ? 19 : count});
    at = end;
  }
  return Status::OK();
}

std::optional<int64_t> PartitionTimes::ByFormatter(const std::string& text) const {
  Scanner scan(text);
  std::optional<int64_t> year, month, day, hour, minute, second, fraction;
  for (size_t i = 0; i < formatter_->size(); ++i) {
    const Part& part = (*formatter_)[i];
    if (part.letter == 0) {
      if (!scan.Skip(part.literal)) return std::nullopt;
      continue;
    }
    int most = part.max_digits;
    if (most > part.min_digits) {
      // Digits that the fields behind need are not taken.
      int behind = 0;
      for (size_t k = i + 1; k < formatter_->size(); ++k) {
        const Part& next = (*formatter_)[k];
        if (next.letter == 0 || next.max_digits != next.min_digits) break;
        behind += next.min_digits;
      }
      most = std::max(1, std::min(scan.Digits(), most) - behind);
    }
    const auto value = scan.Number(part.min_digits, most);
    if (!value) return std::nullopt;
    std::optional<int64_t>* field = nullptr;
    switch (part.letter) {
      case 'y':
        if (*value == 0) return std::nullopt;  // a year of an era
        [[fallthrough]];
      case 'u':
        field = &year;
        break;
      case 'M':
        field = &month;
        break;
      case 'd':
        field = &day;
        break;
      case 'H':
        field = &hour;
        break;
      case 'm':
        field = &minute;
        break;
      case 's':
        field = &second;
        break;
      default:
        field = &fraction;
    }
    if (*field && **field != *value) return std::nullopt;
    *field = value;
  }
  if (!scan.AtEnd() || !year || !month || !day || *year > kYearMax) return std::nullopt;
  // A time needs its hour and has no gap; without one it is midnight.
  const bool gap = (second && !minute) || (fraction && !second) || (minute && !hour);
  const bool in_range = *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31 &&
                        minute.value_or(0) <= 59 && second.value_or(0) <= 59;
  const bool day_end = hour.value_or(0) == 24 && minute.value_or(0) == 0 &&
                       second.value_or(0) == 0 && fraction.value_or(0) == 0;
  if (gap || !in_range || (hour.value_or(0) > 23 && !day_end)) return std::nullopt;
  // The 31st of a shorter month is its last day.
  const Fields next = {.year = *year, .month = *month + 1};
  const Fields first = {.year = *year, .month = *month};
  const auto next_month = Carried(next), this_month = Carried(first);
  if (!next_month || !this_month) return std::nullopt;
  const int64_t days = (*next_month - *this_month) / (24 * 3600);
  return Carried({*year, *month, std::min(*day, days), hour.value_or(0),
                  minute.value_or(0), second.value_or(0)});
}

std::optional<int64_t> PartitionTimes::SecondsOf(
    const types::PartitionSpec& values) const {
  if (values.empty()) return std::nullopt;
  std::string text = values.front().second;
  if (pattern_) {
    text = *pattern_;
    for (const auto& [column, value] : values) ReplaceAll(&text, "$" + column, value);
  }
  return formatter_ ? ByFormatter(text) : ByDefault(text);
}

}  // namespace tarn::table
