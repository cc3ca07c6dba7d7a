// SPDX-License-Identifier: Apache-2.0
#include "tarn/expr/predicate.h"

#include <cmath>
#include <limits>
#include <random>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

namespace tarn::expr {
namespace {

using arrow::RecordBatch;

std::shared_ptr<arrow::Array> Ints(const std::vector<std::optional<int32_t>>& values) {
  arrow::Int32Builder builder;
  for (const auto& value : values) {
    EXPECT_TRUE((value ? builder.Append(*value) : builder.AppendNull()).ok());
  }
  return *builder.Finish();
}

std::shared_ptr<arrow::Array> Doubles(const std::vector<double>& values) {
  arrow::DoubleBuilder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return *builder.Finish();
}

std::shared_ptr<arrow::Scalar> Int(int32_t value) {
  return arrow::MakeScalar(value);
}
std::shared_ptr<arrow::Scalar> Null() {
  return arrow::MakeNullScalar(arrow::int32());
}

std::shared_ptr<RecordBatch> BatchOf(
    const std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return RecordBatch::Make(arrow::schema(fields), arrays.front()->length(), arrays);
}

std::vector<bool> Selected(const PredicatePtr& predicate, const RecordBatch& batch) {
  const auto result = Evaluate(*predicate, batch);
  EXPECT_TRUE(result.ok()) << result.status();
  std::vector<bool> out;
  for (int64_t i = 0; i < (*result)->length(); ++i) {
    EXPECT_TRUE((*result)->IsValid(i));
    out.push_back((*result)->Value(i));
  }
  return out;
}

TEST(Evaluate, NullIsNeitherEqualNorDifferent) {
  const auto batch = BatchOf({{"a", Ints({1, std::nullopt, 3})}});
  EXPECT_EQ(Selected(Leaf("a", CompareOp::kEqual, {Int(1)}), *batch),
            (std::vector<bool>{true, false, false}));
  EXPECT_EQ(Selected(Leaf("a", CompareOp::kNotEqual, {Int(1)}), *batch),
            (std::vector<bool>{false, false, true}));
  EXPECT_EQ(Selected(Not(Leaf("a", CompareOp::kEqual, {Int(1)})), *batch),
            (std::vector<bool>{false, false, true}));
  EXPECT_EQ(Selected(Leaf("a", CompareOp::kEqual, {Null()}), *batch),
            (std::vector<bool>{false, false, false}));
}

TEST(Evaluate, NotInWithANullConstantSelectsNothing) {
  const auto batch = BatchOf({{"a", Ints({1, 2})}});
  EXPECT_EQ(Selected(Not(Leaf("a", CompareOp::kIn, {Int(1), Null()})), *batch),
            (std::vector<bool>{false, false}));
  EXPECT_EQ(Selected(Leaf("a", CompareOp::kIn, {Int(1), Null()}), *batch),
            (std::vector<bool>{true, false}));
}

TEST(Evaluate, AnEmptyAndIsTrueAndAnEmptyOrIsFalse) {
  const auto batch = BatchOf({{"a", Ints({1})}});
  EXPECT_EQ(Selected(And({}), *batch), (std::vector<bool>{true}));
  EXPECT_EQ(Selected(Or({}), *batch), (std::vector<bool>{false}));
}

TEST(Evaluate, NaNIsGreaterThanAllAndZerosAreEqual) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto batch = BatchOf({{"d", Doubles({nan, -0.0, 1e300})}});
  const auto above = Leaf("d", CompareOp::kGreater, {arrow::MakeScalar(1e299)});
  EXPECT_EQ(Selected(above, *batch), (std::vector<bool>{true, false, true}));
  const auto zero = Leaf("d", CompareOp::kEqual, {arrow::MakeScalar(0.0)});
  EXPECT_EQ(Selected(zero, *batch), (std::vector<bool>{false, true, false}));
  const auto is_nan = Leaf("d", CompareOp::kEqual, {arrow::MakeScalar(nan)});
  EXPECT_EQ(Selected(is_nan, *batch), (std::vector<bool>{true, false, false}));
}

TEST(Evaluate, TextComparesByUnsignedBytes) {
  arrow::StringBuilder builder;
  ASSERT_TRUE(builder.AppendValues({"z", "\xc3\xa9", ""}).ok());
  const auto batch = BatchOf({{"s", *builder.Finish()}});
  const auto above = Leaf("s", CompareOp::kGreater, {arrow::MakeScalar("z")});
  EXPECT_EQ(Selected(above, *batch), (std::vector<bool>{false, true, false}));
}

TEST(Evaluate, RefusesMissingColumnsOtherTypesAndDepth) {
  const auto batch = BatchOf({{"a", Ints({1})}});
  const auto kind = [&](const PredicatePtr& predicate) {
    return KindOf(Evaluate(*predicate, *batch).status());
  };
  EXPECT_EQ(kind(Leaf("b", CompareOp::kEqual, {Int(1)})), ErrorKind::kInvalidInput);
  EXPECT_EQ(kind(Leaf("a", CompareOp::kEqual, {arrow::MakeScalar(int64_t{1})})),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(kind(Leaf("a", CompareOp::kEqual, {})), ErrorKind::kInvalidInput);
  PredicatePtr deep = Leaf("a", CompareOp::kEqual, {Int(1)});
  for (int i = 0; i < 1000; ++i) deep = Not(deep);
  EXPECT_EQ(kind(deep), ErrorKind::kInvalidInput);
}

TEST(KeepOnly, KeepsConjunctsOfTheGivenColumnsWhole) {
  const auto a = Leaf("a", CompareOp::kEqual, {Int(1)});
  const auto b = Leaf("b", CompareOp::kEqual, {Int(1)});
  const auto either = Or({a, b});
  EXPECT_EQ(KeepOnly(And({a, b}), {"a"}), a);
  EXPECT_EQ(KeepOnly(either, {"a"}), nullptr);
  EXPECT_EQ(KeepOnly(either, {"a", "b"}), either);
  EXPECT_EQ(KeepOnly(nullptr, {"a"}), nullptr);
  EXPECT_EQ(ColumnsOf(*And({a, b, a})), (std::vector<std::string>{"a", "b"}));
}

/// Statistics of columns of a batch, some of them withheld.
class BatchStats final : public StatsSource {
 public:
  BatchStats(const RecordBatch& batch, bool withhold_bounds, bool withhold_nulls)
      : batch_(batch), no_bounds_(withhold_bounds), no_nulls_(withhold_nulls) {}
  int64_t row_count() const override { return batch_.num_rows(); }
  Column Get(const std::string& name) const override {
    const auto array =
        std::static_pointer_cast<arrow::Int32Array>(batch_.GetColumnByName(name));
    Column out;
    if (!no_nulls_) out.null_count = array->null_count();
    std::optional<int32_t> min, max;
    for (int64_t i = 0; i < array->length(); ++i) {
      if (array->IsNull(i)) continue;
      min = std::min(min.value_or(INT32_MAX), array->Value(i));
      max = std::max(max.value_or(INT32_MIN), array->Value(i));
    }
    if (min && !no_bounds_) {
      out.min = Ints({min});
      out.max = Ints({max});
    }
    return out;
  }

 private:
  const RecordBatch& batch_;
  const bool no_bounds_, no_nulls_;
};

PredicatePtr RandomPredicate(std::mt19937* random, int depth) {
  const int pick = static_cast<int>((*random)() % (depth > 0 ? 6 : 3));
  const std::string column = (*random)() % 2 == 0 ? "a" : "b";
  const auto constant = [&] {
    return (*random)() % 8 == 0 ? Null() : Int(static_cast<int32_t>((*random)() % 6));
  };
  if (pick == 3 || pick == 4) {
    std::vector<PredicatePtr> children;
    for (unsigned i = 0; i < 1 + (*random)() % 3; ++i) {
      children.push_back(RandomPredicate(random, depth - 1));
    }
    return pick == 3 ? And(std::move(children)) : Or(std::move(children));
  }
  if (pick == 5) return Not(RandomPredicate(random, depth - 1));
  const auto op = static_cast<CompareOp>((*random)() % 9);
  if (op == CompareOp::kIsNull || op == CompareOp::kIsNotNull)
    return Leaf(column, op, {});
  if (op == CompareOp::kIn) return Leaf(column, op, {constant(), constant()});
  return Leaf(column, op, {constant()});
}

TEST(MightMatch, NeverExcludesRowsThatMatch) {
  std::mt19937 random(20260821);
  int excluded = 0, matched = 0;
  for (int round = 0; round < 20000; ++round) {
    const auto rows = static_cast<int>(random() % 4);
    std::vector<std::optional<int32_t>> a, b;
    const auto cell = [&]() -> std::optional<int32_t> {
      if (random() % 4 == 0) return std::nullopt;
      return static_cast<int32_t>(random() % 6);
    };
    for (int i = 0; i < rows; ++i) {
      a.push_back(cell());
      b.push_back(cell());
    }
    const auto batch = BatchOf({{"a", Ints(a)}, {"b", Ints(b)}});
    const PredicatePtr predicate = RandomPredicate(&random, 3);
    const BatchStats stats(*batch, random() % 4 == 0, random() % 4 == 0);
    const auto might = MightMatch(*predicate, stats);
    ASSERT_TRUE(might.ok()) << might.status();
    const std::vector<bool> selected = Selected(predicate, *batch);
    const bool any = std::find(selected.begin(), selected.end(), true) != selected.end();
    if (any) {
      ++matched;
      ASSERT_TRUE(*might) << "round " << round;
    }
    if (!*might) ++excluded;
  }
  EXPECT_GT(matched, 2000);
  EXPECT_GT(excluded, 2000);
}

class FixedStats final : public StatsSource {
 public:
  explicit FixedStats(Column column) : column_(std::move(column)) {}
  int64_t row_count() const override { return 10; }
  Column Get(const std::string&) const override { return column_; }

 private:
  const Column column_;
};

TEST(MightMatch, TheMaximumOfAFloatSaysNothingBecauseOfNaN) {
  const FixedStats stats({Doubles({1.0}), Doubles({2.0}), 0});
  const auto above = Leaf("d", CompareOp::kGreater, {arrow::MakeScalar(5.0)});
  const auto below = Leaf("d", CompareOp::kLess, {arrow::MakeScalar(0.5)});
  EXPECT_TRUE(*MightMatch(*above, stats));
  EXPECT_FALSE(*MightMatch(*below, stats));
}

TEST(MightMatch, BoundsOfAnotherTypeExcludeNothing) {
  const FixedStats stats({Ints({1}), Ints({2}), 0});
  const auto leaf = Leaf("d", CompareOp::kEqual, {arrow::MakeScalar(int64_t{50})});
  EXPECT_TRUE(*MightMatch(*leaf, stats));
}

}  // namespace
}  // namespace tarn::expr
