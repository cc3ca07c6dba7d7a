// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/table_definition.h"

#include <gtest/gtest.h>

#include "tarn/sql/parser.h"

namespace tarn::sql {
namespace {

/// The article's CREATE TABLE with every option block that it adds later, as one
/// statement.
constexpr char kArticleA[] = R"(CREATE TABLE product_360 (
  product_id BIGINT,

  -- written by the catalog stream
  product_name STRING,
  brand        STRING,

  -- written by the pricing stream
  price        DECIMAL(10, 2),
  sale_ends    DATE,

  -- lifecycle + aggregated columns
  discontinue_date  DATE,
  review_cnt        BIGINT,
  open_question_cnt BIGINT,

  PRIMARY KEY (product_id) NOT ENFORCED
) WITH (
  'merge-engine' = 'partial-update',

  -- what a CDC delete means (covered below)
  'partial-update.remove-record-on-delete' = 'false',
  'fields.product_name.sequence-group' = 'catalog_op_ts',
  'fields.brand.sequence-group'        = 'catalog_op_ts',
  'fields.price.sequence-group'        = 'pricing_op_ts',
  'fields.sale_ends.sequence-group'    = 'pricing_op_ts',
  -- the op_ts columns themselves live in the row, too
  'fields.catalog_op_ts.sequence-group' = 'catalog_op_ts',
  'fields.pricing_op_ts.sequence-group' = 'pricing_op_ts',
  'fields.review_cnt.aggregate-function'        = 'sum',
  'fields.open_question_cnt.aggregate-function' = 'sum',
  'partial-update.remove-record-on-delete' = 'false',
  'fields.price.ignore-retract'            = 'false',
  'partial-update.remove-record-on-delete' = 'true'
))";

struct Checked {
  Status status;
  std::vector<meta::Notice> notices;
};

Checked Check(const std::string& text) {
  const SourceText source(text, "ddl.sql");
  Checked out;
  auto statement = ParseStatement(source);
  out.status = statement.status();
  if (!out.status.ok()) return out;
  const CreateTable& table = *statement->As<CreateTable>();
  auto schema = ToTableSchema(table, source);
  out.status = schema.status();
  if (out.status.ok()) out.status = CheckDdl(table, *schema, source, &out.notices);
  return out;
}

std::string ErrorOfDdl(const std::string& text) {
  return MessageOf(Check(text).status);
}

TEST(TableDefinition, MakesASchema) {
  const SourceText source(
      "CREATE TABLE t (id INT COMMENT 'key', v VARCHAR, PRIMARY KEY (id) NOT ENFORCED) "
      "COMMENT "
      "'c' PARTITIONED BY (id) WITH ('bucket'='1','bucket'='2')");
  auto statement = ParseStatement(source);
  ASSERT_TRUE(statement.ok());
  auto schema = ToTableSchema(*statement->As<CreateTable>(), source);
  ASSERT_TRUE(schema.ok()) << MessageOf(schema.status());
  EXPECT_EQ(schema->fields[0].type, types::DataType::Int().NotNull());
  EXPECT_EQ(schema->fields[0].description, "key");
  EXPECT_EQ(schema->fields[1].type, types::DataType::String());
  EXPECT_EQ(schema->primary_keys, std::vector<std::string>{"id"});
  EXPECT_EQ(schema->partition_keys, std::vector<std::string>{"id"});
  EXPECT_EQ(schema->options.at("bucket"), "2");
  EXPECT_EQ(schema->comment, "c");
}

TEST(TableDefinition, RefusesWithThePlace) {
  EXPECT_NE(ErrorOfDdl("CREATE TABLE t (id INT, PRIMARY KEY (idd) NOT ENFORCED)")
                .find("ddl.sql:1:38"),
            std::string::npos);
  EXPECT_NE(ErrorOfDdl("CREATE TABLE t (id INT) PARTITIONED BY (x)").find("ddl.sql:1:41"),
            std::string::npos);
  EXPECT_EQ(KindOf(Check("CREATE TABLE t (id INT, c AS id + 1)").status),
            ErrorKind::kUnsupported);
  EXPECT_EQ(KindOf(Check("CREATE TABLE t (id INT METADATA)").status),
            ErrorKind::kUnsupported);
  EXPECT_NE(ErrorOfDdl("CREATE TABLE t (id INT) WITH ('connector'='kafka')")
                .find("CREATE TEMPORARY TABLE"),
            std::string::npos);
}

TEST(TableDefinition, AnswersArticleAWithPlacesAndACorrection) {
  const Checked checked = Check(kArticleA);
  EXPECT_EQ(KindOf(checked.status), ErrorKind::kInvalidInput);
  EXPECT_EQ(CodeOf(checked.status), "TARN-1240");
  const std::string text = MessageOf(checked.status);
  EXPECT_NE(text.find("has 7 mistakes"), std::string::npos) << text;
  EXPECT_NE(text.find("are the wrong way round"), std::string::npos) << text;
  EXPECT_NE(text.find("[ddl.sql:24:3]"), std::string::npos) << text;
  EXPECT_NE(text.find("the last one counts"), std::string::npos) << text;
}

TEST(TableDefinition, AcceptsTheCorrectionThatItPrints) {
  const std::string text = ErrorOfDdl(kArticleA);
  const size_t begin = text.find("CREATE TABLE");
  ASSERT_NE(begin, std::string::npos);
  const Checked again = Check(text.substr(begin));
  EXPECT_TRUE(again.status.ok()) << MessageOf(again.status);
}

TEST(TableDefinition, AcceptsTheScenarioThatRealFlinkRuns) {
  const Checked checked = Check(R"(CREATE TABLE product_360 (
      product_id BIGINT, product_name STRING, brand STRING, catalog_op_ts TIMESTAMP(3),
      review_cnt BIGINT, reviews_op_ts TIMESTAMP(3), PRIMARY KEY (product_id) NOT ENFORCED
    ) WITH ('merge-engine' = 'partial-update', 'bucket' = '4', 'write-only' = 'true',
      'changelog-producer' = 'lookup',
      'fields.catalog_op_ts.sequence-group' = 'product_name,brand',
      'fields.reviews_op_ts.sequence-group' = 'review_cnt',
      'fields.review_cnt.aggregate-function' = 'sum',
      'partial-update.remove-record-on-sequence-group' = 'catalog_op_ts'))");
  EXPECT_TRUE(checked.status.ok()) << MessageOf(checked.status);
  EXPECT_FALSE(checked.notices.empty());
}

TEST(TableDefinition, MakesASource) {
  const SourceText source(
      "CREATE TEMPORARY TABLE s (id BIGINT, ts TIMESTAMP_LTZ(3) METADATA FROM "
      "'value.source.timestamp' VIRTUAL, pos STRING METADATA FROM 'event-position', "
      "twice AS "
      "id * 2, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector'='filesystem','path'='/x',"
      "'format'='debezium-json')");
  auto statement = ParseStatement(source);
  ASSERT_TRUE(statement.ok());
  EXPECT_TRUE(IsSource(*statement->As<CreateTable>()));
  auto definition = ToSourceDefinition(*statement->As<CreateTable>(), source);
  ASSERT_TRUE(definition.ok()) << MessageOf(definition.status());
  ASSERT_EQ(definition->columns.size(), 3u);
  EXPECT_EQ(definition->columns[0].metadata_key, "");
  EXPECT_EQ(definition->columns[1].metadata_key, "value.source.timestamp");
  EXPECT_EQ(definition->primary_key, std::vector<std::string>{"id"});
}

TEST(TableDefinition, ShowsATableAsFlinkDoes) {
  const SourceText source("CREATE TABLE t (id INT NOT NULL, v STRING) WITH ('a'='b')");
  auto statement = ParseStatement(source);
  const CreateTable& table = *statement->As<CreateTable>();
  EXPECT_EQ(ShowCreateTable(table.name, *ToTableSchema(table, source)),
            "CREATE TABLE `t` (\n  `id` INT NOT NULL,\n  `v`  STRING\n) WITH (\n  'a' = "
            "'b'\n)");
}

}  // namespace
}  // namespace tarn::sql
