// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tarn/base/status.h"

namespace tarn::table {

/// How the automatic tags of a table are named: after the start of their period (Paimon
/// `TagPeriodHandler`). A value.
class AutoTagNames {
 public:
  /// From `tag.creation-period`, `tag.creation-period-duration` and
  /// `tag.period-formatter`. Errors: kInvalidInput for a value that none of them takes.
  static Result<AutoTagNames> Make(const std::map<std::string, std::string>& options);

  /// Minutes from 1970-01-01T00:00 local time to the period's start; absent for a name
  /// that no automatic tag has.
  std::optional<int64_t> TimeOf(std::string_view name) const;

 private:
  std::string pattern_;  ///< Y, M, D, h, m stand for digits
  bool daily_ = false;
};

}  // namespace tarn::table
