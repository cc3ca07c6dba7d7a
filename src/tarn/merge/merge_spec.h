// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/merge/aggregate.h"
#include "tarn/types/data_type.h"
#include "tarn/types/table_schema.h"

namespace tarn::merge {

/// What becomes of the rows of one key (Paimon `CoreOptions.MergeEngine`).
enum class Engine : uint8_t { kDeduplicate, kPartialUpdate, kAggregation, kFirstRow };

/// One sequence group: clocks that order, and the columns that they protect.
struct SequenceGroup {
  std::vector<int> clocks;      ///< compared left to right, ascending, NULL lowest
  std::vector<int> columns;     ///< protected columns, clocks not among them
  bool removes_record = false;  ///< in `partial-update.remove-record-on-sequence-group`
};

/// How the rows of a table are ordered and merged: its schema and options, resolved to
/// column indexes and checked. Immutable once built.
struct MergeSpec {
  Engine engine = Engine::kDeduplicate;
  std::vector<types::DataField>
      fields;                         ///< the table's columns; indexes below point here
  std::vector<int> key_columns;       ///< trimmed primary key, in key order
  std::vector<bool> is_primary;       ///< per column: part of the whole primary key
  std::vector<int> sequence_columns;  ///< `sequence.field`
  bool sequence_descending = false;
  std::vector<SequenceGroup> groups;  ///< partial-update only
  std::vector<int> group_of;          ///< per column: index into `groups`, or -1
  std::vector<Aggregate> aggregates;  ///< per column
  /// Per column: its place among those that the merge sees; it decides what fails first.
  std::vector<int> positions;
  /// The table has groups even if `groups` lost them to a projection: retractions are
  /// then taken (and do nothing) instead of failing.
  bool grouped = false;
  bool ignore_delete = false;
  bool remove_record_on_delete = false;  ///< of the engine in use
  /// Of the rows above level 0 only the one of the lowest level counts
  /// (Paimon `LookupMergeFunction`).
  bool lookup = false;

  /// Resolve a table. Errors: kInvalidInput for what Java's checks refuse; kUnsupported
  /// naming an aggregate function, a type, or an overlap of groups that Java answers by
  /// hash order.
  static Result<MergeSpec> FromSchema(const types::TableSchema& schema);

  /// Keys, ordering and nothing else: what an interleave or a sort needs.
  static Result<MergeSpec> OrderOnly(const types::TableSchema& schema);

  int num_columns() const { return static_cast<int>(fields.size()); }
  bool has_aggregates() const;

  /// Columns that a merge must see to answer `projection`: itself, then user sequence
  /// columns, then clocks of the groups that it touches (Paimon `adjustReadType`).
  std::vector<int> ReadColumns(const std::vector<int>& projection) const;

  /// The spec as a merge over `read_columns` sees it: groups without any of them
  /// disappear, as they do in Java, with their power to remove records.
  MergeSpec Projected(const std::vector<int>& read_columns) const;
};

}  // namespace tarn::merge
