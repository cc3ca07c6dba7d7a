// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/sort.h"

#include <gtest/gtest.h>

#include <random>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/types/arrow_types.h"
#include "tests/support/merge_case.h"
#include "tests/support/reference_merge.h"

namespace tarn::merge {
namespace {

using support::I;
using support::MakeTable;
using support::N;
using support::Record;
using support::Row;
using support::S;

std::vector<int32_t> Sorted(const MergeSpec& spec, const std::vector<Record>& records,
                            bool numbered) {
  arrow::ArrayVector columns;
  for (int c = 0; c < spec.num_columns(); ++c) {
    std::vector<support::Value> cells;
    for (const Record& record : records) cells.push_back(record.values[c]);
    columns.push_back(support::ToArray(spec.fields[c].type, cells).ValueOrDie());
  }
  const auto schema = types::ToArrow(spec.fields).ValueOrDie();
  const auto batch = arrow::RecordBatch::Make(
      schema, static_cast<int64_t>(records.size()), std::move(columns));
  std::vector<int64_t> sequences;
  for (const Record& record : records) sequences.push_back(record.sequence);
  const auto buffer = SortPermutation(support::MemoryContext(), spec, *batch,
                                      numbered ? sequences.data() : nullptr)
                          .ValueOrDie();
  const auto* data = buffer->data_as<int32_t>();
  return {data, data + records.size()};
}

MergeSpec Spec(const char* key_type, std::map<std::string, std::string> options = {}) {
  return MergeSpec::FromSchema(
             MakeTable({{"k", key_type}, {"s", "INT"}}, {"k"}, std::move(options)))
      .ValueOrDie();
}

TEST(Sort, KeepsArrivalWithinAKey) {
  const std::vector<Record> rows = {
      Row("+I", 0, {I(300), N()}), Row("+I", 1, {I(-2), N()}),
      Row("+I", 2, {I(300), N()}), Row("+I", 3, {I(-2), N()})};
  EXPECT_EQ(Sorted(Spec("INT NOT NULL"), rows, false),
            (std::vector<int32_t>{1, 3, 0, 2}));
}

TEST(Sort, SequenceNumbersDecideWhereTheyAreGiven) {
  const std::vector<Record> rows = {Row("+I", 9, {I(1), N()}), Row("+I", 8, {I(1), N()})};
  EXPECT_EQ(Sorted(Spec("INT NOT NULL"), rows, true), (std::vector<int32_t>{1, 0}));
}

TEST(Sort, TheUserSequenceGoesFirstNullLowest) {
  const MergeSpec spec = Spec("INT NOT NULL", {{"sequence.field", "s"}});
  const std::vector<Record> rows = {Row("+I", 0, {I(1), I(5)}), Row("+I", 1, {I(1), N()}),
                                    Row("+I", 2, {I(1), I(4)}),
                                    Row("+I", 3, {I(0), I(9)})};
  EXPECT_EQ(Sorted(spec, rows, false), (std::vector<int32_t>{3, 1, 2, 0}));
}

TEST(Sort, NothingSortsToNothing) {
  EXPECT_TRUE(Sorted(Spec("STRING NOT NULL"), {}, false).empty());
}

TEST(Sort, AgreesWithTheReferenceOnRandomRows) {
  std::mt19937_64 random(7);
  for (const char* type : {"INT NOT NULL", "BIGINT NOT NULL", "STRING NOT NULL"}) {
    for (bool user : {false, true}) {
      std::map<std::string, std::string> options;
      if (user) options["sequence.field"] = "s";
      const MergeSpec spec = Spec(type, options);
      std::vector<Record> rows;
      for (int64_t i = 0; i < 2000; ++i) {
        const auto key = static_cast<int64_t>(random() % 700) * 977'777 - 300'000'000;
        rows.push_back(Row(
            "+I", i,
            {spec.fields[0].type.IsString() ? S("prefix " + std::to_string(key)) : I(key),
             I(static_cast<int64_t>(random() % 5))}));
      }
      std::vector<Record> got;
      for (int32_t row : Sorted(spec, rows, false)) got.push_back(rows[row]);
      EXPECT_EQ(support::Text(got),
                support::Text(support::ReferenceInterleave(spec, {rows})));
    }
  }
}

}  // namespace
}  // namespace tarn::merge
