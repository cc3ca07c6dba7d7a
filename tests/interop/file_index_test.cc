// SPDX-License-Identifier: Apache-2.0
// File indexes of Tarn and Java for the same rows: the same bytes, and either uses the
// other's.
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/base/bytes.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/snapshot_files.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

/// Columns by name: the type, and a value made of a number.
struct Column {
  std::string type;
  json (*value)(int number);
};

std::string Padded(int number, int digits) {
  std::string out = std::to_string(number);
  return std::string(static_cast<size_t>(digits) - out.size(), '0') + out;
}

const std::map<std::string, Column>& Columns() {
  static const std::map<std::string, Column> columns = {
      {"bo", {"BOOLEAN", [](int n) -> json { return n % 2 == 0; }}},
      {"ti", {"TINYINT", [](int n) -> json { return n % 100 - 50; }}},
      {"si", {"SMALLINT", [](int n) -> json { return n * 13 - 3000; }}},
      {"ii", {"INT", [](int n) -> json { return n * 7919 - 1000000; }}},
      {"bi", {"BIGINT", [](int n) -> json { return n * 1000000007LL - 30000000000LL; }}},
      // Many of them meet in one slot of a Java hash map.
      {"tr", {"INT", [](int n) -> json { return n * 65537 - 1000000; }}},
      {"fl", {"FLOAT", [](int n) -> json { return n * 0.5 - 20; }}},
      {"db", {"DOUBLE", [](int n) -> json { return n * 0.25 - 30; }}},
      {"dc",
       {"DECIMAL(9, 2)",
        [](int n) -> json {
          return (n < 100 ? "-" : "") + std::to_string(std::abs(n - 100)) + ".25";
        }}},
      {"st", {"STRING", [](int n) -> json { return "text " + std::to_string(n * 7); }}},
      {"da", {"DATE", [](int n) -> json { return "2024-01-" + Padded(n % 31 + 1, 2); }}},
      {"t3",
       {"TIMESTAMP(3)",
        [](int n) -> json {
          return "2024-01-01T00:" + Padded(n % 60, 2) + ":00." + Padded(n, 3);
        }}},
      {"t6", {"TIMESTAMP(6)", [](int n) -> json {
                return "1969-12-31T23:" + Padded(n % 60, 2) + ":00.000" + Padded(n, 3);
              }}}};
  return columns;
}

json Schema(const std::map<std::string, std::string>& options) {
  json fields = json::array({{{"name", "id"}, {"type", "INT NOT NULL"}}});
  for (const auto& [name, column] : Columns()) {
    fields.push_back({{"name", name}, {"type", column.type}});
  }
  json schema = {{"fields", fields},
                 {"primaryKeys", {"id"}},
                 {"options", {{"bucket", "1"}, {"write-only", "true"}}}};
  for (const auto& [key, value] : options) schema["options"][key] = value;
  return schema;
}

json Rows(int rows, int values, uint32_t seed) {
  std::mt19937 random(seed);
  json out = json::array();
  for (int id = 0; id < rows; ++id) {
    json row = {{"id", id}};
    for (const auto& [name, column] : Columns()) {
      const bool null = random() % 9 == 0;
      const int number = static_cast<int>(random() % static_cast<uint32_t>(values));
      row[name] = null ? json() : column.value(number);
    }
    out.push_back(row);
  }
  return out;
}

/// The containers of the latest snapshot in hexadecimal, and whether they are embedded.
std::vector<std::pair<bool, std::string>> Containers(const std::string& warehouse) {
  const auto context = LocalContext();
  const auto paths = *io::TablePaths::Make(warehouse + "/db.db/t");
  const auto snapshot = *meta::SnapshotFiles(context, paths).Latest();
  std::vector<std::pair<bool, std::string>> out;
  for (const auto& entry : *meta::ReadLiveFiles(*context, paths, *snapshot)) {
    const auto& embedded = entry.file.embedded_file_index;
    EXPECT_EQ(embedded.has_value(), entry.file.extra_files.empty());
    out.emplace_back(embedded.has_value(),
                     base::ToHex(embedded ? *embedded
                                          : *context->files->ReadAll(*paths.DataFile(
                                                "", 0, entry.file.extra_files.at(0)))));
  }
  return out;
}

void BothAnswerAlike(const std::string& warehouse, const json& request) {
  SCOPED_TRACE(request.dump());
  json java_request = request;
  java_request["cmd"] = "read";
  java_request["warehouse"] = warehouse;
  java_request["table"] = "db.t";
  const auto java = JavaOracle::Core().AskRows(java_request);
  const auto tarn = TarnTarget(warehouse).Read(request);
  ASSERT_TRUE(java.ok()) << java.status();
  ASSERT_TRUE(tarn.ok()) << tarn.status();
  EXPECT_TRUE(SameRows(*tarn, *java));
}

/// Bitmaps stand in the order of a Java hash map. Where eight values meet in one of its
/// slots it makes a tree of them, whose order Tarn does not follow: the containers then
/// have the same parts, of the same size, in another order.
enum class Order { kSame, kAny };

/// What has to be equal of the containers.
json Parts(const std::vector<std::pair<bool, std::string>>& containers, Order order) {
  json out = json::array();
  for (const auto& [embedded, bytes] : containers) {
    if (order == Order::kSame) {
      out.push_back({embedded, bytes});
    } else {
      out.push_back({embedded, bytes.size()});
    }
  }
  return out;
}

void WriteByBothAndCompare(const std::map<std::string, std::string>& options,
                           const json& rows, Order order = Order::kSame) {
  TemporaryFolder java_warehouse, tarn_warehouse;
  JavaTarget java(java_warehouse.path());
  TarnTarget tarn(tarn_warehouse.path());
  const json write = {{"cmd", "write"}, {"rows", rows}, {"write-only", true}};
  for (HistoryTarget* target :
       {static_cast<HistoryTarget*>(&java), static_cast<HistoryTarget*>(&tarn)}) {
    ASSERT_TRUE(target->Create(Schema(options)).ok());
    const Status status = target->Run(write);
    ASSERT_TRUE(status.ok()) << status;
  }
  const auto expected = Containers(java_warehouse.path());
  const auto actual = Containers(tarn_warehouse.path());
  ASSERT_EQ(expected.size(), 1u);
  EXPECT_EQ(Parts(actual, order), Parts(expected, order));
  // Compacted, the rows stand for themselves and the indexes are asked.
  ASSERT_TRUE(tarn.Run({{"cmd", "compact"}, {"full", true}}).ok());
  ASSERT_TRUE(java.Run({{"cmd", "compact"}, {"full", true}}).ok());
  EXPECT_EQ(Parts(Containers(tarn_warehouse.path()), order),
            Parts(Containers(java_warehouse.path()), order));
  for (const auto& [name, column] : Columns()) {
    if (name == "bo") continue;
    for (const auto* warehouse : {&java_warehouse, &tarn_warehouse}) {
      for (const char* op : {"=", "!=", "<", ">="}) {
        BothAnswerAlike(
            warehouse->path(),
            {{"filter", {{"col", name}, {"op", op}, {"value", column.value(17)}}}});
      }
      BothAnswerAlike(warehouse->path(),
                      {{"filter",
                        {{"col", name},
                         {"op", "in"},
                         {"value", {column.value(3), column.value(5)}}}}});
      BothAnswerAlike(warehouse->path(), {{"filter", {{"col", name}, {"op", "isnull"}}}});
    }
  }
}

TEST(InteropFileIndex, BloomFiltersAreEqual) {
  TARN_SKIP_WITHOUT_JAVA();
  WriteByBothAndCompare(
      {{"file-index.bloom-filter.columns", "st,ii,bi,ti,si,fl,db,da,t3,t6"},
       {"file-index.bloom-filter.st.items", "300"},
       {"file-index.bloom-filter.ii.items", "300"},
       {"file-index.bloom-filter.bi.items", "20"},
       {"file-index.bloom-filter.ti.items", "1000"},
       {"file-index.bloom-filter.si.items", "200"},
       {"file-index.bloom-filter.fl.items", "200"},
       {"file-index.bloom-filter.db.items", "200"},
       {"file-index.bloom-filter.da.items", "200"},
       {"file-index.bloom-filter.t3.items", "200"},
       {"file-index.bloom-filter.t6.items", "200"},
       {"file-index.bloom-filter.st.fpp", "0.01"}},
      Rows(200, 200, 1));
}

TEST(InteropFileIndex, BitmapsAreEqual) {
  TARN_SKIP_WITHOUT_JAVA();
  const std::string columns = "st,bo,ii,bi,ti,si,fl,db,da,t3,t6";
  WriteByBothAndCompare({{"file-index.bitmap.columns", columns}}, Rows(400, 300, 2));
  WriteByBothAndCompare({{"file-index.bitmap.columns", columns},
                         {"file-index.bitmap.st.version", "1"},
                         {"file-index.bitmap.bi.version", "1"},
                         {"file-index.bitmap.ii.index-block-size", "64 b"}},
                        Rows(300, 13, 3));
}

TEST(InteropFileIndex, BitmapsOfValuesThatMeetInOneSlotHoldTheSame) {
  TARN_SKIP_WITHOUT_JAVA();
  WriteByBothAndCompare({{"file-index.bitmap.columns", "tr"}}, Rows(400, 300, 7),
                        Order::kAny);
}

TEST(InteropFileIndex, BitSlicesAndRangeBitmapsAreEqual) {
  TARN_SKIP_WITHOUT_JAVA();
  WriteByBothAndCompare({{"file-index.bsi.columns", "ii,bi,ti,si,dc,da,t3,t6"}},
                        Rows(300, 200, 4));
  WriteByBothAndCompare(
      {{"file-index.range-bitmap.columns", "st,bo,ii,bi,ti,si,fl,db,dc,da,t3,t6"},
       {"file-index.range-bitmap.st.chunk-size", "100 b"}},
      Rows(300, 200, 5));
}

TEST(InteropFileIndex, SmallOnesStandInTheManifest) {
  TARN_SKIP_WITHOUT_JAVA();
  WriteByBothAndCompare({{"file-index.bitmap.columns", "bo"},
                         {"file-index.bloom-filter.columns", "st,bi"},
                         {"file-index.bloom-filter.st.items", "30"},
                         {"file-index.bloom-filter.bi.items", "30"}},
                        Rows(20, 20, 6));
}

}  // namespace
}  // namespace tarn::support
