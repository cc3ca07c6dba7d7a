// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace tarn::support {

/// A line of docs/reference/compatibility.md: a feature of Paimon, and how to tell from
/// its history (`tests/golden/inputs/<name>.json`) that a golden table has it.
struct Feature {
  std::string section;
  std::string name;
  std::function<bool(const nlohmann::json& history)> has;
};

/// All lines, section by section, in the order of the page.
std::vector<Feature> Features();

}  // namespace tarn::support
