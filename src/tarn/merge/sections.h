// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tarn::merge {

/// Key range of one file, both ends included: comparable bytes (`key_codes.h`, or
/// `types/normalized_key.h`), and who it is.
struct KeyInterval {
  std::string min;
  std::string max;
  int32_t index = 0;  ///< the caller's name for the file
};

/// One sorted run: indexes of files whose ranges ascend without touching.
using IntervalRun = std::vector<int32_t>;
/// Files whose ranges hang together, as few runs as greed finds.
using IntervalSection = std::vector<IntervalRun>;

/// Cut files into sections that share no key, ascending, and each section into sorted
/// runs (Paimon `IntervalPartition`): ascending by (min, max), a file continues the run
/// that ends first if it begins behind it, else it opens a run. Equal intervals keep
/// their order.
std::vector<IntervalSection> PartitionIntervals(std::vector<KeyInterval> intervals);

}  // namespace tarn::merge
