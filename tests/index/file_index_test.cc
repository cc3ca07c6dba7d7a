// SPDX-License-Identifier: Apache-2.0
// File indexes that Java wrote: built again from their rows to the same bytes, and asked
// about predicates beside the rows themselves.
#include <map>
#include <random>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "tarn/base/bytes.h"
#include "tarn/format/column_file.h"
#include "tarn/index/bitmap_bytes.h"
#include "tarn/index/bloom_filter.h"
#include "tarn/index/file_index.h"
#include "tarn/index/file_index_builder.h"
#include "tarn/index/file_index_reader.h"
#include "tarn/io/local_file_system.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot_files.h"
#include "tarn/types/arrow_types.h"
#include "tests/support/golden.h"

namespace tarn::index {
namespace {

using expr::CompareOp;

/// A data file of a golden table with its rows.
struct File {
  meta::DataFileMeta meta;
  std::shared_ptr<arrow::RecordBatch> rows;
  std::string index;  ///< stored bytes
};

struct Table {
  explicit Table(const std::string& name)
      : context(base::MakeSystemContext(io::MakeLocalFileSystem(), 1 << 24)),
        golden(support::LoadGolden(name)),
        paths(*io::TablePaths::Make(golden.path)),
        schema(**meta::SchemaFiles(context, paths).Latest()) {
    const auto snapshot = *meta::SnapshotFiles(context, paths).Latest();
    for (const auto& entry : *meta::ReadLiveFiles(*context, paths, *snapshot)) {
      files.push_back(Load(entry.file));
    }
  }

  File Load(const meta::DataFileMeta& file) const {
    const std::string path = *paths.DataFile("", 0, file.file_name);
    auto reader = *format::OpenFile(*context, path, file.file_size);
    arrow::ArrayVector columns;
    for (const auto& field : schema.fields) {
      auto cursor = *reader->OpenColumn(field.name, field.type);
      columns.push_back(*cursor->Read(file.row_count));
    }
    File out{file,
             arrow::RecordBatch::Make(*types::ToArrow(schema.fields), file.row_count,
                                      std::move(columns)),
             file.embedded_file_index.value_or("")};
    if (!file.extra_files.empty()) {
      out.index = *context->files->ReadAll(*paths.DataFile("", 0, file.extra_files[0]));
    }
    return out;
  }

  Result<RowSelection> Select(const File& file, const expr::Predicate& predicate,
                              IndexUse use = IndexUse::kSkipFile) const {
    static const std::string no_partition;
    return SelectRowsOf({*context, paths, no_partition, 0, file.meta, schema, schema},
                        predicate, use);
  }

  std::shared_ptr<base::Context> context;
  support::GoldenTable golden;
  io::TablePaths paths;
  types::TableSchema schema;
  std::vector<File> files;
};

const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = {
      "idx_bitmap", "idx_bitmap_v1", "idx_bloom_file",  "idx_bloom_manifest",
      "idx_bsi",    "idx_pk",        "idx_range_bitmap"};
  return names;
}

TEST(FileIndex, IsBuiltByteForByteAsJavaDoes) {
  for (const std::string& name : Names()) {
    SCOPED_TRACE(name);
    const Table table(name);
    ASSERT_FALSE(table.files.empty());
    const auto wanted = WantedIndexes(table.schema);
    ASSERT_TRUE(wanted.ok()) << wanted.status();
    for (const File& file : table.files) {
      auto builder = FileIndexBuilder::Make(table.schema, *wanted);
      ASSERT_TRUE(builder.ok()) << builder.status();
      // In two batches: positions go on.
      ASSERT_TRUE((*builder)->Add(*file.rows->Slice(0, 3)).ok());
      ASSERT_TRUE((*builder)->Add(*file.rows->Slice(3)).ok());
      const auto bytes = (*builder)->Finish();
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      EXPECT_EQ(base::ToHex(*bytes), base::ToHex(file.index));
    }
  }
}

expr::PredicatePtr RandomLeaf(const arrow::RecordBatch& rows, std::mt19937* random) {
  const int column = 1 + static_cast<int>((*random)() % 3);
  const std::string& name = rows.column_name(column);
  const auto& array = rows.column(column);
  const auto value = [&]() -> std::shared_ptr<arrow::Scalar> {
    if ((*random)() % 8 == 0) return arrow::MakeNullScalar(array->type());
    if ((*random)() % 4 == 0 && array->type_id() == arrow::Type::INT64) {
      return arrow::MakeScalar(static_cast<int64_t>((*random)() % 4000) - 200);
    }
    if ((*random)() % 4 == 0 && array->type_id() == arrow::Type::STRING) {
      return arrow::MakeScalar("s" + std::to_string((*random)() % 100));
    }
    return *array->GetScalar((*random)() % array->length());
  };
  switch ((*random)() % 9) {
    case 0:
      return expr::Leaf(name, CompareOp::kIsNull, {});
    case 1:
      return expr::Leaf(name, CompareOp::kIsNotNull, {});
    case 2:
      return expr::Leaf(name, CompareOp::kIn, {value(), value(), value()});
    default:
      return expr::Leaf(name, static_cast<CompareOp>((*random)() % 6), {value()});
  }
}

expr::PredicatePtr RandomPredicate(const arrow::RecordBatch& rows, std::mt19937* random,
                                   int depth = 0) {
  if (depth > 2 || (*random)() % 3 == 0) return RandomLeaf(rows, random);
  std::vector<expr::PredicatePtr> children = {RandomPredicate(rows, random, depth + 1),
                                              RandomPredicate(rows, random, depth + 1)};
  switch ((*random)() % 3) {
    case 0:
      return expr::And(std::move(children));
    case 1:
      return expr::Or(std::move(children));
    default:
      return expr::Not(children[0]);
  }
}

TEST(FileIndex, NeverLosesARowAndKnowsRows) {
  std::mt19937 random(20261127);
  for (const std::string& name : Names()) {
    SCOPED_TRACE(name);
    const Table table(name);
    int skipped = 0, narrowed = 0;
    for (int round = 0; round < 300; ++round) {
      const File& file = table.files[round % table.files.size()];
      const auto predicate = RandomPredicate(*file.rows, &random);
      const auto matches = *expr::Evaluate(*predicate, *file.rows);
      for (const IndexUse use : {IndexUse::kSkipFile, IndexUse::kSelectRows}) {
        const auto rows = table.Select(file, *predicate, use);
        ASSERT_TRUE(rows.ok()) << rows.status();
        if (rows->none()) ++skipped;
        if (!rows->all && !rows->none()) ++narrowed;
        for (int64_t row = 0; row < matches->length(); ++row) {
          if (!matches->Value(row)) continue;
          ASSERT_TRUE(rows->all || rows->rows.contains(static_cast<uint32_t>(row)))
              << row;
        }
      }
    }
    EXPECT_GT(skipped, 0);
    if (!name.starts_with("idx_bloom")) {
      EXPECT_GT(narrowed, 0);
    }
  }
}

TEST(FileIndex, KnowsTheExactRowsWhereItCan) {
  const std::map<std::string, std::pair<std::string, std::vector<CompareOp>>> exact = {
      {"idx_bitmap", {"s", {CompareOp::kEqual, CompareOp::kNotEqual}}},
      {"idx_bitmap_v1", {"s", {CompareOp::kEqual, CompareOp::kNotEqual}}},
      {"idx_bsi",
       {"n",
        {CompareOp::kEqual, CompareOp::kNotEqual, CompareOp::kLess,
         CompareOp::kLessOrEqual, CompareOp::kGreater, CompareOp::kGreaterOrEqual}}},
      {"idx_range_bitmap",
       {"s",
        {CompareOp::kEqual, CompareOp::kNotEqual, CompareOp::kLess,
         CompareOp::kLessOrEqual, CompareOp::kGreater, CompareOp::kGreaterOrEqual}}}};
  for (const auto& [name, asked] : exact) {
    SCOPED_TRACE(name);
    const Table table(name);
    const File& file = table.files[0];
    const auto column = file.rows->GetColumnByName(asked.first);
    for (const CompareOp op : asked.second) {
      for (int64_t at = 0; at < column->length(); ++at) {
        const auto leaf = expr::Leaf(asked.first, op, {*column->GetScalar(at)});
        const auto matches = *expr::Evaluate(*leaf, *file.rows);
        const auto rows = *table.Select(file, *leaf, IndexUse::kSelectRows);
        ASSERT_FALSE(rows.all);
        ASSERT_EQ(static_cast<int64_t>(rows.rows.cardinality()), matches->true_count());
        for (const uint32_t row : rows.rows) ASSERT_TRUE(matches->Value(row));
      }
    }
  }
}

TEST(FileIndex, BitmapsHaveTheContainersThatJavaChooses) {
  // 72 runs of 145 rows: as many bytes as an array of the rows, which Java keeps.
  Roaring even, longer, dense, wide;
  for (uint32_t i = 0; i < 72; ++i) even.addRange(i * 10, i * 10 + 2);
  even.add(2);
  std::string bytes;
  AppendRoaring(even, &bytes);
  ASSERT_EQ(even.cardinality(), 145u);
  EXPECT_EQ(base::LoadLittle<uint32_t>(bytes.data()), 12346u);
  for (uint32_t i = 0; i < 50; ++i) longer.addRange(i * 10, i * 10 + 5);
  for (uint32_t i = 0; i < 20000; ++i) dense.add(i * 3);
  for (uint32_t i = 0; i < 6; ++i) wide.addRange(i << 16, (i << 16) + 1000 * i + 1);
  for (const Roaring* bitmap : {&even, &longer, &dense, &wide}) {
    bytes.clear();
    AppendRoaring(*bitmap, &bytes);
    size_t used = 0;
    const auto again = ReadRoaring(bytes + "tail", "test", &used);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(used, bytes.size());
    EXPECT_TRUE(*again == *bitmap);
  }
}

TEST(FileIndex, HashesAsJavaDoes) {
  EXPECT_EQ(BloomHashOfNumber(0), 0);
  EXPECT_EQ(BloomHashOfNumber(1), 6614235796240398542);
  EXPECT_EQ(BloomHashOfNumber(-1), 6614246905173314819);
  EXPECT_EQ(BloomHashOfNumber(42), 1098236396662648698);
}

TEST(FileIndex, OptionsThatCannotBeAreRefusedByName) {
  types::TableSchema schema;
  schema.fields = {
      {0, "a", types::DataType::Decimal(10, 2)},
      {1, "m", types::DataType::Map(types::DataType::String(), types::DataType::Int())},
      {2, "s", types::DataType::String()}};
  const auto refusal = [&](std::map<std::string, std::string> options) {
    schema.options = std::move(options);
    const auto wanted = WantedIndexes(schema);
    return wanted.ok() ? "" : wanted.status().ToString();
  };
  EXPECT_NE(refusal({{"file-index.bitmap.columns", "a"}}).find("1727"),
            std::string::npos);
  EXPECT_NE(refusal({{"file-index.bitmap.columns", "x"}}).find("1726"),
            std::string::npos);
  EXPECT_NE(refusal({{"file-index.tree.columns", "a"}}).find("1725"), std::string::npos);
  EXPECT_NE(refusal({{"file-index.bitmap.columns", "m[k]"}}).find("6714"),
            std::string::npos);
  EXPECT_NE(refusal({{"file-index.bitmap.s.version", "1"}}).find("1724"),
            std::string::npos);
  EXPECT_NE(refusal({{"file-index.bloom-filter.columns", "s"},
                     {"file-index.bloom-filter.s.fpp", "1.5"}})
                .find("1723"),
            std::string::npos);
  EXPECT_EQ(refusal({{"file-index.bloom-filter.columns", "s"},
                     {"file-index.bloom-filter.s.fpp", "0.05"}}),
            "");
}

}  // namespace
}  // namespace tarn::index
