// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/alter_changes.h"

#include <algorithm>

#include "tarn/meta/nested_change.h"
#include "tarn/sql/diagnostic.h"
#include "tarn/sql/keyword.h"

namespace tarn::sql {
namespace {

using Changes = std::vector<meta::SchemaChange>;

constexpr const char* kTableComment = "comment";

meta::ColumnPath PathOf(const ObjectName& name) {
  meta::ColumnPath out;
  for (const Identifier& part : name.parts) out.push_back(part.name);
  return out;
}

/// Makes the changes of one action after the other.
class Changer {
 public:
  Changer(const types::TableSchema& schema, const SourceText& source)
      : schema_(schema), source_(source) {}

  Status operator()(const SetTableOptions& node) {
    for (const Property& property : node.options) {
      if (property.key == kTableComment) {
        changes.push_back(meta::UpdateCommentChange{property.value});
      } else {
        changes.push_back(meta::SetOptionChange{property.key, property.value});
      }
    }
    return Status::OK();
  }
  Status operator()(const ResetTableOptions& node) {
    for (const std::string& key : node.keys) {
      if (key == kTableComment) {
        changes.push_back(meta::UpdateCommentChange{});
      } else {
        changes.push_back(meta::RemoveOptionChange{key});
      }
    }
    return Status::OK();
  }
  Status operator()(const AddColumns& node) {
    for (const DescribedColumn& column : node.columns) {
      changes.push_back(meta::AddColumnChange{PathOf(column.name), column.type.type,
                                              column.comment,
                                              MoveOf(column.name, column.place)});
    }
    return Status::OK();
  }
  Status operator()(const ModifyColumns& node) {
    for (const DescribedColumn& column : node.columns) {
      ARROW_RETURN_NOT_OK(Modify(column));
    }
    return Status::OK();
  }
  Status operator()(const AlterColumn& node);
  Status operator()(const DropColumns& node) {
    for (const ObjectName& column : node.columns) {
      if (node.if_exists && column.parts.size() == 1 &&
          types::FieldIndex(schema_.fields, column.object()) < 0) {
        continue;
      }
      changes.push_back(meta::DropColumnChange{PathOf(column)});
    }
    return Status::OK();
  }
  Status operator()(const RenameColumn& node) {
    changes.push_back(meta::RenameColumnChange{PathOf(node.column), node.to.name});
    return Status::OK();
  }
  Status operator()(const DropPrimaryKey& node) {
    std::string constraint = "PK";
    for (const std::string& key : schema_.primary_keys) constraint += "_" + key;
    if (!schema_.has_primary_key() ||
        (node.constraint && node.constraint->name != constraint)) {
      return ToStatus(
          {ErrorKind::kInvalidInput, kBadDefinition,
           node.constraint ? "The table has no such constraint"
                           : "The table has no primary key",
           node.constraint ? node.constraint->span : Span{}, "",
           schema_.has_primary_key() ? "Its primary key is " + constraint : ""},
          source_);
    }
    changes.push_back(meta::DropPrimaryKeyChange{});
    return Status::OK();
  }
  template <typename Other>
  Status operator()(const Other&) {
    return Status::OK();
  }

  Changes changes;

 private:
  static std::optional<meta::ColumnMove> MoveOf(const ObjectName& name,
                                                const ColumnPlace& place) {
    if (place.kind == PlaceKind::kUnsaid) return std::nullopt;
    meta::ColumnMove out{meta::MoveKind::kFirst, name.object()};
    if (place.kind == PlaceKind::kAfter) {
      out.kind = meta::MoveKind::kAfter;
      out.reference = place.after.name;
    }
    return out;
  }

  Status CheckNotInside(const ObjectName& name, std::string_view what) {
    if (name.parts.size() == 1) return Status::OK();
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                     fmt::format("{} inside another column is not supported", what),
                     name.span, "", ""},
                    source_);
  }

  Result<const types::DataField*> FieldOf(const ObjectName& name) {
    const int index = types::FieldIndex(schema_.fields, name.object());
    if (index >= 0) return &schema_.fields[static_cast<size_t>(index)];
    std::vector<std::string_view> names;
    for (const auto& field : schema_.fields) names.push_back(field.name);
    return ToStatus({ErrorKind::kInvalidInput, kUnknownColumn,
                     fmt::format("Table has no column '{}'", name.object()), name.span,
                     "", DidYouMean(NearestOf(name.object(), names))},
                    source_);
  }

  // Flink compares the column with the one that is there: comment, type, place.
  Status Modify(const DescribedColumn& column) {
    ARROW_RETURN_NOT_OK(CheckNotInside(column.name, "MODIFY of a column"));
    ARROW_ASSIGN_OR_RAISE(const types::DataField* field, FieldOf(column.name));
    const meta::ColumnPath path = PathOf(column.name);
    if (column.comment && column.comment != field->description) {
      changes.push_back(meta::UpdateColumnCommentChange{path, column.comment});
    }
    const auto& keys = schema_.primary_keys;
    const bool key = std::find(keys.begin(), keys.end(), field->name) != keys.end();
    const types::DataType type = key ? column.type.type.NotNull() : column.type.type;
    const Status nested = meta::AppendTypeChanges(path, field->type, type, &changes);
    if (!nested.ok()) {
      return ToStatus(
          {KindOf(nested), kBadDefinition, MessageOf(nested), column.span, "", ""},
          source_);
    }
    if (const auto move = MoveOf(column.name, column.place)) {
      changes.push_back(meta::UpdateColumnPositionChange{*move});
    }
    return Status::OK();
  }

  const types::TableSchema& schema_;
  const SourceText& source_;
};

Status Changer::operator()(const AlterColumn& node) {
  const meta::ColumnPath path = PathOf(node.column);
  switch (node.aspect) {
    case ColumnAspect::kType:
      changes.push_back(meta::UpdateColumnTypeChange{path, node.type.type, true});
      break;
    case ColumnAspect::kPlace:
      ARROW_RETURN_NOT_OK(CheckNotInside(node.column, "Moving a column"));
      changes.push_back(
          meta::UpdateColumnPositionChange{*MoveOf(node.column, node.place)});
      break;
    case ColumnAspect::kSetNotNull:
    case ColumnAspect::kDropNotNull:
      changes.push_back(meta::UpdateColumnNullabilityChange{
          path, node.aspect == ColumnAspect::kDropNotNull});
      break;
    case ColumnAspect::kComment:
      changes.push_back(meta::UpdateColumnCommentChange{path, node.text});
      break;
    case ColumnAspect::kSetDefault:
      changes.push_back(meta::UpdateColumnDefaultChange{path, node.text});
      break;
    case ColumnAspect::kDropDefault:
      changes.push_back(meta::UpdateColumnDefaultChange{path, {}});
      break;
  }
  return Status::OK();
}

}  // namespace

Result<std::vector<meta::SchemaChange>> ToSchemaChanges(const AlterTable& alter,
                                                        const types::TableSchema& schema,
                                                        const SourceText& source) {
  Changer changer(schema, source);
  ARROW_RETURN_NOT_OK(std::visit(changer, alter.action));
  return std::move(changer.changes);
}

}  // namespace tarn::sql
