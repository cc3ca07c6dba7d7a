// SPDX-License-Identifier: Apache-2.0
// Random tables and commits, given to Java Paimon and to the merge: flushes, then reads
// of all columns and of some, give the same rows, or both refuse.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/base/bytes.h"
#include "tarn/merge/roaring.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_json.h"
#include "tests/support/bitmaps.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"
#include "tests/support/java_oracle.h"
#include "tests/support/merge_case.h"
#include "tests/support/random_merge.h"
#include "tests/support/reference_merge.h"

namespace tarn::merge {
namespace {

using nlohmann::json;
using support::Dice;
using support::JavaOracle;
using support::Record;
using Runs = std::vector<std::vector<Record>>;

std::vector<std::string> Lines(const MergeSpec& spec, const std::vector<Record>& records,
                               const std::vector<int>& columns) {
  arrow::ArrayVector arrays;
  std::vector<types::DataField> fields;
  for (int column : columns) {
    fields.push_back(spec.fields[column]);
    std::vector<support::Value> cells;
    for (const Record& record : records) cells.push_back(record.values[column]);
    arrays.push_back(support::ToArray(fields.back().type, cells).ValueOrDie());
  }
  const auto batch =
      arrow::RecordBatch::Make(types::ToArrow(fields).ValueOrDie(),
                               static_cast<int64_t>(records.size()), std::move(arrays));
  std::vector<std::string> lines;
  for (int64_t i = 0; i < batch->num_rows(); ++i) {
    lines.push_back(types::CanonicalRow(*batch, i, fields).ValueOrDie());
  }
  return lines;
}

/// What Java and we are given: the commits of one writer, records numbered as they
/// arrive.
struct History {
  types::TableSchema schema;
  MergeSpec spec;
  Runs commits;
};

History RandomHistory(Dice* dice) {
  History made;
  do {
    made.schema = support::RandomMergeTable(dice);
  } while (made.schema.options["merge-engine"] == "first-row");  // hides level 0
  made.schema.options.erase("changelog-producer");
  // The published core sorts its write buffer ascending whatever the option says.
  made.schema.options.erase("sequence.field.sort-order");
  made.spec = MergeSpec::FromSchema(made.schema).ValueOrDie();
  const int64_t space = dice->Pick<int64_t>({1, 2, 6});
  const bool only_adds = dice->OneIn(3);
  for (int64_t commit = dice->Below(5); commit >= 0; --commit) {
    std::vector<Record> records;
    for (int64_t i = dice->Below(2 * space + 2); i >= 0; --i) {
      records.push_back(support::RandomRecord(made.spec, space, dice));
      if (only_adds) records.back().kind = types::RowKind::kInsert;
      // Its `listagg` skips the empty text only, and its keys and clocks hold the two
      // zeros for one; release 2.0 skips all blanks and tells them apart, as the merge
      // does.
      for (support::Value& value : records.back().values) {
        if (value == support::S(" ")) value = support::S("c");
        if (value == support::Value(0.0)) value = 0.0;
      }
    }
    made.commits.push_back(std::move(records));
  }
  return made;
}

/// Flush every commit as a writer does, which drops retractions where the table says so.
Result<Runs> Flush(const History& history) {
  Runs files;
  int64_t sequence = 0;
  for (std::vector<Record> buffer : history.commits) {
    if (history.spec.ignore_delete) {
      std::erase_if(buffer, [](const Record& record) { return IsRetract(record.kind); });
    }
    for (Record& record : buffer) {
      record.sequence = sequence++;
      record.level = -1;
    }
    buffer = support::ReferenceInterleave(history.spec, {buffer});
    ARROW_ASSIGN_OR_RAISE(auto file, support::MergeRecords(history.spec, {buffer}));
    // Java's file writers refuse NULL in a NOT NULL column, whoever made it.
    for (const Record& record : file) {
      for (size_t c = 0; c < record.values.size(); ++c) {
        if (!record.values[c] && !history.spec.fields[c].type.nullable()) {
          return InvalidInput(1, "NULL in a NOT NULL column");
        }
      }
    }
    files.push_back(std::move(file));
  }
  return files;
}

std::string CreateRequest(const History& history, const std::string& warehouse) {
  const json fields = json::parse(history.schema.ToJson())["fields"];
  json options = history.schema.options;
  options["bucket"] = "1";
  options["write-only"] = "true";
  return json{{"cmd", "create"},
              {"warehouse", warehouse},
              {"table", "db.t"},
              {"schema",
               {{"fields", fields},
                {"primaryKeys", history.schema.primary_keys},
                {"options", options}}}}
      .dump();
}

std::string WriteRequest(const History& history, const std::string& warehouse) {
  std::string rows;
  for (const auto& commit : history.commits) {
    const auto lines = Lines(history.spec, commit, support::AllColumns(history.spec));
    for (size_t i = 0; i < lines.size(); ++i) {
      rows += fmt::format(R"({{"op":"{}","row":{}}},)", types::ShortName(commit[i].kind),
                          lines[i]);
    }
    rows += R"({"commit":true},)";
  }
  rows.pop_back();
  return fmt::format(R"({{"cmd":"write","warehouse":"{}","table":"db.t","rows":[{}]}})",
                     warehouse, rows);
}

void CompareRead(const History& history, const Runs& files, const std::string& warehouse,
                 const std::vector<int>& columns) {
  json request = {{"cmd", "read"}, {"warehouse", warehouse}, {"table", "db.t"}};
  for (int column : columns)
    request["columns"].push_back(history.spec.fields[column].name);
  const auto expected = JavaOracle::Core().AskRows(request);
  const auto merged = support::MergeRecords(
      history.spec, files, {.projection = columns, .drop_retracts = true});
  ASSERT_EQ(merged.ok(), expected.ok()) << merged.status() << "\n" << expected.status();
  if (!merged.ok()) return;
  auto lines = Lines(history.spec, *merged, columns);
  std::sort(lines.begin(), lines.end());
  ASSERT_TRUE(support::SameRows(lines, *expected));
}

TEST(JavaMerge, RandomHistoriesReadAsJavaReadsThem) {
  TARN_SKIP_WITHOUT_JAVA();
  const uint64_t cases = 60 * support::FromEnvironment("TARN_PROPERTY_FACTOR", 1);
  int refused = 0, read = 0;
  for (uint64_t seed = 1; seed <= cases; ++seed) {
    Dice dice(seed * 7919);
    const History history = RandomHistory(&dice);
    support::TemporaryFolder folder;
    const std::string create = CreateRequest(history, folder.path());
    const auto created = JavaOracle::Core().Ask(json::parse(create));
    ASSERT_TRUE(created.ok()) << create << "\n" << created.status();
    const std::string write = WriteRequest(history, folder.path());
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + create + "\n" + write);
    const auto answer = JavaOracle::Core().AskText(write);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const bool written = json::parse(*answer)["ok"];
    const auto files = Flush(history);
    ASSERT_EQ(files.ok(), written) << *answer << "\n" << files.status();
    if (!written) {
      ++refused;
      continue;
    }
    ++read;
    ASSERT_NO_FATAL_FAILURE(
        CompareRead(history, *files, folder.path(), support::AllColumns(history.spec)));
    std::vector<int> some = support::AllColumns(history.spec);
    std::shuffle(some.begin(), some.end(), dice.engine());
    some.resize(1 + dice.Below(static_cast<int64_t>(some.size())));
    ASSERT_NO_FATAL_FAILURE(CompareRead(history, *files, folder.path(), some));
  }
  EXPECT_GT(read, static_cast<int>(cases / 3));
  EXPECT_LT(refused, static_cast<int>(cases / 2));
}

/// Values that meet in arrays, bitmaps and runs, near and far.
std::string RandomBitmap(bool wide, Dice* dice) {
  auto one = [&] {
    uint64_t high = static_cast<uint64_t>(dice->Below(3)) << 16;
    if (wide && dice->OneIn(2)) high |= static_cast<uint64_t>(dice->Below(90)) << 40;
    if (wide && dice->OneIn(3)) high |= static_cast<uint64_t>(dice->Below(300)) << 56;
    const auto first = static_cast<uint64_t>(dice->Below(dice->OneIn(2) ? 12 : 65000));
    const uint64_t last =
        std::min<uint64_t>(65535, first + dice->Below(dice->OneIn(5) ? 9000 : 3));
    return wide ? support::Bitmap64(high | first, high | last)
                : support::Bitmap32(static_cast<uint32_t>(high | first),
                                    static_cast<uint32_t>(high | last));
  };
  std::string made = one();
  for (int64_t more = dice->Below(dice->OneIn(4) ? 200 : 8); more > 0; --more) {
    made = (wide ? UnionBitmaps64 : UnionBitmaps32)(made, one()).ValueOrDie();
  }
  return made;
}

TEST(JavaMerge, BitmapsAreJavasByteForByte) {
  TARN_SKIP_WITHOUT_JAVA();
  Dice dice(11);
  History history;
  history.schema = support::MakeTable(
      {{"k", "INT NOT NULL"}, {"narrow", "BYTES"}, {"wide", "BYTES"}}, {"k"},
      {{"merge-engine", "aggregation"},
       {"fields.narrow.aggregate-function", "rbm32"},
       {"fields.wide.aggregate-function", "rbm64"}});
  history.spec = MergeSpec::FromSchema(history.schema).ValueOrDie();
  for (int commit = 0; commit < 6; ++commit) {
    std::vector<Record> records;
    for (int64_t row = 0; row < 40; ++row) {
      Record record;
      record.values = {support::I(dice.Below(20)), support::S(RandomBitmap(false, &dice)),
                       support::S(RandomBitmap(true, &dice))};
      records.push_back(std::move(record));
    }
    history.commits.push_back(std::move(records));
  }
  support::TemporaryFolder folder;
  const auto created =
      JavaOracle::Core().Ask(json::parse(CreateRequest(history, folder.path())));
  ASSERT_TRUE(created.ok()) << created.status();
  const auto answer = JavaOracle::Core().AskText(WriteRequest(history, folder.path()));
  ASSERT_TRUE(answer.ok() && json::parse(*answer)["ok"]) << answer.status();
  const auto files = Flush(history);
  ASSERT_TRUE(files.ok()) << files.status();
  CompareRead(history, *files, folder.path(), support::AllColumns(history.spec));
}

/// Sketches of some numbers, made by Java.
std::vector<std::string> JavaSketches(const std::string& function, Dice* dice) {
  json pairs = json::array();
  const auto spec = [&] {
    const int64_t most = dice->Pick<int64_t>({3, 12, 300, 9000});
    return json{{"count", dice->Below(most)},
                {"from", dice->Below(4) * 100},
                {"lg-k", dice->Pick<int64_t>({8, 12, 12, 12})}};
  };
  for (int i = 0; i < 60; ++i) pairs.push_back(json::array({spec(), spec()}));
  const auto answer = JavaOracle::Core().Ask(
      {{"cmd", "sketch-unions"}, {"function", function}, {"pairs", pairs}});
  std::vector<std::string> out;
  if (!answer.ok()) return out;
  for (const json& made : (*answer)["rows"]) {
    for (const char* member : {"a", "b"}) {
      out.push_back(base::FromHex(made[member].get<std::string>()).ValueOrDie());
    }
  }
  return out;
}

TEST(JavaMerge, SketchesAreJavasByteForByteAndTakeNothingBack) {
  TARN_SKIP_WITHOUT_JAVA();
  Dice dice(12);
  const auto hll = JavaSketches("hll_sketch", &dice);
  const auto theta = JavaSketches("theta_sketch", &dice);
  ASSERT_FALSE(hll.empty() || theta.empty());
  for (const bool retract : {false, true}) {
    History history;
    history.schema = support::MakeTable(
        {{"k", "INT NOT NULL"}, {"h", "BYTES"}, {"t", "VARBINARY(1000000)"}}, {"k"},
        {{"merge-engine", "aggregation"},
         {"fields.h.aggregate-function", "hll_sketch"},
         {"fields.t.aggregate-function", "theta_sketch"}});
    history.spec = MergeSpec::FromSchema(history.schema).ValueOrDie();
    for (int commit = 0; commit < 4; ++commit) {
      std::vector<Record> records;
      for (int64_t row = 0; row < 30; ++row) {
        Record record;
        record.values = {support::I(dice.Below(12)), support::S(dice.Pick(hll)),
                         support::S(dice.Pick(theta))};
        if (dice.OneIn(6)) record.values[1 + dice.Below(2)] = support::Value();
        records.push_back(std::move(record));
      }
      if (retract && commit == 2) {
        records.push_back(records[0]);
        records.back().kind = types::RowKind::kDelete;
      }
      history.commits.push_back(std::move(records));
    }
    support::TemporaryFolder folder;
    const auto created =
        JavaOracle::Core().Ask(json::parse(CreateRequest(history, folder.path())));
    ASSERT_TRUE(created.ok()) << created.status();
    const auto answer = JavaOracle::Core().AskText(WriteRequest(history, folder.path()));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(json::parse(*answer)["ok"], !retract) << *answer;
    const auto files = Flush(history);
    EXPECT_EQ(files.ok(), !retract) << files.status();
    if (retract || !files.ok()) continue;
    CompareRead(history, *files, folder.path(), support::AllColumns(history.spec));
  }
}

}  // namespace
}  // namespace tarn::merge
