// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/merge_options.h"

#include "tarn/options/field_options.h"
#include "tarn/options/options.h"

namespace tarn::options {
namespace {

Status ReadFieldOption(const std::string& key, const std::string& value,
                       MergeOptions* out) {
  const std::optional<FieldKey> field = ParseFieldKey(key);
  if (!field) return Status::OK();
  if (field->suffix == "sequence-group") {
    SequenceGroupOption group{key, field->columns, SplitList(value)};
    if (group.columns.empty()) {
      return InvalidInput(1021, "Sequence group protects no column:", V("key", key));
    }
    out->groups.push_back(std::move(group));
  } else if (field->columns.size() == 1) {
    const std::string& column = field->columns[0];
    if (field->suffix == "aggregate-function") {
      out->aggregate_functions[column] = value;
    } else if (field->suffix == "ignore-retract") {
      ARROW_ASSIGN_OR_RAISE(bool ignore, ParseValue<bool>(key, value, Any()));
      if (ignore) out->ignore_retract.insert(column);
    }
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

std::optional<std::string> MergeOptions::AggregateFunctionOf(
    const std::string& column) const {
  auto own = aggregate_functions.find(column);
  if (own != aggregate_functions.end()) return own->second;
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
    ARROW_RETURN_NOT_OK(ReadFieldOption(key, value, &out));
  }
  return out;
}

}  // namespace tarn::options
