// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/merge_tree_writer.h"

#include <random>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/format/column_file.h"
#include "tarn/io/local_file_system.h"
#include "tarn/types/arrow_types.h"
#include "tests/support/files.h"
#include "tests/support/merge_case.h"

namespace tarn::tree {
namespace {

constexpr int64_t kRows = 20'000;
constexpr int64_t kKeys = 15'000;

class MergeTreeWriterTest : public ::testing::Test {
 protected:
  /// Columns of every layout, and row groups that hold some of the rows.
  static types::TableSchema Schema(std::map<std::string, std::string> options) {
    options.insert({{"bucket", "1"}, {"file.block-size", "256 kb"}});
    return support::MakeTable({{"k", "BIGINT NOT NULL"},
                               {"s", "STRING"},
                               {"a", "ARRAY<INT>"},
                               {"r", "ROW<x INT, y STRING>"},
                               {"b", "BOOLEAN"}},
                              {"k"}, std::move(options));
  }

  /// Flush the same random rows as a table of `schema` would.
  meta::CommitMessage Flush(const types::TableSchema& schema, int64_t batch_rows) {
    auto writer = MergeTreeWriter::Make(BucketOf(schema), {}).ValueOrDie();
    const types::ChangeBatch all = RandomRows(schema);
    for (int64_t row = 0; row < kRows; row += batch_rows) {
      const auto status =
          writer->Write(all.Slice(row, std::min(batch_rows, kRows - row)));
      EXPECT_TRUE(status.ok()) << status;
    }
    return writer->PrepareCommit().ValueOrDie();
  }

  Bucket BucketOf(const types::TableSchema& schema) {
    return {.context = context_,
            .paths = io::TablePaths::Make(folder_.path()).ValueOrDie(),
            .schema = std::make_shared<types::TableSchema>(schema),
            .partition_path = "",
            .total_buckets = 1};
  }

  std::unique_ptr<merge::SortedRun> Open(const types::TableSchema& schema,
                                         std::vector<meta::DataFileMeta> files) {
    const Bucket bucket = BucketOf(schema);
    return datafile::OpenRun(
        {.context = context_,
         .paths = bucket.paths,
         .schema = bucket.schema,
         .schemas = std::make_shared<meta::SchemaFiles>(context_, bucket.paths),
         .partition_path = ""},
        std::move(files));
  }

  size_t RowGroups(const meta::DataFileMeta& file) {
    auto opened = format::OpenFile(*context_, folder_ / ("bucket-0/" + file.file_name));
    return opened.ValueOrDie()->row_groups().size();
  }

  static types::ChangeBatch RandomRows(const types::TableSchema& schema) {
    std::mt19937 random(11);
    const auto arrow_schema = types::ToArrow(schema.fields).ValueOrDie();
    auto builder =
        arrow::RecordBatchBuilder::Make(arrow_schema, arrow::default_memory_pool())
            .ValueOrDie();
    auto* list = builder->GetFieldAs<arrow::ListBuilder>(2);
    auto* row = builder->GetFieldAs<arrow::StructBuilder>(3);
    auto* elements = static_cast<arrow::Int32Builder*>(list->value_builder());
    const auto append = [](const Status& status) { EXPECT_TRUE(status.ok()) << status; };
    std::vector<uint8_t> kinds;
    for (int64_t i = 0; i < kRows; ++i) {
      append(builder->GetFieldAs<arrow::Int64Builder>(0)->Append(
          static_cast<int64_t>(random()) % kKeys));
      auto* text = builder->GetFieldAs<arrow::StringBuilder>(1);
      append(random() % 5 == 0 ? text->AppendNull()
                               : text->Append(std::string(random() % 40, 'x')));
      if (random() % 7 == 0) {
        append(list->AppendNull());
      } else {
        append(list->Append());
        for (uint32_t n = random() % 4; n > 0; --n) append(elements->Append(int(n)));
      }
      append(row->Append(random() % 9 != 0));
      append(static_cast<arrow::Int32Builder*>(row->field_builder(0))->Append(int(i)));
      append(static_cast<arrow::StringBuilder*>(row->field_builder(1))
                 ->Append(std::to_string(random())));
      append(builder->GetFieldAs<arrow::BooleanBuilder>(4)->Append(random() % 2 == 0));
      kinds.push_back(random() % 10 == 0 ? 3 : 0);
    }
    return {builder->Flush().ValueOrDie(), arrow::Buffer::FromVector(kinds), {}};
  }

  support::TemporaryFolder folder_;
  std::shared_ptr<base::Context> context_ =
      base::MakeSystemContext(io::MakeLocalFileSystem());
};

// Large files are written a column at a time, small ones by batches, so that they end
// where Java ends them. Nobody can tell.
TEST_F(MergeTreeWriterTest, AFileWrittenByColumnIsTheFileWrittenByBatch) {
  const auto by_column = Schema({});
  const auto by_batch = Schema({{"target-file-size", "16 mb"}});
  for (const int64_t batch_rows : {int64_t{1000}, kRows}) {
    const auto fast = Flush(by_column, batch_rows).new_files;
    const auto slow = Flush(by_batch, batch_rows).new_files;
    ASSERT_EQ(fast.size(), 1U);
    ASSERT_EQ(slow.size(), 1U);
    EXPECT_GT(RowGroups(fast[0]), 2U);
    EXPECT_EQ(fast[0].row_count, slow[0].row_count);
    EXPECT_EQ(fast[0].delete_row_count, slow[0].delete_row_count);
    EXPECT_GT(fast[0].delete_row_count.value_or(0), 0);
    EXPECT_EQ(fast[0].min_key, slow[0].min_key);
    EXPECT_EQ(fast[0].max_key, slow[0].max_key);
    EXPECT_EQ(fast[0].min_sequence_number, slow[0].min_sequence_number);
    EXPECT_EQ(fast[0].max_sequence_number, slow[0].max_sequence_number);
    EXPECT_EQ(fast[0].key_stats, slow[0].key_stats);
    EXPECT_EQ(fast[0].value_stats, slow[0].value_stats);
    const auto fast_run = Open(by_column, fast);
    const auto slow_run = Open(by_batch, slow);
    const auto same = [&](auto open) {
      auto a = open(fast_run.get()).ValueOrDie();
      auto b = open(slow_run.get()).ValueOrDie();
      return a->Read(fast[0].row_count)
          .ValueOrDie()
          ->Equals(b->Read(fast[0].row_count).ValueOrDie());
    };
    for (int column = 0; column < 5; ++column) {
      EXPECT_TRUE(same([&](auto* run) { return run->OpenColumn(column); })) << column;
    }
    EXPECT_TRUE(same([](auto* run) { return run->OpenSequence(); }));
    EXPECT_TRUE(same([](auto* run) { return run->OpenKind(); }));
  }
}

}  // namespace
}  // namespace tarn::tree
