// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_history.h"

#include <random>

#include <fmt/format.h>

namespace tarn::support {
namespace {

using nlohmann::json;

constexpr int kKeys = 12;
constexpr int kClockMax = 40;

json Field(const char* name, json type) {
  return {{"name", name}, {"type", type}};
}

json Schema(json fields, json keys, json options, json partitions = json::array()) {
  options["bucket"] = options.value("bucket", "2");
  return {{"fields", std::move(fields)},
          {"primaryKeys", std::move(keys)},
          {"partitionKeys", std::move(partitions)},
          {"options", std::move(options)}};
}

class Values {
 public:
  explicit Values(uint64_t seed) : random_(seed) {}

  // std::uniform_int_distribution differs between libraries; histories must not.
  int64_t Below(int64_t end) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(end));
  }

  // Columns are named for what they hold: k* keys, p partition, g* and ts clocks.
  json Of(const std::string& column, const json& field_type) {
    if (field_type.is_object()) {
      json value = Below(5) == 0 ? json() : Nested(field_type);
      // The first array of a key stays as it came in Java 1.4.2; 2.0.0 folds it by its
      // nested key at once. Arrays of one row are alike in both.
      if (column == "items" && value.size() > 1)
        value.erase(value.begin() + 1, value.end());
      return value;
    }
    const std::string type = field_type;
    if (column == "p") return fmt::format("p{}", Below(3));
    if (column.starts_with("k")) return Key(type);
    if (column.starts_with("g") || column == "ts") {
      return Below(12) == 0 ? json() : json(Below(kClockMax));
    }
    return Below(4) == 0 ? json() : Value(type);
  }

 private:
  json Key(const std::string& type) {
    if (type == "STRING") return fmt::format("key-{}-ünï", Below(kKeys));
    return Below(kKeys);
  }

  // Few different values, so that they meet; keys of a map differ.
  json Nested(const json& type) {
    if (!type.is_object()) {
      if (type == "STRING") return fmt::format("v{}", Below(5));
      return Below(8) == 0 ? Below(3000) : Below(5);
    }
    json out = type["type"] == "ROW" ? json::object() : json::array();
    if (type["type"] == "ROW") {
      for (const json& field : type["fields"]) out[field["name"]] = Nested(field["type"]);
    } else if (type["type"] == "MAP") {
      for (int64_t key = Below(3); key < 5; key += 1 + Below(3)) {
        out.push_back({fmt::format("key{}", key), Nested(type["value"])});
      }
    } else {
      for (int64_t i = Below(5); i > 0; --i) out.push_back(Nested(type["element"]));
    }
    return out;
  }

  json Value(const std::string& type) {
    if (type == "STRING") return fmt::format("v{}", Below(1000));
    if (type == "BOOLEAN") return Below(2) == 0;
    if (type == "DOUBLE") return static_cast<double>(Below(2000) - 1000) / 8;
    if (type.starts_with("DECIMAL")) {
      return fmt::format("{}.{:02}", Below(2000) - 1000, Below(100));
    }
    if (type == "DATE")
      return fmt::format("20{:02}-{:02}-11", 10 + Below(90), 1 + Below(12));
    if (type.starts_with("TIMESTAMP")) {
      return fmt::format("2026-01-{:02}T{:02}:00:00.{:03}", 1 + Below(28), Below(24),
                         Below(1000));
    }
    return Below(2000) - 1000;
  }

  std::mt19937_64 random_;
};

}  // namespace

std::vector<HistoryKind> HistoryKinds() {
  const json types = {Field("k", "INT"),     Field("s", "STRING"),
                      Field("b", "BOOLEAN"), Field("n", "BIGINT"),
                      Field("d", "DOUBLE"),  Field("e", "DECIMAL(10, 2)"),
                      Field("day", "DATE"),  Field("at", "TIMESTAMP(3)")};
  const json groups = {Field("k", "BIGINT"),   Field("a", "STRING"),
                       Field("b", "INT"),      Field("g1", "BIGINT"),
                       Field("c", "BIGINT"),   Field("g2", "BIGINT"),
                       Field("free", "STRING")};
  json keyed_partition = types;
  keyed_partition.push_back(Field("p", "STRING"));
  const json two_groups = {{"merge-engine", "partial-update"},
                           {"fields.g1.sequence-group", "a,b"},
                           {"fields.g2.sequence-group", "c"}};
  json with_sum = two_groups;
  with_sum["fields.c.aggregate-function"] = "sum";
  json with_removal = two_groups;
  with_removal["partial-update.remove-record-on-sequence-group"] = "g1";
  const json clocked = {Field("k1", "STRING"), Field("k2", "INT"), Field("v", "STRING"),
                        Field("n", "BIGINT"), Field("ts", "INT")};
  const json items = {{"type", "ARRAY"},
                      {"element",
                       {{"type", "ROW"},
                        {"fields",
                         {{{"id", 100}, {"name", "id"}, {"type", "INT"}},
                          {{"id", 101}, {"name", "q"}, {"type", "STRING"}}}}}}};
  const json collections = {
      Field("k", "INT"),
      Field("list", {{"type", "ARRAY"}, {"element", "INT"}}),
      Field("set", {{"type", "ARRAY"}, {"element", "STRING"}}),
      Field("map", {{"type", "MAP"}, {"key", "STRING"}, {"value", "INT"}}),
      Field("items", items),
      Field("rows", items),
      Field("g1", "BIGINT")};
  const json collected = {{"fields.list.aggregate-function", "collect"},
                          {"fields.set.aggregate-function", "collect"},
                          {"fields.set.distinct", "true"},
                          {"fields.map.aggregate-function", "merge_map"},
                          {"fields.items.aggregate-function", "nested_update"},
                          {"fields.items.nested-key", "id"},
                          {"fields.rows.aggregate-function", "nested_update"},
                          {"fields.rows.count-limit", "9"}};
  json by_aggregation = collected;
  by_aggregation["merge-engine"] = "aggregation";
  json by_group = collected;
  by_group["merge-engine"] = "partial-update";
  by_group["fields.g1.sequence-group"] = "list,set,map,items,rows";
  const std::vector<std::string> upserts = {"+I", "+U"};
  const std::vector<std::string> changes = {"+I", "+I", "+U", "+U", "-D"};
  return {
      {"deduplicate", Schema(types, {"k"}, json::object()), changes},
      {"deduplicate_partitioned",
       Schema(keyed_partition, {"p", "k"}, {{"bucket", "1"}}, {"p"}), changes},
      {"sequence_field",
       Schema(clocked, {"k1", "k2"}, {{"sequence.field", "ts"}, {"bucket", "3"}}),
       changes},
      {"sequence_fields_descending",
       Schema(clocked, {"k1", "k2"},
              {{"sequence.field", "ts,n"}, {"sequence.field.sort-order", "descending"}}),
       changes},
      {"partial_update", Schema(groups, {"k"}, {{"merge-engine", "partial-update"}}),
       upserts},
      {"groups", Schema(groups, {"k"}, two_groups), changes},
      // Deltas that are only added: any order of merging gives the same sum.
      {"group_sum", Schema(groups, {"k"}, with_sum), upserts},
      {"group_sum_retracted", Schema(groups, {"k"}, with_sum), changes},
      {"collections", Schema(collections, {"k"}, by_aggregation), changes},
      {"group_collections", Schema(collections, {"k"}, by_group), changes},
      {"group_removes_row", Schema(groups, {"k"}, with_removal), changes},
  };
}

namespace {

// Rows of a commit, of the schema that `fields` is.
json RandomRows(const HistoryKind& kind, const json& fields, int rows_max,
                Values* values) {
  json rows = json::array();
  const int64_t count = 1 + values->Below(rows_max);
  for (int64_t r = 0; r < count; ++r) {
    json row = json::object();
    for (const json& field : fields) {
      row[field["name"]] = values->Of(field["name"], field["type"]);
    }
    const int64_t k = values->Below(static_cast<int64_t>(kind.kinds.size()));
    rows.push_back({{"op", kind.kinds[k]}, {"row", std::move(row)}});
  }
  return rows;
}

// A schema as it is altered.
class Altering {
 public:
  Altering(const HistoryKind& kind, Values* values)
      : fields_(kind.schema["fields"]),
        options_(kind.schema["options"].dump()),
        values_(*values) {}

  const json& fields() const { return fields_; }

  json Changes() {
    json out = json::array();
    const int64_t count = 1 + values_.Below(3);
    for (int64_t i = 0; i < count; ++i) {
      json change = Change();
      if (!change.is_null()) out.push_back(std::move(change));
    }
    if (out.empty()) {
      out.push_back({{"action", "updateComment"}, {"comment", "nothing else"}});
    }
    return out;
  }

 private:
  // Keys, clocks, and whatever an option speaks of.
  bool IsFree(const std::string& name) const {
    return name != "p" && name != "ts" && !name.starts_with("k") &&
           !name.starts_with("g") && options_.find(name) == std::string::npos;
  }
  // Place of a column that may change, or -1.
  int64_t Free() {
    std::vector<int64_t> free;
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (IsFree(fields_[i]["name"])) free.push_back(static_cast<int64_t>(i));
    }
    return free.empty() ? -1 : free[values_.Below(static_cast<int64_t>(free.size()))];
  }

  json Change() {
    const int64_t kind = values_.Below(9);
    if (kind < 3) return Add();
    const int64_t at = Free();
    if (at < 0) return Add();
    const std::string name = fields_[at]["name"];
    const json path = json::array({name});
    switch (kind) {
      case 3:
        fields_.erase(at);
        return {{"action", "dropColumn"}, {"fieldNames", path}};
      case 4: {
        const std::string fresh = fmt::format("x{}", ++names_);
        fields_[at]["name"] = fresh;
        return {{"action", "renameColumn"}, {"fieldNames", path}, {"newName", fresh}};
      }
      case 5:
      case 6:
        return ChangeType(at);
      case 7: {
        const json field = fields_[at];
        if (at == 0) return {};
        fields_.erase(at);
        fields_.insert(fields_.begin(), field);
        return {
            {"action", "updateColumnPosition"},
            {"move",
             {{"fieldName", name}, {"referenceFieldName", nullptr}, {"type", "FIRST"}}}};
      }
      default:
        if (fields_[at]["type"] == "STRING" && values_.Below(2) == 0) {
          return {{"action", "updateColumnDefaultValue"},
                  {"fieldNames", path},
                  {"newDefaultValue", fmt::format("d{}", values_.Below(9))}};
        }
        return {{"action", "updateColumnComment"},
                {"fieldNames", path},
                {"newComment", fmt::format("c{}", values_.Below(9))}};
    }
  }

  json Add() {
    static constexpr const char* kTypes[] = {"INT",  "BIGINT",         "STRING", "DOUBLE",
                                             "DATE", "DECIMAL(10, 2)", "BOOLEAN"};
    const std::string name = fmt::format("x{}", ++names_);
    const std::string type = kTypes[values_.Below(std::size(kTypes))];
    const int64_t after = values_.Below(static_cast<int64_t>(fields_.size()) + 1);
    json move;
    json field = {{"name", name}, {"type", type}};
    if (after == static_cast<int64_t>(fields_.size())) {
      fields_.push_back(field);
    } else {
      move = {{"fieldName", name},
              {"referenceFieldName", fields_[after]["name"]},
              {"type", "AFTER"}};
      fields_.insert(fields_.begin() + after + 1, field);
    }
    return {{"action", "addColumn"},
            {"fieldNames", {name}},
            {"dataType", type},
            {"comment", nullptr},
            {"move", move}};
  }

  json ChangeType(int64_t at) {
    const std::string type = fields_[at]["type"];
    std::vector<std::string> to;
    if (type == "INT") to = {"BIGINT", "DOUBLE", "STRING", "DECIMAL(12, 3)"};
    if (type == "BIGINT") to = {"INT", "STRING", "DOUBLE"};
    if (type == "DOUBLE") to = {"STRING", "INT", "DECIMAL(10, 2)"};
    if (type == "DATE") to = {"TIMESTAMP(3)", "STRING"};
    if (type == "TIMESTAMP(3)") to = {"DATE", "STRING"};
    if (type == "BOOLEAN") to = {"STRING", "INT"};
    if (type == "DECIMAL(10, 2)") to = {"DECIMAL(20, 2)", "DOUBLE", "STRING"};
    if (to.empty()) return {};
    const std::string next = to[values_.Below(static_cast<int64_t>(to.size()))];
    fields_[at]["type"] = next;
    return {{"action", "updateColumnType"},
            {"fieldNames", {fields_[at]["name"]}},
            {"newDataType", next},
            {"keepNullability", false}};
  }

  json fields_;
  const std::string options_;
  Values& values_;
  int names_ = 0;
};

}  // namespace

History RandomHistory(const HistoryKind& kind, uint64_t seed, int commits,
                      int rows_per_commit) {
  Values values(seed);
  History out;
  out.name = fmt::format("{} seed {}", kind.name, seed);
  out.schema = kind.schema;
  for (int i = 0; i < commits; ++i) {
    out.steps.push_back(
        {{"cmd", "write"},
         {"write-only", true},
         {"rows", RandomRows(kind, kind.schema["fields"], rows_per_commit, &values)}});
  }
  return out;
}

History AlteredHistory(const HistoryKind& kind, uint64_t seed, int commits,
                       int rows_per_commit) {
  Values values(seed);
  Altering altering(kind, &values);
  History out;
  out.name = fmt::format("{} altered, seed {}", kind.name, seed);
  out.schema = kind.schema;
  for (int i = 0; i < commits; ++i) {
    out.steps.push_back(
        {{"cmd", "write"},
         {"write-only", true},
         {"rows", RandomRows(kind, altering.fields(), rows_per_commit, &values)}});
    if (values.Below(3) > 0) {
      out.steps.push_back({{"cmd", "alter"}, {"changes", altering.Changes()}});
    }
    if (values.Below(4) == 0) out.steps.push_back(json::object({{"cmd", "compact"}}));
  }
  return out;
}

}  // namespace tarn::support
