// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/instant.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <arrow/array.h>
#include <arrow/memory_pool.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/canonical_json.h"
#include "tarn/types/java_hash.h"
#include "tests/types/vectors.h"

namespace tarn::types {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

void ExpectSame(MillisAndNanos a, MillisAndNanos b) {
  EXPECT_EQ(a.millis, b.millis);
  EXPECT_EQ(a.nanos, b.nanos);
}

TEST(Instant, FineNanosAndMillisecondsAreTheSamePoints) {
  for (const MillisAndNanos at :
       {MillisAndNanos{kMin, 0}, MillisAndNanos{kMin, 999'999},
        MillisAndNanos{-1, 999'999}, MillisAndNanos{-1, 0}, MillisAndNanos{0, 0},
        MillisAndNanos{0, 1}, MillisAndNanos{253'402'300'799'999, 999'999},
        MillisAndNanos{kMax, 999'999}}) {
    ExpectSame(ToInstant(ToFineNanos(at)), at);
    EXPECT_TRUE(HoldsFineNanos(ToFineNanos(at)));
  }
  EXPECT_FALSE(HoldsFineNanos(ToFineNanos({kMax, 999'999}) + 1));
  EXPECT_FALSE(HoldsFineNanos(ToFineNanos({kMin, 0}) - 1));
  rc::check("every point comes back", [] {
    const MillisAndNanos at{*rc::gen::arbitrary<int64_t>(),
                            *rc::gen::inRange(0, 1'000'000)};
    ExpectSame(ToInstant(ToFineNanos(at)), at);
  });
}

TEST(Instant, TheDecimalHoldsWhateverJavaHolds) {
  for (const MillisAndNanos at :
       {MillisAndNanos{kMin, 0}, MillisAndNanos{kMax, 999'999}}) {
    EXPECT_TRUE(ToDecimal(ToFineNanos(at)).FitsInPrecision(kFineDigits));
  }
  const auto type = ToArrow(DataType::LocalZonedTimestamp(7)).ValueOrDie();
  EXPECT_EQ(type->ToString(), "decimal128(25, 9)");
  EXPECT_EQ(ToArrow(DataType::Timestamp(6)).ValueOrDie()->ToString(), "timestamp[us]");
}

TEST(Instant, ColumnsOfEveryPrecisionAreReadAlike) {
  const nlohmann::json values = {"1969-12-31T23:59:59.999", nullptr,
                                 "2024-02-29T12:00:00.123"};
  for (const int32_t precision : {3, 6, 7, 9}) {
    SCOPED_TRACE(precision);
    const auto column = Column(DataType::Timestamp(precision), values);
    ExpectSame(InstantAt(*column, 0), {-1, 0});
    ExpectSame(InstantAt(*column->Slice(2), 0), {1'709'208'000'123, 0});
  }
  const auto finest = Column(DataType::Timestamp(9), {"9999-12-31T23:59:59.999999999"});
  ExpectSame(InstantAt(*finest, 0), {253'402'300'799'999, 999'999});
}

TEST(Instant, StoredRowsHoldEveryYear) {
  const DataType type = DataType::Timestamp(9);
  const nlohmann::json values = {
      "0001-01-01T00:00:00.000000000", "1677-09-21T00:12:43.145224192", nullptr,
      "2262-04-11T23:47:16.854775808", "+292278994-08-17T07:12:55.807999999"};
  const auto column = Column(type, values);
  const auto rows =
      EncodeBinaryRows(arrow::default_memory_pool(), {column}, {type}).ValueOrDie();
  std::vector<std::string_view> views;
  for (int64_t i = 0; i < rows.rows; ++i) views.push_back(rows.Row(i));
  const auto back =
      DecodeBinaryRows(arrow::default_memory_pool(), views, {type}).ValueOrDie();
  EXPECT_TRUE(back[0]->Equals(*column));
  const auto texts = CanonicalValues(*back[0], type).ValueOrDie();
  for (size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(texts[i], values[i].dump());
}

TEST(Instant, HashesAreThoseOfTimestamp) {
  // 31 * (int) (millis ^ (millis >> 32)) + nanos, as Paimon computes it.
  EXPECT_EQ(JavaTimestampHash({0, 0}), 0);
  EXPECT_EQ(JavaTimestampHash({-1, 999'999}), 999'999);
  EXPECT_EQ(JavaTimestampHash({int64_t{1} << 32, 5}), 36);
}

}  // namespace
}  // namespace tarn::types
