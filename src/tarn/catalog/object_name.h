// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "tarn/base/status.h"

namespace tarn::catalog {

/// The parts of a table name such as `t`, `t$branch_b`, `t$snapshots` or
/// `t$branch_b$snapshots` (Paimon `Identifier`). A value.
struct ObjectName {
  std::string table;
  std::optional<std::string> branch;
  std::optional<std::string> system_table;

  /// Errors: kInvalidInput for more parts than these, or a part that is no name.
  static Result<ObjectName> Parse(const std::string& text);
};

}  // namespace tarn::catalog
