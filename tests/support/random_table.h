// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/history.h"

namespace tarn::support {

/// A random table and what happens to it: engine, buckets, partitions, format, statistics
/// and columns are drawn, then writes of all row kinds that the engine takes, overwrites,
/// compactions, schema changes, tags and expiry follow in random order. The same seed
/// gives the same history everywhere.
History RandomTable(uint64_t seed);

/// Read requests for a table of that history: the whole, projections, filters on keys and
/// values, over the columns that the table has at its end.
std::vector<nlohmann::json> RandomReads(const History& history, uint64_t seed);

}  // namespace tarn::support
