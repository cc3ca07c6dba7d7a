// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/schema_check.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tarn/meta/table_ddl.h"
#include "tests/support/files.h"

namespace tarn::meta {
namespace {

using types::DataType;
using Options = std::map<std::string, std::string>;

types::TableSchema Schema(std::vector<std::pair<std::string, DataType>> columns,
                          std::vector<std::string> keys, Options options,
                          std::vector<std::string> partitions = {}) {
  types::TableSchema schema;
  for (auto& [name, type] : columns) {
    types::DataField field;
    field.name = name;
    field.type = type;
    schema.fields.push_back(std::move(field));
  }
  schema.primary_keys = std::move(keys);
  schema.partition_keys = std::move(partitions);
  schema.options = std::move(options);
  if (!schema.primary_keys.empty()) schema.options.emplace("bucket", "2");
  return schema;
}

/// id BIGINT, a STRING, b STRING, price DECIMAL, n BIGINT, ts TIMESTAMP(3), pos STRING.
types::TableSchema Wide(Options options) {
  return Schema({{"id", DataType::BigInt()},
                 {"a", DataType::String()},
                 {"b", DataType::String()},
                 {"price", DataType::Decimal(10, 2)},
                 {"n", DataType::BigInt()},
                 {"ts", DataType::Timestamp(3)},
                 {"pos", DataType::String()}},
                {"id"}, std::move(options));
}

types::TableSchema Partial(Options options) {
  options.emplace("merge-engine", "partial-update");
  return Wide(std::move(options));
}

std::string MistakesOf(const types::TableSchema& schema) {
  return MessageOf(CheckSchema(schema, nullptr));
}

std::string CodesOf(const types::TableSchema& schema) {
  std::string out;
  std::vector<Notice> notices;
  const Status status = CheckSchema(schema, &notices);
  EXPECT_TRUE(status.ok()) << MessageOf(status);
  for (const Notice& notice : notices) {
    if (!out.empty()) out += ' ';
    out += notice.code.substr(5);
  }
  return out;
}

#define EXPECT_MISTAKE(schema, words)                                                 \
  do {                                                                                \
    const Status status = CheckSchema(schema, nullptr);                               \
    EXPECT_EQ(KindOf(status), ErrorKind::kInvalidInput) << words;                     \
    EXPECT_NE(MessageOf(status).find(words), std::string::npos) << MessageOf(status); \
  } while (false)

// ---- article A ----

/// The article's CREATE TABLE with every option block that it adds later.
types::TableSchema ArticleA() {
  types::TableSchema schema =
      Schema({{"product_id", DataType::BigInt()},
              {"product_name", DataType::String()},
              {"brand", DataType::String()},
              {"price", DataType::Decimal(10, 2)},
              {"sale_ends", DataType::Date()},
              {"discontinue_date", DataType::Date()},
              {"review_cnt", DataType::BigInt()},
              {"open_question_cnt", DataType::BigInt()}},
             {"product_id"},
             {{"merge-engine", "partial-update"},
              {"fields.product_name.sequence-group", "catalog_op_ts"},
              {"fields.brand.sequence-group", "catalog_op_ts"},
              {"fields.price.sequence-group", "pricing_op_ts"},
              {"fields.sale_ends.sequence-group", "pricing_op_ts"},
              {"fields.catalog_op_ts.sequence-group", "catalog_op_ts"},
              {"fields.pricing_op_ts.sequence-group", "pricing_op_ts"},
              {"fields.review_cnt.aggregate-function", "sum"},
              {"fields.open_question_cnt.aggregate-function", "sum"},
              {"fields.price.ignore-retract", "false"},
              {"partial-update.remove-record-on-delete", "true"}});
  schema.options.erase("bucket");
  return schema;
}

TEST(SchemaCheck, AnswersArticleAWithOneErrorThatListsEveryMistake) {
  const Status status = CheckSchema(ArticleA(), nullptr, "product_360");
  EXPECT_EQ(KindOf(status), ErrorKind::kInvalidInput);
  const std::string text = MessageOf(status);
  for (const char* words :
       {"The table definition has 7 mistakes.",
        "product_name, brand are the wrong way round",
        "price, sale_ends are the wrong way round", "clock of product_name, brand has no",
        "clock of price, sale_ends has no",
        "aggregation functions but not found for field review_cnt",
        "aggregation functions but not found for field open_question_cnt",
        "conflicting behavior", "Dynamic buckets",
        "'fields.price.ignore-retract' = 'false' does nothing",
        "orders a column by itself"}) {
    EXPECT_NE(text.find(words), std::string::npos) << words << "\n" << text;
  }
}

TEST(SchemaCheck, PrintsTheCorrectedDdlOfArticleA) {
  const std::string text = MessageOf(CheckSchema(ArticleA(), nullptr, "product_360"));
  const std::string ddl =
      "CREATE TABLE product_360 (\n"
      "  `product_id`        BIGINT,\n"
      "  `product_name`      STRING,\n"
      "  `brand`             STRING,\n"
      "  `catalog_op_ts`     TIMESTAMP(3),\n"
      "  `price`             DECIMAL(10, 2),\n"
      "  `sale_ends`         DATE,\n"
      "  `pricing_op_ts`     TIMESTAMP(3),\n"
      "  `discontinue_date`  DATE,\n"
      "  `review_cnt`        BIGINT,\n"
      "  `reviews_op_ts`     TIMESTAMP(3),\n"
      "  `open_question_cnt` BIGINT,\n"
      "  `questions_op_ts`   TIMESTAMP(3),\n"
      "  PRIMARY KEY (`product_id`) NOT ENFORCED\n"
      ") WITH (\n"
      "  'merge-engine' = 'partial-update',\n"
      "  'fields.catalog_op_ts.sequence-group' = 'product_name,brand',\n"
      "  'fields.open_question_cnt.aggregate-function' = 'sum',\n"
      "  'fields.pricing_op_ts.sequence-group' = 'price,sale_ends',\n"
      "  'fields.questions_op_ts.sequence-group' = 'open_question_cnt',\n"
      "  'fields.review_cnt.aggregate-function' = 'sum',\n"
      "  'fields.reviews_op_ts.sequence-group' = 'review_cnt',\n"
      "  'partial-update.remove-record-on-sequence-group' = 'catalog_op_ts'\n"
      ");";
  EXPECT_NE(text.find(ddl), std::string::npos) << text;
}

TEST(SchemaCheck, AcceptsItsOwnCorrection) {
  const SchemaReport report = ExamineSchema(ArticleA());
  ASSERT_TRUE(report.corrected.has_value());
  std::vector<Notice> notices;
  EXPECT_TRUE(CheckSchema(*report.corrected, &notices).ok());
}

TEST(SchemaCheck, TakesTheArticlesFirstDdlAndWarnsOfItsBucket) {
  types::TableSchema schema =
      Partial({{"partial-update.remove-record-on-delete", "false"}});
  EXPECT_EQ(CodesOf(schema), "W109 W105");
  schema.options.erase("bucket");
  EXPECT_EQ(CodesOf(schema), "W123 W109 W105");
}

TEST(SchemaCheck, RefusesASingleInvertedGroupAndSaysWhatItWouldMean) {
  const types::TableSchema schema = Partial({{"fields.price.sequence-group", "ts"}});
  EXPECT_MISTAKE(schema, "the row with the greater price wins, whatever its ts says");
  EXPECT_MISTAKE(schema, "'fields.ts.sequence-group' = 'price'");
  const SchemaReport report = ExamineSchema(schema);
  ASSERT_TRUE(report.corrected.has_value());
  EXPECT_EQ(report.corrected->options.at("fields.ts.sequence-group"), "price");
  EXPECT_FALSE(report.corrected->options.contains("fields.price.sequence-group"));
}

TEST(SchemaCheck, WarnsWhereAnIntegerMayBeAVersion) {
  EXPECT_NE(CodesOf(Partial({{"fields.n.sequence-group", "ts"}})).find("W117"),
            std::string::npos);
}

TEST(SchemaCheck, TakesGroupsTheRightWayRound) {
  EXPECT_EQ(CodesOf(Partial({{"fields.pos.sequence-group", "a,b"},
                             {"fields.n.sequence-group", "price"},
                             {"changelog-producer", "lookup"}})),
            "");
  EXPECT_EQ(CodesOf(Partial({{"fields.pos,n.sequence-group", "a,b"},
                             {"changelog-producer", "lookup"}})),
            "");
}

TEST(SchemaCheck, WarnsOfAClockAlone) {
  EXPECT_NE(CodesOf(Partial({{"fields.ts.sequence-group", "a"}})).find("W106"),
            std::string::npos);
  EXPECT_NE(CodesOf(Wide({{"sequence.field", "ts"}})).find("W106"), std::string::npos);
  EXPECT_EQ(CodesOf(Wide({{"sequence.field", "ts,pos"}})), "");
}

TEST(SchemaCheck, WarnsOfAGroupOfItself) {
  EXPECT_NE(CodesOf(Partial({{"fields.ts.sequence-group", "ts"}})).find("W103"),
            std::string::npos);
}

TEST(SchemaCheck, RefusesGroupsThatContradictThemselves) {
  EXPECT_MISTAKE(
      Partial({{"fields.pos.sequence-group", "a"}, {"fields.ts.sequence-group", "a"}}),
      "Field a is defined repeatedly by multiple groups");
  EXPECT_MISTAKE(Partial({{"fields.pos.sequence-group", "id"}}),
                 "contains the primary key column id");
  EXPECT_MISTAKE(Partial({{"fields.id.sequence-group", "a,b"}}),
                 "contains the primary key column id");
  EXPECT_MISTAKE(Partial({{"fields.pos.sequence-group", "a,prise"}}),
                 "Did you mean price?");
  EXPECT_MISTAKE(Partial({{"fields.psos.sequence-group", "a,b"}}),
                 "Field psos can not be");
}

TEST(SchemaCheck, PutsAggregatesInGroups) {
  const types::TableSchema schema = Partial({{"fields.n.aggregate-function", "sum"}});
  EXPECT_MISTAKE(
      schema,
      "Must use sequence group for aggregation functions but not found for field "
      "n.");
  EXPECT_TRUE(ExamineSchema(schema).corrected.has_value());
  EXPECT_EQ(CodesOf(Partial({{"fields.n.aggregate-function", "last_non_null_value"},
                             {"changelog-producer", "lookup"},
                             {"ignore-delete", "true"}})),
            "");
  EXPECT_MISTAKE(Partial({{"fields.default-aggregate-function", "max"},
                          {"fields.pos.sequence-group", "a,b,price,ts"}}),
                 "not found for field n.");
}

TEST(SchemaCheck, WarnsOfRetractionsIntoASum) {
  const std::string codes = CodesOf(Partial(
      {{"fields.pos.sequence-group", "n"}, {"fields.n.aggregate-function", "sum"}}));
  EXPECT_NE(codes.find("W107"), std::string::npos) << codes;
}

TEST(SchemaCheck, KnowsTheAggregateFunctions) {
  Options options = {{"merge-engine", "aggregation"},
                     {"fields.ts.aggregate-function", "last_non_null"}};
  EXPECT_MISTAKE(Wide(options), "There is no aggregate function 'last_non_null'");
  EXPECT_MISTAKE(Wide(options), "'fields.ts.aggregate-function' = 'last_non_null_value'");
  EXPECT_TRUE(ExamineSchema(Wide(options)).corrected.has_value());
  options["fields.ts.aggregate-function"] = "count";
  EXPECT_MISTAKE(Wide(options), "sum 1 for every row");
  options["fields.ts.aggregate-function"] = "sum";
  EXPECT_MISTAKE(Wide(options), "'sum' needs a number, but column ts is TIMESTAMP(3)");
}

TEST(SchemaCheck, HoldsDeletePoliciesApart) {
  EXPECT_MISTAKE(Partial({{"fields.pos.sequence-group", "a"},
                          {"partial-update.remove-record-on-delete", "true"}}),
                 "conflicting behavior");
  EXPECT_MISTAKE(Partial({{"ignore-delete", "true"},
                          {"partial-update.remove-record-on-delete", "true"}}),
                 "conflicting behavior");
  EXPECT_MISTAKE(Partial({{"partial-update.ignore-delete", "true"},
                          {"fields.pos.sequence-group", "a"},
                          {"partial-update.remove-record-on-sequence-group", "pos"}}),
                 "conflicting behavior");
  EXPECT_MISTAKE(Partial({{"fields.pos.sequence-group", "a"},
                          {"partial-update.remove-record-on-sequence-group", "a"}}),
                 "Its clock is pos.");
  const std::string codes =
      CodesOf(Partial({{"fields.pos.sequence-group", "a"},
                       {"partial-update.remove-record-on-sequence-group", "pos"}}));
  EXPECT_NE(codes.find("W115"), std::string::npos);
  EXPECT_NE(
      CodesOf(Partial({{"partial-update.remove-record-on-delete", "true"}})).find("W116"),
      std::string::npos);
}

TEST(SchemaCheck, WarnsOfOptionsThatDoNothing) {
  EXPECT_NE(CodesOf(Partial({{"fields.price.ignore-retract", "false"}})).find("W104"),
            std::string::npos);
  EXPECT_EQ(CodesOf(Wide({{"fields.a.sequence-group", "b"}})), "W119");
  EXPECT_EQ(CodesOf(Wide({{"partition.expiration-time", "7d"},
                          {"partition.timestamp-pattern", "$ds"}}))
                    .find("W108") != std::string::npos,
            true);
  const auto notices = ExamineSchema(Wide({{"buckets", "4"}})).notices;
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].code, "TARN-W101");
  EXPECT_NE(notices[0].hint.find("'bucket'"), std::string::npos) << notices[0].hint;
  EXPECT_NE(CodesOf(Wide({{"snapshot.num-retained.max", "10000"}})).find("W112"),
            std::string::npos);
  EXPECT_NE(CodesOf(Partial({{"write-only", "true"}, {"changelog-producer", "lookup"}}))
                .find("W110"),
            std::string::npos);
  EXPECT_NE(CodesOf(Wide({{"delete-file.thread-num", "32"}})).find("W113"),
            std::string::npos);
}

// ---- the checks of SchemaValidation ----

TEST(SchemaCheck, ChecksKeysAndColumns) {
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}}, {"b"}, {}),
                 "names b, which is no column");
  EXPECT_MISTAKE(Schema({{"a", DataType::Array(DataType::Int())}}, {"a"}, {}),
                 "in primary key field a is unsupported");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}}, {"a", "a"}, {}), "names a twice");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}}, {"a"}, {}, {"a"}),
                 "only one record in a partition");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}, {"_KEY_x", DataType::Int()}}, {"a"}, {}),
                 "_KEY_x belongs to Paimon");
  EXPECT_MISTAKE(
      Schema({{"a", DataType::Int()}, {"rowkind", DataType::Int()}}, {"a"}, {}),
      "rowkind belongs to Paimon");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}, {"a", DataType::Int()}}, {"a"}, {}),
                 "a is defined twice");
}

TEST(SchemaCheck, ChecksBuckets) {
  EXPECT_MISTAKE(Wide({{"bucket", "0"}}), "needs to be greater than 0");
  EXPECT_MISTAKE(Wide({{"bucket", "-1"}, {"bucket-key", "id"}}),
                 "Cannot define 'bucket-key' with bucket = -1");
  EXPECT_MISTAKE(Wide({{"bucket-key", "a"}}), "should contain all bucket keys");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}}, {}, {{"bucket", "2"}}),
                 "You should define a 'bucket-key'");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}, {"p", DataType::Int()}}, {"a", "p"},
                        {{"bucket-key", "p"}}, {"p"}),
                 "should not be in partition keys");
  EXPECT_TRUE(CheckSchema(Schema({{"a", DataType::Int()}}, {}, {}), nullptr).ok());
  EXPECT_MISTAKE(Wide({{"bucket", "many"}}), "bucket");
}

TEST(SchemaCheck, ChecksSequenceFields) {
  EXPECT_MISTAKE(Wide({{"sequence.field", "tss"}}), "Did you mean ts?");
  EXPECT_MISTAKE(Wide({{"sequence.field", "ts,ts"}}), "is defined repeatedly");
  EXPECT_MISTAKE(Wide({{"sequence.field", "n"}, {"fields.n.aggregate-function", "sum"}}),
                 "Should not define aggregation on sequence field");
  EXPECT_MISTAKE(Wide({{"sequence.field", "ts"}, {"merge-engine", "first-row"}}),
                 "FIRST_ROW");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}, {"p", DataType::Int()}}, {"a"},
                        {{"sequence.field", "p"}}, {"p"}),
                 "cross partition update");
}

TEST(SchemaCheck, ChecksChangelogsAndNumbers) {
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}}, {}, {{"changelog-producer", "input"}}),
                 "without primary keys");
  EXPECT_MISTAKE(
      Wide({{"changelog-producer", "lookup"}, {"full-compaction.delta-commits", "3"}}),
      "is incompatible with");
  EXPECT_MISTAKE(
      Wide({{"changelog-producer", "lookup"}, {"streaming-read-overwrite", "true"}}),
      "duplicated changes");
  EXPECT_MISTAKE(Wide({{"changelog-producer", "full-compaction"},
                       {"deletion-vectors.enabled", "true"}}),
                 "NONE/INPUT/LOOKUP");
  EXPECT_MISTAKE(Wide({{"changelog-producer", "kafka"}}), "changelog-producer");
  EXPECT_MISTAKE(Wide({{"snapshot.num-retained.min", "0"}}), "should be at least 1");
  EXPECT_MISTAKE(
      Wide({{"snapshot.num-retained.min", "20"}, {"snapshot.num-retained.max", "9"}}),
      "should not be larger than");
}

TEST(SchemaCheck, ChecksNamedColumnsFormatsAndScans) {
  EXPECT_MISTAKE(Wide({{"record-level.time-field", "x"}}), "Can not find time field x");
  EXPECT_MISTAKE(Wide({{"record-level.time-field", "a"}}),
                 "should be one of INT, BIGINT");
  EXPECT_MISTAKE(Wide({{"rowkind.field", "x"}}), "Rowkind field: 'x' can not be found");
  EXPECT_MISTAKE(Wide({{"rowkind.field", "n"}}), "must be a STRING");
  EXPECT_MISTAKE(Schema({{"a", DataType::Int()}, {"t", DataType::Timestamp(9)}}, {"a"},
                        {{"file.format", "avro"}}),
                 "precision up to 6");
  EXPECT_MISTAKE(Wide({{"scan.mode", "from-snapshot"}}), "must set only one key");
  EXPECT_MISTAKE(Wide({{"scan.mode", "latest"}, {"scan.snapshot-id", "1"}}),
                 "must be null when you use latest");
  EXPECT_MISTAKE(Wide({{"fields.nope.stats-mode", "none"}}),
                 "Field nope can not be found in table schema");
  EXPECT_MISTAKE(
      Schema({{"a", DataType::Int()},
              {"r", DataType::Row({{1, "x", DataType::Int(), {}, {}}})}},
             {"a"},
             {{"merge-engine", "aggregation"}, {"fields.r.x.aggregate-function", "sum"}}),
      "Nested-field path is not supported on ROW field 'r'");
}

TEST(SchemaCheck, ListsAllMistakesOfDifferentKinds) {
  const std::string text = MistakesOf(Wide(
      {{"bucket", "0"}, {"sequence.field", "nope"}, {"snapshot.num-retained.min", "0"}}));
  EXPECT_NE(text.find("has 3 mistakes"), std::string::npos) << text;
  EXPECT_EQ(text.find("Corrected"), std::string::npos) << text;
}

// What Java wrote must be accepted, but for features that are refused by their name.
TEST(SchemaCheck, AcceptsEveryGoldenSchema) {
  namespace fs = std::filesystem;
  int schemas = 0, refused = 0;
  for (const auto& folder : fs::directory_iterator(support::TestFile("golden"))) {
    const fs::path path = folder.path() / "warehouse/db.db/t/schema/schema-0";
    if (!fs::exists(path)) continue;
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    auto schema = types::TableSchema::FromJson(text.str());
    ASSERT_TRUE(schema.ok()) << path;
    const Status status = CheckSchema(*schema, nullptr);
    ++schemas;
    if (status.ok()) continue;
    ++refused;
    EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported) << folder.path().filename() << "\n"
                                                       << MessageOf(status);
  }
  EXPECT_GT(schemas, 100);
  EXPECT_LT(refused, 40);
}

// ---- INSERT ----

TEST(InsertCheck, SaysWhatALeftOutColumnDoes) {
  const types::TableSchema schema = Partial({{"fields.pos.sequence-group", "a,b"},
                                             {"fields.ts.sequence-group", "n"},
                                             {"fields.n.aggregate-function", "sum"}});
  const auto codes = [&](std::vector<std::string> columns) {
    std::vector<Notice> notices;
    CheckInsertColumns(schema, columns, &notices);
    std::string out;
    for (const Notice& notice : notices) out += notice.code.substr(5) + " ";
    return out;
  };
  EXPECT_EQ(codes({"id", "a", "b", "pos"}), "");
  EXPECT_EQ(codes({"id", "a", "b"}), "W121 ");
  EXPECT_EQ(codes({"id", "a", "pos"}), "W122 ");
  EXPECT_EQ(codes({"id", "n"}), "W121 ");
  EXPECT_EQ(codes({"id", "ts"}), "");
  EXPECT_EQ(codes({"id", "price"}), "");
}

TEST(TableDdl, PrintsWhatFlinkReadsBack) {
  types::TableSchema schema = Schema(
      {{"a`b", DataType::Int().NotNull()},
       {"r", DataType::Row({{1, "x", DataType::String(), "it's", {}},
                            {2,
                             "m",
                             DataType::Map(DataType::Int().NotNull(), DataType::Bytes()),
                             {},
                             {}}})
                 .NotNull()}},
      {"a`b"}, {{"k", "v'w"}}, {"a`b"});
  schema.comment = "c";
  schema.fields[1].description = "d";
  EXPECT_EQ(TableDdl("t", schema, {{"k", "why"}}),
            "CREATE TABLE t (\n"
            "  `a``b` INT,\n"
            "  `r`    ROW<`x` STRING 'it''s', `m` MAP<INT NOT NULL, BYTES>> NOT NULL "
            "COMMENT 'd',\n"
            "  PRIMARY KEY (`a``b`) NOT ENFORCED\n"
            ") COMMENT 'c'\n"
            "PARTITIONED BY (`a``b`) WITH (\n"
            "  'bucket' = '2',\n"
            "  -- why\n"
            "  'k' = 'v''w'\n"
            ")");
}

}  // namespace
}  // namespace tarn::meta
