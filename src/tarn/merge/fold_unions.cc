// SPDX-License-Identifier: Apache-2.0
// rbm32, rbm64, hll_sketch, theta_sketch: the union of serialized bitmaps and sketches.
#include <limits>
#include <string>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>

#include "tarn/merge/fold_collections.h"
#include "tarn/merge/fold_loop.h"
#include "tarn/merge/roaring.h"
#include "tarn/merge/sketches.h"

namespace tarn::merge::internal {
namespace {

using UnionOf = Result<std::string> (*)(std::string_view, std::string_view);

class Unions {
 public:
  Unions(const base::Context& context, const FoldInput& input, UnionOf join)
      : input_(input), cells_(input), join_(join), builder_(context.pool) {}

  void Start() { acc_.reset(); }
  Status Set(int32_t entry) {
    acc_ = Cell(entry);
    return Status::OK();
  }
  Status Add(int32_t entry) { return Join(Cell(entry)); }
  Status AddReversed(int32_t entry) { return Join(std::exchange(acc_, Cell(entry))); }
  Status Retract(int32_t) { return InternalError(652, "Unions take nothing back"); }
  Status Finish() {
    if (!acc_) return builder_.AppendNull();
    if (builder_.value_data_length() + static_cast<int64_t>(acc_->size()) >
        std::numeric_limits<int32_t>::max()) {
      return ResourceExhausted(9203, "Text or bytes of one merged batch exceed 2 GiB:",
                               V("column", input_.spec.fields[input_.column].name));
    }
    return builder_.Append(*acc_);
  }
  Result<std::shared_ptr<arrow::Array>> Build() { return builder_.Finish(); }

 private:
  using Bytes = std::optional<std::string>;

  Bytes Cell(int32_t entry) const {
    if (!cells_.IsValid(entry)) return std::nullopt;
    return std::string(static_cast<const arrow::BinaryArray&>(cells_.array(entry))
                           .GetView(cells_.row(entry)));
  }
  Status Join(Bytes in) {
    if (!acc_ || !in) {
      if (!acc_) acc_ = std::move(in);
      return Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(acc_, join_(*acc_, *in));
    return Status::OK();
  }

  const FoldInput& input_;
  Cells cells_;
  UnionOf join_;
  arrow::BinaryBuilder builder_;
  Bytes acc_;
};

UnionOf UnionFor(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::kRoaringBitmap64:
      return UnionBitmaps64;
    case AggregateFunction::kHllSketch:
      return UnionHllSketches;
    case AggregateFunction::kThetaSketch:
      return UnionThetaSketches;
    default:
      return UnionBitmaps32;
  }
}

}  // namespace

Result<std::shared_ptr<arrow::Array>> FoldUnions(const base::Context& context,
                                                 const FoldInput& input) {
  Unions rule(context, input, UnionFor(input.aggregate().function));
  ARROW_RETURN_NOT_OK(FoldKeys(input, &rule));
  return rule.Build();
}

}  // namespace tarn::merge::internal
