// SPDX-License-Identifier: Apache-2.0
// Partitions that are too old are the same to Tarn and to Java.
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tarn/table/partition_times.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/environment.h"
#include "tests/support/files.h"
#include "tests/support/history.h"
#include "tests/support/java_oracle.h"
#include "tests/support/tarn_target.h"

namespace tarn::support {
namespace {

using nlohmann::json;

constexpr const char* kFormatters[] = {
    "",         "yyyyMMdd",         "yyyy-MM-dd",       "yyyy-MM-dd HH:mm:ss",
    "y-M-d",    "yyyyMMddHH",       "yyyy/M/d H:mm",    "uuuuMMdd'T'HHmmss",
    "ddMMyyyy", "yyyyMd",           "yyyy-MM",          "yyyy-MM-dd HH:mm:ss.SSS",
    "yMMdd",    "yyyy'year'MM''dd", "yyyyMMddHHmmssSSS"};

/// A time as somebody may have written it, and what is none.
std::string AnyText(std::mt19937_64& random) {
  const auto below = [&](uint64_t bound) { return random() % bound; };
  const auto number = [&](uint64_t from, uint64_t to, int width) {
    std::string out = std::to_string(from + below(to - from + 1));
    while (static_cast<int>(out.size()) < width) out.insert(0, "0");
    return out;
  };
  const int width = below(3) == 0 ? 1 : 2;
  const std::string year = below(8) == 0 ? number(0, 99999, 1) : number(1990, 2030, 4);
  const std::string month = number(below(6) == 0 ? 0 : 1, below(6) == 0 ? 14 : 12, width);
  const std::string day = number(below(6) == 0 ? 0 : 1, below(3) == 0 ? 33 : 28, width);
  const std::string hour = number(0, below(5) == 0 ? 25 : 23, width);
  const std::string minute = number(0, below(9) == 0 ? 61 : 59, 2);
  const std::string second = number(0, below(9) == 0 ? 61 : 59, 2);
  switch (below(12)) {
    case 0:
      return year + month + day;
    case 1:
      return year + month + day + hour;
    case 2:
      return year + "-" + month + "-" + day + " " + hour + ":" + minute + ":" + second;
    case 3:
      return year + "-" + month + "-" + day + " " + hour + ":" + minute + ":" + second +
             "." + number(0, 999, static_cast<int>(1 + below(3)));
    case 4:
      return year + "/" + month + "/" + day + " " + hour + ":" + minute;
    case 5:
      return year + month + day + "T" + hour + minute + second;
    case 6:
      return day + month + year;
    case 7:
      return year + "year" + month + "'" + day;
    case 8:
      return year + month + day + hour + minute + second + number(0, 999, 3);
    case 9:
      return std::vector<std::string>{"",
                                      " ",
                                      "x",
                                      "-",
                                      "2024-01-01 ",
                                      "-1-1-1",
                                      "2024-01-01 10:00",
                                      "__DEFAULT_PARTITION__"}[below(8)];
    default:
      return year + "-" + month + "-" + day;
  }
}

TEST(Partitions, ValuesStateTheTimeThatJavaReads) {
  TARN_SKIP_WITHOUT_JAVA();
  std::mt19937_64 random(FromEnvironment("TARN_SEED", 1));
  const uint64_t count = 400 * FromEnvironment("TARN_PROPERTY_FACTOR", 1);
  int64_t times = 0;
  for (const std::string formatter : kFormatters) {
    json request = {{"cmd", "partition-times"}, {"keys", {"dt"}}};
    types::TableSchema schema;
    schema.partition_keys = {"dt"};
    if (!formatter.empty()) {
      request["formatter"] = formatter;
      schema.options["partition.timestamp-formatter"] = formatter;
    }
    json values = json::array();
    for (uint64_t i = 0; i < count; ++i) values.push_back({AnyText(random)});
    request["values"] = values;
    const auto answer = JavaOracle::Core().Ask(request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto reader = table::PartitionTimes::Make(schema);
    ASSERT_TRUE(reader.ok()) << reader.status();
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string text = values[i][0];
      const auto seconds = reader->SecondsOf({{"dt", text}});
      const json ours = seconds ? json(*seconds) : json();
      EXPECT_EQ(ours, (*answer)["rows"][i])
          << "'" << formatter << "' of '" << text << "'";
      times += seconds ? 1 : 0;
    }
  }
  EXPECT_GT(times, static_cast<int64_t>(count));
}

struct Case {
  const char* name;
  json fields;
  std::vector<std::string> keys;
  json options;
  std::vector<json> values;
};

std::vector<Case> Cases() {
  const json int_field = {{"name", "k"}, {"type", "INT NOT NULL"}};
  const auto field = [](const char* name, const char* type) {
    return json{{"name", name}, {"type", type}};
  };
  return {
      {"dashes",
       {field("dt", "STRING NOT NULL"), int_field},
       {"dt"},
       json::object(),
       {{{"dt", "2020-01-01"}},
        {{"dt", "2999-01-01"}},
        {{"dt", "2020-1-1 7:00:00"}},
        {{"dt", "none"}},
        {{"dt", ""}}}},
      {"number",
       {field("dt", "INT NOT NULL"), int_field},
       {"dt"},
       {{"partition.timestamp-formatter", "yyyyMMdd"}},
       {{{"dt", 20200101}}, {{"dt", 29990101}}, {{"dt", 7}}}},
      // A date names itself by its number of days, which is no time.
      {"date",
       {field("dt", "DATE NOT NULL"), int_field},
       {"dt"},
       json::object(),
       {{{"dt", "2020-01-01"}}, {{"dt", "2999-01-01"}}}},
      {"two columns",
       {field("dt", "STRING NOT NULL"), field("hour", "INT NOT NULL"), int_field},
       {"dt", "hour"},
       {{"partition.timestamp-pattern", "$dt $hour:00:00"},
        {"partition.expiration-batch-size", "1"}},
       {{{"dt", "2020-01-01"}, {"hour", 3}},
        {{"dt", "2020-01-01"}, {"hour", 11}},
        {{"dt", "2999-01-01"}, {"hour", 3}}}},
      {"two at most",
       {field("dt", "STRING NOT NULL"), int_field},
       {"dt"},
       {{"partition.expiration-max-num", "2"}},
       {{{"dt", "2020-01-03"}}, {{"dt", "2020-01-01"}}, {{"dt", "2020-01-02"}}}},
      {"update time",
       {field("dt", "STRING NOT NULL"), int_field},
       {"dt"},
       {{"partition.expiration-strategy", "update-time"},
        {"partition.expiration-time", "1 ms"}},
       {{{"dt", "a"}}, {{"dt", "b"}}}},
      {"update time not over",
       {field("dt", "STRING NOT NULL"), int_field},
       {"dt"},
       {{"partition.expiration-strategy", "update-time"}},
       {{{"dt", "a"}}, {{"dt", "2020-01-01"}}}},
  };
}

TEST(Partitions, ThoseGoThatJavaTakesOut) {
  TARN_SKIP_WITHOUT_JAVA();
  for (const Case& tested : Cases()) {
    SCOPED_TRACE(tested.name);
    json options = {{"bucket", "1"},
                    {"partition.expiration-time", "1 h"},
                    {"partition.expiration-check-interval", "0"},
                    {"write-only", "true"}};
    options.update(tested.options);
    std::vector<std::string> keys = tested.keys;
    keys.emplace_back("k");
    const json schema = {{"fields", tested.fields},
                         {"partitionKeys", tested.keys},
                         {"primaryKeys", keys},
                         {"options", options}};
    const TemporaryFolder place;
    JavaTarget java(place / "java");
    ASSERT_TRUE(java.Create(schema).ok());
    for (json row : tested.values) {
      row["k"] = 1;
      const json rows = {{{"op", "+I"}, {"row", row}}};
      const Status written = java.Run({{"cmd", "write"}, {"rows", rows}});
      ASSERT_TRUE(written.ok()) << written;
    }
    CopyFolder(place / "java", place / "tarn");
    TarnTarget tarn(place / "tarn");
    ASSERT_TRUE(java.Run({{"cmd", "expire-partitions"}}).ok());
    const Status expired = tarn.Run({{"cmd", "expire-partitions"}});
    ASSERT_TRUE(expired.ok()) << expired;
    const auto java_rows = JavaRows(place / "java"), tarn_rows = JavaRows(place / "tarn");
    ASSERT_TRUE(java_rows.ok() && tarn_rows.ok());
    EXPECT_TRUE(SameRows(*tarn_rows, *java_rows));
  }
}

}  // namespace
}  // namespace tarn::support
