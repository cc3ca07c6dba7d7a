// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_table.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace tarn::support {
namespace {

using nlohmann::json;

struct Column {
  std::string name;
  json type;
};

class Draw {
 public:
  explicit Draw(uint64_t seed) : random_(seed * 0x9E3779B97F4A7C15u + 1) {}

  // std::uniform_int_distribution differs between libraries; histories must not.
  int64_t Below(int64_t end) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(end));
  }
  bool OneIn(int64_t n) { return Below(n) == 0; }
  template <typename T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Below(static_cast<int64_t>(choices.size()))];
  }

  json Value(const json& type) {
    if (OneIn(5)) return json();
    if (type.is_object()) {
      if (type["type"] == "ARRAY") {
        json out = json::array();
        for (int64_t i = Below(3); i > 0; --i) out.push_back(Value(type["element"]));
        return out;
      }
      json out = json::object();
      for (const json& field : type["fields"]) {
        out[field["name"].get<std::string>()] = Value(field["type"]);
      }
      return out;
    }
    const std::string word = type;
    if (word == "STRING")
      return OneIn(6) ? json("") : json(fmt::format("v{}", Below(40)));
    if (word == "BOOLEAN") return Below(2) == 0;
    if (word == "DOUBLE") return static_cast<double>(Below(2000) - 1000) / 8;
    if (word.starts_with("DECIMAL")) {
      return fmt::format("{}.{:02}", Below(2000) - 1000, Below(100));
    }
    if (word == "DATE")
      return fmt::format("20{:02}-{:02}-11", 10 + Below(9), 1 + Below(12));
    if (word == "TIMESTAMP(3)") {
      return fmt::format("2026-01-{:02}T{:02}:00:00.{:03}", 1 + Below(28), Below(24),
                         Below(1000));
    }
    if (word.starts_with("TIMESTAMP")) return FineTimestamp(word);
    return Below(60) - 10;
  }

  /// Of any year, often beyond what nanoseconds of 64 bits hold.
  std::string FineTimestamp(const std::string& type) {
    const int64_t digits = type[10] - '0';
    const std::string zone = type.ends_with("ZONE") ? "Z" : "";
    const std::string day = Of<std::string>({"0001-01-01", "1500-03-01", "1677-09-21",
                                             "1969-12-31", "1970-01-01", "2026-01-31",
                                             "2262-04-11", "2999-12-31", "9999-12-31"});
    if (OneIn(3)) return day + "T23:59:59" + zone;
    const std::string fraction =
        fmt::format("{:09}", OneIn(3) ? Below(1000) : Below(1'000'000'000));
    return fmt::format("{}T{:02}:{:02}:{:02}.{}{}", day, Below(24), Below(60), Below(60),
                       fraction.substr(0, static_cast<size_t>(digits)), zone);
  }

 private:
  std::mt19937_64 random_;
};

class Maker {
 public:
  explicit Maker(uint64_t seed) : draw_(seed) {
    history_.name = fmt::format("seed {}", seed);
  }

  History Make() {
    Define();
    const int64_t steps = 4 + draw_.Below(5);
    Write(false);
    for (int64_t i = 0; i < steps; ++i) Step();
    return std::move(history_);
  }

 private:
  void Define() {
    keyed_ = !draw_.OneIn(4);
    const std::string partition = draw_.Of<std::string>({"", "", "STRING", "INT"});
    if (!partition.empty()) columns_.push_back({"p", partition});
    columns_.push_back({"k", draw_.Of<std::string>({"INT", "BIGINT", "STRING"})});
    columns_.push_back({"g", "INT"});
    columns_.push_back({"n", "BIGINT"});
    const std::string format =
        draw_.Of<std::string>({"parquet", "parquet", "orc", "avro"});
    std::vector<json> types = {"STRING",
                               "BOOLEAN",
                               "DOUBLE",
                               "DECIMAL(10, 2)",
                               "DATE",
                               "TIMESTAMP(3)",
                               "INT",
                               {{"type", "ARRAY"}, {"element", "INT"}},
                               {{"type", "ROW"},
                                {"fields",
                                 {{{"id", 100}, {"name", "x"}, {"type", "INT"}},
                                  {{"id", 101}, {"name", "y"}, {"type", "STRING"}}}}}};
    if (format != "avro") {
      types.insert(types.end(), {"TIMESTAMP(9)",
                                 "TIMESTAMP(7) WITH LOCAL TIME ZONE",
                                 {{"type", "ARRAY"}, {"element", "TIMESTAMP(8)"}}});
    }
    for (int64_t i = 1 + draw_.Below(4); i > 0; --i) {
      columns_.push_back({fmt::format("c{}", i), draw_.Of(types)});
    }
    json options = {{"file.format", format}};
    if (draw_.OneIn(3)) {
      options["metadata.stats-mode"] =
          draw_.Of<std::string>({"none", "counts", "full", "truncate(2)"});
    }
    if (keyed_) {
      DefineEngine(&options);
      options["bucket"] = draw_.Of<std::string>({"1", "2", "-1"});
    } else {
      options["bucket"] = draw_.Of<std::string>({"-1", "2"});
      if (options["bucket"] == "2") options["bucket-key"] = "k";
    }
    json fields = json::array(), keys = json::array(), partitions = json::array();
    for (const Column& column : columns_) {
      fields.push_back({{"name", column.name}, {"type", column.type}});
    }
    if (!partition.empty()) {
      partitions.push_back("p");
      if (keyed_) keys.push_back("p");
    }
    if (keyed_) keys.push_back("k");
    history_.schema = {{"fields", fields},
                       {"primaryKeys", keys},
                       {"partitionKeys", partitions},
                       {"options", options}};
  }

  void DefineEngine(json* options) {
    kinds_ = {"+I", "+I", "+U"};
    switch (draw_.Below(7)) {
      case 0:
        kinds_.push_back("-D");
        break;
      case 1:
        (*options)["sequence.field"] = "g";
        kinds_.push_back("-D");
        break;
      case 2:
        (*options)["merge-engine"] = "partial-update";
        break;
      case 3:
        (*options)["merge-engine"] = "partial-update";
        (*options)["fields.g.sequence-group"] = "n,c1";
        kinds_.push_back("-D");
        break;
      case 4:
        (*options)["merge-engine"] = "partial-update";
        (*options)["fields.g.sequence-group"] = "n";
        (*options)["fields.n.aggregate-function"] = "sum";
        break;
      case 5:
        (*options)["merge-engine"] = "aggregation";
        (*options)["fields.n.aggregate-function"] =
            draw_.Of<std::string>({"sum", "max", "min"});
        (*options)["fields.g.aggregate-function"] = "last_value";
        break;
      default:
        (*options)["merge-engine"] = "first-row";
        kinds_ = {"+I"};
    }
    const bool first_row = (*options).value("merge-engine", "") == "first-row";
    if (draw_.OneIn(3)) {
      (*options)["changelog-producer"] =
          first_row ? "lookup"
                    : draw_.Of<std::string>({"input", "lookup", "full-compaction"});
    }
  }

  json Key(const json& type) {
    const int64_t key = draw_.Below(10);
    return type == "STRING" ? json(fmt::format("key-{}", key)) : json(key);
  }

  json Row() {
    json row = json::object();
    for (const Column& column : columns_) {
      if (column.name == "k") {
        row["k"] = Key(column.type);
      } else if (column.name == "p") {
        row["p"] = column.type == "INT" ? json(draw_.Below(2))
                                        : json(draw_.Of<std::string>({"a", "b c"}));
      } else if (column.name == "g") {
        row["g"] = draw_.OneIn(8) ? json() : json(draw_.Below(20));
      } else {
        row[column.name] = draw_.Value(column.type);
      }
    }
    return row;
  }

  void Write(bool overwrite) {
    json rows = json::array();
    for (int64_t i = 1 + draw_.Below(12); i > 0; --i) {
      rows.push_back({{"op", overwrite ? "+I" : draw_.Of(kinds_)}, {"row", Row()}});
    }
    json step = {{"cmd", "write"}, {"write-only", true}, {"rows", std::move(rows)}};
    if (overwrite) step["overwrite"] = json::object();
    history_.steps.push_back(std::move(step));
  }

  void Step() {
    const int64_t die = draw_.Below(20);
    if (die < 11) {
      Write(false);
    } else if (die < 14) {
      history_.steps.push_back({{"cmd", "compact"}, {"full", true}});
    } else if (die < 17) {
      Alter();
    } else if (die < 18) {
      Write(true);
    } else if (die < 19) {
      history_.steps.push_back({{"cmd", "manage"},
                                {"action", "create-tag"},
                                {"name", fmt::format("t{}", history_.steps.size())}});
    } else {
      history_.steps.push_back({{"cmd", "expire"},
                                {"retain-max", 2},
                                {"retain-min", 1},
                                {"retain-millis", 0}});
    }
  }

  /// Columns that no option names may change.
  void Alter() {
    std::vector<size_t> free;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].name.starts_with("c") && columns_[i].name != "c1")
        free.push_back(i);
      if (columns_[i].name.starts_with("a")) free.push_back(i);
    }
    json change;
    const int64_t die = free.empty() ? 0 : draw_.Below(4);
    if (die == 0) {
      const std::string name = fmt::format("a{}", ++added_);
      const std::string type = draw_.Of<std::string>({"STRING", "INT", "DOUBLE"});
      change = {{"action", "addColumn"},
                {"fieldNames", {name}},
                {"dataType", type},
                {"comment", nullptr},
                {"move", nullptr}};
      columns_.push_back({name, type});
    } else {
      const size_t at = draw_.Of(free);
      Column& column = columns_[at];
      if (die == 1) {
        const std::string name = fmt::format("a{}", ++added_);
        change = {
            {"action", "renameColumn"}, {"fieldNames", {column.name}}, {"newName", name}};
        column.name = name;
      } else if (die == 2 && column.type == "INT") {
        change = {{"action", "updateColumnType"},
                  {"fieldNames", {column.name}},
                  {"newDataType", "BIGINT"},
                  {"keepNullability", false}};
        column.type = "BIGINT";
      } else {
        change = {{"action", "dropColumn"}, {"fieldNames", {column.name}}};
        columns_.erase(columns_.begin() + static_cast<int64_t>(at));
      }
    }
    history_.steps.push_back({{"cmd", "alter"}, {"changes", json::array({change})}});
  }

  Draw draw_;
  History history_;
  bool keyed_ = true;
  std::vector<Column> columns_;
  std::vector<std::string> kinds_ = {"+I"};
  int added_ = 0;
};

}  // namespace

History RandomTable(uint64_t seed) {
  return Maker(seed).Make();
}

std::vector<json> RandomReads(const History& history, uint64_t seed) {
  Draw draw(seed + 77);
  std::vector<json> out = {json::object()};
  out.push_back({{"columns", {"n", "k"}}});
  out.push_back({{"filter",
                  {{"col", "n"},
                   {"op", draw.Of<std::string>({"<", ">=", "="})},
                   {"value", draw.Below(40)}}}});
  const bool text = history.schema["fields"][0]["name"] == "k"
                        ? history.schema["fields"][0]["type"] == "STRING"
                        : history.schema["fields"][1]["type"] == "STRING";
  const int64_t key = draw.Below(10);
  out.push_back({{"filter",
                  {{"col", "k"},
                   {"op", draw.Of<std::string>({"=", "<", ">="})},
                   {"value", text ? json(fmt::format("key-{}", key)) : json(key)}}}});
  out.push_back({{"filter", {{"col", "g"}, {"op", "isnull"}}}});
  return out;
}

}  // namespace tarn::support
