// SPDX-License-Identifier: Apache-2.0
#include "tests/cdc/captures.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tarn::cdc {
namespace {

struct Case {
  std::string database;
  std::string variant;
};

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.database.substr(9) + "_" + info.param.variant;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class Captures : public testing::TestWithParam<Case> {
 protected:
  // Decode a topic's lines, `batch_lines` at a time.
  DecodedBatch DecodeAll(Decoder* decoder, const std::vector<std::string>& lines,
                         FoldedTable* folded, size_t batch_lines = 97) {
    DecodedBatch last;
    DecodeCounts counts;
    std::vector<Line> batch;
    const auto flush = [&] {
      const Status status = decoder->DecodeLines(batch);
      ASSERT_TRUE(status.ok()) << status;
      batch.clear();
      auto finished = decoder->Finish();
      ASSERT_TRUE(finished.ok()) << finished.status();
      ASSERT_TRUE(finished->changes.rows->ValidateFull().ok())
          << finished->changes.rows->ValidateFull();
      if (folded != nullptr) folded->Apply(*finished);
      counts += finished->counts;
      last = std::move(*finished);
    };
    for (size_t i = 0; i < lines.size(); ++i) {
      batch.push_back({lines[i], "topic.jsonl", static_cast<int64_t>(i + 1)});
      if (batch.size() == batch_lines) flush();
    }
    flush();
    last.counts = counts;
    return last;
  }
};

// What the READMEs beside the captures count: r, c, u, d, t of each topic, without
// repeats.
struct Expected {
  int64_t r, c, u, d, t;
};
const std::map<std::string, Expected> kPostgres = {
    {"catalog.products", {220, 133, 390, 50, 0}},
    {"pricing.prices", {150, 134, 407, 56, 0}},
    {"lifecycle.lifecycle", {40, 49, 64, 18, 0}},
    {"reviews.reviews", {320, 576, 267, 90, 0}},
    {"qa.questions", {130, 327, 253, 62, 1}}};
const std::map<std::string, Expected> kMariaDb = {
    {"catalog.products", {220, 157, 400, 72, 0}},
    {"pricing.prices", {150, 132, 425, 66, 0}},
    {"lifecycle.lifecycle", {40, 60, 55, 23, 0}},
    {"reviews.reviews", {320, 586, 235, 91, 0}},
    {"qa.questions", {130, 337, 199, 67, 1}}};

TEST_P(Captures, FoldedByKeyGiveTheTablesOfTheDatabase) {
  const auto& [database, variant] = GetParam();
  for (const auto& table : CapturedTables(database)) {
    SCOPED_TRACE(table.name);
    RedeliveryFilter filter;
    TruncateHorizon horizon;
    auto decoder = Decoder::Make(arrow::default_memory_pool(), OptionsFor(table, variant),
                                 &filter, &horizon);
    ASSERT_TRUE(decoder.ok()) << decoder.status();
    const auto lines = CapturedLines(database, variant, "shop." + table.name);
    FoldedTable folded(table);
    const DecodedBatch end = DecodeAll(decoder->get(), lines, &folded);
    auto truth = TruthOf(database, table);
    EXPECT_EQ(folded.rows().size(), truth.size());
    int differences = 0;
    for (const auto& [key, row] : truth) {
      const auto found = folded.rows().find(key);
      ASSERT_NE(found, folded.rows().end()) << key;
      for (size_t i = 0; i < row.size(); ++i) {
        auto left = found->second[i];
        auto right = row[i];
        if (table.fields[i].name == "attrs" && left && right) {
          // JSON columns: the same value, whatever its spelling.
          if (nlohmann::json::parse(*left) == nlohmann::json::parse(*right)) continue;
        }
        if (left != right && ++differences < 10) {
          ADD_FAILURE() << key << " " << table.fields[i].name << ": "
                        << left.value_or("NULL") << " instead of "
                        << right.value_or("NULL");
        }
      }
    }
    EXPECT_EQ(differences, 0);
    EXPECT_EQ(end.counts.read, static_cast<int64_t>(lines.size()));
    EXPECT_EQ(end.counts.read, end.counts.applied + end.counts.skipped_total());
  }
}

TEST_P(Captures, EveryEventIsAppliedExactlyOnce) {
  const auto& [database, variant] = GetParam();
  const bool postgres = database == "debezium-postgres";
  int64_t redelivered = 0;
  for (const auto& table : CapturedTables(database)) {
    SCOPED_TRACE(table.name);
    RedeliveryFilter filter;
    DecoderOptions options = OptionsFor(table, variant);
    options.columns.push_back({{99, "op", types::DataType::String(), {}, {}}, "op"});
    auto decoder = *Decoder::Make(arrow::default_memory_pool(), options, &filter);
    const auto lines = CapturedLines(database, variant, "shop." + table.name);
    std::vector<Line> all;
    for (size_t i = 0; i < lines.size(); ++i) all.push_back({lines[i], "f", 1});
    ASSERT_TRUE(decoder->DecodeLines(all).ok());
    auto batch = *decoder->Finish();
    std::map<std::string, int64_t> kinds;
    std::map<std::string, int64_t> ops;
    const auto rows = RowsAsText(batch.changes, options.columns.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto kind = static_cast<types::RowKind>(batch.changes.kinds_data()[i]);
      ++kinds[std::string(types::ShortName(kind))];
      if (kind != types::RowKind::kUpdateBefore) ++ops[*rows[i].back()];
    }
    const Expected& expected = (postgres ? kPostgres : kMariaDb).at(table.name);
    EXPECT_EQ(ops["r"], expected.r);
    EXPECT_EQ(ops["c"], expected.c);
    EXPECT_EQ(ops["u"], expected.u);
    EXPECT_EQ(ops["d"], expected.d);
    EXPECT_EQ(batch.counts.truncates, expected.t);
    EXPECT_EQ(kinds["+I"], expected.r + expected.c);
    EXPECT_EQ(kinds["+U"], expected.u);
    EXPECT_EQ(kinds["-D"], expected.d);
    // Full images on MariaDB and where the replica identity is FULL.
    const bool full =
        !postgres || (table.name != "catalog.products" && table.name != "qa.questions");
    EXPECT_EQ(kinds["-U"], full ? expected.u : 0);
    EXPECT_EQ(batch.counts.updates_without_before, full ? 0 : expected.u);
    redelivered += batch.counts.skipped[static_cast<size_t>(SkipReason::kRedelivered)];
  }
  const int64_t expected = variant != "at-least-once" ? 0 : (postgres ? 197 : 537);
  EXPECT_EQ(redelivered, expected);
}

TEST_P(Captures, UpdatesKeepTheirTwoRowsTogether) {
  const auto& [database, variant] = GetParam();
  for (const auto& table : CapturedTables(database)) {
    auto decoder =
        *Decoder::Make(arrow::default_memory_pool(), OptionsFor(table, variant));
    for (const auto& line : CapturedLines(database, variant, "shop." + table.name)) {
      const Line one{line, "f", 1};
      ASSERT_TRUE(decoder->DecodeLines({&one, 1}).ok());
    }
    auto batch = *decoder->Finish();
    const uint8_t* kinds = batch.changes.kinds_data();
    for (int64_t i = 0; i < batch.changes.num_rows(); ++i) {
      if (static_cast<types::RowKind>(kinds[i]) != types::RowKind::kUpdateBefore)
        continue;
      ASSERT_LT(i + 1, batch.changes.num_rows());
      ASSERT_EQ(static_cast<types::RowKind>(kinds[i + 1]), types::RowKind::kUpdateAfter);
    }
  }
}

TEST_P(Captures, PositionsSortAsTheSourceChanged) {
  const auto& [database, variant] = GetParam();
  for (const auto& table : CapturedTables(database)) {
    SCOPED_TRACE(table.name);
    DecoderOptions options = OptionsFor(table, variant);
    options.columns = {
        {{0, "position", types::DataType::String().NotNull(), {}, {}}, "event-position"},
        {{1, "partition", types::DataType::Int(), {}, {}}, "partition"},
        {{2, "op", types::DataType::String(), {}, {}}, "op"}};
    options.key_columns = {};
    RedeliveryFilter filter;
    auto decoder = *Decoder::Make(arrow::default_memory_pool(), options, &filter);
    const auto lines = CapturedLines(database, variant, "shop." + table.name);
    std::vector<Line> all;
    for (const auto& line : lines) all.push_back({line, "f", 1});
    ASSERT_TRUE(decoder->DecodeLines(all).ok());
    const auto rows = RowsAsText((*decoder->Finish()).changes, 3);
    ASSERT_GT(rows.size(), 100u);
    for (size_t i = 1; i < rows.size(); ++i) {
      // One connector: the whole topic is in order, over all its partitions.
      ASSERT_LE(*rows[i - 1][0], *rows[i][0]) << i;
      if (*rows[i - 1][0] == *rows[i][0]) {
        const std::string pair = *rows[i - 1][2] + *rows[i][2];
        ASSERT_TRUE(pair == "rr" || pair == "dc" || pair == "uu") << pair;
      }
    }
  }
}

TEST_P(Captures, OtherTopicsAreSkippedAndCounted) {
  const auto& [database, variant] = GetParam();
  const bool postgres = database == "debezium-postgres";
  const auto table = CapturedTables(database)[0];
  const auto count = [&](const std::string& topic, SkipReason reason) {
    auto decoder =
        *Decoder::Make(arrow::default_memory_pool(), OptionsFor(table, variant));
    const auto lines = CapturedLines(database, variant, topic);
    const DecodedBatch end = DecodeAll(decoder.get(), lines, nullptr);
    EXPECT_EQ(end.counts.skipped[static_cast<size_t>(reason)],
              static_cast<int64_t>(lines.size()));
    EXPECT_EQ(end.counts.rows, 0);
    return lines.size();
  };
  if (postgres) {
    EXPECT_EQ(count("shop.message", SkipReason::kLogicalMessage), 2u);
  } else {
    // The restarted connector writes one of them again.
    EXPECT_EQ(count("shop", SkipReason::kSchemaChange),
              variant == "at-least-once" ? 28u : 27u);
  }
  if (variant == "iso") {
    const size_t lines = count("shop.transaction", SkipReason::kTransaction);
    EXPECT_GT(lines, 1000u);
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, Captures,
                         testing::Values(Case{"debezium-postgres", "schema"},
                                         Case{"debezium-postgres", "plain"},
                                         Case{"debezium-postgres", "iso"},
                                         Case{"debezium-postgres", "at-least-once"},
                                         Case{"debezium-mariadb", "schema"},
                                         Case{"debezium-mariadb", "plain"},
                                         Case{"debezium-mariadb", "iso"},
                                         Case{"debezium-mariadb", "at-least-once"}),
                         NameOf);

}  // namespace
}  // namespace tarn::cdc
