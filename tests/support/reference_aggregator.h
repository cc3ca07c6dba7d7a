// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/merge/aggregate.h"
#include "tarn/types/data_type.h"
#include "tests/support/record_run.h"

namespace tarn::support {

inline Status Refuse(const char* why) {
  return InvalidInput(1, why);
}

/// One aggregate function, row by row, as slow and plain as Java's.
class Aggregator {
 public:
  virtual ~Aggregator() = default;
  virtual Result<Value> Agg(const Value& acc, const Value& in) = 0;
  virtual Result<Value> Retract(const Value&, const Value&) {
    return Refuse("does not support retraction");
  }
  virtual void Reset() {}
  virtual Result<Value> AggReversed(const Value& acc, const Value& in) {
    return Agg(in, acc);
  }
};

/// collect, merge_map, merge_map_with_keytime, nested_update, nested_partial_update.
std::unique_ptr<Aggregator> MakeCollectionAggregator(const merge::Aggregate& aggregate,
                                                     const types::DataType& type);

}  // namespace tarn::support
