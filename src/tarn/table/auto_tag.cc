// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/auto_tag.h"

#include "tarn/base/units.h"
#include "tarn/options/options.h"
#include "tarn/types/java_text.h"

namespace tarn::table {

Result<AutoTagNames> AutoTagNames::Make(
    const std::map<std::string, std::string>& options) {
  const options::Options typed(options);
  AutoTagNames out;
  if (typed.Find("tag.creation-period-duration") != nullptr) {
    out.pattern_ = "YYYYMMDDhhmm";
    return out;
  }
  const std::string* period = typed.Find("tag.creation-period");
  const std::string* formatter = typed.Find("tag.period-formatter");
  const std::string every = period == nullptr ? "daily" : base::ToLower(*period);
  std::string style = formatter == nullptr ? "with_dashes" : base::ToLower(*formatter);
  for (char& c : style) c = c == '-' ? '_' : c;
  if (style != "with_dashes" && style != "without_dashes" &&
      style != "without_dashes_and_spaces") {
    return InvalidInput(1615,
                        "Option has no such value:", V("option", "tag.period-formatter"),
                        V("value", *formatter));
  }
  if (every == "daily") {
    out.daily_ = true;
    out.pattern_ = style == "with_dashes" ? "YYYY-MM-DD" : "YYYYMMDD";
  } else if (every == "hourly") {
    out.pattern_ = style == "with_dashes"      ? "YYYY-MM-DD hh"
                   : style == "without_dashes" ? "YYYYMMDD hh"
                                               : "YYYYMMDDhh";
  } else if (every == "two-hours") {
    out.pattern_ = "YYYY-MM-DD hh";
  } else {
    return InvalidInput(1615,
                        "Option has no such value:", V("option", "tag.creation-period"),
                        V("value", *period));
  }
  return out;
}

std::optional<int64_t> AutoTagNames::TimeOf(std::string_view name) const {
  // A daily name counts up to its first blank.
  if (daily_) name = name.substr(0, name.find(' '));
  if (name.size() != pattern_.size()) return std::nullopt;
  int64_t year = 0, month = 0, day = 0, hour = 0, minute = 0;
  for (size_t i = 0; i < name.size(); ++i) {
    int64_t* part = nullptr;
    switch (pattern_[i]) {
      case 'Y':
        part = &year;
        break;
      case 'M':
        part = &month;
        break;
      case 'D':
        part = &day;
        break;
      case 'h':
        part = &hour;
        break;
      case 'm':
        part = &minute;
        break;
      default:
        if (name[i] != pattern_[i]) return std::nullopt;
        continue;
    }
    if (name[i] < '0' || name[i] > '9') return std::nullopt;
    *part = *part * 10 + (name[i] - '0');
  }
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59) return std::nullopt;
  if (day > kDays[month - 1] + (month == 2 && leap ? 1 : 0)) return std::nullopt;
  const int64_t days =
      types::DaysFromCivil({year, static_cast<int>(month), static_cast<int>(day)});
  return (days * 24 + hour) * 60 + minute;
}

}  // namespace tarn::table
