// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/file_statistics.h"

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tarn/meta/stored_rows.h"

namespace tarn::datafile {
namespace {

using Kind = StatsMode::Kind;
using types::DataField;
using types::DataType;

std::shared_ptr<arrow::Array> Text(const std::string& value) {
  arrow::StringBuilder builder;
  EXPECT_TRUE(builder.Append(value).ok());
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> Bytes(const std::string& value) {
  return Text(value)->View(arrow::binary()).ValueOrDie();
}

std::string ValueOf(const std::shared_ptr<arrow::Array>& array) {
  return std::string(static_cast<const arrow::BinaryArray&>(*array).GetView(0));
}

TEST(StatsModeTest, TextsAreReadInAnyCase) {
  EXPECT_EQ(*ParseStatsMode("NONE"), (StatsMode{Kind::kNone, 0}));
  EXPECT_EQ(*ParseStatsMode("counts"), (StatsMode{Kind::kCounts, 0}));
  EXPECT_EQ(*ParseStatsMode("Full"), (StatsMode{Kind::kFull, 0}));
  EXPECT_EQ(*ParseStatsMode("truncate(16)"), (StatsMode{Kind::kTruncate, 16}));
  for (const char* text : {"", "truncate", "truncate()", "truncate(0)", "truncate(-1)",
                           "truncate(99999999999)", "truncate(1) ", "half"}) {
    EXPECT_EQ(KindOf(ParseStatsMode(text).status()), ErrorKind::kInvalidInput) << text;
  }
}

TEST(StatsModeTest, AColumnsOwnOptionWinsOverThePlaceBehindTheFirst) {
  const std::vector<DataField> fields = {{0, "a", DataType::Int()},
                                         {1, "b", DataType::Int()},
                                         {2, "c", DataType::Int()},
                                         {3, "d", DataType::Int()}};
  const options::Options options(
      {{"metadata.stats-keep-first-n-columns", "2"}, {"fields.d.stats-mode", "counts"}});
  const auto modes = StatsModesOf(options, "full", fields, {}).ValueOrDie();
  EXPECT_EQ(modes[0].kind, Kind::kFull);
  EXPECT_EQ(modes[1].kind, Kind::kFull);
  EXPECT_EQ(modes[2].kind, Kind::kNone);
  EXPECT_EQ(modes[3].kind, Kind::kCounts);
}

TEST(StatsModeTest, AThinKeyKeepsItsStatisticsAndCountsForNothing) {
  const std::vector<DataField> fields = {
      {0, "k", DataType::Int()}, {1, "a", DataType::Int()}, {2, "b", DataType::Int()}};
  const options::Options options(
      std::map<std::string, std::string>{{"metadata.stats-keep-first-n-columns", "1"}});
  const auto modes = StatsModesOf(options, "full", fields, {"k"}).ValueOrDie();
  EXPECT_EQ(modes[0], kSystemStatsMode);
  EXPECT_EQ(modes[1].kind, Kind::kFull);
  EXPECT_EQ(modes[2].kind, Kind::kNone);
}

TEST(TruncateTest, CharactersAreCountedNotBytes) {
  EXPECT_EQ(internal::TruncateText("ünï😀x", 4), "ünï😀");
  EXPECT_EQ(internal::TruncateText("abc", 16), "abc");
  EXPECT_EQ(*internal::TruncateTextUp("abc", 3), "abc");
  EXPECT_EQ(*internal::TruncateTextUp("abcd", 3), "abd");
  EXPECT_EQ(*internal::TruncateTextUp("ab😀d", 3), "ab😁");
}

TEST(TruncateTest, TheLastCharacterGivesWayToTheOneBeforeIt) {
  const std::string last = "\xf4\x8f\xbf\xbf";  // U+10FFFF
  EXPECT_EQ(*internal::TruncateTextUp("a" + last + "x", 2), "b");
  EXPECT_EQ(internal::TruncateTextUp(last + last + "x", 2), std::nullopt);
  EXPECT_EQ(*internal::TruncateTextUp("\xed\x9f\xbfx", 1), "\xee\x80\x80");
  EXPECT_EQ(*internal::TruncateTextUp("\x7fx", 1), "\xc2\x80");
  EXPECT_EQ(internal::TruncateTextUp("\xffxxxxx", 1), std::nullopt);
  EXPECT_EQ(*internal::TruncateBytesUp(std::string("a\xff\xff", 3), 2), "b");
  EXPECT_EQ(internal::TruncateBytesUp("\xff\xff\xff", 2), std::nullopt);
}

RC_GTEST_PROP(TruncatePropertyTest, BoundsStayBounds,
              (const std::string& bytes, bool text)) {
  const int32_t length = *rc::gen::inRange(1, 6);
  const DataType type = text ? DataType::String() : DataType::Bytes();
  const format::ColumnStatistics column{text ? Text(bytes) : Bytes(bytes),
                                        text ? Text(bytes) : Bytes(bytes), 0};
  const auto out = ApplyStatsMode(column, type, {Kind::kTruncate, length}).ValueOrDie();
  RC_ASSERT((out.min == nullptr) == (out.max == nullptr));
  if (out.min == nullptr) return;
  RC_ASSERT(ValueOf(out.min) <= bytes);
  RC_ASSERT(ValueOf(out.max) >= bytes);
}

TEST(ApplyStatsModeTest, ModesKeepWhatTheySay) {
  const format::ColumnStatistics column{Text("abcdef"), Text("\xf4\x8f\xbf\xbfzz"), 3};
  auto none = ApplyStatsMode(column, DataType::String(), {Kind::kNone, 0}).ValueOrDie();
  EXPECT_EQ(none.null_count, std::nullopt);
  auto counts =
      ApplyStatsMode(column, DataType::String(), {Kind::kCounts, 0}).ValueOrDie();
  EXPECT_EQ(counts.null_count, 3);
  EXPECT_EQ(counts.min, nullptr);
  // No text of one character is above the maximum: nothing is known then, Java says.
  auto cut =
      ApplyStatsMode(column, DataType::String(), {Kind::kTruncate, 1}).ValueOrDie();
  EXPECT_EQ(cut.min, nullptr);
  EXPECT_EQ(cut.max, nullptr);
  EXPECT_EQ(cut.null_count, 3);
  auto full = ApplyStatsMode(column, DataType::String(), {Kind::kFull, 0}).ValueOrDie();
  EXPECT_EQ(ValueOf(full.min), "abcdef");
  // An ORC footer states no bound that is too long; the other one is cut all the same.
  const format::ColumnStatistics half{nullptr, Text("text"), 0};
  auto above =
      ApplyStatsMode(half, DataType::String(), {Kind::kTruncate, 3}).ValueOrDie();
  EXPECT_EQ(above.min, nullptr);
  EXPECT_EQ(ValueOf(above.max), "tey");
}

TEST(DenseStatisticsTest, OnlyKnownColumnsAreStoredAndNamed) {
  const std::vector<DataField> fields = {
      {0, "a", DataType::String()}, {1, "b", DataType::Int()}, {2, "c", DataType::Int()}};
  std::vector<format::ColumnStatistics> columns(3);
  columns[0] = {Text("x"), Text("y"), 1};
  columns[2].null_count = 5;
  const auto some = StoreDenseStatistics(columns, fields).ValueOrDie();
  EXPECT_EQ(some.columns, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(some.stats.null_counts, (std::vector<std::optional<int64_t>>{1, 5}));
  const auto min = meta::DecodeStoredRows({some.stats.min_values}, {fields[0], fields[2]})
                       .ValueOrDie();
  EXPECT_EQ(ValueOf(min[0]), "x");
  EXPECT_TRUE(min[1]->IsNull(0));

  columns[1].null_count = 0;
  EXPECT_EQ(StoreDenseStatistics(columns, fields).ValueOrDie().columns, std::nullopt);
  const auto nothing =
      StoreDenseStatistics(std::vector<format::ColumnStatistics>(3), fields);
  EXPECT_EQ(nothing->columns, std::vector<std::string>());
  EXPECT_EQ(nothing->stats, meta::SimpleStats::Empty());
}

}  // namespace
}  // namespace tarn::datafile
