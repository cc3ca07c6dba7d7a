// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/change_gate.h"

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/canonical_rows.h"

namespace tarn::write {
namespace {

using nlohmann::json;

types::TableSchema Schema(std::map<std::string, std::string> options) {
  types::TableSchema schema;
  schema.fields = {{0, "k", types::DataType::Int().NotNull(), {}, {}},
                   {1, "v", types::DataType::String(), {}, {}},
                   {2, "n", types::DataType::BigInt(), {}, {}},
                   {3, "clock", types::DataType::Int(), {}, {}}};
  schema.primary_keys = {"k"};
  schema.options = std::move(options);
  schema.options["bucket"] = "1";
  return schema;
}

json Change(const std::string& op, int k, json v, json n = nullptr,
            json clock = nullptr) {
  return {{"op", op}, {"row", {{"k", k}, {"v", v}, {"n", n}, {"clock", clock}}}};
}

Result<types::ChangeBatch> Admit(const types::TableSchema& schema,
                                 const std::vector<json>& changes) {
  ARROW_ASSIGN_OR_RAISE(auto gate,
                        ChangeGate::Make(arrow::default_memory_pool(), schema));
  ARROW_ASSIGN_OR_RAISE(auto batch,
                        support::ChangesFromJson(json(changes), schema.fields));
  return gate.Admit(batch);
}

TEST(ChangeGate, LetsRowsAndNoRetractionsIntoATableWithoutAKey) {
  types::TableSchema schema = Schema({});
  schema.primary_keys.clear();
  auto in = Admit(schema, {Change("+I", 1, "a"), Change("+U", 1, "b")});
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->num_rows(), 2);
  for (const char* kind : {"-U", "-D"}) {
    in = Admit(schema, {Change("+I", 1, "a"), Change(kind, 1, "a")});
    ASSERT_FALSE(in.ok());
    EXPECT_EQ(KindOf(in.status()), ErrorKind::kInvalidInput);
    EXPECT_NE(in.status().ToString().find("ignore-delete"), std::string::npos);
  }
  schema.options["ignore-delete"] = "true";
  in = Admit(schema, {Change("+I", 1, "a"), Change("-D", 1, "a")});
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->num_rows(), 1);
}

const std::map<std::string, std::string> kGroups = {
    {"merge-engine", "partial-update"},
    {"fields.clock.sequence-group", "v,n"},
    {"fields.n.aggregate-function", "sum"}};

TEST(ChangeGate, LetsEveryKindIntoADeduplicateTable) {
  auto in = Admit(Schema({}), {Change("+I", 1, "a"), Change("-U", 1, "a"),
                               Change("+U", 1, "b"), Change("-D", 1, "b")});
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->num_rows(), 4);
}

TEST(ChangeGate, DropsWhatTheTableIgnores) {
  const std::vector<json> changes = {Change("+I", 1, "a"), Change("-U", 1, "a"),
                                     Change("+U", 1, "b"), Change("-D", 1, "b")};
  auto in = Admit(Schema({{"ignore-delete", "true"}}), changes);
  ASSERT_TRUE(in.ok());
  EXPECT_EQ(in->num_rows(), 2);
  in = Admit(Schema({{"ignore-update-before", "true"}}), changes);
  ASSERT_TRUE(in.ok());
  ASSERT_EQ(in->num_rows(), 3);
  EXPECT_EQ(in->kinds_data()[1], 2);
  EXPECT_EQ(in->kinds_data()[2], 3);
}

TEST(ChangeGate, NamesTheNotNullColumnThatIsNull) {
  types::TableSchema schema = Schema({});
  schema.fields[1].type = schema.fields[1].type.NotNull();
  types::TableSchema nullable = Schema({});
  auto gate = ChangeGate::Make(arrow::default_memory_pool(), schema);
  auto batch =
      support::ChangesFromJson(json::array({Change("+I", 1, nullptr)}), nullable.fields);
  const auto in = gate->Admit(*batch);
  EXPECT_EQ(KindOf(in.status()), ErrorKind::kInvalidInput);
  EXPECT_NE(in.status().message().find("column=v"), std::string::npos) << in.status();
}

TEST(ChangeGate, RefusesADeleteThatWouldPoisonAPartialUpdateTable) {
  const types::TableSchema schema = Schema({{"merge-engine", "partial-update"}});
  for (const char* op : {"-D", "-U"}) {
    const auto in = Admit(schema, {Change(op, 1, "a")});
    EXPECT_EQ(KindOf(in.status()), ErrorKind::kInvalidInput) << op;
    EXPECT_NE(in.status().message().find("remove-record-on-delete"), std::string::npos);
  }
  EXPECT_TRUE(Admit(schema, {Change("+I", 1, "a")}).ok());
  EXPECT_TRUE(Admit(Schema({{"merge-engine", "partial-update"},
                            {"partial-update.remove-record-on-delete", "true"}}),
                    {Change("-D", 1, "a")})
                  .ok());
}

TEST(ChangeGate, RefusesARetractionIntoAnAggregateOfAGroupUnlessAllowed) {
  const std::vector<json> changes = {Change("+I", 1, "a", 5, 1),
                                     Change("-D", 1, "a", 5, 2)};
  const auto in = Admit(Schema(kGroups), changes);
  EXPECT_EQ(KindOf(in.status()), ErrorKind::kInvalidInput);
  EXPECT_NE(in.status().message().find("+1"), std::string::npos) << in.status();
  auto allowed = kGroups;
  allowed["tarn.allow-retractions-into-aggregates"] = "true";
  EXPECT_TRUE(Admit(Schema(allowed), changes).ok());
  auto ignored = kGroups;
  ignored["fields.n.ignore-retract"] = "true";
  EXPECT_TRUE(Admit(Schema(ignored), changes).ok());
}

TEST(ChangeGate, LetsAGroupsDeleteInThatDoesNotSpeakForTheAggregatesGroup) {
  // Another stream's delete leaves this group's clock NULL: its sum is not touched.
  EXPECT_TRUE(Admit(Schema(kGroups), {Change("-D", 1, "a", nullptr, nullptr)}).ok());
}

TEST(ChangeGate, TakesTheKindFromAColumn) {
  auto in = Admit(Schema({{"rowkind.field", "v"}}), {Change("+I", 1, "-D")});
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->kinds_data()[0], 3);
  EXPECT_EQ(
      KindOf(
          Admit(Schema({{"rowkind.field", "v"}}), {Change("+I", 1, nullptr)}).status()),
      ErrorKind::kInvalidInput);
  EXPECT_EQ(
      KindOf(Admit(Schema({{"rowkind.field", "v"}}), {Change("+I", 1, "x")}).status()),
      ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace tarn::write
