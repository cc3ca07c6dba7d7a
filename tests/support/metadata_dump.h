// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace tarn::support {

/// A table's metadata (answer of the `dump` request, or a golden dump.json) without what
/// differs between two runs of one history: names become their order of appearance,
/// times, sizes and unique ids vanish, entries of a manifest are sorted. Snapshots hold
/// their lists, lists their manifests, manifests their entries.
nlohmann::json Comparable(const nlohmann::json& dump);

/// Differences of two comparable dumps, one line each: place, actual value, expected
/// value.
std::vector<std::string> Differences(const nlohmann::json& actual,
                                     const nlohmann::json& expected);

}  // namespace tarn::support
