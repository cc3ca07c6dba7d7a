// SPDX-License-Identifier: Apache-2.0
// Pruning changes no answer: over golden tables, a predicate made of their own values
// gives the same rows with pruning, without it, and evaluated on all rows.
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

/// A leaf over a random column, with constants from its own values.
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
    if ((*random)() % 6 == 0) return expr::Leaf(name, CompareOp::kIn, {value(), value()});
    return expr::Leaf(name, static_cast<CompareOp>((*random)() % 6), {value()});
  }
  return expr::And({});
}

PredicatePtr RandomPredicate(const Batches& batches, std::mt19937* random) {
  switch ((*random)() % 6) {
    case 0:
      return expr::And({RandomLeaf(batches, random), RandomLeaf(batches, random)});
    case 1:
      return expr::Or({RandomLeaf(batches, random), RandomLeaf(batches, random)});
    case 2:
      return expr::Not(RandomLeaf(batches, random));
    default:
      return RandomLeaf(batches, random);
  }
}

/// What the rounds of a test met.
struct Counters {
  int pruned = 0;
  int found = 0;
};

/// Random predicates over a table: equal rows with pruning, without it, and evaluated.
void CheckTable(const table::Table& table, const Batches& all, int rounds,
                std::mt19937* random, Counters* counters) {
  const std::vector<types::DataField>& fields = table.schema()->fields;
  for (int round = 0; round < rounds; ++round) {
    table::ScanRequest request;
    request.predicate = RandomPredicate(all, random);
    const std::vector<std::string> expected = Rows(all, request.predicate, fields);
    request.prune = true;
    const auto plan = table.PlanScan(request);
    ASSERT_TRUE(plan.ok()) << plan.status();
    if (plan->counters.files_kept < plan->counters.files_total) ++counters->pruned;
    if (!expected.empty()) ++counters->found;
    const auto with = ReadAll(table, request);
    ASSERT_TRUE(with.ok()) << with.status();
    ASSERT_EQ(Rows(*with, request.predicate, fields), expected) << round;
    request.prune = false;
    const auto without = ReadAll(table, request);
    ASSERT_TRUE(without.ok()) << without.status();
    ASSERT_EQ(Rows(*without, request.predicate, fields), expected) << round;
  }
}

TEST(Pruning, ChangesNoAnswer) {
  const auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  std::mt19937 random(20260821);
  int tables = 0, refused = 0;
  Counters counters;
  for (const std::string& name : support::GoldenNames()) {
    SCOPED_TRACE(name);
    const support::GoldenTable golden = support::LoadGolden(name);
    const auto catalog = catalog::MakeFileSystemCatalog(context, golden.warehouse);
    const auto table = (*catalog)->GetTable({"db", "t"});
    const auto all = table.ok() ? ReadAll(**table, {}) : Result<Batches>(table.status());
    if (!all.ok()) {
      EXPECT_EQ(KindOf(all.status()), ErrorKind::kUnsupported) << all.status();
      ++refused;
      continue;
    }
    ++tables;
    int64_t rows = 0;
    for (const auto& batch : *all) rows += batch->num_rows();
    if (rows == 0 || rows > 5000) continue;
    CheckTable(**table, *all, 8, &random, &counters);
  }
  EXPECT_GT(tables, 60);
  EXPECT_GT(counters.pruned, 60);
  EXPECT_GT(counters.found, 300);
  RecordProperty("tables", tables);
  RecordProperty("refused", refused);
}

// Files of many schemas: statistics of columns that were added, renamed, or of another
// type when the file was written.
TEST(Pruning, ChangesNoAnswerOverFilesOfOlderSchemas) {
  std::mt19937 random(20261127);
  Counters counters;
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
      const auto all = ReadAll(**table, {});
      ASSERT_TRUE(all.ok()) << all.status();
      if (!all->empty()) CheckTable(**table, *all, 8, &random, &counters);
    }
  }
  EXPECT_GT(counters.pruned, 5);
  EXPECT_GT(counters.found, 25);
}

}  // namespace
}  // namespace tarn
