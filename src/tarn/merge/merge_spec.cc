// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/merge_spec.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "tarn/options/merge_options.h"
#include "tarn/options/options.h"

namespace tarn::merge {
namespace {

using options::MergeOptions;
using options::SequenceGroupOption;
using types::DataField;
using types::TableSchema;
using types::TypeRoot;

Result<int> RequireField(const TableSchema& schema, const std::string& name) {
  const int index = types::FieldIndex(schema.fields, name);
  if (index >= 0) return index;
  return InvalidInput(1202, "Field can not be found in table schema:", V("field", name));
}

/// What a merge reads of the options of a table.
struct TableOptions {
  const std::map<std::string, std::string>& values;
  MergeOptions merge;
};

Result<Aggregate> AggregateOf(const TableOptions& table, const DataField& field,
                              const std::string& function) {
  return MakeAggregate(field, function, table.merge.AggregateOptionsOf(field.name));
}

Status CheckOrderable(const TableSchema& schema, const std::vector<int>& columns,
                      std::string_view what) {
  for (int column : columns) {
    const DataField& field = schema.fields[column];
    if (field.type.root() >= TypeRoot::kArray) {
      return Unsupported(
          6202, "Ordering by a column of this type is not implemented:", V("use", what),
          V("column", field.name), V("type", field.type.ToString()));
    }
  }
  return Status::OK();
}

Status AddGroup(const TableSchema& schema, const SequenceGroupOption& option,
                MergeSpec* spec, std::set<int>* protected_columns) {
  SequenceGroup group;
  const std::string& key = option.key;
  for (const std::string& name : option.ordering) {
    ARROW_ASSIGN_OR_RAISE(const int column, RequireField(schema, name));
    group.clocks.push_back(column);
  }
  ARROW_RETURN_NOT_OK(CheckOrderable(schema, group.clocks, key));
  for (const std::string& name : option.columns) {
    ARROW_ASSIGN_OR_RAISE(const int column, RequireField(schema, name));
    if (!protected_columns->insert(column).second) {
      return InvalidInput(1206, "Field is defined repeatedly by multiple groups:",
                          V("field", name), V("option", key));
    }
    const bool is_clock =
        std::find(group.clocks.begin(), group.clocks.end(), column) != group.clocks.end();
    if (!is_clock) group.columns.push_back(column);
  }
  auto check_primary = [&](int column) -> Status {
    if (!spec->is_primary[column]) return Status::OK();
    return InvalidInput(1205, "Primary key columns cannot be put in a sequence group:",
                        V("option", key), V("column", schema.fields[column].name));
  };
  const int index = static_cast<int>(spec->groups.size());
  for (const std::vector<int>* columns : {&group.clocks, &group.columns}) {
    for (int column : *columns) {
      ARROW_RETURN_NOT_OK(check_primary(column));
      // Java's answer would depend on the order of a hash map: which group comes last.
      if (spec->group_of[column] >= 0 && spec->group_of[column] != index) {
        return Unsupported(6203, "A column takes part in two sequence groups:",
                           V("column", schema.fields[column].name), V("option", key));
      }
      spec->group_of[column] = index;
    }
  }
  spec->groups.push_back(std::move(group));
  return Status::OK();
}

Status RemovingGroups(const TableSchema& schema, const std::vector<std::string>& names,
                      MergeSpec* spec) {
  for (const std::string& name : names) {
    const int column = types::FieldIndex(schema.fields, name);
    const int group = column < 0 ? -1 : spec->group_of[column];
    const bool is_clock =
        group >= 0 && std::count(spec->groups[group].clocks.begin(),
                                 spec->groups[group].clocks.end(), column) > 0;
    if (!is_clock) {
      return InvalidInput(
          1207,
          "Field of 'partial-update.remove-record-on-sequence-group' must be "
          "a sequence field of a sequence group:",
          V("field", name));
    }
    spec->groups[group].removes_record = true;
  }
  return Status::OK();
}

Status ReadPartialUpdate(const TableSchema& schema, const TableOptions& table,
                         MergeSpec* spec) {
  std::set<int> protected_columns;
  for (const SequenceGroupOption& option : table.merge.groups) {
    ARROW_RETURN_NOT_OK(AddGroup(schema, option, spec, &protected_columns));
  }
  spec->grouped = !spec->groups.empty();
  spec->remove_record_on_delete = table.merge.partial_update_remove_on_delete;
  const auto& removing = table.merge.remove_on_sequence_group;
  if (spec->ignore_delete && (spec->remove_record_on_delete || !removing.empty())) {
    return InvalidInput(
        1208,
        "ignore-delete and removing records have conflicting behavior and "
        "should not be enabled at the same time");
  }
  if (spec->grouped && spec->remove_record_on_delete) {
    return InvalidInput(
        1209,
        "sequence-group and partial-update.remove-record-on-delete have "
        "conflicting behavior and should not be enabled at the same time");
  }
  ARROW_RETURN_NOT_OK(RemovingGroups(schema, removing, spec));

  for (int column = 0; column < spec->num_columns(); ++column) {
    const DataField& field = schema.fields[column];
    const int group = spec->group_of[column];
    const bool is_clock =
        group >= 0 && std::count(spec->groups[group].clocks.begin(),
                                 spec->groups[group].clocks.end(), column);
    if (is_clock || spec->is_primary[column]) continue;
    const auto function = table.merge.AggregateFunctionOf(field.name);
    if (!function) continue;
    if (group < 0) {
      // Outside every group the engine's own rule is this function.
      if (*function == "last_non_null_value") continue;
      return InvalidInput(
          1210, "Must use sequence group for aggregation functions but not found:",
          V("field", field.name), V("function", *function));
    }
    ARROW_ASSIGN_OR_RAISE(spec->aggregates[column], AggregateOf(table, field, *function));
  }
  return Status::OK();
}

Status ReadAggregation(const TableSchema& schema, const TableOptions& table,
                       MergeSpec* spec) {
  spec->remove_record_on_delete = table.merge.aggregation_remove_on_delete;
  for (int column = 0; column < spec->num_columns(); ++column) {
    const DataField& field = schema.fields[column];
    const bool is_sequence = std::count(spec->sequence_columns.begin(),
                                        spec->sequence_columns.end(), column) > 0;
    std::string function = "last_non_null_value";
    if (is_sequence) {
      function = "last_value";
    } else if (spec->is_primary[column]) {
      function = "primary-key";
    } else if (auto option = table.merge.AggregateFunctionOf(field.name)) {
      function = *option;
    }
    ARROW_ASSIGN_OR_RAISE(spec->aggregates[column], AggregateOf(table, field, function));
    if (spec->remove_record_on_delete && spec->aggregates[column].ignore_retract) {
      return InvalidInput(
          1211,
          "aggregation.remove-record-on-delete and ignore-retract have "
          "conflicting behavior and should not be enabled at the same time:",
          V("field", field.name));
    }
  }
  return Status::OK();
}

Result<bool> NeedsLookup(const TableOptions& table) {
  if (table.merge.changelog_producer == "lookup") return true;
  const options::Options typed(table.values);
  ARROW_ASSIGN_OR_RAISE(const bool vectors, typed.Get(options::kDeletionVectorsEnabled));
  ARROW_ASSIGN_OR_RAISE(const bool forced, typed.Get(options::kForceLookup));
  return vectors || forced;
}

/// Keys, and what orders the rows of a key.
Result<MergeSpec> OrderOf(const TableSchema& schema, const TableOptions& table) {
  MergeSpec spec;
  spec.fields = schema.fields;
  spec.is_primary.assign(schema.fields.size(), false);
  spec.group_of.assign(schema.fields.size(), -1);
  spec.aggregates.resize(schema.fields.size());
  spec.positions.resize(schema.fields.size());
  std::iota(spec.positions.begin(), spec.positions.end(), 0);
  if (!schema.has_primary_key()) {
    return InvalidInput(1212, "Merging needs a table with a primary key");
  }
  ARROW_ASSIGN_OR_RAISE(spec.key_columns, schema.IndexesOf(schema.TrimmedPrimaryKey()));
  ARROW_ASSIGN_OR_RAISE(const auto primary, schema.IndexesOf(schema.primary_keys));
  for (int column : primary) spec.is_primary[column] = true;
  for (const std::string& name : table.merge.sequence_fields) {
    ARROW_ASSIGN_OR_RAISE(const int column, RequireField(schema, name));
    spec.sequence_columns.push_back(column);
  }
  spec.sequence_descending = table.merge.sequence_descending;
  ARROW_RETURN_NOT_OK(CheckOrderable(schema, spec.key_columns, "primary key"));
  ARROW_RETURN_NOT_OK(CheckOrderable(schema, spec.sequence_columns, "sequence.field"));
  return spec;
}

}  // namespace

Result<MergeSpec> MergeSpec::OrderOnly(const TableSchema& schema) {
  TableOptions table{schema.options, {}};
  ARROW_ASSIGN_OR_RAISE(table.merge, options::ParseMergeOptions(schema.options));
  return OrderOf(schema, table);
}

Result<MergeSpec> MergeSpec::FromSchema(const TableSchema& schema) {
  TableOptions table{schema.options, {}};
  ARROW_ASSIGN_OR_RAISE(table.merge, options::ParseMergeOptions(schema.options));
  ARROW_ASSIGN_OR_RAISE(MergeSpec spec, OrderOf(schema, table));
  spec.ignore_delete = table.merge.ignore_delete;
  ARROW_ASSIGN_OR_RAISE(spec.lookup, NeedsLookup(table));
  const std::string& engine = table.merge.merge_engine;
  if (engine == "deduplicate") {
    spec.engine = Engine::kDeduplicate;
  } else if (engine == "partial-update") {
    spec.engine = Engine::kPartialUpdate;
    ARROW_RETURN_NOT_OK(ReadPartialUpdate(schema, table, &spec));
  } else if (engine == "aggregation") {
    spec.engine = Engine::kAggregation;
    ARROW_RETURN_NOT_OK(ReadAggregation(schema, table, &spec));
  } else if (engine == "first-row") {
    spec.engine = Engine::kFirstRow;
    spec.lookup = false;  // Java does not wrap it.
    if (!spec.sequence_columns.empty()) {
      return InvalidInput(1214, "Do not use sequence field on FIRST_ROW merge engine");
    }
  } else {
    return Unsupported(6204, "Merge engine is unknown:", V("merge-engine", engine));
  }
  return spec;
}

bool MergeSpec::has_aggregates() const {
  return std::any_of(aggregates.begin(), aggregates.end(),
                     [](const Aggregate& aggregate) {
                       return aggregate.function != AggregateFunction::kNone;
                     });
}

std::vector<int> MergeSpec::ReadColumns(const std::vector<int>& projection) const {
  std::vector<int> columns = projection;
  auto add = [&](int column) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      columns.push_back(column);
    }
  };
  for (int column : sequence_columns) add(column);
  const size_t asked = columns.size();
  for (size_t i = 0; i < asked; ++i) {
    const int group = group_of[columns[i]];
    if (group < 0) continue;
    for (int clock : groups[group].clocks) add(clock);
  }
  return columns;
}

MergeSpec MergeSpec::Projected(const std::vector<int>& read_columns) const {
  MergeSpec projected = *this;
  projected.groups.clear();
  std::fill(projected.group_of.begin(), projected.group_of.end(), -1);
  auto is_read = [&](int column) {
    return std::find(read_columns.begin(), read_columns.end(), column) !=
           read_columns.end();
  };
  for (const SequenceGroup& group : groups) {
    if (!std::any_of(group.clocks.begin(), group.clocks.end(), is_read)) continue;
    SequenceGroup kept = group;
    std::erase_if(kept.columns, [&](int column) { return !is_read(column); });
    const int index = static_cast<int>(projected.groups.size());
    for (int column : kept.clocks) projected.group_of[column] = index;
    for (int column : kept.columns) projected.group_of[column] = index;
    projected.groups.push_back(std::move(kept));
  }
  std::fill(projected.positions.begin(), projected.positions.end(), num_columns());
  for (size_t i = 0; i < read_columns.size(); ++i) {
    projected.positions[read_columns[i]] = static_cast<int>(i);
  }
  for (int column = 0; column < num_columns(); ++column) {
    if (!is_read(column)) projected.aggregates[column] = Aggregate{};
  }
  return projected;
}

}  // namespace tarn::merge
