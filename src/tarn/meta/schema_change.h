// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tarn/meta/schema_check.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// A column, or a member inside one: names from the outside in. The element of an ARRAY
/// is called `element`, the value of a MAP `value`.
using ColumnPath = std::vector<std::string>;

enum class MoveKind : uint8_t { kFirst, kAfter, kBefore, kLast };
/// Where a column goes, among its neighbours.
struct ColumnMove {
  MoveKind kind = MoveKind::kLast;
  std::string column;
  std::string reference = {};  ///< kAfter, kBefore
};

struct SetOptionChange {
  std::string key;
  std::string value;
};
struct RemoveOptionChange {
  std::string key;
};
struct UpdateCommentChange {
  std::optional<std::string> comment;  ///< absent: removed
};
struct AddColumnChange {
  ColumnPath path;
  types::DataType type;  ///< ids inside are given anew
  std::optional<std::string> comment = {};
  std::optional<ColumnMove> move = {};
};
struct RenameColumnChange {
  ColumnPath path;
  std::string new_name;
};
struct DropColumnChange {
  ColumnPath path;
};
struct UpdateColumnTypeChange {
  ColumnPath path;
  types::DataType type;
  bool keep_nullability = false;
};
struct UpdateColumnNullabilityChange {
  ColumnPath path;
  bool nullable = true;
};
struct UpdateColumnCommentChange {
  ColumnPath path;
  std::optional<std::string> comment;
};
struct UpdateColumnDefaultChange {
  ColumnPath path;
  std::optional<std::string> default_value;  ///< absent: removed
};
struct UpdateColumnPositionChange {
  ColumnMove move;
};
struct DropPrimaryKeyChange {};

/// One change of a schema (Paimon `SchemaChange`).
using SchemaChange =
    std::variant<SetOptionChange, RemoveOptionChange, UpdateCommentChange,
                 AddColumnChange, RenameColumnChange, DropColumnChange,
                 UpdateColumnTypeChange, UpdateColumnNullabilityChange,
                 UpdateColumnCommentChange, UpdateColumnDefaultChange,
                 UpdateColumnPositionChange, DropPrimaryKeyChange>;

/// What the rules of a change look at besides the schema.
struct ChangeScope {
  std::string table;  ///< "db.t", for messages
  /// Immutable options and the primary key may change only before the first snapshot.
  bool has_snapshots = false;
  int64_t now_millis = 0;
};

/// The schema after `changes`, in their order (Paimon `SchemaManager`): the next id, ids
/// of new columns after the highest that was ever given, options that name a renamed
/// column written anew, option keys in Java's order. What the definition had wrong
/// before stays its owner's affair; what a change makes wrong is refused, all at once.
/// Pure.
///
/// \param notices  warnings that the old schema did not earn are appended; may be nullptr
/// Errors: kInvalidInput naming column or option and the rule, kUnsupported (an option
/// that acts and that we lack, column directives).
Result<types::TableSchema> ApplyChanges(const types::TableSchema& schema,
                                        const std::vector<SchemaChange>& changes,
                                        const ChangeScope& scope,
                                        std::vector<Notice>* notices);

/// Options `primary-key` and `partition` move into the schema (Paimon `Schema`). Errors:
/// kInvalidInput when the keys are there already.
Status MoveKeysFromOptions(types::TableSchema* schema);

}  // namespace tarn::meta
