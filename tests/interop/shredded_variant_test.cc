// SPDX-License-Identifier: Apache-2.0
// Variants that Java shreds, by schemas that are given or found, are put together by Tarn
// into the bytes that Java puts them together into.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <arrow/api.h>

#include "tarn/base/bytes.h"
#include "tarn/table/table.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/java_oracle.h"
#include "tests/support/random_merge.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

const std::vector<std::string>& Names() {
  static const std::vector<std::string> names = {
      "a", "b", "value", "typed_value", "é", "Z", "0", "long name of a member"};
  return names;
}

/// JSON text of any value, of few names and many types: such as 1.4.2 finds a schema for,
/// which no decimal with zeros before its point has.
std::string RandomText(Dice* dice, int depth) {
  switch (dice->Below(depth < 4 ? 12 : 9)) {
    case 0:
      return "null";
    case 1:
      return dice->OneIn(2) ? "true" : "false";
    case 2:
      return std::to_string(dice->Below(256) - 128);
    case 3:
      return std::to_string(
          dice->Pick<int64_t>({0, 127, 128, -32768, 32768, 2147483647, -2147483649,
                               999999999999999999, 9223372036854775807}));
    case 4:
      return dice->Pick<std::string>({"1.5", "-0.001", "101.50", "12345678901234567890.5",
                                      "123456789.1", "0.0", "5.0"});
    case 5:
      return dice->Pick<std::string>({"1e10", "2.5e-3", "1.0E300"});
    case 6:
      return dice->Pick<std::string>({R"("")", R"("x")", R"("öäü\n\"")"});
    case 7:
      return "\"" + std::string(60 + dice->Below(8), 'y') + "\"";
    case 8:
      return "\"2024-01-31\"";
    case 9: {
      std::string out = "[";
      const int64_t size = dice->OneIn(20) ? 300 : dice->Below(4);
      for (int64_t i = 0; i < size; ++i) {
        out += (i > 0 ? "," : "") + RandomText(dice, size > 4 ? 4 : depth + 1);
      }
      return out + "]";
    }
    default: {
      std::vector<std::string> names = Names();
      std::shuffle(names.begin(), names.end(), dice->engine());
      names.resize(static_cast<size_t>(dice->Below(6)));
      std::string out = "{";
      for (const std::string& name : names) {
        out +=
            (out.size() > 1 ? ",\"" : "\"") + name + "\":" + RandomText(dice, depth + 1);
      }
      return out + "}";
    }
  }
}

/// A type to shred into, as Paimon's JSON of types.
json RandomType(Dice* dice, int depth) {
  switch (dice->Below(depth < 3 ? 13 : 9)) {
    case 0:
      return "BOOLEAN";
    case 1:
      return "TINYINT";
    case 2:
      return "SMALLINT";
    case 3:
      return "INT";
    case 4:
      return "BIGINT";
    case 5:
      return "DOUBLE";
    case 6:
      return dice->Pick<std::string>(
          {"DECIMAL(5, 2)", "DECIMAL(18, 1)", "DECIMAL(30, 3)", "DECIMAL(9, 0)"});
    case 7:
      return "STRING";
    case 8:
      return "VARIANT";
    case 9:
      return {{"type", "ARRAY"}, {"element", RandomType(dice, depth + 1)}};
    default: {
      std::vector<std::string> names = Names();
      std::shuffle(names.begin(), names.end(), dice->engine());
      names.resize(static_cast<size_t>(1 + dice->Below(4)));
      json fields = json::array();
      for (const std::string& name : names) {
        fields.push_back({{"id", static_cast<int>(fields.size())},
                          {"name", name},
                          {"type", RandomType(dice, depth + 1)}});
      }
      return {{"type", "ROW"}, {"fields", fields}};
    }
  }
}

/// A column of variants as `"hex:VALUE/METADATA"`, sorted.
Result<std::vector<std::string>> TarnBytes(const std::string& warehouse,
                                           const std::string& column) {
  ARROW_ASSIGN_OR_RAISE(const auto table, TarnTarget(warehouse).Open(json::object()));
  table::ScanRequest scan;
  scan.columns = {column};
  ARROW_ASSIGN_OR_RAISE(const auto reader, table->Scan(scan));
  std::vector<std::string> out;
  for (;;) {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&batch));
    if (batch == nullptr) break;
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    const auto& rows = static_cast<const arrow::StructArray&>(*batch->column(0));
    const auto hex = [&](int member, int64_t i) {
      return base::ToHex(
          static_cast<const arrow::BinaryArray&>(*rows.field(member)).GetView(i));
    };
    for (int64_t i = 0; i < rows.length(); ++i) {
      out.push_back(rows.IsNull(i) ? "null"
                                   : "\"hex:" + hex(0, i) + "/" + hex(1, i) + "\"");
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

json Schema(const json& options, bool keyed) {
  json schema = {{"fields", json::array({{{"name", "k"}, {"type", "INT NOT NULL"}},
                                         {{"name", "v"}, {"type", "VARIANT"}},
                                         {{"name", "w"}, {"type", "VARIANT"}}})},
                 {"primaryKeys", json::array()},
                 {"partitionKeys", json::array()},
                 {"options", options}};
  if (keyed) schema["primaryKeys"].push_back("k");
  return schema;
}

/// Both read the same rows and the same bytes of table db.t.
void Compare(const std::string& warehouse) {
  const auto java = JavaOracle::Core().AskRows(
      {{"cmd", "read"}, {"warehouse", warehouse}, {"table", "db.t"}});
  ASSERT_TRUE(java.ok()) << java.status();
  const auto tarn = TarnTarget(warehouse).Read(json::object());
  ASSERT_TRUE(tarn.ok()) << tarn.status();
  EXPECT_TRUE(SameRows(*tarn, *java));
  for (const char* column : {"v", "w"}) {
    const auto wanted = JavaOracle::Core().AskRows({{"cmd", "variant-bytes"},
                                                    {"warehouse", warehouse},
                                                    {"table", "db.t"},
                                                    {"column", column}});
    ASSERT_TRUE(wanted.ok()) << wanted.status();
    const auto got = TarnBytes(warehouse, column);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_TRUE(SameRows(*got, *wanted));
  }
}

TEST(ShreddedVariants, ArePutTogetherIntoJavasBytes) {
  TARN_SKIP_WITHOUT_JAVA();
  Dice dice(21);
  int given = 0, found = 0;
  for (int round = 0; round < 24; ++round) {
    json options = {{"bucket", "1"}};
    const bool keyed = dice.OneIn(3);
    if (!keyed) options["bucket"] = "-1";
    if (dice.OneIn(3)) {
      options["variant.inferShreddingSchema"] = "true";
      options["variant.shredding.minFieldCardinalityRatio"] = "0.05";
      ++found;
    } else {
      json fields = json::array();
      fields.push_back({{"id", 0}, {"name", "v"}, {"type", RandomType(&dice, 0)}});
      if (dice.OneIn(2)) {
        fields.push_back({{"id", 1}, {"name", "w"}, {"type", RandomType(&dice, 0)}});
      }
      options["variant.shreddingSchema"] =
          json({{"type", "ROW"}, {"fields", fields}}).dump();
      ++given;
    }
    SCOPED_TRACE(options.dump());
    TemporaryFolder warehouse;
    JavaOracle& java = JavaOracle::Core();
    const json table = {{"warehouse", warehouse.path()}, {"table", "db.t"}};
    json create = table, write = table;
    create.update({{"cmd", "create"}, {"schema", Schema(options, keyed)}});
    ASSERT_TRUE(java.Ask(create).ok());
    json rows = json::array();
    for (int i = 0; i < 120; ++i) {
      json row = {{"k", i % 90}, {"v", nullptr}, {"w", RandomText(&dice, 3)}};
      // Mostly objects, so that there is something to shred.
      if (!dice.OneIn(9)) row["v"] = RandomText(&dice, 0);
      rows.push_back({{"op", "+I"}, {"row", row}});
    }
    write.update({{"cmd", "write"}, {"rows", rows}, {"commit-every", 60}});
    const auto written = java.Ask(write);
    ASSERT_TRUE(written.ok()) << written.status();
    Compare(warehouse.path());
  }
  EXPECT_GT(given, 5);
  EXPECT_GT(found, 3);
}

TEST(ShreddedVariants, TypesThatNoJsonHasAreRead) {
  TARN_SKIP_WITHOUT_JAVA();
  TemporaryFolder warehouse;
  JavaOracle& java = JavaOracle::Core();
  const json table = {{"warehouse", warehouse.path()}, {"table", "db.t"}};
  json create = table, write = table;
  const json options = {{"bucket", "-1"},
                        {"variant.shreddingSchema",
                         R"({"type":"ROW","fields":[{"id":0,"name":"v","type":"FLOAT"},
           {"id":1,"name":"w","type":{"type":"ARRAY","element":"DOUBLE"}}]})"}};
  create.update({{"cmd", "create"}, {"schema", Schema(options, false)}});
  ASSERT_TRUE(java.Ask(create).ok());
  json rows = json::array();
  const std::string none = "/010000";
  // Floats with a NaN of another kind, days, times of both kinds, bytes, an identifier;
  // an array of doubles.
  for (const char* value :
       {"380000c03f", "38ffffff7f", "380000c0ff", "2cffffffff", "300100000000000000",
        "340100000000000000", "3c0200000001ff", "50000102030405060708090a0b0c0d0e0f",
        "030100091c010000000000f87f", "1c0000000000000080"}) {
    rows.push_back({{"op", "+I"},
                    {"row",
                     {{"k", static_cast<int>(rows.size())},
                      {"v", std::string("hex:") + value + none},
                      {"w", std::string("hex:") + value + none}}}});
  }
  write.update({{"cmd", "write"}, {"rows", rows}});
  const auto written = java.Ask(write);
  ASSERT_TRUE(written.ok()) << written.status();
  Compare(warehouse.path());
}

/// What Tarn writes to such a table is whole, which Java reads; what it rewrites of
/// shredded files is, too.
TEST(ShreddedVariants, JavaReadsWhatTarnAddsToAShreddedTable) {
  TARN_SKIP_WITHOUT_JAVA();
  TemporaryFolder warehouse;
  JavaOracle& java = JavaOracle::Core();
  const json table = {{"warehouse", warehouse.path()}, {"table", "db.t"}};
  json create = table, write = table;
  const json options = {
      {"bucket", "1"}, {"variant.inferShreddingSchema", "true"}, {"write-only", "true"}};
  create.update({{"cmd", "create"}, {"schema", Schema(options, true)}});
  ASSERT_TRUE(java.Ask(create).ok());
  Dice dice(4);
  json rows = json::array();
  for (int i = 0; i < 50; ++i) {
    rows.push_back(
        {{"op", "+I"},
         {"row", {{"k", i}, {"v", RandomText(&dice, 0)}, {"w", RandomText(&dice, 0)}}}});
  }
  write.update({{"cmd", "write"}, {"rows", rows}});
  ASSERT_TRUE(java.Ask(write).ok());
  TarnTarget tarn(warehouse.path());
  const Status deleted = tarn.Run(
      {{"cmd", "write"},
       {"rows", json::array({{{"op", "-D"},
                              {"row", {{"k", 3}, {"v", nullptr}, {"w", nullptr}}}}})}});
  ASSERT_TRUE(deleted.ok()) << deleted;
  Compare(warehouse.path());
  const Status compacted = tarn.Run({{"cmd", "compact"}, {"full", true}});
  ASSERT_TRUE(compacted.ok()) << compacted;
  Compare(warehouse.path());
}

}  // namespace
}  // namespace tarn::support
