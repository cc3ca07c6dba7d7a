// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tarn/merge/fold.h"

namespace tarn::merge::internal {

/// Fold key by key with a rule, which holds the accumulator. A rule has
///   void Start()                     the accumulator is NULL
///   Status Set(int32_t entry)        acc = cell
///   Status Add(int32_t entry)        acc = agg(acc, cell)
///   Status AddReversed(int32_t entry) acc = aggReversed(acc, cell)
///   Status Retract(int32_t entry)    acc = retract(acc, cell); where it has an inverse
///   Status Finish()                  the accumulator is the result of the next key
template <typename Rule>
Status FoldKeys(const FoldInput& input, Rule* rule) {
  const MergeOrder& order = input.order;
  const bool can_retract = CanRetract(input.aggregate());
  const bool ignore_retract = input.aggregate().ignore_retract;
  for (int64_t key = 0; key < order.keys(); ++key) {
    rule->Start();
    for (int32_t i = order.starts[key]; i < order.starts[key + 1]; ++i) {
      switch (order.bypass[key] ? Op::kReset : input.op(i)) {
        case Op::kSkip:
          break;
        case Op::kAdd:
          ARROW_RETURN_NOT_OK(rule->Add(i));
          break;
        case Op::kAddReversed:
          ARROW_RETURN_NOT_OK(rule->AddReversed(i));
          break;
        case Op::kReset:
          ARROW_RETURN_NOT_OK(rule->Set(i));
          break;
        case Op::kResetRetract:
          ARROW_RETURN_NOT_OK(rule->Set(i));
          [[fallthrough]];
        case Op::kRetract:
          if (!can_retract) return CannotRetract(input.spec, input.column);
          if (!ignore_retract) ARROW_RETURN_NOT_OK(rule->Retract(i));
          break;
      }
    }
    ARROW_RETURN_NOT_OK(rule->Finish());
  }
  return Status::OK();
}

}  // namespace tarn::merge::internal
