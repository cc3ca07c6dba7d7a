// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/merge_options.h"

#include "tarn/options/field_options.h"
#include "tarn/options/options.h"

namespace tarn::options {
namespace {

Result<AggregateOptions> ReadAggregate(const std::map<std::string, std::string>& values,
                                       const std::string& column) {
  const FieldOptions field(values, column);
  AggregateOptions out;
  ARROW_ASSIGN_OR_RAISE(out.function, field.Get(kFieldAggregateFunction));
  ARROW_ASSIGN_OR_RAISE(out.ignore_retract, field.Get(kFieldIgnoreRetract));
  ARROW_ASSIGN_OR_RAISE(out.distinct, field.Get(kFieldDistinct));
  ARROW_ASSIGN_OR_RAISE(out.list_agg_delimiter, field.Get(kFieldListAggDelimiter));
  ARROW_ASSIGN_OR_RAISE(const auto key, field.Get(kFieldNestedKey));
  if (key) out.nested_key = SplitList(*key);
  if (field.Has(kFieldNestedKeyNullStrategy.key)) {
    ARROW_ASSIGN_OR_RAISE(out.nested_key_null_strategy,
                          field.Get(kFieldNestedKeyNullStrategy));
  }
  ARROW_ASSIGN_OR_RAISE(const auto sequence, field.Get(kFieldNestedSequenceField));
  if (sequence) out.nested_sequence_field = SplitList(*sequence);
  ARROW_ASSIGN_OR_RAISE(out.count_limit, field.Get(kFieldCountLimit));
  ARROW_ASSIGN_OR_RAISE(out.ts_field, field.Get(kFieldTsField));
  return out;
}

Status ReadFieldOption(const std::map<std::string, std::string>& values,
                       const std::string& key, const std::string& value,
                       MergeOptions* out) {
  const std::optional<FieldKey> field = ParseFieldKey(key);
  if (!field) return Status::OK();
  if (field->suffix == kFieldSequenceGroup.key) {
    SequenceGroupOption group{key, field->columns, SplitList(value)};
    if (group.columns.empty()) {
      return InvalidInput(1021, "Sequence group protects no column:", V("key", key));
    }
    out->groups.push_back(std::move(group));
  } else if (field->columns.size() == 1 && !out->aggregates.contains(field->columns[0])) {
    ARROW_ASSIGN_OR_RAISE(out->aggregates[field->columns[0]],
                          ReadAggregate(values, field->columns[0]));
  }
  return Status::OK();
}

}  // namespace

std::set<std::string> MergeOptions::OrderingColumns() const {
  std::set<std::string> out;
  for (const auto& group : groups)
    out.insert(group.ordering.begin(), group.ordering.end());
  return out;
}

std::set<std::string> MergeOptions::ProtectedColumns() const {
  std::set<std::string> out;
  for (const auto& group : groups) out.insert(group.columns.begin(), group.columns.end());
  return out;
}

AggregateOptions MergeOptions::AggregateOptionsOf(const std::string& column) const {
  auto own = aggregates.find(column);
  return own == aggregates.end() ? AggregateOptions() : own->second;
}

std::optional<std::string> MergeOptions::AggregateFunctionOf(
    const std::string& column) const {
  auto own = aggregates.find(column);
  if (own != aggregates.end() && own->second.function) return own->second.function;
  return default_aggregate_function;
}

Result<MergeOptions> ParseMergeOptions(const std::map<std::string, std::string>& values) {
  const Options options(values);
  MergeOptions out;
  ARROW_ASSIGN_OR_RAISE(out.merge_engine, options.Get(kMergeEngine));
  ARROW_ASSIGN_OR_RAISE(out.changelog_producer, options.Get(kChangelogProducer));
  ARROW_ASSIGN_OR_RAISE(auto sequence, options.Get(kSequenceField));
  if (sequence) out.sequence_fields = SplitList(*sequence);
  ARROW_ASSIGN_OR_RAISE(auto order, options.Get(kSequenceFieldSortOrder));
  out.sequence_descending = order == "descending";
  ARROW_ASSIGN_OR_RAISE(out.default_aggregate_function,
                        options.Get(kFieldsDefaultAggregateFunction));
  ARROW_ASSIGN_OR_RAISE(out.ignore_delete, options.Get(kIgnoreDelete));
  ARROW_ASSIGN_OR_RAISE(out.ignore_update_before, options.Get(kIgnoreUpdateBefore));
  ARROW_ASSIGN_OR_RAISE(out.partial_update_remove_on_delete,
                        options.Get(kPartialUpdateRemoveRecordOnDelete));
  ARROW_ASSIGN_OR_RAISE(out.aggregation_remove_on_delete,
                        options.Get(kAggregationRemoveRecordOnDelete));
  ARROW_ASSIGN_OR_RAISE(auto remove,
                        options.Get(kPartialUpdateRemoveRecordOnSequenceGroup));
  if (remove) out.remove_on_sequence_group = SplitList(*remove);
  for (const auto& [key, value] : values) {
    ARROW_RETURN_NOT_OK(ReadFieldOption(values, key, value, &out));
  }
  return out;
}

}  // namespace tarn::options
