// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tarn::table {

/// A length of time as `java.time.Duration.toString` prints it: "PT87600H", "PT1M0.5S".
std::string JavaDuration(int64_t nanos);

/// `keys`, distinct and in the order in which they were put into a new
/// `java.util.HashMap`, in the order in which it walks them. Keys are ASCII.
std::vector<std::string> HashMapOrder(const std::vector<std::string>& keys);

}  // namespace tarn::table
