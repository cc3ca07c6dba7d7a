// SPDX-License-Identifier: Apache-2.0
#include "tests/support/schema_changes.h"

namespace tarn::support {
namespace {

using nlohmann::json;

std::optional<std::string> TextOrNone(const json& change, const char* name) {
  if (!change.contains(name) || change[name].is_null()) return std::nullopt;
  return change[name].get<std::string>();
}

std::optional<meta::ColumnMove> MoveOf(const json& change) {
  if (!change.contains("move") || change["move"].is_null()) return std::nullopt;
  const json& move = change["move"];
  const std::string type = move.at("type");
  meta::ColumnMove out;
  out.kind = type == "FIRST"    ? meta::MoveKind::kFirst
             : type == "AFTER"  ? meta::MoveKind::kAfter
             : type == "BEFORE" ? meta::MoveKind::kBefore
                                : meta::MoveKind::kLast;
  out.column = move.at("fieldName");
  out.reference = TextOrNone(move, "referenceFieldName").value_or("");
  return out;
}

Result<meta::SchemaChange> ChangeFromPaimon(const json& change) {
  const std::string action = change.at("action");
  meta::ColumnPath path;
  if (change.contains("fieldNames")) path = change["fieldNames"].get<meta::ColumnPath>();
  if (action == "setOption") {
    return meta::SetOptionChange{change.at("key"), change.at("value")};
  }
  if (action == "removeOption") return meta::RemoveOptionChange{change.at("key")};
  if (action == "updateComment") {
    return meta::UpdateCommentChange{TextOrNone(change, "comment")};
  }
  if (action == "addColumn") {
    ARROW_ASSIGN_OR_RAISE(auto type, TypeFromPaimon(change.at("dataType")));
    return meta::AddColumnChange{path, std::move(type), TextOrNone(change, "comment"),
                                 MoveOf(change)};
  }
  if (action == "renameColumn") {
    return meta::RenameColumnChange{path, change.at("newName")};
  }
  if (action == "dropColumn") return meta::DropColumnChange{path};
  if (action == "updateColumnType") {
    ARROW_ASSIGN_OR_RAISE(auto type, TypeFromPaimon(change.at("newDataType")));
    return meta::UpdateColumnTypeChange{path, std::move(type),
                                        change.value("keepNullability", false)};
  }
  if (action == "updateColumnNullability") {
    return meta::UpdateColumnNullabilityChange{path, change.at("newNullability")};
  }
  if (action == "updateColumnComment") {
    return meta::UpdateColumnCommentChange{path, TextOrNone(change, "newComment")};
  }
  if (action == "updateColumnDefaultValue") {
    return meta::UpdateColumnDefaultChange{path, TextOrNone(change, "newDefaultValue")};
  }
  if (action == "updateColumnPosition") {
    return meta::UpdateColumnPositionChange{*MoveOf(change)};
  }
  if (action == "dropPrimaryKey") return meta::DropPrimaryKeyChange{};
  return InvalidInput(1913, "No such schema change:", V("action", action));
}

}  // namespace

Result<types::DataType> TypeFromPaimon(const json& type) {
  const json schema = {{"id", 0},
                       {"fields", {{{"id", 0}, {"name", "f"}, {"type", type}}}},
                       {"highestFieldId", 0},
                       {"partitionKeys", json::array()},
                       {"primaryKeys", json::array()},
                       {"options", json::object()}};
  ARROW_ASSIGN_OR_RAISE(const auto read, types::TableSchema::FromJson(schema.dump()));
  return read.fields[0].type;
}

Result<std::vector<meta::SchemaChange>> ChangesFromPaimon(const json& changes) {
  std::vector<meta::SchemaChange> out;
  for (const json& change : changes) {
    ARROW_ASSIGN_OR_RAISE(auto one, ChangeFromPaimon(change));
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace tarn::support
