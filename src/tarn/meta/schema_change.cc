// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/schema_change.h"

#include <algorithm>
#include <utility>

#include <arrow/memory_pool.h>

#include "tarn/base/units.h"
#include "tarn/meta/default_value.h"
#include "tarn/meta/schema_changes.h"
#include "tarn/options/options.h"
#include "tarn/types/supports_cast.h"

namespace tarn::meta {
namespace {

using namespace internal;  // NOLINT: the parts of this one function
using types::DataField;
using types::DataType;
using types::TypeRoot;

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A schema on its way from one version to the next.
class Changing {
 public:
  Changing(const types::TableSchema& schema, const ChangeScope& scope)
      : old_(schema), scope_(scope), next_(schema) {
    types::JavaKeyOrder read;
    for (const std::string& key : schema.option_order) read.Put(key);
    for (const auto& [key, value] : schema.options) read.Put(key);
    options_ = {schema.options, read.Copy()};
  }

  Status Apply(const SetOptionChange& change);
  Status Apply(const RemoveOptionChange& change);
  Status Apply(const UpdateCommentChange& change) {
    next_.comment = change.comment;
    return Status::OK();
  }
  Status Apply(const AddColumnChange& change);
  Status Apply(const RenameColumnChange& change);
  Status Apply(const DropColumnChange& change);
  Status Apply(const UpdateColumnTypeChange& change);
  Status Apply(const UpdateColumnNullabilityChange& change);
  Status Apply(const UpdateColumnCommentChange& change) {
    return ChangeField(scope_, change.path, &next_.fields, [&](DataField* field) {
      field->description = change.comment;
      return Status::OK();
    });
  }
  Status Apply(const UpdateColumnDefaultChange& change);
  Status Apply(const UpdateColumnPositionChange& change) {
    return Move(scope_, change.move, &next_.fields);
  }
  Status Apply(const DropPrimaryKeyChange&) {
    if (scope_.has_snapshots) {
      return InvalidInput(kKeyHasRows,
                          "The primary key of a table with snapshots cannot be dropped:",
                          V("table", scope_.table));
    }
    next_.primary_keys.clear();
    return Status::OK();
  }

  Result<types::TableSchema> Finish();

 private:
  Result<bool> OldFlag(const options::Option<bool>& option) const {
    return options::Options(old_.options).Get(option);
  }
  Status Frozen(std::string_view action, std::string_view what, const std::string& name) {
    return InvalidInput(kFrozenColumn, "A column in this role cannot change this way:",
                        V("table", scope_.table), V("column", name), V("role", what),
                        V("action", action));
  }
  Status CheckNotPartition(const ColumnPath& path, std::string_view action) {
    if (path.size() > 1 || !Contains(old_.partition_keys, path[0])) return Status::OK();
    return Frozen(action, "partition column", path[0]);
  }
  Status CheckNotKey(const ColumnPath& path, std::string_view action) {
    if (path.size() > 1 || !Contains(old_.primary_keys, path[0])) return Status::OK();
    return Frozen(action, "primary key", path[0]);
  }
  Status CheckNotIndexed(const ColumnPath& path, std::string_view action);
  Status CheckNullability(bool before, bool after, const ColumnPath& path);
  bool IsUnchanged(const SetOptionChange& change, const std::string* old_value) const;

  const types::TableSchema& old_;
  const ChangeScope& scope_;
  types::TableSchema next_;
  ChangingOptions options_;
  std::vector<RenameColumnChange> renames_;
  bool renamed_inside_ = false;
};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    return lower(x) == lower(y);
  });
}

bool HoldsBlobs(const DataType& type) {
  return type.root() == TypeRoot::kBlob ||
         ((type.root() == TypeRoot::kArray || type.root() == TypeRoot::kMap) &&
          type.element().root() == TypeRoot::kBlob);
}

// The keys live in the schema, not in the options; naming the same ones again is no
// change, nor is the kind of table in another case.
bool Changing::IsUnchanged(const SetOptionChange& change,
                           const std::string* old_value) const {
  if (old_value != nullptr && *old_value == change.value) return true;
  if (change.key == "type") {
    return EqualsIgnoringCase(change.value, old_value ? *old_value : "table");
  }
  if (old_value != nullptr) return false;
  if (change.key == "primary-key") {
    return options::SplitList(change.value) == old_.primary_keys;
  }
  return change.key == "partition" &&
         options::SplitList(change.value) == old_.partition_keys;
}

Status Changing::Apply(const SetOptionChange& change) {
  const auto at = old_.options.find(change.key);
  const std::string* old_value = at == old_.options.end() ? nullptr : &at->second;
  if (EqualsIgnoringCase(change.key, "path")) {
    return InvalidInput(kFrozenOption,
                        "The path of a table cannot change:", V("option", change.key));
  }
  if (IsUnchanged(change, old_value)) return Status::OK();
  if (change.key == "type") {
    // Tables of other kinds hold rows without a snapshot.
    return InvalidInput(kFrozenOption,
                        "The kind of a table cannot change:", V("option", change.key),
                        V("value", change.value));
  }
  if (scope_.has_snapshots) {
    ARROW_RETURN_NOT_OK(CheckSet(old_.options, change.key, old_value, change.value));
  }
  options_.Put(change.key, change.value);
  return Status::OK();
}

Status Changing::Apply(const RemoveOptionChange& change) {
  if (change.key == "type") {
    return InvalidInput(kFrozenOption,
                        "The kind of a table cannot change:", V("option", change.key));
  }
  if (scope_.has_snapshots) {
    ARROW_RETURN_NOT_OK(CheckReset(old_.options, change.key));
  }
  options_.Remove(change.key);
  return Status::OK();
}

Status Changing::Apply(const AddColumnChange& change) {
  if (!change.type.nullable()) {
    return InvalidInput(kNotNullAdded,
                        "An added column takes NULL: the rows that are there have no "
                        "value for it:",
                        V("table", scope_.table), V("column", JoinedPath(change.path)));
  }
  if (change.comment) {
    const std::string_view comment = base::Trim(*change.comment);
    if (comment.starts_with("__BLOB") || comment.starts_with("__VECTOR")) {
      return Unsupported(kColumnDirective,
                         "A comment that makes a BLOB or VECTOR of a column is not "
                         "supported yet:",
                         V("column", JoinedPath(change.path)), V("comment", comment));
    }
  }
  std::vector<DataField> added(1);
  added[0].type = change.type;
  added[0].description = change.comment;
  const int32_t highest = types::AssignFieldIds(&added, next_.highest_field_id + 1);
  std::optional<ColumnMove> move = change.move;
  ARROW_ASSIGN_OR_RAISE(const bool before_partition,
                        OldFlag(options::kAddColumnBeforePartition));
  if (!move && change.path.size() == 1 && before_partition) {
    for (const DataField& field : next_.fields) {
      if (!Contains(old_.partition_keys, field.name)) continue;
      move = ColumnMove{MoveKind::kBefore, change.path[0], field.name};
      break;
    }
  }
  ARROW_RETURN_NOT_OK(ChangeMembers(
      scope_, change.path, &next_.fields,
      [&](std::vector<DataField>* fields, const std::string& name) {
        if (types::FieldIndex(*fields, name) >= 0) {
          return InvalidInput(kColumnIsThere,
                              "Table has this column already:", V("table", scope_.table),
                              V("column", JoinedPath(change.path)));
        }
        added[0].name = name;
        return Insert(scope_, move, std::move(added[0]), fields);
      }));
  next_.highest_field_id = highest;
  return Status::OK();
}

Status Changing::CheckNotIndexed(const ColumnPath& path, std::string_view action) {
  if (path.size() > 1) return Status::OK();
  for (const char* key : {"pk-vector.index.columns", "pk-btree.index.columns",
                          "pk-bitmap.index.columns", "pk-full-text.index.columns"}) {
    const auto at = old_.options.find(key);
    if (at == old_.options.end()) continue;
    if (Contains(options::SplitList(at->second), path[0])) {
      return Frozen(action, "column of a primary-key index", path[0]);
    }
  }
  return Status::OK();
}

Status Changing::Apply(const RenameColumnChange& change) {
  ARROW_RETURN_NOT_OK(CheckNotPartition(change.path, "rename"));
  ARROW_RETURN_NOT_OK(CheckNotIndexed(change.path, "rename"));
  ARROW_RETURN_NOT_OK(ChangeMembers(
      scope_, change.path, &next_.fields,
      [&](std::vector<DataField>* fields, const std::string& name) {
        const int index = types::FieldIndex(*fields, name);
        if (index < 0) return NoSuchColumn(scope_, change.path);
        DataField& field = (*fields)[static_cast<size_t>(index)];
        if (change.path.size() == 1 && HoldsBlobs(field.type)) {
          return Frozen("rename", "BLOB column", name);
        }
        if (types::FieldIndex(*fields, change.new_name) >= 0) {
          ColumnPath taken = change.path;
          taken.back() = change.new_name;
          return InvalidInput(kColumnIsThere,
                              "Table has this column already:", V("table", scope_.table),
                              V("column", JoinedPath(taken)));
        }
        field.name = change.new_name;
        return Status::OK();
      }));
  renamed_inside_ = renamed_inside_ || change.path.size() > 1;
  if (change.path.size() > 1) return Status::OK();
  for (const RenameColumnChange& earlier : renames_) {
    if (earlier.path == change.path) {
      return InvalidInput(kNoSuchColumn,
                          "A column is renamed twice at once:", V("table", scope_.table),
                          V("column", change.path[0]));
    }
  }
  renames_.push_back(change);
  return Status::OK();
}

Status Changing::Apply(const DropColumnChange& change) {
  ARROW_RETURN_NOT_OK(CheckNotPartition(change.path, "drop"));
  ARROW_RETURN_NOT_OK(CheckNotKey(change.path, "drop"));
  ARROW_RETURN_NOT_OK(CheckNotIndexed(change.path, "drop"));
  return ChangeMembers(
      scope_, change.path, &next_.fields,
      [&](std::vector<DataField>* fields, const std::string& name) {
        const int index = types::FieldIndex(*fields, name);
        if (index < 0) return NoSuchColumn(scope_, change.path);
        if (fields->size() == 1) {
          return InvalidInput(kNoColumnLeft, "The last column cannot be dropped:",
                              V("table", scope_.table),
                              V("column", JoinedPath(change.path)));
        }
        if (change.path.size() == 1) {
          ForgetDroppedColumn((*fields)[static_cast<size_t>(index)], &options_);
        }
        fields->erase(fields->begin() + index);
        return Status::OK();
      });
}

Status Changing::CheckNullability(bool before, bool after, const ColumnPath& path) {
  ARROW_ASSIGN_OR_RAISE(const bool disabled,
                        OldFlag(options::kAlterColumnNullToNotNullDisabled));
  if (!before || after || !disabled) return Status::OK();
  return InvalidInput(
      kNullsInTheWay,
      "A column that takes NULL cannot become NOT NULL: rows may have one. "
      "'alter-column-null-to-not-null.disabled' = 'false' allows it:",
      V("table", scope_.table), V("column", JoinedPath(path)));
}

Status Changing::Apply(const UpdateColumnTypeChange& change) {
  ARROW_RETURN_NOT_OK(CheckNotPartition(change.path, "change the type"));
  ARROW_RETURN_NOT_OK(CheckNotKey(change.path, "change the type"));
  ARROW_RETURN_NOT_OK(CheckNotIndexed(change.path, "change the type"));
  ARROW_ASSIGN_OR_RAISE(const bool implicit_only,
                        OldFlag(options::kDisableExplicitTypeCasting));
  return ChangeType(
      scope_, change.path, &next_.fields, [&](const DataType& from) -> Result<DataType> {
        DataType to = change.type;
        if (change.path.size() == 1 && (HoldsBlobs(from) || HoldsBlobs(to))) {
          return Frozen("change the type", "BLOB column", change.path[0]);
        }
        if (change.keep_nullability) {
          to = to.WithNullable(from.nullable());
        } else {
          ARROW_RETURN_NOT_OK(
              CheckNullability(from.nullable(), to.nullable(), change.path));
        }
        if (types::SupportsCast(from, to, !implicit_only) &&
            types::ResolvesCast(from, to)) {
          return to;
        }
        const bool casting = implicit_only && types::SupportsCast(from, to, true) &&
                             types::ResolvesCast(from, to);
        return InvalidInput(
            kNoConversion,
            casting ? "The values of a column may not survive the change of its type, "
                      "and disable-explicit-type-casting is set:"
                    : "The values of a column cannot become the new type:",
            V("table", scope_.table), V("column", JoinedPath(change.path)),
            V("from", from.ToString()), V("to", to.ToString()));
      });
}

Status Changing::Apply(const UpdateColumnNullabilityChange& change) {
  if (change.nullable) ARROW_RETURN_NOT_OK(CheckNotKey(change.path, "take NULL"));
  return ChangeType(
      scope_, change.path, &next_.fields, [&](const DataType& type) -> Result<DataType> {
        ARROW_RETURN_NOT_OK(
            CheckNullability(type.nullable(), change.nullable, change.path));
        return type.WithNullable(change.nullable);
      });
}

Status Changing::Apply(const UpdateColumnDefaultChange& change) {
  return ChangeField(scope_, change.path, &next_.fields, [&](DataField* field) {
    DataField changed = *field;
    changed.default_value = change.default_value;
    if (changed.default_value) {
      ARROW_RETURN_NOT_OK(
          DefaultValueOf(changed, arrow::default_memory_pool(), nullptr).status());
    }
    *field = std::move(changed);
    return Status::OK();
  });
}

Result<types::TableSchema> Changing::Finish() {
  if (!renames_.empty()) {
    options_ = WithRenamedColumns(options_, renames_);
    for (std::string& key : next_.primary_keys) {
      for (const RenameColumnChange& rename : renames_) {
        if (key != rename.path[0]) continue;
        key = rename.new_name;
        break;
      }
    }
  } else if (renamed_inside_) {
    options_.order = options_.order.Copy();
  }
  next_.options = options_.values;
  types::JavaKeyOrder order = options_.order.Copy();
  ARROW_RETURN_NOT_OK(MoveKeysFromOptions(&next_));
  order.Remove("primary-key");
  order.Remove("partition");
  next_.option_order = order.Keys();
  next_.version = types::TableSchema::kCurrentVersion;
  next_.id = old_.id + 1;
  next_.time_millis = scope_.now_millis;
  return std::move(next_);
}

// Leave out what was wrong before the changes.
void LeaveOutOld(const SchemaReport& before, SchemaReport* after) {
  std::erase_if(after->problems, [&](const SchemaProblem& problem) {
    return std::any_of(
        before.problems.begin(), before.problems.end(), [&](const SchemaProblem& old) {
          return old.code == problem.code && old.sentence == problem.sentence;
        });
  });
  std::erase_if(after->notices, [&](const Notice& notice) {
    return std::any_of(
        before.notices.begin(), before.notices.end(),
        [&](const Notice& old) { return old.sentence == notice.sentence; });
  });
}

}  // namespace

Result<types::TableSchema> ApplyChanges(const types::TableSchema& schema,
                                        const std::vector<SchemaChange>& changes,
                                        const ChangeScope& scope,
                                        std::vector<Notice>* notices) {
  Changing changing(schema, scope);
  for (const SchemaChange& change : changes) {
    ARROW_RETURN_NOT_OK(
        std::visit([&](const auto& one) { return changing.Apply(one); }, change));
  }
  ARROW_ASSIGN_OR_RAISE(types::TableSchema next, changing.Finish());
  SchemaReport report = ExamineSchema(next);
  LeaveOutOld(ExamineSchema(schema), &report);
  report.corrected.reset();
  ARROW_RETURN_NOT_OK(ErrorOf(report, scope.table));
  if (notices != nullptr) {
    notices->insert(notices->end(), report.notices.begin(), report.notices.end());
  }
  return next;
}

namespace {

Status MoveKeys(const char* option, const char* clause, types::TableSchema* schema,
                std::vector<std::string>* keys) {
  const auto at = schema->options.find(option);
  if (at == schema->options.end()) return Status::OK();
  if (!keys->empty()) {
    return InvalidInput(1304, "Keys are given twice, in the definition and as an option:",
                        V("option", option), V("clause", clause),
                        V("hint", "keep one of the two"));
  }
  *keys = options::SplitList(at->second);
  schema->options.erase(at);
  return Status::OK();
}

}  // namespace

Status MoveKeysFromOptions(types::TableSchema* schema) {
  ARROW_RETURN_NOT_OK(
      MoveKeys("partition", "PARTITIONED BY", schema, &schema->partition_keys));
  ARROW_RETURN_NOT_OK(
      MoveKeys("primary-key", "PRIMARY KEY", schema, &schema->primary_keys));
  for (DataField& field : schema->fields) {
    if (Contains(schema->primary_keys, field.name)) field.type = field.type.NotNull();
  }
  return Status::OK();
}

}  // namespace tarn::meta
