// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "tarn/options/field_options.h"
#include "tarn/options/merge_options.h"
#include "tests/support/files.h"

namespace tarn::options {
namespace {

std::string ReadText(const std::string& relative) {
  std::ifstream in(support::TestFile(relative), std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

using Values = std::map<std::string, std::string>;

Options Set(std::initializer_list<Values::value_type> values) {
  return Options(Values(values));
}

std::string_view PaimonTypeOf(ValueType type) {
  switch (type) {
    case ValueType::kBool:
      return "Boolean";
    case ValueType::kInt:
      return "Integer";
    case ValueType::kLong:
      return "Long";
    case ValueType::kDouble:
      return "Double";
    case ValueType::kMemorySize:
      return "MemorySize";
    case ValueType::kDuration:
      return "Duration";
    case ValueType::kChoice:
      return "Enum";
    case ValueType::kText:
      return "String";
  }
  return "";
}

TEST(Options, EveryDocumentedKeyHasItsDefaultAndType) {
  int count = 0;
  std::istringstream lines(ReadText("options/paimon_options.tsv"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    std::string key, default_text, type;
    std::getline(fields, key, '\t');
    std::getline(fields, default_text, '\t');
    std::getline(fields, type, '\t');
    const OptionRow* row = FindOption(key);
    ASSERT_NE(row, nullptr) << key;
    EXPECT_EQ(row->key, key);
    std::string expected = default_text;
    if (expected == "infinite") {
      expected = type == "Integer" ? "2147483647" : "9223372036854775807 bytes";
    }
    EXPECT_EQ(row->default_text == nullptr ? "-" : std::string(row->default_text),
              expected)
        << key;
    if (type == "Float") type = "Double";
    if (type == "Map") type = "String";
    // Documented as a number, read by the writer as a word.
    if (key == "parquet.enable.dictionary") type = "String";
    EXPECT_EQ(PaimonTypeOf(row->type), type) << key;
    ++count;
  }
  EXPECT_EQ(count, 318);
}

TEST(Options, EveryDefaultIsAValueOfItsOption) {
  std::set<std::string_view> keys;
  for (const OptionRow& row : AllOptions()) {
    EXPECT_TRUE(keys.insert(row.key).second) << row.key << " is declared twice";
    if (row.default_text == nullptr) continue;
    const Options options = Set({{std::string(row.key), row.default_text}});
    EXPECT_TRUE(options.Check().ok()) << options.Check().ToString();
  }
}

TEST(Options, DefaultsAreTyped) {
  const Options none;
  EXPECT_EQ(*none.Get(kBucket), -1);
  EXPECT_EQ(none.Get(kWriteBufferSize)->bytes, 256 << 20);
  EXPECT_EQ(*none.Get(kWriteBufferSpillable), true);
  EXPECT_EQ(*none.Get(kCommitMinRetryWait), std::chrono::milliseconds(10));
  EXPECT_EQ(*none.Get(kMergeEngine), "deduplicate");
  EXPECT_EQ(*none.Get(kTargetFileSize), std::nullopt);
  EXPECT_EQ(*none.Get(kPartitionDefaultName), "__DEFAULT_PARTITION__");
  EXPECT_EQ(none.Get(kWriteBufferSpillMaxDiskSize)->bytes, INT64_MAX);
  EXPECT_DOUBLE_EQ(*none.Get(kCompactionSmallFileRatio), 0.7);
}

TEST(Options, ValuesAreReadAsPaimonReadsThem) {
  const Options options = Set({{"bucket", " 4 "},
                               {"write-buffer-size", "64mb"},
                               {"commit.timeout", "2 min"},
                               {"merge-engine", "PARTIAL_UPDATE"},
                               {"write-only", "TRUE"}});
  EXPECT_EQ(*options.Get(kBucket), 4);
  EXPECT_EQ(options.Get(kWriteBufferSize)->bytes, 64 << 20);
  EXPECT_EQ(**options.Get(kCommitTimeout), std::chrono::minutes(2));
  EXPECT_EQ(*options.Get(kMergeEngine), "partial-update");
  EXPECT_EQ(*options.Get(kWriteOnly), true);
  EXPECT_TRUE(options.Check().ok());
}

TEST(Options, AWrongValueNamesKeyValueAndBounds) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"bucket", "four"},
      {"bucket", "-3"},
      {"bucket", ""},
      {"write-only", "yes"},
      {"merge-engine", "last"},
      {"write-buffer-size", "many"},
      {"num-levels", "1"},
      {"commit.timeout", "soon"},
      {"bucket", "99999999999"},
      {"lookup.hash-load-factor", "nan"}};
  for (const auto& [key, value] : wrong) {
    const Status status = Set({{key, value}}).Check();
    EXPECT_EQ(KindOf(status), ErrorKind::kInvalidInput) << key << "=" << value;
    EXPECT_NE(MessageOf(status).find(key), std::string::npos) << status.ToString();
    EXPECT_NE(MessageOf(status).find("expected="), std::string::npos);
  }
  const Status status = Set({{"merge-engine", "last"}}).Get(kMergeEngine).status();
  EXPECT_NE(MessageOf(status).find("deduplicate, partial-update"), std::string::npos);
}

TEST(Options, LegacyKeysCountWhereTheNewOneIsMissing) {
  const Options legacy = Set({{"partial-update.ignore-delete", "true"}});
  EXPECT_EQ(*legacy.Get(kIgnoreDelete), true);
  const Options both =
      Set({{"first-row.ignore-delete", "true"}, {"ignore-delete", "false"}});
  EXPECT_EQ(*both.Get(kIgnoreDelete), false);
  EXPECT_EQ(*Set({{"write.compaction-skip", "true"}}).Get(kWriteOnly), true);
  EXPECT_TRUE(legacy.Unknown().empty());
}

TEST(Options, AMistypedKeyIsAnsweredWithTheNearestKnownOnes) {
  const Options options = Set({{"write-bufer-size", "1 mb"},
                               {"changelog.producer", "lookup"},
                               {"fields.a.sequence-groups", "b"},
                               {"fields.a.sequence-group", "b"},
                               {"bucket", "1"},
                               {"zzz", "1"}});
  const auto unknown = options.Unknown();
  ASSERT_EQ(unknown.size(), 4U);
  EXPECT_EQ(unknown[0].key, "changelog.producer");
  EXPECT_EQ(unknown[0].nearest.at(0), "changelog-producer");
  EXPECT_EQ(unknown[1].key, "fields.a.sequence-groups");
  EXPECT_EQ(unknown[2].nearest.at(0), "write-buffer-size");
  EXPECT_EQ(unknown[2].key, "write-bufer-size");
  EXPECT_TRUE(unknown[3].nearest.empty());
}

TEST(Options, AKnownKeyWithoutEffectSaysSo) {
  const Options options =
      Set({{"blob-field", "b"}, {"cache-page-size", "4 kb"}, {"sink.parallelism", "2"}});
  EXPECT_EQ(options.WithoutEffect(),
            (std::vector<std::string>{"cache-page-size", "sink.parallelism"}));
}

TEST(Options, HintsLieOnTopOfTheTablesOptions) {
  const Options table = Set({{"bucket", "1"}, {"scan.snapshot-id", "3"}});
  const Options read = table.With({{"scan.snapshot-id", "5"}});
  EXPECT_EQ(**read.Get(kScanSnapshotId), 5);
  EXPECT_EQ(*read.Get(kBucket), 1);
}

TEST(FieldKey, ColumnsMayHoldDotsAndGroupsSeveralColumns) {
  auto group = ParseFieldKey("fields.a,b.sequence-group");
  ASSERT_TRUE(group.has_value());
  EXPECT_EQ(group->columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(group->suffix, "sequence-group");
  EXPECT_EQ(ParseFieldKey("fields.a.b.aggregate-function")->columns[0], "a.b");
  EXPECT_EQ(ParseFieldKey("fields.m.map.storage-layout")->columns[0], "m");
  EXPECT_FALSE(ParseFieldKey("fields.sequence-group").has_value());
  EXPECT_FALSE(ParseFieldKey("fields..sequence-group").has_value());
  EXPECT_FALSE(ParseFieldKey("fields.a.nothing").has_value());
  EXPECT_FALSE(ParseFieldKey("field.a.distinct").has_value());
}

TEST(FileIndexOptions, AreCollectedByType) {
  const auto indexes = FileIndexOptions({{"file-index.bloom-filter.columns", "a, b"},
                                         {"file-index.bloom-filter.a.fpp", "0.1"},
                                         {"file-index.bitmap.columns", "c"},
                                         {"file-index.columns", "x"}});
  ASSERT_EQ(indexes.size(), 2U);
  EXPECT_EQ(indexes[0].type, "bitmap");
  EXPECT_EQ(indexes[1].columns, (std::vector<std::string>{"a", "b"}));
}

TEST(MergeOptions, ReadSequenceGroupsByName) {
  auto options =
      ParseMergeOptions({{"merge-engine", "partial-update"},
                         {"fields.ts_a,ts_b.sequence-group", "name, price"},
                         {"fields.ts_c.sequence-group", "count"},
                         {"fields.count.aggregate-function", "sum"},
                         {"fields.count.ignore-retract", "true"},
                         {"partial-update.remove-record-on-sequence-group", "ts_c"},
                         {"partial-update.ignore-delete", "false"},
                         {"sequence.field", "a,b"},
                         {"sequence.field.sort-order", "descending"},
                         {"fields.default-aggregate-function", "last_value"}});
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  ASSERT_EQ(options->groups.size(), 2U);
  EXPECT_EQ(options->groups[0].ordering, (std::vector<std::string>{"ts_a", "ts_b"}));
  EXPECT_EQ(options->groups[0].columns, (std::vector<std::string>{"name", "price"}));
  EXPECT_EQ(options->OrderingColumns(), (std::set<std::string>{"ts_a", "ts_b", "ts_c"}));
  EXPECT_EQ(options->ProtectedColumns(),
            (std::set<std::string>{"count", "name", "price"}));
  EXPECT_EQ(options->AggregateFunctionOf("count"), "sum");
  EXPECT_EQ(options->AggregateFunctionOf("name"), "last_value");
  EXPECT_TRUE(options->AggregateOptionsOf("count").ignore_retract);
  EXPECT_FALSE(options->AggregateOptionsOf("name").ignore_retract);
  EXPECT_EQ(options->remove_on_sequence_group, (std::vector<std::string>{"ts_c"}));
  EXPECT_FALSE(options->ignore_delete);
  EXPECT_TRUE(options->sequence_descending);
  EXPECT_EQ(options->sequence_fields, (std::vector<std::string>{"a", "b"}));
}

TEST(MergeOptions, ReadWhatAggregateFunctionsTake) {
  const auto options = ParseMergeOptions({{"fields.n.nested-key", "a, b"},
                                          {"fields.n.nested-sequence-field", "s"},
                                          {"fields.n.nested-key-null-strategy", "IGNORE"},
                                          {"fields.n.count-limit", "3"},
                                          {"fields.l.list-agg-delimiter", ";"},
                                          {"fields.l.distinct", "true"},
                                          {"fields.m.ts-field", "at"}});
  ASSERT_TRUE(options.ok()) << options.status().ToString();
  const AggregateOptions n = options->AggregateOptionsOf("n");
  EXPECT_EQ(n.nested_key, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(n.nested_sequence_field, (std::vector<std::string>{"s"}));
  EXPECT_EQ(n.nested_key_null_strategy, "ignore");
  EXPECT_EQ(n.count_limit, 3);
  EXPECT_EQ(options->AggregateOptionsOf("l").list_agg_delimiter, ";");
  EXPECT_TRUE(options->AggregateOptionsOf("l").distinct);
  EXPECT_EQ(options->AggregateOptionsOf("m").ts_field, "at");
  EXPECT_EQ(options->AggregateOptionsOf("other").list_agg_delimiter, ",");
}

TEST(Options, ABadValueOfAColumnsOptionIsFound) {
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"fields.a.distinct", "perhaps"},
           {"fields.a.count-limit", "many"},
           {"fields.a.nested-key-null-strategy", "skip"}}) {
    const Status status = Set({{key, value}}).Check();
    EXPECT_EQ(KindOf(status), ErrorKind::kInvalidInput) << key;
    EXPECT_NE(MessageOf(status).find(key), std::string::npos) << status.ToString();
  }
}

TEST(MergeOptions, RefuseAGroupWithoutColumns) {
  EXPECT_EQ(
      KindOf(ParseMergeOptions(Values{{"fields.a.sequence-group", " , "}}).status()),
      ErrorKind::kInvalidInput);
  EXPECT_EQ(
      KindOf(ParseMergeOptions(Values{{"fields.a.ignore-retract", "maybe"}}).status()),
      ErrorKind::kInvalidInput);
}

TEST(OptionsMarkdown, IsTheReferencePage) {
  const std::string path = "../docs/reference/options.md";
  if (std::getenv("TARN_UPDATE_DOCS") != nullptr) {
    std::ofstream(support::TestFile(path), std::ios::binary) << OptionsMarkdown();
  }
  EXPECT_TRUE(ReadText(path) == OptionsMarkdown())
      << "write it again with TARN_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace tarn::options
