// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/options/merge_options.h"
#include "tarn/types/data_type.h"

namespace tarn::merge {

/// How the cells of one column become one (Paimon `FieldAggregator` and its subclasses).
/// `kNone` is the engine's own rule: the newest row's cell, or the newest non-null one.
enum class AggregateFunction : uint8_t {
  kNone,
  kPrimaryKey,
  kSum,
  kProduct,
  kMax,
  kMin,
  kLastValue,
  kLastNonNullValue,
  kFirstValue,
  kFirstNonNullValue,
  kListagg,
  kBoolAnd,
  kBoolOr,
  kCollect,
  kMergeMap,
  kMergeMapWithKeyTime,
  kNestedUpdate,
  kNestedPartialUpdate,
  kRoaringBitmap32,
  kRoaringBitmap64,
  kHllSketch,
  kThetaSketch,
};

/// Name of `function` as the option `fields.<c>.aggregate-function` spells it.
std::string_view NameOf(AggregateFunction function);

/// All names that the option takes, legacy ones included, in alphabetical order.
const std::vector<std::string_view>& AggregateFunctionNames();

/// What becomes of nested rows whose key holds NULL (Paimon
/// `CoreOptions.NestedKeyNullStrategy`).
enum class NullKeys : uint8_t { kMerge, kIgnore, kError };

/// A function with its options, resolved against the type of its column.
struct Aggregate {
  AggregateFunction function = AggregateFunction::kNone;
  bool ignore_retract = false;
  std::string delimiter = ",";       ///< `listagg` only
  bool distinct = false;             ///< `listagg`, `collect`
  std::vector<int> nested_key;       ///< fields of the nested row; empty = no key
  std::vector<int> nested_sequence;  ///< fields that order nested rows of one key
  NullKeys null_keys = NullKeys::kMerge;
  int32_t count_limit = INT32_MAX;  ///< `nested_update`
  int time_field = -1;              ///< `merge_map_with_keytime`: field of the value
  bool operator==(const Aggregate& other) const = default;
};

/// The function `name` on the column `field`, as Java makes it of the options.
/// Errors: kInvalidInput for an unknown function, a type that it does not take, nested
/// fields that are not there; kUnsupported where Java's answer depends on the identity of
/// objects.
Result<Aggregate> MakeAggregate(const types::DataField& field, std::string_view name,
                                const options::AggregateOptions& options);

/// Whether the function has an inverse, or is told to ignore retractions.
bool CanRetract(const Aggregate& aggregate);

}  // namespace tarn::merge
