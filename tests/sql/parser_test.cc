// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/parser.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tarn/sql/token_stream.h"
#include "tests/support/files.h"

namespace tarn::sql {
namespace {

Statement Parse(const std::string& text) {
  const SourceText source(text);
  auto statement = ParseStatement(source);
  EXPECT_TRUE(statement.ok()) << text << "\n" << MessageOf(statement.status());
  return statement.ok() ? std::move(statement).ValueUnsafe() : Statement();
}

template <typename T>
const T& As(const Statement& statement) {
  static const T kNone{};
  const T* out = statement.As<T>();
  EXPECT_NE(out, nullptr) << StatementName(statement);
  return out == nullptr ? kNone : *out;
}

std::string ErrorOf(const std::string& text) {
  const SourceText source(text);
  auto script = ParseScript(source);
  EXPECT_FALSE(script.ok()) << text;
  return script.ok() ? "" : MessageOf(script.status());
}

void ExpectError(const std::string& text, ErrorKind kind, const std::string& sentence,
                 const std::string& place) {
  const SourceText source(text, "s");
  const Status status = ParseScript(source).status();
  EXPECT_EQ(KindOf(status), kind) << text << "\n" << MessageOf(status);
  EXPECT_NE(MessageOf(status).find(sentence), std::string::npos) << MessageOf(status);
  EXPECT_NE(MessageOf(status).find("s:" + place + "\n"), std::string::npos)
      << MessageOf(status);
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(Parser, ReadsCatalogsAndDatabases) {
  const Statement create =
      Parse("CREATE CATALOG IF NOT EXISTS c COMMENT 'x' WITH ('type'='paimon')");
  EXPECT_EQ(As<CreateCatalog>(create).name.name, "c");
  EXPECT_TRUE(As<CreateCatalog>(create).if_not_exists);
  EXPECT_EQ(As<CreateCatalog>(create).options.at(0).value, "paimon");
  EXPECT_EQ(As<UseCatalog>(Parse("USE CATALOG `my-cat`")).name.name, "my-cat");
  EXPECT_EQ(As<UseDatabase>(Parse("use c.db;")).name.parts.size(), 2u);
  EXPECT_EQ(As<CreateDatabase>(Parse("CREATE DATABASE c.db")).name.object(), "db");
  const Statement drop = Parse("DROP DATABASE IF EXISTS db CASCADE");
  EXPECT_TRUE(As<DropDatabase>(drop).cascade);
  EXPECT_TRUE(As<DropDatabase>(drop).if_exists);
  EXPECT_FALSE(As<DropDatabase>(Parse("DROP DATABASE db RESTRICT")).cascade);
  EXPECT_EQ(As<DropCatalog>(Parse("DROP CATALOG c")).name.name, "c");
}

TEST(Parser, ReadsTablesWithEveryKindOfColumn) {
  const Statement statement = Parse(
      "CREATE TEMPORARY TABLE IF NOT EXISTS c.db.t (\n"
      "  id BIGINT NOT NULL COMMENT 'the key',\n"
      "  price DECIMAL(10, 2),\n"
      "  op_ts TIMESTAMP_LTZ(3) METADATA FROM 'value.source.timestamp' VIRTUAL,\n"
      "  `offset` BIGINT METADATA,\n"
      "  cents AS price * 100 COMMENT 'computed',\n"
      "  CONSTRAINT pk PRIMARY KEY (id) NOT ENFORCED,\n"
      "  WATERMARK FOR op_ts AS op_ts - INTERVAL '5' SECOND\n"
      ") COMMENT 'a table' PARTITIONED BY (id) WITH ('a'='1', 'b'='it''s')");
  const CreateTable& table = As<CreateTable>(statement);
  EXPECT_TRUE(table.temporary);
  EXPECT_TRUE(table.if_not_exists);
  EXPECT_EQ(table.name.ToString(), "c.db.t");
  ASSERT_EQ(table.columns.size(), 5u);
  EXPECT_EQ(table.columns[0].type.type, types::DataType::BigInt().NotNull());
  EXPECT_EQ(table.columns[0].comment, "the key");
  EXPECT_EQ(table.columns[2].kind, ColumnKind::kMetadata);
  EXPECT_EQ(table.columns[2].metadata_key, "value.source.timestamp");
  EXPECT_TRUE(table.columns[2].is_virtual);
  EXPECT_EQ(table.columns[3].metadata_key, std::nullopt);
  EXPECT_EQ(table.columns[4].kind, ColumnKind::kComputed);
  ASSERT_TRUE(table.primary_key.has_value());
  EXPECT_EQ(table.primary_key->constraint->name, "pk");
  EXPECT_EQ(table.primary_key->columns[0].name, "id");
  ASSERT_TRUE(table.watermark.has_value());
  EXPECT_EQ(table.comment, "a table");
  EXPECT_EQ(table.partitioned_by[0].name, "id");
  EXPECT_EQ(table.options[1].value, "it's");
}

TEST(Parser, ReadsAKeyAtItsColumn) {
  const Statement statement =
      Parse("CREATE TABLE t (id INT PRIMARY KEY NOT ENFORCED, v INT)");
  EXPECT_EQ(As<CreateTable>(statement).primary_key->columns[0].name, "id");
}

TEST(Parser, TakesSparksSpellingOfOptions) {
  const Statement statement =
      Parse("CREATE TABLE t (id INT) USING paimon TBLPROPERTIES ('primary-key'='id')");
  EXPECT_EQ(As<CreateTable>(statement).options[0].key, "primary-key");
}

TEST(Parser, ReadsViewsDropsAndAlterations) {
  const Statement view = Parse("CREATE TEMPORARY VIEW v (a, b) AS SELECT 1, 2");
  EXPECT_TRUE(As<CreateView>(view).temporary);
  EXPECT_EQ(As<CreateView>(view).columns.size(), 2u);
  EXPECT_EQ(As<Drop>(Parse("DROP VIEW IF EXISTS v")).object, DroppedObject::kView);
  EXPECT_TRUE(As<Drop>(Parse("DROP TEMPORARY TABLE t")).temporary);
  const Statement set = Parse("ALTER TABLE t SET ('bucket'='64')");
  EXPECT_EQ(std::get<SetTableOptions>(As<AlterTable>(set).action).options[0].key,
            "bucket");
  const Statement reset = Parse("ALTER TABLE t RESET ('bucket', 'x')");
  EXPECT_EQ(std::get<ResetTableOptions>(As<AlterTable>(reset).action).keys.size(), 2u);
  const Statement rename = Parse("ALTER TABLE t RENAME TO db.u");
  EXPECT_EQ(std::get<RenameTable>(As<AlterTable>(rename).action).to.ToString(), "db.u");
}

template <typename Action>
Action ActionOf(const std::string& text) {
  Statement statement = Parse(text);
  auto* alter = std::get_if<AlterTable>(&statement.node);
  EXPECT_NE(alter, nullptr) << text;
  auto* action = alter == nullptr ? nullptr : std::get_if<Action>(&alter->action);
  EXPECT_NE(action, nullptr) << text;
  return action == nullptr ? Action() : std::move(*action);
}

TEST(Parser, ReadsFlinksChangesOfColumns) {
  const auto one = ActionOf<AddColumns>("ALTER TABLE t ADD c INT COMMENT 'x' FIRST");
  ASSERT_EQ(one.columns.size(), 1u);
  EXPECT_EQ(one.columns[0].comment, "x");
  EXPECT_EQ(one.columns[0].place.kind, PlaceKind::kFirst);
  const auto two = ActionOf<AddColumns>("ALTER TABLE t ADD (c INT, d DATE AFTER c)");
  ASSERT_EQ(two.columns.size(), 2u);
  EXPECT_EQ(two.columns[1].place.after.name, "c");
  EXPECT_EQ(two.columns[1].span.offset, 26u);
  const auto modify =
      ActionOf<ModifyColumns>("ALTER TABLE t MODIFY (a BIGINT NOT NULL, b STRING)");
  EXPECT_FALSE(modify.columns.at(0).type.type.nullable());
  EXPECT_EQ(ActionOf<DropColumns>("ALTER TABLE t DROP c").columns.size(), 1u);
  EXPECT_EQ(ActionOf<DropColumns>("ALTER TABLE t DROP (a, b)").columns.size(), 2u);
  EXPECT_EQ(ActionOf<RenameColumn>("ALTER TABLE t RENAME a TO b").to.name, "b");
  EXPECT_FALSE(ActionOf<DropPrimaryKey>("ALTER TABLE t DROP PRIMARY KEY").constraint);
  EXPECT_EQ(ActionOf<DropPrimaryKey>("ALTER TABLE t DROP CONSTRAINT c").constraint->name,
            "c");
  const auto drop = ActionOf<DropPartitions>(
      "ALTER TABLE t DROP IF EXISTS PARTITION (a=1), PARTITION (a=2, b='x')");
  EXPECT_TRUE(drop.if_exists);
  EXPECT_EQ(drop.partitions.at(1).size(), 2u);
  EXPECT_TRUE(ActionOf<AddPartitions>("ALTER TABLE t ADD IF NOT EXISTS PARTITION (a=1)")
                  .if_not_exists);
  EXPECT_EQ(As<TruncateTable>(Parse("TRUNCATE TABLE db.t")).name.ToString(), "db.t");
  // Columns that are called like the words of other forms.
  EXPECT_EQ(ActionOf<DropColumns>("ALTER TABLE t DROP `column`").columns[0].object(),
            "column");
  EXPECT_EQ(ActionOf<RenameColumn>("ALTER TABLE t RENAME `column` TO b").to.name, "b");
}

TEST(Parser, ReadsSparksChangesOfColumns) {
  const auto nested =
      ActionOf<AddColumns>("ALTER TABLE t ADD COLUMN r.x.y INT COMMENT 'i' AFTER z");
  EXPECT_EQ(nested.columns.at(0).name.ToString(), "r.x.y");
  EXPECT_EQ(
      ActionOf<AddColumns>("ALTER TABLE t ADD COLUMNS (a INT, b INT)").columns.size(),
      2u);
  const auto aspect = [](const std::string& rest) {
    return ActionOf<AlterColumn>("ALTER TABLE t ALTER COLUMN a.b " + rest).aspect;
  };
  EXPECT_EQ(aspect("TYPE BIGINT"), ColumnAspect::kType);
  EXPECT_EQ(aspect("FIRST"), ColumnAspect::kPlace);
  EXPECT_EQ(aspect("AFTER c"), ColumnAspect::kPlace);
  EXPECT_EQ(aspect("SET NOT NULL"), ColumnAspect::kSetNotNull);
  EXPECT_EQ(aspect("DROP NOT NULL"), ColumnAspect::kDropNotNull);
  EXPECT_EQ(aspect("COMMENT 'x'"), ColumnAspect::kComment);
  EXPECT_EQ(aspect("SET DEFAULT -1"), ColumnAspect::kSetDefault);
  EXPECT_EQ(aspect("DROP DEFAULT"), ColumnAspect::kDropDefault);
  EXPECT_EQ(ActionOf<AlterColumn>("ALTER TABLE t ALTER a SET DEFAULT 'it''s'").text,
            "'it''s'");
  EXPECT_TRUE(ActionOf<DropColumns>("ALTER TABLE t DROP COLUMN IF EXISTS a").if_exists);
  EXPECT_EQ(ActionOf<DropColumns>("ALTER TABLE t DROP COLUMNS (a, b.c)").columns.size(),
            2u);
  EXPECT_EQ(ActionOf<RenameColumn>("ALTER TABLE t RENAME COLUMN a.b TO c").to.name, "c");
  EXPECT_EQ(
      ActionOf<ResetTableOptions>("ALTER TABLE t UNSET TBLPROPERTIES IF EXISTS ('k')")
          .keys.size(),
      1u);
  EXPECT_EQ(ActionOf<SetTableOptions>("ALTER TABLE t SET TBLPROPERTIES ('k'='v')")
                .options.size(),
            1u);
  ExpectError("ALTER TABLE t ALTER COLUMN a", ErrorKind::kInvalidInput, "Expected",
              "1:29");
}

TEST(Parser, ReadsShowAndDescribe) {
  EXPECT_EQ(As<Show>(Parse("SHOW TABLES")).kind, ShowKind::kTables);
  const Statement tables = Parse("SHOW TABLES FROM c.db NOT LIKE 'a%'");
  EXPECT_EQ(As<Show>(tables).name->ToString(), "c.db");
  EXPECT_TRUE(As<Show>(tables).not_like);
  EXPECT_EQ(As<Show>(tables).like, "a%");
  EXPECT_EQ(As<Show>(Parse("SHOW CREATE TABLE t")).kind, ShowKind::kCreateTable);
  EXPECT_EQ(As<Show>(Parse("SHOW COLUMNS FROM t")).kind, ShowKind::kColumns);
  EXPECT_EQ(As<Show>(Parse("SHOW CURRENT DATABASE")).kind, ShowKind::kCurrentDatabase);
  EXPECT_EQ(As<Show>(Parse("SHOW PARTITIONS t")).name->object(), "t");
  EXPECT_EQ(As<Show>(Parse("SHOW DATABASES ILIKE 'x'")).ignore_case, true);
  EXPECT_EQ(As<Describe>(Parse("DESC t")).name.object(), "t");
  EXPECT_TRUE(As<Describe>(Parse("DESCRIBE EXTENDED db.t")).extended);
}

TEST(Parser, ReadsInserts) {
  const Statement statement = Parse(
      "INSERT OVERWRITE t /*+ OPTIONS('a'='b') */ PARTITION (ds='2024-01-02', hh) (x, y) "
      "SELECT 1, 2");
  const Insert& insert = As<Insert>(statement);
  EXPECT_TRUE(insert.overwrite);
  EXPECT_EQ(insert.hints[0].options[0].value, "b");
  EXPECT_EQ(insert.partition.size(), 2u);
  EXPECT_EQ(insert.partition[1].value, nullptr);
  EXPECT_EQ(insert.columns[1].name, "y");
  const Statement rows = Parse("INSERT INTO t VALUES (1, 'a'), (2, 'b')");
  EXPECT_EQ(As<Insert>(rows).query->As<Values>()->rows.size(), 2u);
  const Statement inner = Parse("INSERT INTO t (SELECT 1)");
  EXPECT_TRUE(As<Insert>(inner).columns.empty());
}

TEST(Parser, ReadsBothFormsOfStatementSets) {
  EXPECT_EQ(As<StatementSet>(Parse("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; "
                                   "INSERT INTO b SELECT 2; END;"))
                .inserts.size(),
            2u);
  EXPECT_EQ(As<StatementSet>(Parse("BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END;"))
                .inserts.size(),
            1u);
}

TEST(Parser, ReadsOptionsQuotedAndBare) {
  const Statement quoted = Parse("SET 'a.b' = 'c d'");
  EXPECT_EQ(As<SetOption>(quoted).key, "a.b");
  EXPECT_EQ(As<SetOption>(quoted).value, "c d");
  const Statement bare = Parse("SET execution.runtime-mode = batch;");
  EXPECT_EQ(As<SetOption>(bare).key, "execution.runtime-mode");
  EXPECT_EQ(As<SetOption>(bare).value, "batch");
  EXPECT_EQ(As<SetOption>(Parse("SET;")).key, std::nullopt);
  EXPECT_EQ(As<ResetOption>(Parse("RESET 'a'")).key, "a");
  EXPECT_EQ(As<ResetOption>(Parse("RESET")).key, std::nullopt);
}

TEST(Parser, ReadsCallsWithNamedAndPositionalArguments) {
  const Statement named =
      Parse("CALL sys.compact(`table` => 'db.t', order_strategy => 'zorder')");
  EXPECT_EQ(As<CallProcedure>(named).procedure.ToString(), "sys.compact");
  EXPECT_EQ(As<CallProcedure>(named).arguments[0].name->name, "table");
  EXPECT_EQ(As<CallProcedure>(named).arguments[0].value->As<Literal>()->text, "db.t");
  const Statement positional = Parse("CALL sys.create_tag('default.t', 't1', 1)");
  EXPECT_EQ(As<CallProcedure>(positional).arguments.size(), 3u);
  ExpectError("CALL sys.p(a => 1, 2)", ErrorKind::kInvalidInput,
              "positional argument follows", "1:20");
}

TEST(Parser, ReadsExplainDeleteAndUpdate) {
  EXPECT_NE(As<Explain>(Parse("EXPLAIN SELECT 1")).statement, nullptr);
  EXPECT_EQ(
      As<Explain>(Parse("EXPLAIN CHANGELOG_MODE, PLAN_ADVICE INSERT INTO t SELECT 1"))
          .details.size(),
      2u);
  EXPECT_NE(As<Delete>(Parse("DELETE FROM t WHERE a = 1")).where, nullptr);
  EXPECT_EQ(As<Update>(Parse("UPDATE t SET a = 1, b = 2 WHERE c")).assignments.size(),
            2u);
}

TEST(Parser, NamesStatementsThatAreNotThere) {
  for (const char* text :
       {"MERGE INTO t USING u ON 1=1 WHEN MATCHED THEN DELETE",
        "ANALYZE TABLE t COMPUTE STATISTICS", "CREATE FUNCTION f AS 'x'",
        "ALTER TABLE t ADD WATERMARK FOR c AS c", "ALTER DATABASE d SET ('a'='b')",
        "CREATE OR REPLACE TABLE t AS SELECT 1", "SHOW JARS", "DESCRIBE DATABASE d"}) {
    const SourceText source(text);
    const Statement statement = Parse(text);
    const UnsupportedStatement& refused = As<UnsupportedStatement>(statement);
    EXPECT_EQ(std::string(text).find(refused.feature.substr(0, 5)), 0u)
        << refused.feature;
    const Status status = UnsupportedStatementError(refused, source);
    EXPECT_EQ(KindOf(status), ErrorKind::kUnsupported);
    EXPECT_EQ(CodeOf(status), "TARN-6111");
  }
}

TEST(Parser, RefusesClausesByNameAndPlace) {
  ExpectError("CREATE TABLE t (a INT) WITH ('a'='b') LIKE u", ErrorKind::kUnsupported,
              "CREATE TABLE ... LIKE is not supported yet", "1:39");
  ExpectError("CREATE TABLE t (a INT DEFAULT f(1))", ErrorKind::kUnsupported,
              "A default that is no literal", "1:31");
  ExpectError("ALTER TABLE t ADD COLUMN a INT DEFAULT 1", ErrorKind::kUnsupported,
              "DEFAULT of an added column", "1:32");
  ExpectError("ALTER TABLE t ADD (PRIMARY KEY (a) NOT ENFORCED)", ErrorKind::kUnsupported,
              "PRIMARY KEY in ALTER TABLE", "1:20");
  ExpectError("SELECT * FROM t MATCH_RECOGNIZE (x)", ErrorKind::kUnsupported,
              "MATCH_RECOGNIZE", "1:17");
  ExpectError("WITH RECURSIVE a AS (SELECT 1) SELECT 1", ErrorKind::kUnsupported,
              "WITH RECURSIVE", "1:6");
  ExpectError("CREATE TABLE t (a INTERVAL)", ErrorKind::kUnsupported, "type INTERVAL",
              "1:19");
}

TEST(Parser, SaysWhatItExpectedAndWhatIsNear) {
  ExpectError("SELCT 1", ErrorKind::kInvalidInput, "Expected a statement, found 'SELCT'",
              "1:1");
  EXPECT_NE(ErrorOf("SELCT 1").find("Did you mean SELECT?"), std::string::npos);
  ExpectError("CREATE TABLE t (\n  a INT\n  b INT)", ErrorKind::kInvalidInput, "')'",
              "3:3");
  ExpectError("CREATE TBLE t (a INT)", ErrorKind::kInvalidInput, "TABLE", "1:8");
  EXPECT_NE(ErrorOf("CREATE TBLE t (a INT)").find("Did you mean TABLE?"),
            std::string::npos);
  ExpectError("CREATE TABLE t (a BIGNIT)", ErrorKind::kInvalidInput,
              "There is no data type 'BIGNIT'", "1:19");
  EXPECT_NE(ErrorOf("CREATE TABLE t (a BIGNIT)").find("Did you mean BIGINT?"),
            std::string::npos);
  EXPECT_NE(ErrorOf("CREATE TABLE t (a INT, PRIMARY KEY (a))").find("NOT ENFORCED"),
            std::string::npos);
  EXPECT_NE(ErrorOf("SELECT select FROM t").find("`select`"), std::string::npos);
  EXPECT_NE(ErrorOf("CREATE TABLE t (a INT) WITH (\"k\"='v')").find("single quotes"),
            std::string::npos);
}

TEST(Parser, NeverDropsAHintSilently) {
  ExpectError("SELECT a /*+ OPTIONS('x'='y') */ FROM t", ErrorKind::kInvalidInput,
              "found a hint", "1:10");
  const Statement kept = Parse("SELECT a FROM t /*+ OPTIONS('x'='y') */ AS u");
  const auto& select = *As<QueryStatement>(kept).query->As<Select>();
  EXPECT_EQ(select.from[0]->As<NamedTable>()->hints[0].options[0].key, "x");
  EXPECT_EQ(select.from[0]->alias->name.name, "u");
}

TEST(Parser, RefusesWhatIsDefinedTwice) {
  ExpectError("CREATE TABLE t (a INT, a INT)", ErrorKind::kInvalidInput, "defined twice",
              "1:24");
}

TEST(Parser, ChecksLiterals) {
  ExpectError("SELECT DATE '2024-02-30'", ErrorKind::kInvalidInput, "is not a date",
              "1:13");
  ExpectError("SELECT TIMESTAMP '2024-02-28'", ErrorKind::kInvalidInput,
              "does not have the form", "1:18");
  ExpectError("SELECT INTERVAL '1' DAY TO YEAR", ErrorKind::kInvalidInput, "There is no",
              "1:8");
  ExpectError("VALUES (1, 2), (3)", ErrorKind::kInvalidInput, "This row has 1 values",
              "1:16");
}

TEST(Parser, HandsOutStatementsBeforeAMistake) {
  const SourceText source("SELECT 1; SELECT 2; SELEC 3");
  ScriptParser parser(source);
  EXPECT_TRUE(parser.Next().ok());
  EXPECT_TRUE(parser.Next().ok());
  EXPECT_FALSE(parser.Next().ok());
  EXPECT_FALSE(parser.Next().ok());
}

TEST(Parser, BoundsNesting) {
  const std::string open(100000, '(');
  ExpectError("SELECT " + open, ErrorKind::kInvalidInput, "nested more than", "1:156");
  std::string chain = "SELECT 1";
  for (int i = 0; i < 5000; ++i) chain += "+1";
  EXPECT_NE(ErrorOf(chain).find("levels"), std::string::npos);
  std::string ors = "SELECT a = 1";
  for (int i = 0; i < 5000; ++i) ors += " OR a = 1";
  EXPECT_EQ(StatementName(Parse(ors)), "SELECT");
  std::string members = "SELECT (a)";
  for (int i = 0; i < 5000; ++i) members += ".b";
  EXPECT_NE(ErrorOf(members).find("levels"), std::string::npos);
  std::string unions = "SELECT 1";
  for (int i = 0; i < 5000; ++i) unions += " UNION ALL SELECT 1";
  EXPECT_NE(ErrorOf(unions).find("levels"), std::string::npos);
  std::string type = "CREATE TABLE t (a INT";
  for (int i = 0; i < 5000; ++i) type += " ARRAY";
  EXPECT_NE(ErrorOf(type + ")").find("levels"), std::string::npos);
  std::string joins = "SELECT 1 FROM a";
  for (int i = 0; i < 5000; ++i) joins += " CROSS JOIN b";
  EXPECT_NE(ErrorOf(joins).find("levels"), std::string::npos);
}

TEST(Parser, ReadsEveryStatementOfTheArticles) {
  int statements = 0;
  for (const char* name :
       {"statements/a1.sql", "statements/a2.sql", "statements/a3.sql", "statements/b.sql",
        "statements/c.sql", "product_360/product_360.sql"}) {
    const SourceText source(ReadFile(support::TestFile(std::string("sql/") + name)),
                            name);
    ASSERT_FALSE(source.text().empty()) << name;
    ScriptParser parser(source);
    while (true) {
      auto next = parser.Next();
      ASSERT_TRUE(next.ok()) << MessageOf(next.status());
      if (!next->has_value()) break;
      EXPECT_EQ((*next)->As<UnsupportedStatement>(), nullptr) << StatementName(**next);
      ++statements;
    }
  }
  EXPECT_GT(statements, 250);
}

TEST(Parser, KeepsSpansInsideTheStatement) {
  const SourceText source("SELECT a + b AS c FROM db.t WHERE x BETWEEN 1 AND 2;");
  auto statement = ParseStatement(source);
  ASSERT_TRUE(statement.ok());
  const auto& select = *statement->As<QueryStatement>()->query->As<Select>();
  EXPECT_EQ(source.At(select.items[0].expression->span), "a + b");
  EXPECT_EQ(source.At(select.items[0].span), "a + b AS c");
  EXPECT_EQ(source.At(select.from[0]->span), "db.t");
  EXPECT_EQ(source.At(select.where->span), "x BETWEEN 1 AND 2");
}

}  // namespace
}  // namespace tarn::sql
