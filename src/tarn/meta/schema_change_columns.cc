// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/meta/schema_changes.h"

namespace tarn::meta::internal {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

using TypeChange = std::function<Result<DataType>(const DataType&)>;

int IndexOf(const std::vector<DataField>& fields, std::string_view name) {
  return types::FieldIndex(fields, name);
}

// The type with a change somewhere inside it; `depth` names of the path are behind us.
Result<DataType> WithChange(const ChangeScope& scope, const ColumnPath& path,
                            size_t depth, const DataType& type,
                            const TypeChange& change) {
  if (depth == path.size()) return change(type);
  switch (type.root()) {
    case TypeRoot::kRow: {
      std::vector<DataField> fields = type.fields();
      const int index = IndexOf(fields, path[depth]);
      if (index < 0) return NoSuchColumn(scope, path);
      DataField& field = fields[static_cast<size_t>(index)];
      ARROW_ASSIGN_OR_RAISE(field.type,
                            WithChange(scope, path, depth + 1, field.type, change));
      return DataType::Row(std::move(fields)).WithNullable(type.nullable());
    }
    case TypeRoot::kArray: {
      if (path[depth] != "element") return NoSuchColumn(scope, path);
      ARROW_ASSIGN_OR_RAISE(DataType element,
                            WithChange(scope, path, depth + 1, type.element(), change));
      return DataType::Array(std::move(element)).WithNullable(type.nullable());
    }
    case TypeRoot::kMap: {
      if (path[depth] != "value") return NoSuchColumn(scope, path);
      ARROW_ASSIGN_OR_RAISE(DataType value,
                            WithChange(scope, path, depth + 1, type.element(), change));
      return DataType::Map(type.key(), std::move(value)).WithNullable(type.nullable());
    }
    default:
      return NoSuchColumn(scope, path);
  }
}

}  // namespace

std::string JoinedPath(const ColumnPath& path) {
  std::string out;
  for (const std::string& name : path) out += (out.empty() ? "" : ".") + name;
  return out;
}

Status NoSuchColumn(const ChangeScope& scope, const ColumnPath& path) {
  return InvalidInput(kNoSuchColumn, "Table has no such column:", V("table", scope.table),
                      V("column", JoinedPath(path)));
}

Status ChangeType(const ChangeScope& scope, const ColumnPath& path,
                  std::vector<DataField>* fields, const TypeChange& change) {
  const int index = path.empty() ? -1 : IndexOf(*fields, path[0]);
  if (index < 0) return NoSuchColumn(scope, path);
  DataField& field = (*fields)[static_cast<size_t>(index)];
  ARROW_ASSIGN_OR_RAISE(field.type, WithChange(scope, path, 1, field.type, change));
  return Status::OK();
}

Status ChangeMembers(
    const ChangeScope& scope, const ColumnPath& path, std::vector<DataField>* fields,
    const std::function<Status(std::vector<DataField>*, const std::string&)>& change) {
  if (path.empty()) return NoSuchColumn(scope, path);
  if (path.size() == 1) return change(fields, path[0]);
  const ColumnPath owner(path.begin(), path.end() - 1);
  return ChangeType(scope, owner, fields, [&](const DataType& type) -> Result<DataType> {
    if (type.root() != TypeRoot::kRow) return NoSuchColumn(scope, path);
    std::vector<DataField> members = type.fields();
    ARROW_RETURN_NOT_OK(change(&members, path.back()));
    return DataType::Row(std::move(members)).WithNullable(type.nullable());
  });
}

Status ChangeField(const ChangeScope& scope, const ColumnPath& path,
                   std::vector<DataField>* fields,
                   const std::function<Status(DataField*)>& change) {
  return ChangeMembers(scope, path, fields,
                       [&](std::vector<DataField>* members, const std::string& name) {
                         const int index = IndexOf(*members, name);
                         if (index < 0) return NoSuchColumn(scope, path);
                         return change(&(*members)[static_cast<size_t>(index)]);
                       });
}

Status Insert(const ChangeScope& scope, const std::optional<ColumnMove>& move,
              DataField field, std::vector<DataField>* fields) {
  size_t at = fields->size();
  if (move && move->kind == MoveKind::kFirst) {
    at = 0;
  } else if (move && move->kind != MoveKind::kLast) {
    const int reference = IndexOf(*fields, move->reference);
    if (reference < 0) return NoSuchColumn(scope, {move->reference});
    at = static_cast<size_t>(reference) + (move->kind == MoveKind::kAfter ? 1 : 0);
  }
  fields->insert(fields->begin() + static_cast<ptrdiff_t>(at), std::move(field));
  return Status::OK();
}

Status Move(const ChangeScope& scope, const ColumnMove& move,
            std::vector<DataField>* fields) {
  const int from = IndexOf(*fields, move.column);
  if (from < 0) return NoSuchColumn(scope, {move.column});
  const int last = static_cast<int>(fields->size()) - 1;
  int reference = move.kind == MoveKind::kFirst ? 0 : last;
  int to = reference;
  if (move.kind == MoveKind::kAfter || move.kind == MoveKind::kBefore) {
    reference = IndexOf(*fields, move.reference);
    if (reference < 0) return NoSuchColumn(scope, {move.reference});
    // The column leaves its place before it is put into the new one.
    to = reference;
    if (move.kind == MoveKind::kAfter && from > reference) ++to;
    if (move.kind == MoveKind::kBefore && from < reference) --to;
    to = std::min(to, last);
  }
  if (reference == from) {
    return InvalidInput(kBadMove,
                        "A column cannot move to where it is:", V("table", scope.table),
                        V("column", move.column));
  }
  DataField field = std::move((*fields)[static_cast<size_t>(from)]);
  fields->erase(fields->begin() + from);
  fields->insert(fields->begin() + to, std::move(field));
  return Status::OK();
}

}  // namespace tarn::meta::internal
