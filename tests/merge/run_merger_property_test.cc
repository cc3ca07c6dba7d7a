// SPDX-License-Identifier: Apache-2.0
// Random tables, random runs: the columnar merge gives what the row-wise reference gives,
// and batch sizes, fan-in and flush boundaries change nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/support/merge_case.h"
#include "tests/support/reference_merge.h"

namespace tarn::merge {
namespace {

using support::InterleaveRecords;
using support::MergeRecords;
using support::Record;
using support::ReferenceMerge;
using support::Text;
using support::Value;
using types::RowKind;
using types::TypeRoot;
using Runs = std::vector<std::vector<Record>>;

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}
  int64_t Below(int64_t bound) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(engine_);
  }
  bool OneIn(int64_t n) { return Below(n) == 0; }
  template <typename T>
  const T& Pick(const std::vector<T>& values) {
    return values[Below(static_cast<int64_t>(values.size()))];
  }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

struct Case {
  types::TableSchema schema;
  MergeSpec spec;
  Runs runs;
  bool has_retracts = false;
};

using Columns = std::vector<std::pair<std::string, std::string>>;
using Options = std::map<std::string, std::string>;

const std::vector<std::string> kValueTypes = {
    "INT",   "BIGINT",         "STRING", "BOOLEAN",      "DOUBLE",         "TINYINT",
    "FLOAT", "DECIMAL(10, 2)", "DATE",   "TIMESTAMP(6)", "DECIMAL(30, 4)", "SMALLINT",
    "BYTES"};

/// A function that fits the type; sums and products of integers cannot overflow here.
std::string FunctionFor(const std::string& type, Dice* dice) {
  std::vector<std::string> fitting = {"last_value", "last_non_null_value", "first_value",
                                      "first_non_null_value"};
  if (type == "BOOLEAN") {
    fitting.insert(fitting.end(), {"bool_and", "bool_or"});
  } else {
    fitting.insert(fitting.end(), {"max", "min"});
  }
  if (type == "STRING") fitting.insert(fitting.end(), {"listagg", "listagg"});
  if (type == "INT" || type == "BIGINT" || type == "DOUBLE" || type == "FLOAT" ||
      type == "SMALLINT" || type == "DECIMAL(10, 2)") {
    fitting.insert(fitting.end(), {"sum", "sum", "sum"});
  }
  if (type == "DOUBLE" || type == "BIGINT") fitting.push_back("product");
  return dice->Pick(fitting);
}

void AddFunction(const std::string& column, const std::string& type, Dice* dice,
                 Options* options) {
  const std::string function = FunctionFor(type, dice);
  const std::string prefix = "fields." + column;
  (*options)[prefix + ".aggregate-function"] = function;
  if (!options->contains("aggregation.remove-record-on-delete") && dice->OneIn(2)) {
    (*options)[prefix + ".ignore-retract"] = "true";
  }
  if (function == "listagg") {
    if (dice->OneIn(2)) (*options)[prefix + ".distinct"] = "true";
    if (dice->OneIn(3)) (*options)[prefix + ".list-agg-delimiter"] = "; ";
  }
}

void AddGroups(Dice* dice, Columns* columns, Options* options) {
  const int64_t groups = dice->Below(4);
  std::string removing;
  for (int64_t g = 0; g < groups; ++g) {
    std::vector<std::string> clocks, protects;
    Columns members;
    for (int64_t c = 0; c <= dice->Below(2); ++c) {
      clocks.push_back("t" + std::to_string(g) + std::to_string(c));
      members.emplace_back(clocks.back(),
                           dice->Pick<std::string>({"INT", "TIMESTAMP(3)", "STRING",
                                                    "DECIMAL(30, 4)", "DOUBLE"}));
    }
    for (int64_t c = 0; c <= dice->Below(3); ++c) {
      protects.push_back("g" + std::to_string(g) + std::to_string(c));
      members.emplace_back(protects.back(), dice->Pick(kValueTypes));
      if (dice->OneIn(3))
        AddFunction(protects.back(), members.back().second, dice, options);
    }
    std::shuffle(members.begin(), members.end(), dice->engine());
    columns->insert(columns->end(), members.begin(), members.end());
    auto join = [](const std::vector<std::string>& names) {
      std::string out;
      for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
      return out;
    };
    (*options)["fields." + join(clocks) + ".sequence-group"] = join(protects);
    if (dice->OneIn(4)) removing += (removing.empty() ? "" : ",") + clocks.front();
  }
  if (!removing.empty()) {
    (*options)["partial-update.remove-record-on-sequence-group"] = removing;
  } else if (groups == 0 && dice->OneIn(3)) {
    (*options)["partial-update.remove-record-on-delete"] = "true";
  } else if (dice->OneIn(4)) {
    (*options)["ignore-delete"] = "true";
  }
}

types::TableSchema RandomTable(Dice* dice) {
  const std::vector<Columns> key_shapes = {
      {{"k", "INT NOT NULL"}},
      {{"k", "BIGINT NOT NULL"}},
      {{"k", "STRING NOT NULL"}},
      {{"k", "INT NOT NULL"}, {"k2", "STRING NOT NULL"}},
      {{"k", "STRING NOT NULL"}, {"k2", "SMALLINT NOT NULL"}},
      {{"k", "SMALLINT NOT NULL"}, {"k2", "INT NOT NULL"}},
      {{"k", "DOUBLE NOT NULL"}},
      {{"k", "DECIMAL(30, 4) NOT NULL"}}};
  Columns columns = dice->Pick(key_shapes);
  std::vector<std::string> keys;
  for (const auto& [name, type] : columns) keys.push_back(name);
  Options options;
  const std::string engine = dice->Pick<std::string>(
      {"deduplicate", "partial-update", "partial-update", "partial-update", "aggregation",
       "aggregation", "first-row"});
  options["merge-engine"] = engine;
  if (engine != "first-row" && dice->OneIn(3)) {
    columns.emplace_back("s", dice->Pick<std::string>({"INT", "TIMESTAMP(3)", "STRING"}));
    options["sequence.field"] = "s";
    if (dice->OneIn(2)) {
      columns.emplace_back("s2", dice->Pick<std::string>({"BIGINT", "TINYINT"}));
      options["sequence.field"] = "s, s2";
    }
    if (dice->OneIn(2)) options["sequence.field.sort-order"] = "descending";
  }
  if (engine == "partial-update") AddGroups(dice, &columns, &options);
  if (engine == "aggregation" && dice->OneIn(3)) {
    options["aggregation.remove-record-on-delete"] = "true";
  }
  for (int64_t c = 0; c <= dice->Below(3); ++c) {
    std::string type = dice->Pick(kValueTypes);
    const std::string name = "v" + std::to_string(c);
    if (engine == "aggregation") AddFunction(name, type, dice, &options);
    if (dice->OneIn(12)) type += " NOT NULL";
    columns.emplace_back(name, type);
  }
  if ((engine == "deduplicate" || engine == "first-row") && dice->OneIn(2)) {
    options["ignore-delete"] = "true";
  }
  if (engine != "first-row" && dice->OneIn(4)) options["changelog-producer"] = "lookup";
  return support::MakeTable(columns, keys, options);
}

Value RandomValue(const types::DataType& type, Dice* dice) {
  if (type.nullable() && dice->OneIn(4)) return std::nullopt;
  const int64_t small = dice->Below(4) + 1;
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return dice->OneIn(2);
    case TypeRoot::kFloat:
      return static_cast<float>(small) / 2;
    case TypeRoot::kDouble:
      return dice->OneIn(9) ? -0.0 : static_cast<double>(small) / 2;
    case TypeRoot::kDecimal:
      return static_cast<__int128>(dice->OneIn(2) ? small : -small);
    case TypeRoot::kVarChar:
    case TypeRoot::kVarBinary:
      return dice->Pick<std::string>(
          {"", " ", "a", "a,b", "b,a", "common prefix 1", "common prefix 2", "a; b"});
    default:
      return dice->OneIn(5) ? -small : small;
  }
}

Value RandomKey(const types::DataType& type, int64_t space, Dice* dice) {
  const int64_t key = dice->Below(space);
  switch (type.root()) {
    case TypeRoot::kVarChar: {
      std::string text = "key/" + std::to_string(key * 7919 % 1000);
      if (dice->OneIn(40)) text = std::string(1, static_cast<char>(dice->Below(128)));
      if (dice->OneIn(40)) text = "\u00fcber";
      if (dice->OneIn(40)) text += std::string("\0x", 2);
      return text;
    }
    case TypeRoot::kDouble:
      return key == 0 ? -0.0 : static_cast<double>(key - 3) / 3;
    case TypeRoot::kDecimal:
      return static_cast<__int128>(key - space / 2) * 1'000'000'000'000'000'000;
    default:
      return key - space / 3;
  }
}

Case RandomCase(uint64_t seed) {
  Dice dice(seed);
  Case made;
  made.schema = RandomTable(&dice);
  made.spec = MergeSpec::FromSchema(made.schema).ValueOrDie();
  const int64_t runs = dice.Below(6) + 1;
  const int64_t space = dice.Pick<int64_t>({1, 3, 20, 300});
  const bool only_adds = dice.OneIn(3);
  int64_t sequence = 0;
  for (int64_t r = 0; r < runs; ++r) {
    const bool repeats = dice.OneIn(3);  // a write buffer
    const auto level = static_cast<int32_t>(repeats ? -1 : dice.Below(4));
    std::vector<Record> records;
    for (int64_t i = dice.Below(2 * space + 2); i > 0; --i) {
      Record record;
      record.sequence = dice.OneIn(30) ? dice.Below(20) : sequence++;
      record.level = level;
      record.kind = only_adds || dice.OneIn(2) ? RowKind::kInsert
                                               : static_cast<RowKind>(dice.Below(4));
      made.has_retracts |= IsRetract(record.kind);
      for (size_t c = 0; c < made.schema.fields.size(); ++c) {
        const auto& type = made.schema.fields[c].type;
        record.values.push_back(made.spec.is_primary[c] ? RandomKey(type, space, &dice)
                                                        : RandomValue(type, &dice));
      }
      records.push_back(std::move(record));
    }
    std::vector<Record> sorted = support::ReferenceInterleave(made.spec, {records});
    if (!repeats) {
      std::vector<Record> unique;
      for (Record& record : sorted) {
        const bool same =
            !unique.empty() &&
            std::all_of(made.spec.key_columns.begin(), made.spec.key_columns.end(),
                        [&](int c) {
                          return support::CompareValues(unique.back().values[c],
                                                        record.values[c]) == 0;
                        });
        if (!same) unique.push_back(std::move(record));
      }
      sorted = std::move(unique);
    }
    made.runs.push_back(std::move(sorted));
  }
  return made;
}

std::vector<int> AllColumns(const MergeSpec& spec) {
  std::vector<int> all(spec.fields.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i);
  return all;
}

/// Cases of one test; `TARN_PROPERTY_FACTOR=20` looks twenty times as long.
uint64_t Cases(uint64_t count) {
  const char* factor = std::getenv("TARN_PROPERTY_FACTOR");
  return factor == nullptr ? count : count * std::strtoull(factor, nullptr, 10);
}

std::string Describe(const Case& made, uint64_t seed) {
  std::string out = "seed " + std::to_string(seed) + "\n";
  for (const auto& field : made.schema.fields) {
    out += field.name + " " + field.type.ToString() + ", ";
  }
  for (const auto& [key, value] : made.schema.options) out += "\n" + key + "=" + value;
  for (const auto& run : made.runs) {
    if (run.size() < 12) out += "\nrun\n" + Text(run);
  }
  return out;
}

/// Equal answers, or both refuse.
void ExpectSame(const Result<std::vector<Record>>& fast,
                const Result<std::vector<Record>>& expected) {
  if (!expected.ok()) {
    ASSERT_FALSE(fast.ok()) << "expected " << expected.status();
    ASSERT_EQ(KindOf(fast.status()), ErrorKind::kInvalidInput) << fast.status();
    return;
  }
  ASSERT_TRUE(fast.ok()) << fast.status();
  ASSERT_EQ(Text(*fast), Text(*expected));
}

TEST(RunMergerProperty, EveryEngineGivesWhatTheReferenceGives) {
  int answered = 0;
  for (uint64_t seed = 1; seed <= Cases(300); ++seed) {
    const Case made = RandomCase(seed);
    const auto expected = ReferenceMerge(made.spec, made.runs, AllColumns(made.spec));
    answered += expected.ok() && !expected->empty();
    for (const auto& [batch_rows, chunk_rows] :
         std::vector<std::pair<int64_t, int64_t>>{{8192, 0}, {1, 1}, {7, 3}, {100, 16}}) {
      RunMergerOptions options;
      options.batch_rows = batch_rows;
      options.chunk_rows = chunk_rows;
      ASSERT_NO_FATAL_FAILURE(
          ExpectSame(MergeRecords(made.spec, made.runs, options), expected))
          << Describe(made, seed) << "batch_rows " << batch_rows << " chunk_rows "
          << chunk_rows;
    }
  }
  EXPECT_GT(answered, 100);
}

TEST(RunMergerProperty, DroppingRetractionsLeavesTheAdditions) {
  for (uint64_t seed = 200'001; seed <= 200'000 + Cases(150); ++seed) {
    const Case made = RandomCase(seed);
    auto expected = ReferenceMerge(made.spec, made.runs, AllColumns(made.spec));
    if (expected.ok()) {
      std::erase_if(*expected,
                    [](const Record& record) { return IsRetract(record.kind); });
    }
    ASSERT_NO_FATAL_FAILURE(
        ExpectSame(MergeRecords(made.spec, made.runs, {.drop_retracts = true}), expected))
        << Describe(made, seed);
  }
}

TEST(RunMergerProperty, AProjectionSeesTheMergeOfItsOwnColumns) {
  for (uint64_t seed = 300'001; seed <= 300'000 + Cases(200); ++seed) {
    const Case made = RandomCase(seed);
    Dice dice(seed);
    std::vector<int> projection = AllColumns(made.spec);
    std::shuffle(projection.begin(), projection.end(), dice.engine());
    projection.resize(1 + dice.Below(static_cast<int64_t>(projection.size())));
    auto expected =
        ReferenceMerge(made.spec, made.runs, made.spec.ReadColumns(projection));
    if (expected.ok()) {
      for (Record& record : *expected) {
        for (size_t c = 0; c < record.values.size(); ++c) {
          if (std::count(projection.begin(), projection.end(), c) == 0) {
            record.values[c].reset();
          }
        }
      }
    }
    ASSERT_NO_FATAL_FAILURE(ExpectSame(
        MergeRecords(made.spec, made.runs, {.projection = projection}), expected))
        << Describe(made, seed);
  }
}

TEST(RunMergerProperty, AnInterleaveKeepsEveryRecordInMergeOrder) {
  for (uint64_t seed = 400'001; seed <= 400'000 + Cases(50); ++seed) {
    const Case made = RandomCase(seed);
    const auto expected = support::ReferenceInterleave(made.spec, made.runs);
    for (int64_t rows : {1, 5, 8192}) {
      RunMergerOptions options;
      options.batch_rows = rows;
      options.chunk_rows = rows;
      ASSERT_NO_FATAL_FAILURE(
          ExpectSame(InterleaveRecords(made.spec, made.runs, options), expected))
          << Describe(made, seed);
    }
  }
}

/// Interleaving some of the runs first, as a spill or a fan-in above the budget does.
TEST(RunMergerProperty, InterleavingRunsFirstChangesNothing) {
  for (uint64_t seed = 500'001; seed <= 500'000 + Cases(150); ++seed) {
    Case made = RandomCase(seed);
    if (made.spec.lookup) continue;  // levels would be lost
    const auto expected = MergeRecords(made.spec, made.runs);
    const size_t half = made.runs.size() / 2;
    const Runs first(made.runs.begin(), made.runs.begin() + half);
    Runs fewer(made.runs.begin() + half, made.runs.end());
    fewer.insert(fewer.begin(), InterleaveRecords(made.spec, first).ValueOrDie());
    ASSERT_NO_FATAL_FAILURE(ExpectSame(MergeRecords(made.spec, fewer), expected))
        << Describe(made, seed);
  }
}

/// Deduplicate, and anything without retractions and order-dependent reversal: folding
/// some neighbouring runs first gives the same rows.
TEST(RunMergerProperty, FlushBoundariesDoNotShowWithoutRetractions) {
  int compared = 0;
  for (uint64_t seed = 600'001; seed <= 600'000 + Cases(300); ++seed) {
    Case made = RandomCase(seed);
    const bool folds = made.spec.has_aggregates();
    if (made.spec.lookup || folds || made.spec.ignore_delete) continue;
    if (made.has_retracts && made.spec.engine != Engine::kDeduplicate) continue;
    // Distinct sequence numbers that grow from run to run, as one writer gives them.
    int64_t sequence = 0;
    for (auto& run : made.runs) {
      for (Record& record : run) record.sequence = sequence++;
    }
    // Only arrival orders rows; a user sequence is not kept by partial-update's flushes.
    if (!made.spec.sequence_columns.empty()) continue;
    const auto expected = MergeRecords(made.spec, made.runs);
    if (!expected.ok()) continue;
    const size_t half = (made.runs.size() + 1) / 2;
    const Runs first(made.runs.begin(), made.runs.begin() + half);
    Runs later(made.runs.begin() + half, made.runs.end());
    later.insert(later.begin(), MergeRecords(made.spec, first).ValueOrDie());
    auto twice = MergeRecords(made.spec, later).ValueOrDie();
    ASSERT_EQ(twice.size(), expected->size());
    for (size_t i = 0; i < twice.size(); ++i) {
      // A lone +U and a merged +I say the same.
      twice[i].kind = (*expected)[i].kind;
    }
    ASSERT_EQ(Text(twice), Text(*expected)) << Describe(made, seed);
    ++compared;
  }
  EXPECT_GT(compared, 20);
}

}  // namespace
}  // namespace tarn::merge
