// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tarn/sql/ast_query.h"

namespace tarn::sql {

struct CreateCatalog {
  Identifier name;
  bool if_not_exists = false;
  std::optional<std::string> comment;
  std::vector<Property> options;
};
struct DropCatalog {
  Identifier name;
  bool if_exists = false;
};
struct UseCatalog {
  Identifier name;
};
/// `USE [catalog.]database`.
struct UseDatabase {
  ObjectName name;
};
struct CreateDatabase {
  ObjectName name;
  bool if_not_exists = false;
  std::optional<std::string> comment;
  std::vector<Property> options;
};
struct DropDatabase {
  ObjectName name;
  bool if_exists = false;
  bool cascade = false;  ///< RESTRICT is the default
};

enum class ColumnKind : uint8_t {
  kPhysical,  ///< name type
  kMetadata,  ///< name type METADATA [FROM 'key'] [VIRTUAL]
  kComputed,  ///< name AS expression
};

struct ColumnDefinition {
  ColumnKind kind = ColumnKind::kPhysical;
  Identifier name;
  TypeRef type;                             ///< kPhysical, kMetadata
  std::optional<std::string> metadata_key;  ///< FROM 'key'; absent: the column's name
  bool is_virtual = false;                  ///< not written by INSERT
  ExpressionPtr expression;                 ///< kComputed
  std::optional<std::string> comment;
  Span span;
};

struct PrimaryKey {
  std::optional<Identifier> constraint;
  std::vector<Identifier> columns;
  bool not_enforced = false;
  Span span;
};

/// `WATERMARK FOR column AS expression`; kept, nothing acts on it yet.
struct Watermark {
  ObjectName column;
  ExpressionPtr expression;
  Span span;
};

struct CreateTable {
  ObjectName name;
  bool temporary = false;
  bool if_not_exists = false;
  std::vector<ColumnDefinition> columns;
  std::optional<PrimaryKey> primary_key;
  std::optional<Watermark> watermark;
  std::optional<std::string> comment;
  std::vector<Identifier> partitioned_by;
  Span partitioned_by_span;
  std::vector<Property> options;
  QueryPtr as_query;  ///< CREATE TABLE ... AS SELECT
  Span definition;    ///< from CREATE to the end, without the query
};

struct CreateView {
  ObjectName name;
  bool temporary = false;
  bool if_not_exists = false;
  std::vector<Identifier> columns;
  std::optional<std::string> comment;
  QueryPtr query;
};

enum class DroppedObject : uint8_t { kTable, kView };
struct Drop {
  DroppedObject object = DroppedObject::kTable;
  ObjectName name;
  bool temporary = false;
  bool if_exists = false;
};

struct SetTableOptions {
  std::vector<Property> options;
};
struct ResetTableOptions {
  std::vector<std::string> keys;
  std::vector<Span> key_spans;
};
struct RenameTable {
  ObjectName to;
};
struct AlterTable {
  ObjectName name;
  bool if_exists = false;
  std::variant<SetTableOptions, ResetTableOptions, RenameTable> action;
};

}  // namespace tarn::sql
