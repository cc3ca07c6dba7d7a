// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::options {

/// `fields.<ordering>.sequence-group` = `<columns>`: the columns on the left decide, in
/// order, which row is newer; those on the right move with them.
struct SequenceGroupOption {
  std::string key;                    ///< as written, for messages
  std::vector<std::string> ordering;  ///< left side: the clocks
  std::vector<std::string> columns;   ///< right side: the protected columns
};

/// `fields.<column>.*` of one column, as far as aggregate functions read them. Which of
/// them a function reads is told where functions are (`merge/aggregate.h`).
struct AggregateOptions {
  std::optional<std::string> function;  ///< `aggregate-function`
  bool ignore_retract = false;
  bool distinct = false;
  std::string list_agg_delimiter = ",";
  std::vector<std::string> nested_key;
  std::optional<std::string> nested_key_null_strategy;  ///< merge, ignore, error
  std::vector<std::string> nested_sequence_field;
  int32_t count_limit = INT32_MAX;
  std::optional<std::string> ts_field;
};

/// What the options of a table say about merging, by column names and unchecked: whether
/// the columns exist and fit each other is checked where they meet a schema.
struct MergeOptions {
  std::string merge_engine = "deduplicate";
  std::string changelog_producer = "none";
  std::vector<std::string> sequence_fields;  ///< `sequence.field`
  bool sequence_descending = false;
  std::vector<SequenceGroupOption> groups;             ///< by key
  std::map<std::string, AggregateOptions> aggregates;  ///< by column that has any
  std::optional<std::string> default_aggregate_function;
  bool ignore_delete = false;  ///< legacy keys count
  bool ignore_update_before = false;
  bool partial_update_remove_on_delete = false;
  bool aggregation_remove_on_delete = false;
  /// Ordering columns in `partial-update.remove-record-on-sequence-group`.
  std::vector<std::string> remove_on_sequence_group;

  /// Columns that order some group, and those that some group protects.
  std::set<std::string> OrderingColumns() const;
  std::set<std::string> ProtectedColumns() const;
  /// The options of a column; the defaults where it has none.
  AggregateOptions AggregateOptionsOf(const std::string& column) const;
  /// The function of a column: its own, or the default one.
  std::optional<std::string> AggregateFunctionOf(const std::string& column) const;
};

/// Errors: kInvalidInput for a value that its option cannot have, and for a group without
/// columns.
Result<MergeOptions> ParseMergeOptions(const std::map<std::string, std::string>& options);

}  // namespace tarn::options
