// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/merge_engine.h"

namespace tarn::merge {

Result<std::unique_ptr<MergeEngine>> MakeMergeEngine(const MergeSpec& spec) {
  switch (spec.engine) {
    case Engine::kDeduplicate:
      return MakeDeduplicate(spec);
    case Engine::kPartialUpdate:
      return MakePartialUpdate(spec);
    case Engine::kAggregation:
      return MakeAggregation(spec);
    case Engine::kFirstRow:
      return MakeFirstRow(spec);
  }
  return InternalError(202, "Merge engine is unknown");
}

Selection NewestEntries(const MergeOrder& order) {
  const int64_t keys = order.keys();
  Selection newest(keys);
  for (int64_t key = 0; key < keys; ++key) newest[key] = order.starts[key + 1] - 1;
  return newest;
}

}  // namespace tarn::merge
