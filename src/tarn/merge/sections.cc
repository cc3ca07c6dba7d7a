// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/sections.h"

#include <algorithm>
#include <queue>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

namespace tarn::merge {
namespace {

IntervalSection MakeRuns(std::span<const KeyInterval> section) {
  IntervalSection runs;
  // (last key, run): the run that ends first is on top.
  using End = std::pair<std::string_view, size_t>;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends;
  for (const KeyInterval& interval : section) {
    size_t run = runs.size();
    if (!ends.empty() && ends.top().first < interval.min) {
      run = ends.top().second;
      ends.pop();
    } else {
      runs.emplace_back();
    }
    runs[run].push_back(interval.index);
    ends.emplace(interval.max, run);
  }
  return runs;
}

}  // namespace

std::vector<IntervalSection> PartitionIntervals(std::vector<KeyInterval> intervals) {
  std::stable_sort(intervals.begin(), intervals.end(),
                   [](const KeyInterval& a, const KeyInterval& b) {
                     return std::tie(a.min, a.max) < std::tie(b.min, b.max);
                   });
  std::vector<IntervalSection> sections;
  size_t begin = 0;
  while (begin < intervals.size()) {
    std::string_view bound = intervals[begin].max;
    size_t end = begin + 1;
    while (end < intervals.size() && intervals[end].min <= bound) {
      bound = std::max<std::string_view>(bound, intervals[end].max);
      ++end;
    }
    sections.push_back(MakeRuns(std::span(intervals).subspan(begin, end - begin)));
    begin = end;
  }
  return sections;
}

}  // namespace tarn::merge
