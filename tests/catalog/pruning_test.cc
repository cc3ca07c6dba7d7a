// SPDX-License-Identifier: Apache-2.0
// Pruning changes no answer: over golden tables and random ones, a predicate made of
// their own values gives the same rows with all prunings, without each of them, without
// any, and evaluated on all rows.
#include <algorithm>
#include <random>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gtest/gtest.h>

#include "tarn/base/context.h"
#include "tarn/catalog/catalog.h"
#include "tarn/expr/compare_values.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/canonical_json.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/random_history.h"
#include "tests/support/tarn_target.h"

namespace tarn {
namespace {

using expr::CompareOp;
using expr::PredicatePtr;
using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

Result<Batches> ReadAll(const table::Table& table, const table::ScanRequest& request) {
  ARROW_ASSIGN_OR_RAISE(auto reader, table.Scan(request));
  Batches out;
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (batch == nullptr) return out;
    out.push_back(std::move(batch));
  }
}

/// Canonical rows that satisfy `predicate`, sorted.
std::vector<std::string> Rows(const Batches& batches, const PredicatePtr& predicate,
                              const std::vector<types::DataField>& fields) {
  std::vector<std::string> out;
  for (const auto& batch : batches) {
    std::string text;
    EXPECT_TRUE(types::AppendCanonicalRows(*batch, fields, &text).ok());
    const std::vector<std::string> lines = support::SplitLines(text);
    const auto selected = expr::Evaluate(*predicate, *batch);
    EXPECT_TRUE(selected.ok()) << selected.status();
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      if ((*selected)->Value(row)) out.push_back(lines[static_cast<size_t>(row)]);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// A leaf over a random column, with constants from its own values or beside them.
PredicatePtr RandomLeaf(const Batches& batches, std::mt19937* random) {
  const auto& batch = batches[(*random)() % batches.size()];
  for (int attempt = 0; attempt < 50; ++attempt) {
    const int column = static_cast<int>((*random)() % batch->num_columns());
    const auto& array = batch->column(column);
    const std::string& name = batch->column_name(column);
    if (!expr::IsComparable(*array->type()) || array->length() == 0) continue;
    if ((*random)() % 10 == 0) {
      return expr::Leaf(
          name, (*random)() % 2 == 0 ? CompareOp::kIsNull : CompareOp::kIsNotNull, {});
    }
    const auto value = [&] { return *array->GetScalar((*random)() % array->length()); };
    switch ((*random)() % 8) {
      case 0:
        return expr::Leaf(name, CompareOp::kIn, {value(), value()});
      case 1:
        return expr::Not(expr::Leaf(name, CompareOp::kIn, {value(), value()}));
      case 2:  // BETWEEN
        return expr::And({expr::Leaf(name, CompareOp::kGreaterOrEqual, {value()}),
                          expr::Leaf(name, CompareOp::kLessOrEqual, {value()})});
      case 3: {  // a prefix, or a value that is nowhere
        if (array->type_id() != arrow::Type::STRING) break;
        const auto text = std::static_pointer_cast<arrow::StringScalar>(value());
        if (!text->is_valid) break;
        const std::string prefix = text->view().empty() ? "x" : text->ToString() + "~";
        return expr::And(
            {expr::Leaf(name, CompareOp::kGreaterOrEqual, {text}),
             expr::Leaf(name, CompareOp::kLess, {arrow::MakeScalar(prefix)})});
      }
      default:
        break;
    }
    return expr::Leaf(name, static_cast<CompareOp>((*random)() % 6), {value()});
  }
  return expr::And({});
}

PredicatePtr RandomPredicate(const Batches& batches, std::mt19937* random,
                             int depth = 0) {
  const auto child = [&] {
    return depth == 2 ? RandomLeaf(batches, random)
                      : RandomPredicate(batches, random, depth + 1);
  };
  switch ((*random)() % 6) {
    case 0:
      return expr::And({child(), child()});
    case 1:
      return expr::Or({child(), child()});
    case 2:
      return expr::Not(child());
    default:
      return RandomLeaf(batches, random);
  }
}

/// All prunings, none, and all but the one with that number.
std::vector<expr::Pruning> Prunings(int number) {
  std::vector<expr::Pruning> out = {true, false, true};
  expr::Pruning& some = out.back();
  bool* const switches[] = {
      &some.partitions, &some.buckets,      &some.key_statistics, &some.value_statistics,
      &some.sections,   &some.file_indexes, &some.row_groups,     &some.late_columns};
  *switches[static_cast<size_t>(number) % std::size(switches)] = false;
  return out;
}

/// What happened while tables were asked.
struct Tally {
  int queries = 0, found = 0, fewer_files = 0;
  int64_t indexes_asked = 0, files_without_rows = 0;
  std::shared_ptr<datafile::RowCounters> counters =
      std::make_shared<datafile::RowCounters>();
};

/// Ask a table `rounds` times; every answer must be the one that all rows give.
void AskAtRandom(const table::Table& table, int rounds, std::mt19937* random,
                 Tally* tally) {
  const auto all = ReadAll(table, {});
  ASSERT_TRUE(all.ok()) << all.status();
  if (all->empty()) return;
  const std::vector<types::DataField>& fields = table.schema()->fields;
  for (int round = 0; round < rounds; ++round) {
    table::ScanRequest request;
    request.counters = tally->counters;
    request.predicate = RandomPredicate(*all, random);
    const std::vector<std::string> expected = Rows(*all, request.predicate, fields);
    ++tally->queries;
    if (!expected.empty()) ++tally->found;
    int which = 0;
    for (const expr::Pruning& prune : Prunings(round)) {
      SCOPED_TRACE(testing::Message() << "round " << round << " pruning " << which++);
      request.prune = prune;
      const auto plan = table.PlanScan(request);
      ASSERT_TRUE(plan.ok()) << plan.status();
      if (plan->counters.files_kept < plan->counters.files_total) ++tally->fewer_files;
      tally->indexes_asked += plan->counters.indexes_asked;
      tally->files_without_rows += plan->counters.files_without_rows;
      const auto answer = ReadAll(table, request);
      ASSERT_TRUE(answer.ok()) << answer.status();
      int64_t rows = 0;
      for (const auto& batch : *answer) rows += batch->num_rows();
      // What is answered satisfies the predicate, and it is all.
      ASSERT_EQ(rows, static_cast<int64_t>(expected.size()));
      ASSERT_EQ(Rows(*answer, request.predicate, fields), expected);
    }
  }
}

TEST(Pruning, ChangesNoAnswerOfGoldenTables) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  std::mt19937 random(20260821);
  int tables = 0;
  Tally tally;
  for (const std::string& name : support::GoldenNames()) {
    SCOPED_TRACE(name);
    const support::GoldenTable golden = support::LoadGolden(name);
    const auto catalog = catalog::MakeFileSystemCatalog(context, golden.warehouse);
    const auto table = (*catalog)->GetTable({"db", "t"});
    const auto all = table.ok() ? ReadAll(**table, {}) : Result<Batches>(table.status());
    if (!all.ok()) {
      EXPECT_EQ(KindOf(all.status()), ErrorKind::kUnsupported) << all.status();
      continue;
    }
    ++tables;
    // Java bounds dates before 1582 in ORC files otherwise than it reads them: what it
    // leaves out by them is its answer, too.
    if (name == "fine_orc") continue;
    int64_t rows = 0;
    for (const auto& batch : *all) rows += batch->num_rows();
    if (rows == 0 || rows > 5000) continue;
    const bool many_alike = name.starts_with("pair_") || name.starts_with("old_");
    const int rounds = name.starts_with("idx_") ? 12 : many_alike ? 1 : 2;
    AskAtRandom(**table, rounds, &random, &tally);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(tables, 60);
  EXPECT_GT(tally.fewer_files, 60);
  EXPECT_GT(tally.found, 100);
  EXPECT_GT(tally.indexes_asked, 100);
  EXPECT_GT(tally.files_without_rows, 20);
  EXPECT_GT(tally.counters->rows_by_index, 100);
  EXPECT_GT(tally.counters->rows_by_groups, 100);
  EXPECT_GT(tally.counters->values_not_read, 1000);
}

/// Histories of Tarn's own, merging and compacted, with every index on every column that
/// can have it.
TEST(Pruning, ChangesNoAnswerOfRandomTables) {
  std::mt19937 random(20261127);
  Tally tally;
  uint64_t seed = 0;
  for (const support::HistoryKind& kind : support::HistoryKinds()) {
    for (const bool compacted : {false, true}) {
      SCOPED_TRACE(kind.name + (compacted ? " compacted" : ""));
      support::History history = support::RandomHistory(kind, ++seed, 6, 40);
      const auto schema = support::SchemaOf(history.schema);
      ASSERT_TRUE(schema.ok()) << schema.status();
      std::string columns;
      for (const auto& field : schema->fields) {
        if (field.type.IsString() || field.type.root() == types::TypeRoot::kInt ||
            field.type.root() == types::TypeRoot::kBigInt) {
          columns += (columns.empty() ? "" : ",") + field.name;
        }
      }
      auto& options = history.schema["options"];
      options["file-index.bitmap.columns"] = columns;
      options["file-index.range-bitmap.columns"] = columns;
      options["target-file-size"] = "2 kb";
      options["commit.sync"] = "none";
      support::TemporaryFolder warehouse;
      support::TarnTarget tarn(warehouse.path());
      const Status played = support::Replay(history, &tarn);
      ASSERT_TRUE(played.ok()) << played;
      if (compacted) {
        const Status status = tarn.Run({{"cmd", "compact"}, {"full", true}});
        ASSERT_TRUE(status.ok()) << status;
      }
      const auto table = tarn.Open(nlohmann::json::object());
      ASSERT_TRUE(table.ok()) << table.status();
      AskAtRandom(**table, 8, &random, &tally);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.files_without_rows, 20);
  EXPECT_GT(tally.counters->rows_by_index, 100);
  EXPECT_GT(tally.counters->values_not_read, 100);
}

// Files of many schemas: statistics of columns that were added, renamed, or of another
// type when the file was written.
TEST(Pruning, ChangesNoAnswerOverFilesOfOlderSchemas) {
  std::mt19937 random(20261127);
  Tally tally;
  for (const support::HistoryKind& kind : support::HistoryKinds()) {
    for (uint64_t seed = 1; seed <= 1; ++seed) {
      const support::History history = support::AlteredHistory(kind, seed, 6, 15);
      SCOPED_TRACE(history.name);
      support::TemporaryFolder warehouse;
      support::TarnTarget tarn(warehouse.path());
      const Status status = support::Replay(history, &tarn);
      ASSERT_TRUE(status.ok()) << status.ToString();
      const auto table = tarn.Open(nlohmann::json::object());
      ASSERT_TRUE(table.ok()) << table.status();
      AskAtRandom(**table, 8, &random, &tally);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(tally.fewer_files, 5);
  EXPECT_GT(tally.found, 25);
}

/// A key range below a merge leaves row groups unread, and no older row comes back.
TEST(Pruning, KeyRangesSkipRowGroupsBelowMerges) {
  support::TemporaryFolder warehouse;
  support::TarnTarget tarn(warehouse.path());
  const nlohmann::json schema = {
      {"fields",
       {{{"name", "k"}, {"type", "INT NOT NULL"}}, {{"name", "v"}, {"type", "INT"}}}},
      {"primaryKeys", {"k"}},
      {"options",
       {{"bucket", "1"},
        {"file.block-size", "1 kb"},
        {"target-file-size", "512 kb"},
        {"commit.sync", "none"}}}};
  ASSERT_TRUE(tarn.Create(schema).ok());
  for (int commit = 0; commit < 2; ++commit) {
    nlohmann::json rows = nlohmann::json::array();
    for (int k = commit; k < 6000; k += 1 + commit) {
      rows.push_back({{"k", k}, {"v", commit == 0 ? k : -k}});
    }
    const Status status =
        tarn.Run({{"cmd", "write"}, {"rows", rows}, {"write-only", true}});
    ASSERT_TRUE(status.ok()) << status;
  }
  const auto table = *tarn.Open(nlohmann::json::object());
  table::ScanRequest request;
  request.counters = std::make_shared<datafile::RowCounters>();
  const auto scalar = [](int value) { return arrow::MakeScalar(int32_t{value}); };
  request.predicate =
      expr::And({expr::Leaf("k", CompareOp::kGreaterOrEqual, {scalar(100)}),
                 expr::Leaf("k", CompareOp::kLess, {scalar(110)})});
  const auto answer = ReadAll(*table, request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(Rows(*answer, request.predicate, table->schema()->fields).size(), 10u);
  EXPECT_GT(request.counters->rows_by_groups, 6000);
  // Rows that were overwritten match and must not be seen.
  request.predicate = expr::And({expr::Leaf("k", CompareOp::kLess, {scalar(3000)}),
                                 expr::Leaf("v", CompareOp::kGreater, {scalar(0)})});
  const auto positive = ReadAll(*table, request);
  ASSERT_TRUE(positive.ok()) << positive.status();
  EXPECT_EQ(Rows(*positive, request.predicate, table->schema()->fields).size(), 1499u);
}

TEST(Pruning, AnIndexLeavesFilesOutUntilItIsSwitchedOff) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  for (const char* name : {"idx_bitmap", "idx_bitmap_v1", "idx_bloom_file",
                           "idx_bloom_manifest", "idx_range_bitmap"}) {
    SCOPED_TRACE(name);
    const support::GoldenTable golden = support::LoadGolden(name);
    const auto catalog = *catalog::MakeFileSystemCatalog(context, golden.warehouse);
    const auto table = *catalog->GetTable({"db", "t"});
    table::ScanRequest request;
    // Between the least and the greatest value of both files, and in none.
    request.predicate =
        expr::Leaf("s", CompareOp::kEqual, {arrow::MakeScalar(std::string("s33"))});
    auto plan = table->PlanScan(request);
    ASSERT_TRUE(plan.ok()) << plan.status();
    EXPECT_EQ(plan->counters.files_without_rows, 2);
    EXPECT_EQ(plan->counters.files_kept, 0);
    request.prune.file_indexes = false;
    EXPECT_EQ(table->PlanScan(request)->counters.files_kept, 2);
    const auto off = *table::Table::Open(context, table->path(), "db.t",
                                         {{"file-index.read.enabled", "false"}});
    request.prune = true;
    plan = off->PlanScan(request);
    EXPECT_EQ(plan->counters.files_kept, 2);
    EXPECT_EQ(plan->counters.indexes_asked, 0);
  }
}

}  // namespace
}  // namespace tarn
