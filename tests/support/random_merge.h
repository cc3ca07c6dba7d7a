// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tarn/merge/merge_spec.h"
#include "tarn/types/table_schema.h"
#include "tests/support/record_run.h"

namespace tarn::support {

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(engine_);
  }
  bool OneIn(int64_t n) { return Below(n) == 0; }
  template <typename T>
  const T& Pick(const std::vector<T>& values) {
    return values[Below(static_cast<int64_t>(values.size()))];
  }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

/// A table and the sorted runs of one bucket.
struct MergeCase {
  types::TableSchema schema;
  merge::MergeSpec spec;
  std::vector<std::vector<Record>> runs;
  bool has_retracts = false;
};

/// Any engine, keys of many types, groups, aggregates, user sequences, levels, all row
/// kinds.
MergeCase RandomMerge(uint64_t seed);

/// A table alone, and rows for it whose keys are of `space` kinds.
types::TableSchema RandomMergeTable(Dice* dice);
Record RandomRecord(const merge::MergeSpec& spec, int64_t space, Dice* dice);

std::string Describe(const MergeCase& made, uint64_t seed);

/// All column indexes of a table.
std::vector<int> AllColumns(const merge::MergeSpec& spec);

}  // namespace tarn::support
