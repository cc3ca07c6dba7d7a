// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/fold.h"

#include <gtest/gtest.h>

#include "tests/support/merge_case.h"

namespace tarn::merge {
namespace {

using support::I;
using support::MakeTable;
using support::MergeRecords;
using support::N;
using support::Record;
using support::Row;
using support::S;
using support::Value;

/// Fold `cells` of one key, each of its own kind, with `function` under engine
/// aggregation.
Result<Value> Fold(const char* function, const char* type,
                   const std::vector<std::pair<const char*, Value>>& cells,
                   std::map<std::string, std::string> options = {}) {
  options["merge-engine"] = "aggregation";
  options["fields.v.aggregate-function"] = function;
  ARROW_ASSIGN_OR_RAISE(const MergeSpec spec,
                        MergeSpec::FromSchema(MakeTable(
                            {{"k", "INT NOT NULL"}, {"v", type}}, {"k"}, options)));
  std::vector<std::vector<Record>> runs;
  for (const auto& [kind, value] : cells) {
    runs.push_back({Row(kind, static_cast<int64_t>(runs.size()), {I(1), value})});
  }
  ARROW_ASSIGN_OR_RAISE(auto merged, MergeRecords(spec, runs));
  return merged.at(0).values.at(1);
}

#define EXPECT_FOLD(expected, ...)                   \
  do {                                               \
    const auto folded = Fold(__VA_ARGS__);           \
    ASSERT_TRUE(folded.ok()) << folded.status();     \
    EXPECT_EQ(support::ToString(*folded), expected); \
  } while (false)

Value D(__int128 unscaled) {
  return unscaled;
}

TEST(Fold, IntegerSumsOverflowToAnError) {
  EXPECT_FOLD("127", "sum", "TINYINT", {{"+I", I(100)}, {"+I", I(27)}});
  EXPECT_EQ(KindOf(Fold("sum", "TINYINT", {{"+I", I(100)}, {"+I", I(28)}}).status()),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(Fold("sum", "INT", {{"+I", I(2147483647)}, {"+I", I(1)}}).status()),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(Fold("sum", "BIGINT", {{"-D", I(INT64_MIN)}, {"+I", I(1)}}).status()),
            ErrorKind::kInvalidInput);
}

TEST(Fold, SumStartsARetractionWithTheNegatedValue) {
  EXPECT_FOLD("-3", "sum", "INT", {{"-D", I(3)}, {"+I", N()}});
  EXPECT_FOLD("null", "sum", "INT", {{"-D", N()}, {"+I", N()}});
}

// Java makes NULL of a wide sum that does not fit and starts again with the next value,
// and stores narrow ones with more digits than they may have.
TEST(Fold, DecimalSumsBeyondTheirDigitsAreErrors) {
  __int128 most = 1;
  for (int i = 0; i < 38; ++i) most *= 10;
  most -= 1;
  using Cells = std::vector<std::pair<const char*, Value>>;
  const std::vector<std::pair<const char*, Cells>> overflowing = {
      {"DECIMAL(38, 0)", {{"+I", D(most)}, {"+I", D(1)}}},
      {"DECIMAL(38, 0)", {{"+I", D(most)}, {"+I", D(most)}}},
      {"DECIMAL(38, 0)", {{"-D", D(most)}, {"-D", D(most)}}},
      {"DECIMAL(20, 2)",
       {{"+I", D(static_cast<__int128>(9'999'999'999) * 10'000'000'000)},
        {"+I", D(static_cast<__int128>(9'999'999'999) * 10'000'000'000)}}},
      {"DECIMAL(3, 1)", {{"+I", D(999)}, {"+I", D(999)}}},
      {"DECIMAL(18, 0)", {{"+I", D(999'999'999'999'999'999)}, {"+I", D(1)}}},
      {"DECIMAL(3, 1)", {{"-D", D(999)}, {"-D", D(999)}}}};
  for (const auto& [type, cells] : overflowing) {
    EXPECT_EQ(KindOf(Fold("sum", type, cells).status()), ErrorKind::kInvalidInput)
        << type;
  }
  EXPECT_EQ(
      KindOf(
          Fold("product", "DECIMAL(4, 1)", {{"+I", D(9999)}, {"+I", D(9999)}}).status()),
      ErrorKind::kInvalidInput);
}

TEST(Fold, NarrowDecimalSumsMayExceedTheirDigitsOnTheWay) {
  EXPECT_FOLD("999m", "sum", "DECIMAL(3, 1)",
              {{"+I", D(999)}, {"+I", D(999)}, {"-D", D(999)}});
}

TEST(Fold, DecimalProductsRoundHalfUp) {
  EXPECT_FOLD("3m", "product", "DECIMAL(10, 1)", {{"+I", D(5)}, {"+I", D(5)}});
  EXPECT_FOLD("-3m", "product", "DECIMAL(10, 1)", {{"+I", D(-5)}, {"+I", D(5)}});
  EXPECT_EQ(
      KindOf(Fold("product", "DECIMAL(4, 0)", {{"+I", D(9999)}, {"+I", D(2)}}).status()),
      ErrorKind::kInvalidInput);
}

TEST(Fold, DecimalQuotientsAreExactOrAnError) {
  EXPECT_FOLD("25m", "product", "DECIMAL(10, 1)", {{"+I", D(50)}, {"-D", D(20)}});
  EXPECT_FOLD("1m", "product", "DECIMAL(10, 1)", {{"+I", D(1)}, {"-D", D(16)}});
  EXPECT_FOLD("0m", "product", "DECIMAL(10, 1)", {{"+I", D(0)}, {"-D", D(7)}});
  EXPECT_EQ(
      KindOf(Fold("product", "DECIMAL(10, 1)", {{"+I", D(10)}, {"-D", D(30)}}).status()),
      ErrorKind::kInvalidInput);
  EXPECT_EQ(
      KindOf(Fold("product", "DECIMAL(10, 1)", {{"+I", D(10)}, {"-D", D(0)}}).status()),
      ErrorKind::kInvalidInput);
}

TEST(Fold, ProductsDivideBackAndRefuseZero) {
  EXPECT_FOLD("6", "product", "INT", {{"+I", I(2)}, {"+I", N()}, {"+I", I(3)}});
  EXPECT_FOLD("3", "product", "INT", {{"+I", I(7)}, {"-D", I(2)}});
  EXPECT_FOLD("null", "product", "INT", {{"-D", I(2)}, {"+I", N()}});
  EXPECT_EQ(KindOf(Fold("product", "INT", {{"+I", I(2)}, {"-D", I(0)}}).status()),
            ErrorKind::kInvalidInput);
}

TEST(Fold, FunctionsWithoutAnInverseNameThemselves) {
  for (const char* function : {"max", "min", "first_value", "first_non_null_value"}) {
    const auto failed = Fold(function, "INT", {{"+I", I(1)}, {"-D", I(1)}});
    EXPECT_EQ(KindOf(failed.status()), ErrorKind::kInvalidInput);
    EXPECT_NE(MessageOf(failed.status()).find(function), std::string::npos);
    EXPECT_FOLD("1", function, "INT", {{"+I", I(1)}, {"-D", I(1)}},
                {{"fields.v.ignore-retract", "true"}});
  }
}

TEST(Fold, LastValuesTakeNullAsTheirNamesSay) {
  EXPECT_FOLD("null", "last_value", "INT", {{"+I", I(1)}, {"+I", N()}});
  EXPECT_FOLD("1", "last_non_null_value", "INT", {{"+I", I(1)}, {"+I", N()}});
  EXPECT_FOLD("null", "last_non_null_value", "INT", {{"+I", I(1)}, {"-D", I(9)}});
  EXPECT_FOLD("1", "last_non_null_value", "INT", {{"+I", I(1)}, {"-D", N()}});
  EXPECT_FOLD("null", "first_value", "INT", {{"+I", N()}, {"+I", I(1)}});
  EXPECT_FOLD("1", "first_non_null_value", "INT", {{"+I", N()}, {"+I", I(1)}});
  EXPECT_FOLD("1", "first_not_null_value", "INT", {{"+I", N()}, {"+I", I(1)}});
}

TEST(Fold, ListaggSkipsBlanks) {
  EXPECT_FOLD("'a,b'", "listagg", "STRING",
              {{"+I", S("a")}, {"+I", S(" ")}, {"+I", N()}, {"+I", S("b")}});
  EXPECT_FOLD("'b'", "listagg", "STRING", {{"+I", S("\xe2\x80\x83")}, {"+I", S("b")}});
  // A no-break space is not white space in Java.
  EXPECT_FOLD("'\xc2\xa0,b'", "listagg", "STRING",
              {{"+I", S("\xc2\xa0")}, {"+I", S("b")}});
}

TEST(Fold, ListaggDistinctAddsOnlyNewTokens) {
  EXPECT_FOLD("'a;b;a;c'", "listagg", "STRING",
              {{"+I", S("a;b;a")}, {"+I", S("b;;c; ;c")}},
              {{"fields.v.distinct", "true"}, {"fields.v.list-agg-delimiter", ";"}});
}

TEST(Fold, ExtremesOfFloatsOrderNaNHighest) {
  EXPECT_FOLD("nand", "max", "DOUBLE", {{"+I", 1.0}, {"+I", std::nan("")}, {"+I", 2.0}});
  EXPECT_FOLD("-0d", "min", "DOUBLE", {{"+I", 0.0}, {"+I", -0.0}});
}

TEST(Fold, LateRecordsOfAGroupFoldTheOtherWayRound) {
  const auto fold = [](const char* function, const char* type, Value early, Value late) {
    const MergeSpec spec =
        MergeSpec::FromSchema(
            MakeTable({{"k", "INT NOT NULL"}, {"t", "INT"}, {"v", type}}, {"k"},
                      {{"merge-engine", "partial-update"},
                       {"fields.t.sequence-group", "v"},
                       {"fields.v.aggregate-function", function}}))
            .ValueOrDie();
    const auto merged = MergeRecords(spec, {{Row("+I", 0, {I(1), I(9), early})},
                                            {Row("+I", 1, {I(1), I(3), late})}})
                            .ValueOrDie();
    return support::ToString(merged.at(0).values.at(2));
  };
  EXPECT_EQ(fold("listagg", "STRING", S("a"), S("late")), "'late,a'");
  EXPECT_EQ(fold("last_value", "INT", I(1), I(2)), "1");
  EXPECT_EQ(fold("first_value", "INT", I(1), I(2)), "2");
  // An initialised first_non_null_value takes the late cell even when it is NULL.
  EXPECT_EQ(fold("first_non_null_value", "INT", I(1), N()), "null");
  EXPECT_EQ(fold("sum", "INT", I(1), I(2)), "3");
}

}  // namespace
}  // namespace tarn::merge
