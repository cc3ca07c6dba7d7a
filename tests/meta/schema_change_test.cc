// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/schema_change.h"

#include <regex>

#include <gtest/gtest.h>

#include "tarn/meta/nested_change.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/history.h"
#include "tests/support/schema_changes.h"

namespace tarn::meta {
namespace {

using nlohmann::json;
using types::DataType;
using types::TableSchema;

TableSchema Keyed(std::map<std::string, std::string> options = {}) {
  TableSchema schema;
  schema.fields = {{0, "k", DataType::Int().NotNull(), {}, {}},
                   {1, "p", DataType::String().NotNull(), {}, {}},
                   {2, "v", DataType::Int(), {}, {}},
                   {3, "r", DataType::Row({{4, "x", DataType::Int(), {}, {}}}), {}, {}},
                   {5, "a", DataType::Array(DataType::Int()), {}, {}},
                   {6,
                    "m",
                    DataType::Map(DataType::String().NotNull(),
                                  DataType::Row({{7, "y", DataType::Date(), {}, {}}})),
                    {},
                    {}}};
  schema.highest_field_id = 9;  // two columns were dropped
  schema.primary_keys = {"k", "p"};
  schema.partition_keys = {"p"};
  schema.options = std::move(options);
  schema.options.emplace("bucket", "2");
  return schema;
}

Result<TableSchema> Applied(const TableSchema& schema, std::vector<SchemaChange> changes,
                            bool has_snapshots = true) {
  return ApplyChanges(schema, changes,
                      {.table = "db.t", .has_snapshots = has_snapshots, .now_millis = 7},
                      nullptr);
}

std::string Names(const TableSchema& schema) {
  std::string out;
  for (const auto& field : schema.fields) out += (out.empty() ? "" : " ") + field.name;
  return out;
}

void ExpectRefused(const TableSchema& schema, std::vector<SchemaChange> changes,
                   const std::string& code, const std::string& word,
                   bool has_snapshots = true) {
  const auto next = Applied(schema, std::move(changes), has_snapshots);
  EXPECT_EQ(CodeOf(next.status()), "TARN-" + code) << next.status().ToString();
  EXPECT_NE(MessageOf(next.status()).find(word), std::string::npos)
      << next.status().ToString();
}

// Everything of a schema file but the time at which it was written.
std::string WithoutTime(const std::string& json) {
  return std::regex_replace(json, std::regex("\"timeMillis\" : [0-9]+"), "");
}

// Every ALTER of the golden tables, file after file.
TEST(SchemaChange, WritesTheFilesThatJavaWrote) {
  int compared = 0;
  for (const std::string& name : support::GoldenNames()) {
    const support::History history = support::LoadHistory(name);
    const std::string folder = support::LoadGolden(name).path + "/schema/schema-";
    auto schema = TableSchema::FromJson(support::ReadText(folder + "0"));
    ASSERT_TRUE(schema.ok()) << name;
    bool written = false;
    for (const json& step : history.steps) {
      written = written || step.value("cmd", "") == "write";
      if (step.value("cmd", "") != "alter" || step.contains("branch")) continue;
      SCOPED_TRACE(name + " " + step.dump());
      const auto changes = support::ChangesFromPaimon(step["changes"]);
      ASSERT_TRUE(changes.ok()) << changes.status().ToString();
      const auto next = Applied(*schema, *changes, written);
      if (step.contains("error")) {
        EXPECT_EQ(KindOf(next.status()), ErrorKind::kInvalidInput);
        continue;
      }
      ASSERT_TRUE(next.ok()) << next.status().ToString();
      const std::string file = folder + std::to_string(next->id);
      EXPECT_EQ(WithoutTime(next->ToJson()), WithoutTime(support::ReadText(file)));
      schema = TableSchema::FromJson(support::ReadText(file));
      ++compared;
    }
  }
  EXPECT_GT(compared, 10);
}

TEST(SchemaChange, AddsColumnsWithIdsThatNobodyHad) {
  const auto next =
      Applied(Keyed(),
              {AddColumnChange{{"n"},
                               DataType::Row({{0, "q", DataType::Int(), {}, {}}}),
                               "about n",
                               ColumnMove{MoveKind::kAfter, "n", "k"}},
               AddColumnChange{
                   {"first"}, DataType::Int(), {}, ColumnMove{MoveKind::kFirst, "first"}},
               AddColumnChange{{"r", "z"}, DataType::Date()},
               AddColumnChange{{"m", "value", "z"}, DataType::Date()}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(Names(*next), "first k n p v r a m");
  EXPECT_EQ(next->id, 1);
  EXPECT_EQ(next->time_millis, 7);
  EXPECT_EQ(next->fields[2].id, 10);
  EXPECT_EQ(next->fields[2].description, "about n");
  EXPECT_EQ(next->fields[2].type.fields()[0].id, 11);
  EXPECT_EQ(next->fields[0].id, 12);
  EXPECT_EQ(next->fields[5].type.fields()[1].id, 13);
  EXPECT_EQ(next->fields[7].type.element().fields()[1].id, 14);
  EXPECT_EQ(next->highest_field_id, 14);
  const auto before = Applied(Keyed({{"add-column-before-partition", "true"}}),
                              {AddColumnChange{{"n"}, DataType::Int()}});
  EXPECT_EQ(Names(*before), "k n p v r a m");
}

TEST(SchemaChange, RefusesColumnsThatCannotBeAdded) {
  const auto number = DataType::Int();
  ExpectRefused(Keyed(), {AddColumnChange{{"v"}, number}}, "1433", "column=v");
  ExpectRefused(Keyed(), {AddColumnChange{{"r", "x"}, number}}, "1433", "column=r.x");
  ExpectRefused(Keyed(), {AddColumnChange{{"n"}, number.NotNull()}}, "1434", "column=n");
  ExpectRefused(Keyed(), {AddColumnChange{{"v", "n"}, number}}, "1432", "column=v.n");
  ExpectRefused(Keyed(), {AddColumnChange{{"a", "element"}, number}}, "1432",
                "a.element");
  ExpectRefused(Keyed(), {AddColumnChange{{"m", "key", "n"}, number}}, "1432", "m.key");
  ExpectRefused(Keyed(), {AddColumnChange{{"none", "n"}, number}}, "1432", "none");
  ExpectRefused(
      Keyed(),
      {AddColumnChange{{"n"}, number, {}, ColumnMove{MoveKind::kAfter, "n", "none"}}},
      "1432", "none");
  ExpectRefused(Keyed(), {AddColumnChange{{"n"}, DataType::Bytes(), "__BLOB_FIELD"}},
                "6412", "__BLOB_FIELD");
  // Names of Paimon's own.
  ExpectRefused(Keyed(), {AddColumnChange{{"_SEQUENCE_NUMBER"}, number}}, "1250",
                "_SEQUENCE_NUMBER");
}

TEST(SchemaChange, RenamesColumnsAndTheOptionsThatNameThem) {
  TableSchema schema = Keyed({{"merge-engine", "partial-update"},
                              {"fields.v.sequence-group", "s,s2"},
                              {"fields.s2.aggregate-function", "listagg"},
                              {"fields.s2.list-agg-delimiter", ";"},
                              {"bucket-key", "k"}});
  schema.fields.push_back({20, "s", DataType::String(), {}, {}});
  schema.fields.push_back({21, "s2", DataType::String(), {}, {}});
  const auto next = Applied(
      schema, {RenameColumnChange{{"v"}, "clock"}, RenameColumnChange{{"s2"}, "texts"},
               RenameColumnChange{{"k"}, "id"}, RenameColumnChange{{"r", "x"}, "xx"}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(Names(*next), "id p clock r a m s texts");
  EXPECT_EQ(next->primary_keys, (std::vector<std::string>{"id", "p"}));
  EXPECT_EQ(next->options, (std::map<std::string, std::string>{
                               {"merge-engine", "partial-update"},
                               {"fields.clock.sequence-group", "s,texts"},
                               {"fields.texts.aggregate-function", "listagg"},
                               {"fields.texts.list-agg-delimiter", ";"},
                               {"bucket-key", "id"},
                               {"bucket", "2"}}));
  ExpectRefused(schema, {RenameColumnChange{{"p"}, "q"}}, "1438", "partition column");
  ExpectRefused(schema, {RenameColumnChange{{"v"}, "s"}}, "1433", "column=s");
  ExpectRefused(schema, {RenameColumnChange{{"none"}, "s"}}, "1432", "none");
  ExpectRefused(schema, {RenameColumnChange{{"a", "element"}, "s"}}, "1432", "element");
}

TEST(SchemaChange, DropsColumnsButNoKeysAndNotTheLast) {
  const auto next = Applied(Keyed(), {DropColumnChange{{"v"}}, DropColumnChange{{"a"}}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(Names(*next), "k p r m");
  EXPECT_EQ(next->highest_field_id, 9);
  ExpectRefused(Keyed(), {DropColumnChange{{"k"}}}, "1438", "primary key");
  ExpectRefused(Keyed(), {DropColumnChange{{"p"}}}, "1438", "partition column");
  ExpectRefused(Keyed(), {DropColumnChange{{"r", "x"}}}, "1439", "column=r.x");
  ExpectRefused(Keyed(), {DropColumnChange{{"none"}}}, "1432", "none");
  ExpectRefused(Keyed(), {DropColumnChange{{"a", "element"}}}, "1432", "element");
  // An option that names the column is left behind.
  ExpectRefused(Keyed({{"sequence.field", "v"}}), {DropColumnChange{{"v"}}}, "1252", "v");
  ExpectRefused(Keyed({{"pk-btree.index.columns", "a, v"}}), {DropColumnChange{{"v"}}},
                "1438", "index");
}

TEST(SchemaChange, ChangesTypesWhereValuesCanFollow) {
  const auto next = Applied(
      Keyed(), {UpdateColumnTypeChange{{"v"}, DataType::BigInt()},
                UpdateColumnTypeChange{{"r", "x"}, DataType::String()},
                UpdateColumnTypeChange{{"a", "element"}, DataType::Double()},
                UpdateColumnTypeChange{{"m", "value", "y"}, DataType::Timestamp(3)}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(next->fields[2].type, DataType::BigInt());
  EXPECT_EQ(next->fields[3].type.fields()[0].type, DataType::String());
  EXPECT_EQ(next->fields[4].type, DataType::Array(DataType::Double()));
  EXPECT_EQ(next->fields[5].type.element().fields()[0].type, DataType::Timestamp(3));
  const auto text = Applied(Keyed(), {UpdateColumnTypeChange{{"r"}, DataType::String()}});
  EXPECT_TRUE(text.ok()) << text.status().ToString();
  ExpectRefused(Keyed(), {UpdateColumnTypeChange{{"k"}, DataType::BigInt()}}, "1438",
                "primary key");
  ExpectRefused(Keyed(), {UpdateColumnTypeChange{{"p"}, DataType::Int()}}, "1438",
                "partition");
  ExpectRefused(Keyed(), {UpdateColumnTypeChange{{"v"}, DataType::Date()}}, "1440",
                "to=DATE");
  ExpectRefused(Keyed(),
                {UpdateColumnTypeChange{{"a"}, DataType::Array(DataType::BigInt())}},
                "1440", "ARRAY");
  const auto careful = Keyed({{"disable-explicit-type-casting", "true"}});
  EXPECT_TRUE(Applied(careful, {UpdateColumnTypeChange{{"v"}, DataType::BigInt()}}).ok());
  ExpectRefused(careful, {UpdateColumnTypeChange{{"v"}, DataType::SmallInt()}}, "1440",
                "disable-explicit-type-casting");
}

TEST(SchemaChange, NullsLeaveAColumnOnlyWhereThatIsAllowed) {
  const auto free = Applied(Keyed(), {UpdateColumnNullabilityChange{{"r", "x"}, true}});
  EXPECT_TRUE(free.ok()) << free.status().ToString();
  ExpectRefused(Keyed(), {UpdateColumnNullabilityChange{{"v"}, false}}, "1441",
                "alter-column-null-to-not-null.disabled");
  ExpectRefused(Keyed(), {UpdateColumnTypeChange{{"v"}, DataType::BigInt().NotNull()}},
                "1441", "column=v");
  ExpectRefused(Keyed(), {UpdateColumnNullabilityChange{{"k"}, true}}, "1438", "key");
  const auto allowed = Keyed({{"alter-column-null-to-not-null.disabled", "false"}});
  const auto next = Applied(allowed, {UpdateColumnNullabilityChange{{"v"}, false}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_FALSE(next->fields[2].type.nullable());
  const auto kept =
      Applied(*next, {UpdateColumnTypeChange{{"v"}, DataType::BigInt(), true}});
  EXPECT_EQ(kept->fields[2].type, DataType::BigInt().NotNull());
}

TEST(SchemaChange, MovesColumns) {
  const auto moved = [](MoveKind kind, const std::string& column,
                        const std::string& reference = "") {
    const auto next =
        Applied(Keyed(), {UpdateColumnPositionChange{{kind, column, reference}}});
    return next.ok() ? Names(*next) : CodeOf(next.status());
  };
  EXPECT_EQ(moved(MoveKind::kFirst, "v"), "v k p r a m");
  EXPECT_EQ(moved(MoveKind::kLast, "k"), "p v r a m k");
  EXPECT_EQ(moved(MoveKind::kAfter, "k", "r"), "p v r k a m");
  EXPECT_EQ(moved(MoveKind::kAfter, "m", "p"), "k p m v r a");
  EXPECT_EQ(moved(MoveKind::kBefore, "m", "p"), "k m p v r a");
  EXPECT_EQ(moved(MoveKind::kBefore, "k", "r"), "p v k r a m");
  EXPECT_EQ(moved(MoveKind::kFirst, "k"), "TARN-1442");
  EXPECT_EQ(moved(MoveKind::kAfter, "v", "v"), "TARN-1442");
  EXPECT_EQ(moved(MoveKind::kAfter, "v", "none"), "TARN-1432");
  EXPECT_EQ(moved(MoveKind::kFirst, "none"), "TARN-1432");
}

TEST(SchemaChange, OptionsOfATableWithSnapshotsStayWhereMergingHangsOnThem) {
  const auto set = [](const char* key, const char* value) {
    return std::vector<SchemaChange>{SetOptionChange{key, value}};
  };
  ExpectRefused(Keyed(), set("merge-engine", "aggregation"), "1435", "merge-engine");
  ExpectRefused(Keyed(), set("rowkind.field", "p"), "1435", "rowkind.field");
  ExpectRefused(Keyed(), set("bucket", "-1"), "1436", "-1");
  ExpectRefused(Keyed({{"bucket", "-1"}}), set("bucket", "4"), "1436", "from=-1");
  ExpectRefused(Keyed(), set("path", "/elsewhere"), "1435", "path", false);
  ExpectRefused(Keyed(), set("type", "format-table"), "1435", "type", false);
  ExpectRefused(Keyed({{"ignore-delete", "true"}}), set("ignore-delete", "false"), "1437",
                "ignore-delete");
  ExpectRefused(Keyed(), set("deletion-vectors.enabled", "true"), "1437",
                "deletion-vectors.modifiable");
  ExpectRefused(Keyed(), {RemoveOptionChange{"bucket"}}, "1436", "bucket");
  ExpectRefused(Keyed(), {RemoveOptionChange{"bucket-key"}}, "1435", "bucket-key");
  ExpectRefused(Keyed(), set("bucket", "many"), "1436", "many");
  ExpectRefused(Keyed(), {DropPrimaryKeyChange{}}, "1444", "db.t");
  // What stays as it is may be said again.
  EXPECT_TRUE(Applied(Keyed(), set("type", "TABLE")).ok());
  EXPECT_TRUE(Applied(Keyed(), set("primary-key", "k, p")).ok());
  const auto next = Applied(Keyed(), {SetOptionChange{"bucket", "8"},
                                      SetOptionChange{"snapshot.num-retained.min", "3"},
                                      UpdateCommentChange{"about t"}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(next->options.at("bucket"), "8");
  EXPECT_EQ(next->comment, "about t");
  // Before the first snapshot nothing hangs on them.
  EXPECT_TRUE(Applied(Keyed(), set("merge-engine", "first-row"), false).ok());
  const auto unkeyed = Applied(
      Keyed(), {DropPrimaryKeyChange{}, SetOptionChange{"bucket-key", "k"}}, false);
  ASSERT_TRUE(unkeyed.ok()) << unkeyed.status().ToString();
  EXPECT_TRUE(unkeyed->primary_keys.empty());
}

TEST(SchemaChange, KeepsDefaultsThatAreValuesOfTheirColumns) {
  const auto next = Applied(Keyed(), {UpdateColumnDefaultChange{{"v"}, "'7'"},
                                      UpdateColumnDefaultChange{{"r", "x"}, "1"},
                                      UpdateColumnCommentChange{{"v"}, "about v"}});
  ASSERT_TRUE(next.ok()) << next.status().ToString();
  EXPECT_EQ(next->fields[2].default_value, "'7'");
  EXPECT_EQ(next->fields[2].description, "about v");
  EXPECT_EQ(next->fields[3].type.fields()[0].default_value, "1");
  const auto none = Applied(*next, {UpdateColumnDefaultChange{{"v"}, {}}});
  EXPECT_FALSE(none->fields[2].default_value.has_value());
  ExpectRefused(Keyed(), {UpdateColumnDefaultChange{{"v"}, "seven"}}, "1443", "seven");
  ExpectRefused(Keyed(), {UpdateColumnDefaultChange{{"a"}, "[1]"}}, "6413", "column=a");
}

TEST(SchemaChange, WhatWasWrongBeforeDoesNotStandInTheWay) {
  // Option that acts and that is refused at CREATE.
  const auto old =
      Keyed({{"record-level.expire-time", "1 d"}, {"record-level.time-field", "v"}});
  EXPECT_TRUE(Applied(old, {AddColumnChange{{"n"}, DataType::Int()}}).ok());
}

TEST(NestedChange, SaysWhatMakesOneTypeOfTheOther) {
  const auto row = [](std::vector<types::DataField> fields) {
    return DataType::Row(std::move(fields));
  };
  const DataType from = row({{1, "x", DataType::Int(), {}, {}},
                             {2, "y", DataType::Array(DataType::Int()), {}, {}},
                             {3, "z", DataType::Int(), {}, {}}});
  const DataType to =
      row({{0, "w", DataType::Date(), {}, {}},
           {0, "x", DataType::BigInt(), "about x", {}},
           {0, "y", DataType::Array(DataType::BigInt().NotNull()), {}, {}}});
  std::vector<SchemaChange> changes;
  ASSERT_TRUE(AppendTypeChanges({"r"}, from, to, &changes).ok());
  ASSERT_EQ(changes.size(), 6u);
  EXPECT_EQ(std::get<DropColumnChange>(changes[0]).path, (ColumnPath{"r", "z"}));
  EXPECT_EQ(std::get<AddColumnChange>(changes[1]).path, (ColumnPath{"r", "w"}));
  EXPECT_EQ(std::get<AddColumnChange>(changes[1]).move->kind, MoveKind::kFirst);
  EXPECT_EQ(std::get<UpdateColumnCommentChange>(changes[2]).comment, "about x");
  EXPECT_EQ(std::get<UpdateColumnTypeChange>(changes[3]).path, (ColumnPath{"r", "x"}));
  EXPECT_EQ(std::get<UpdateColumnTypeChange>(changes[4]).path,
            (ColumnPath{"r", "y", "element"}));
  EXPECT_FALSE(std::get<UpdateColumnNullabilityChange>(changes[5]).nullable);
  changes.clear();
  EXPECT_TRUE(AppendTypeChanges({"r"}, from, from, &changes).ok());
  EXPECT_TRUE(changes.empty());
  EXPECT_FALSE(AppendTypeChanges({"r"}, from, DataType::Int(), &changes).ok());
  EXPECT_FALSE(AppendTypeChanges({"r"}, from,
                                 row({{0, "y", DataType::Array(DataType::Int()), {}, {}},
                                      {0, "x", DataType::Int(), {}, {}}}),
                                 &changes)
                   .ok());
}

}  // namespace
}  // namespace tarn::meta
