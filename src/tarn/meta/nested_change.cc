// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/nested_change.h"

#include "tarn/meta/schema_changes.h"

namespace tarn::meta {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

ColumnPath Inside(const ColumnPath& path, const std::string& name) {
  ColumnPath out = path;
  out.push_back(name);
  return out;
}

Status AppendRowChanges(const ColumnPath& path, const DataType& from, const DataType& to,
                        std::vector<SchemaChange>* changes) {
  const std::vector<DataField>& before = from.fields();
  const std::vector<DataField>& after = to.fields();
  int last = -1;
  for (const DataField& field : after) {
    const int index = types::FieldIndex(before, field.name);
    if (index < 0) continue;
    if (index < last) {
      return InvalidInput(
          internal::kBadMove, "Fields that stay in a ROW keep their order:",
          V("column", internal::JoinedPath(path)), V("field", field.name));
    }
    last = index;
  }
  for (const DataField& field : before) {
    if (types::FieldIndex(after, field.name) >= 0) continue;
    changes->push_back(DropColumnChange{Inside(path, field.name)});
  }
  for (size_t i = 0; i < after.size(); ++i) {
    const DataField& field = after[i];
    const ColumnPath inside = Inside(path, field.name);
    const int index = types::FieldIndex(before, field.name);
    if (index < 0) {
      ColumnMove move{i == 0 ? MoveKind::kFirst : MoveKind::kAfter, field.name};
      if (i > 0) move.reference = after[i - 1].name;
      changes->push_back(AddColumnChange{inside, field.type, field.description, move});
      continue;
    }
    const DataField& old = before[static_cast<size_t>(index)];
    if (old.description != field.description) {
      changes->push_back(UpdateColumnCommentChange{inside, field.description});
    }
    ARROW_RETURN_NOT_OK(AppendTypeChanges(inside, old.type, field.type, changes));
  }
  return Status::OK();
}

}  // namespace

Status AppendTypeChanges(const ColumnPath& path, const DataType& from, const DataType& to,
                         std::vector<SchemaChange>* changes) {
  const TypeRoot root = from.root();
  const bool nested = root == TypeRoot::kRow || root == TypeRoot::kArray ||
                      root == TypeRoot::kMap || root == TypeRoot::kMultiset;
  if (nested && to.root() != root) {
    return InvalidInput(internal::kNoConversion,
                        "A nested column stays of its kind; only what is inside changes:",
                        V("column", internal::JoinedPath(path)),
                        V("from", from.ToString()), V("to", to.ToString()));
  }
  if (root == TypeRoot::kRow) {
    ARROW_RETURN_NOT_OK(AppendRowChanges(path, from, to, changes));
  } else if (root == TypeRoot::kArray || root == TypeRoot::kMultiset) {
    ARROW_RETURN_NOT_OK(AppendTypeChanges(Inside(path, "element"), from.element(),
                                          to.element(), changes));
  } else if (root == TypeRoot::kMap) {
    if (!(from.key() == to.key())) {
      return InvalidInput(internal::kNoConversion, "The key of a MAP keeps its type:",
                          V("column", internal::JoinedPath(path)),
                          V("from", from.key().ToString()), V("to", to.key().ToString()));
    }
    ARROW_RETURN_NOT_OK(
        AppendTypeChanges(Inside(path, "value"), from.element(), to.element(), changes));
  } else if (!from.EqualsIgnoringNullable(to)) {
    changes->push_back(UpdateColumnTypeChange{path, to, false});
  }
  if (from.nullable() != to.nullable()) {
    changes->push_back(UpdateColumnNullabilityChange{path, to.nullable()});
  }
  return Status::OK();
}

}  // namespace tarn::meta
