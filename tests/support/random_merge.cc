// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_merge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "tarn/types/instant.h"
#include "tests/support/merge_case.h"
#include "tests/support/reference_merge.h"

namespace tarn::support {
namespace {

using types::RowKind;
using types::TypeRoot;
using Columns = std::vector<std::pair<std::string, std::string>>;
using Options = std::map<std::string, std::string>;

const std::vector<std::string> kValueTypes = {"INT",
                                              "BIGINT",
                                              "STRING",
                                              "BOOLEAN",
                                              "DOUBLE",
                                              "TINYINT",
                                              "FLOAT",
                                              "DECIMAL(10, 2)",
                                              "DATE",
                                              "TIMESTAMP(6)",
                                              "TIMESTAMP(9)",
                                              "DECIMAL(30, 4)",
                                              "SMALLINT",
                                              "BYTES",
                                              "ARRAY<INT>",
                                              "ARRAY<STRING>",
                                              "MAP<STRING, INT>",
                                              "MAP<INT, ROW<v INT, at STRING>>",
                                              "ARRAY<ROW<id INT, q STRING, s INT>>"};

/// A function that fits the type; sums and products of integers cannot overflow here.
std::string FunctionFor(const std::string& type, Dice* dice) {
  std::vector<std::string> fitting = {"last_value", "last_non_null_value", "first_value",
                                      "first_non_null_value"};
  if (type.starts_with("ARRAY<ROW")) {
    fitting.insert(fitting.end(), {"collect", "nested_update", "nested_update",
                                   "nested_partial_update"});
  } else if (type.starts_with("ARRAY")) {
    fitting.insert(fitting.end(), {"collect", "collect", "collect"});
  } else if (type.starts_with("MAP")) {
    fitting.insert(fitting.end(), {"merge_map", "merge_map"});
    if (type.ends_with(">>")) fitting.insert(fitting.end(), 2, "merge_map_with_keytime");
  } else if (type == "BOOLEAN") {
    fitting.insert(fitting.end(), {"bool_and", "bool_or"});
  } else {
    fitting.insert(fitting.end(), {"max", "min"});
  }
  if (type == "STRING") fitting.insert(fitting.end(), {"listagg", "listagg"});
  if (type == "INT" || type == "BIGINT" || type == "DOUBLE" || type == "FLOAT" ||
      type == "SMALLINT" || type == "DECIMAL(10, 2)") {
    fitting.insert(fitting.end(), {"sum", "sum", "sum"});
  }
  if (type == "DOUBLE" || type == "BIGINT") fitting.push_back("product");
  return dice->Pick(fitting);
}

void AddFunction(const std::string& column, const std::string& type, Dice* dice,
                 Options* options) {
  const std::string function = FunctionFor(type, dice);
  const std::string prefix = "fields." + column;
  (*options)[prefix + ".aggregate-function"] = function;
  if (!options->contains("aggregation.remove-record-on-delete") && dice->OneIn(2)) {
    (*options)[prefix + ".ignore-retract"] = "true";
  }
  if (function == "collect" && (type.starts_with("ARRAY<ROW") || dice->OneIn(2))) {
    (*options)[prefix + ".distinct"] = "true";
  }
  if (function == "nested_partial_update" ||
      (function == "nested_update" && !dice->OneIn(3))) {
    (*options)[prefix + ".nested-key"] = dice->Pick<std::string>({"id", "id, q"});
    if (!dice->OneIn(3)) {
      (*options)[prefix + ".nested-key-null-strategy"] =
          dice->Pick<std::string>({"merge", "ignore", "ignore", "error"});
    }
    if (function == "nested_update" && dice->OneIn(2)) {
      (*options)[prefix + ".nested-sequence-field"] =
          dice->Pick<std::string>({"s", "s, q"});
    }
  }
  if (function == "nested_update" && dice->OneIn(3)) {
    (*options)[prefix + ".count-limit"] = "2";
  }
  if (function == "listagg") {
    if (dice->OneIn(2)) (*options)[prefix + ".distinct"] = "true";
    if (dice->OneIn(3)) (*options)[prefix + ".list-agg-delimiter"] = "; ";
  }
}

void AddGroups(Dice* dice, Columns* columns, Options* options) {
  const int64_t groups = dice->Below(4);
  std::string removing;
  for (int64_t g = 0; g < groups; ++g) {
    std::vector<std::string> clocks, protects;
    Columns members;
    for (int64_t c = 0; c <= dice->Below(2); ++c) {
      clocks.push_back("t" + std::to_string(g) + std::to_string(c));
      members.emplace_back(clocks.back(),
                           dice->Pick<std::string>({"INT", "TIMESTAMP(3)", "STRING",
                                                    "DECIMAL(30, 4)", "DOUBLE"}));
    }
    for (int64_t c = 0; c <= dice->Below(3); ++c) {
      protects.push_back("g" + std::to_string(g) + std::to_string(c));
      members.emplace_back(protects.back(), dice->Pick(kValueTypes));
      if (dice->OneIn(3))
        AddFunction(protects.back(), members.back().second, dice, options);
    }
    std::shuffle(members.begin(), members.end(), dice->engine());
    columns->insert(columns->end(), members.begin(), members.end());
    auto join = [](const std::vector<std::string>& names) {
      std::string out;
      for (const auto& name : names) out += (out.empty() ? "" : ",") + name;
      return out;
    };
    (*options)["fields." + join(clocks) + ".sequence-group"] = join(protects);
    if (dice->OneIn(4)) removing += (removing.empty() ? "" : ",") + clocks.front();
  }
  if (!removing.empty()) {
    (*options)["partial-update.remove-record-on-sequence-group"] = removing;
  } else if (groups == 0 && dice->OneIn(3)) {
    (*options)["partial-update.remove-record-on-delete"] = "true";
  } else if (dice->OneIn(4)) {
    (*options)["ignore-delete"] = "true";
  }
}

}  // namespace

types::TableSchema RandomMergeTable(Dice* dice) {
  const std::vector<Columns> key_shapes = {
      {{"k", "INT NOT NULL"}},
      {{"k", "BIGINT NOT NULL"}},
      {{"k", "TIMESTAMP(9) WITH LOCAL TIME ZONE NOT NULL"}},
      {{"k", "STRING NOT NULL"}},
      {{"k", "INT NOT NULL"}, {"k2", "STRING NOT NULL"}},
      {{"k", "STRING NOT NULL"}, {"k2", "SMALLINT NOT NULL"}},
      {{"k", "SMALLINT NOT NULL"}, {"k2", "INT NOT NULL"}},
      {{"k", "DOUBLE NOT NULL"}},
      {{"k", "DECIMAL(30, 4) NOT NULL"}}};
  Columns columns = dice->Pick(key_shapes);
  std::vector<std::string> keys;
  for (const auto& [name, type] : columns) keys.push_back(name);
  Options options;
  const std::string engine = dice->Pick<std::string>(
      {"deduplicate", "partial-update", "partial-update", "partial-update", "aggregation",
       "aggregation", "first-row"});
  options["merge-engine"] = engine;
  if (engine != "first-row" && dice->OneIn(3)) {
    columns.emplace_back("s", dice->Pick<std::string>({"INT", "TIMESTAMP(3)", "STRING"}));
    options["sequence.field"] = "s";
    if (dice->OneIn(2)) {
      columns.emplace_back("s2", dice->Pick<std::string>({"BIGINT", "TINYINT"}));
      options["sequence.field"] = "s, s2";
    }
    if (dice->OneIn(2)) options["sequence.field.sort-order"] = "descending";
  }
  if (engine == "partial-update") AddGroups(dice, &columns, &options);
  if (engine == "aggregation" && dice->OneIn(3)) {
    options["aggregation.remove-record-on-delete"] = "true";
  }
  for (int64_t c = 0; c <= dice->Below(3); ++c) {
    std::string type = dice->Pick(kValueTypes);
    const std::string name = "v" + std::to_string(c);
    if (engine == "aggregation") AddFunction(name, type, dice, &options);
    if (dice->OneIn(12)) type += " NOT NULL";
    columns.emplace_back(name, type);
  }
  if ((engine == "deduplicate" || engine == "first-row") && dice->OneIn(2)) {
    options["ignore-delete"] = "true";
  }
  if (engine != "first-row" && dice->OneIn(4)) options["changelog-producer"] = "lookup";
  return MakeTable(columns, keys, options);
}

namespace {

/// Nanoseconds, of which 64 bits hold one but not two.
constexpr __int128 kCenturies = 5'000'000'000'000'000'001;

Value RandomValue(const types::DataType& type, Dice* dice);

/// Mostly few values, sometimes many: tables that hold them grow.
Value RandomItem(const types::DataType& type, Dice* dice) {
  const bool wide = type.root() == TypeRoot::kInt && dice->OneIn(4);
  return wide ? Value(dice->Below(3000)) : RandomValue(type, dice);
}

/// Some elements; keys of a map differ.
Value RandomNested(const types::DataType& type, Dice* dice) {
  std::vector<Value> items;
  if (type.root() == TypeRoot::kRow) {
    for (const auto& field : type.fields()) items.push_back(RandomItem(field.type, dice));
    return NestedOf(std::move(items));
  }
  std::vector<Value> keys;
  for (int64_t i = dice->OneIn(30) ? 25 : dice->Below(4); i > 0; --i) {
    if (type.root() == TypeRoot::kArray) {
      items.push_back(RandomItem(type.element(), dice));
      continue;
    }
    const Value key = RandomItem(type.key().NotNull(), dice);
    if (std::count(keys.begin(), keys.end(), key) > 0) continue;
    keys.push_back(key);
    items.push_back(NestedOf({key, RandomValue(type.element(), dice)}));
  }
  return NestedOf(std::move(items));
}

Value RandomValue(const types::DataType& type, Dice* dice) {
  if (type.nullable() && dice->OneIn(4)) return std::nullopt;
  const int64_t small = dice->Below(4) + 1;
  if (type.IsNested()) return RandomNested(type, dice);
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return dice->OneIn(2);
    case TypeRoot::kFloat:
      return static_cast<float>(small) / 2;
    case TypeRoot::kDouble:
      return dice->OneIn(9) ? -0.0 : static_cast<double>(small) / 2;
    case TypeRoot::kDecimal:
      return static_cast<__int128>(dice->OneIn(2) ? small : -small);
    case TypeRoot::kTimestamp:
      if (types::IsFineTimestamp(type))
        return kCenturies * (dice->OneIn(2) ? small : -small);
      return dice->OneIn(5) ? -small : small;
    case TypeRoot::kVarChar:
    case TypeRoot::kVarBinary:
      return dice->Pick<std::string>(
          {"", " ", "a", "a,b", "b,a", "common prefix 1", "common prefix 2", "a; b"});
    default:
      return dice->OneIn(5) ? -small : small;
  }
}

Value RandomKey(const types::DataType& type, int64_t space, Dice* dice) {
  const int64_t key = dice->Below(space);
  switch (type.root()) {
    case TypeRoot::kVarChar: {
      std::string text = "key/" + std::to_string(key * 7919 % 1000);
      if (dice->OneIn(40)) text = std::string(1, static_cast<char>(dice->Below(128)));
      if (dice->OneIn(40)) text = "\u00fcber";
      if (dice->OneIn(40)) text += std::string("\0x", 2);
      return text;
    }
    case TypeRoot::kDouble:
      return key == 0 ? -0.0 : static_cast<double>(key - 3) / 3;
    case TypeRoot::kDecimal:
      return static_cast<__int128>(key - space / 2) * 1'000'000'000'000'000'000;
    case TypeRoot::kLocalZonedTimestamp:
      return (key - space / 2) * kCenturies;
    default:
      return key - space / 3;
  }
}

}  // namespace

Record RandomRecord(const merge::MergeSpec& spec, int64_t space, Dice* dice) {
  Record record;
  record.kind = dice->OneIn(2) ? RowKind::kInsert : static_cast<RowKind>(dice->Below(4));
  for (size_t c = 0; c < spec.fields.size(); ++c) {
    const auto& type = spec.fields[c].type;
    record.values.push_back(spec.is_primary[c] ? RandomKey(type, space, dice)
                                               : RandomValue(type, dice));
  }
  return record;
}

MergeCase RandomMerge(uint64_t seed) {
  Dice dice(seed);
  MergeCase made;
  made.schema = RandomMergeTable(&dice);
  made.spec = merge::MergeSpec::FromSchema(made.schema).ValueOrDie();
  const int64_t runs = dice.Below(6) + 1;
  const int64_t space = dice.Pick<int64_t>({1, 3, 20, 300});
  const bool only_adds = dice.OneIn(3);
  int64_t sequence = 0;
  for (int64_t r = 0; r < runs; ++r) {
    const bool repeats = dice.OneIn(3);  // a write buffer
    const auto level = static_cast<int32_t>(repeats ? -1 : dice.Below(4));
    std::vector<Record> records;
    for (int64_t i = dice.Below(2 * space + 2); i > 0; --i) {
      Record record = RandomRecord(made.spec, space, &dice);
      record.sequence = dice.OneIn(30) ? dice.Below(20) : sequence++;
      record.level = level;
      if (only_adds) record.kind = RowKind::kInsert;
      made.has_retracts |= IsRetract(record.kind);
      records.push_back(std::move(record));
    }
    std::vector<Record> sorted = ReferenceInterleave(made.spec, {records});
    if (!repeats) {
      std::vector<Record> unique;
      for (Record& record : sorted) {
        const bool same =
            !unique.empty() &&
            std::all_of(
                made.spec.key_columns.begin(), made.spec.key_columns.end(), [&](int c) {
                  return CompareValues(unique.back().values[c], record.values[c]) == 0;
                });
        if (!same) unique.push_back(std::move(record));
      }
      sorted = std::move(unique);
    }
    made.runs.push_back(std::move(sorted));
  }
  return made;
}

std::vector<int> AllColumns(const merge::MergeSpec& spec) {
  std::vector<int> all(spec.fields.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int>(i);
  return all;
}

std::string Describe(const MergeCase& made, uint64_t seed) {
  std::string out = "seed " + std::to_string(seed) + "\n";
  for (const auto& field : made.schema.fields) {
    out += field.name + " " + field.type.ToString() + ", ";
  }
  for (const auto& [key, value] : made.schema.options) out += "\n" + key + "=" + value;
  for (const auto& run : made.runs) {
    if (run.size() < 12) out += "\nrun\n" + Text(run);
  }
  return out;
}

}  // namespace tarn::support
