// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/fine_timestamps.h"

#include <gtest/gtest.h>

#include "tarn/sql/parser.h"

namespace tarn::sql {
namespace {

using types::DataField;
using types::DataType;

/// What becomes of the fine columns `f` and `g` and the zoned `z` of `t`, and of `u`,
/// which has another kind of `f`.
class FineTimestampsTest : public ::testing::Test {
 protected:
  FineTimestamps Of(const std::string& text) {
    const SourceText source(text);
    statements_.push_back(ParseStatement(source).ValueOrDie());
    const auto* query = statements_.back().As<QueryStatement>();
    EXPECT_NE(query, nullptr) << text;
    std::map<uint32_t, std::vector<DataField>> fields;
    const auto add = [&](const std::string& table, std::vector<DataField> columns) {
      const size_t at = text.find(table);
      if (at != std::string::npos) {
        fields[static_cast<uint32_t>(at + table.find_last_of(' ') + 1)] =
            std::move(columns);
      }
    };
    add("FROM t", {{0, "k", DataType::Int(), {}, {}},
                   {1, "f", DataType::Timestamp(9), {}, {}},
                   {2, "g", DataType::Timestamp(7), {}, {}},
                   {3, "z", DataType::LocalZonedTimestamp(9), {}, {}},
                   {4, "a", DataType::Array(DataType::Timestamp(9)), {}, {}}});
    add("JOIN u",
        {{0, "k", DataType::Int(), {}, {}}, {1, "f", DataType::Timestamp(3), {}, {}}});
    return FineTimestampsOf(*query->query, fields);
  }
  bool AsDecimals(const std::string& text) { return Of(text).as_decimals; }

  std::vector<Statement> statements_;  ///< literals are answered by their nodes
};

TEST_F(FineTimestampsTest, DecimalsServeWhatOnlyLooksAtOrderAndEquality) {
  for (const char* text :
       {"SELECT * FROM t", "SELECT f, z, a FROM t ORDER BY f, g DESC",
        "SELECT k FROM t WHERE f IS NULL OR a IS NOT NULL",
        "SELECT MIN(f), MAX(t.g), COUNT(f), COUNT(DISTINCT z) FROM t GROUP BY k",
        "SELECT f, COUNT(*) FROM t GROUP BY f", "SELECT k FROM t WHERE f < g AND z = z",
        "SELECT f AS x FROM t ORDER BY x", "(SELECT f FROM t) ORDER BY f LIMIT 3"}) {
    EXPECT_TRUE(AsDecimals(text)) << text;
  }
}

TEST_F(FineTimestampsTest, WhatLooksIntoAValueNeedsTheEnginesOwnType) {
  for (const char* text :
       {"SELECT YEAR(f) FROM t", "SELECT CAST(f AS STRING) FROM t", "SELECT a[1] FROM t",
        "SELECT f + INTERVAL '1' DAY FROM t", "SELECT MAX(f) OVER (ORDER BY k) FROM t",
        "SELECT k FROM t WHERE f = z",
        "SELECT k FROM t WHERE f IN (g, CURRENT_TIMESTAMP)",
        "SELECT k FROM t WHERE f BETWEEN g AND CURRENT_TIMESTAMP",
        "SELECT k FROM (SELECT * FROM t) AS s", "WITH s AS (SELECT 1) SELECT f FROM t",
        "SELECT COALESCE(f, g) FROM t", "SELECT k FROM t WHERE EXISTS (SELECT 1)"}) {
    EXPECT_FALSE(AsDecimals(text)) << text;
  }
}

TEST_F(FineTimestampsTest, OneNameForTwoKindsOfColumnIsLeftAlone) {
  EXPECT_FALSE(AsDecimals("SELECT t.g FROM t JOIN u ON t.k = u.k"));
}

TEST_F(FineTimestampsTest, LiteralsBesideAColumnBecomeDecimalsWithIt) {
  EXPECT_EQ(Of("SELECT k FROM t WHERE f >= TIMESTAMP '1500-01-01 00:00:00' AND g < DATE "
               "'9999-12-31'")
                .literals.size(),
            2U);
  EXPECT_EQ(Of("SELECT k FROM t WHERE f IN (TIMESTAMP '2000-01-01 00:00:00', NULL)")
                .literals.size(),
            1U);
  // What stands beside another column stays what it is.
  EXPECT_TRUE(Of("SELECT f FROM t WHERE k = 1").literals.empty());
}

TEST_F(FineTimestampsTest, OfValuesOnlyColumnsOfFineLiterals) {
  const auto fine =
      Of("VALUES (1, TIMESTAMP '1500-01-01 00:00:00.123456789', TIMESTAMP '2000-01-01 "
         "00:00:00'), (2, NULL, NULL)");
  EXPECT_TRUE(fine.as_decimals);
  EXPECT_EQ(fine.columns, (std::set<size_t>{1}));
  EXPECT_EQ(fine.literals.size(), 1U);
  EXPECT_FALSE(AsDecimals("VALUES (TIMESTAMP '2000-01-01 00:00:00')"));
}

TEST_F(FineTimestampsTest, AQueryWithoutFineTimestampsIsNotTouched) {
  EXPECT_FALSE(AsDecimals("SELECT 1"));
}

}  // namespace
}  // namespace tarn::sql
