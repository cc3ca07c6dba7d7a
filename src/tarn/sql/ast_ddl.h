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
  std::optional<std::string> default_value;  ///< DEFAULT literal, as it was spelled
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

/// One element of `PARTITION (ds = '2024-01-01', hh)`.
struct PartitionItem {
  Identifier column;
  ExpressionPtr value;  ///< null: dynamic
};
using PartitionSpec = std::vector<PartitionItem>;

/// `TRUNCATE TABLE t [PARTITION (...)]`.
struct TruncateTable {
  ObjectName name;
  PartitionSpec partition;
  Span span;
};

/// Flink's SET ('k'='v'), Spark's SET TBLPROPERTIES.
struct SetTableOptions {
  std::vector<Property> options;
};
/// Flink's RESET ('k'), Spark's UNSET TBLPROPERTIES [IF EXISTS].
struct ResetTableOptions {
  std::vector<std::string> keys;
  std::vector<Span> key_spans;
};
struct RenameTable {
  ObjectName to;
};

enum class PlaceKind : uint8_t { kUnsaid, kFirst, kAfter };
/// FIRST, or AFTER another column.
struct ColumnPlace {
  PlaceKind kind = PlaceKind::kUnsaid;
  Identifier after;
};
/// A column as ADD and MODIFY describe it; Spark's may lie inside another one: `a.b`.
struct DescribedColumn {
  ObjectName name;
  TypeRef type;
  std::optional<std::string> comment;
  ColumnPlace place;
  Span span;
};
/// ADD c T, ADD (c T, ...), ADD COLUMN c T, ADD COLUMNS (c T, ...).
struct AddColumns {
  std::vector<DescribedColumn> columns;
};
/// Flink's MODIFY c T, MODIFY (c T, ...).
struct ModifyColumns {
  std::vector<DescribedColumn> columns;
};
enum class ColumnAspect : uint8_t {
  kType,         ///< TYPE t
  kPlace,        ///< FIRST, AFTER c
  kSetNotNull,   ///< SET NOT NULL
  kDropNotNull,  ///< DROP NOT NULL
  kComment,      ///< COMMENT 'text'
  kSetDefault,   ///< SET DEFAULT literal
  kDropDefault,  ///< DROP DEFAULT
};
/// Spark's ALTER COLUMN c ...
struct AlterColumn {
  ObjectName column;
  ColumnAspect aspect = ColumnAspect::kType;
  TypeRef type;
  ColumnPlace place;
  std::string text;  ///< comment, or the default as it was spelled
};
/// DROP c, DROP (a, b), DROP COLUMN c, DROP COLUMNS (a, b).
struct DropColumns {
  std::vector<ObjectName> columns;
  bool if_exists = false;
};
/// RENAME c TO d, RENAME COLUMN c TO d.
struct RenameColumn {
  ObjectName column;
  Identifier to;
};
struct DropPrimaryKey {
  std::optional<Identifier> constraint;  ///< DROP CONSTRAINT name
};
/// A partition comes with its first row; nothing is stored for it before.
struct AddPartitions {
  std::vector<PartitionSpec> partitions;
  bool if_not_exists = false;
};
struct DropPartitions {
  std::vector<PartitionSpec> partitions;
  bool if_exists = false;
};
struct AlterTable {
  ObjectName name;
  bool if_exists = false;
  std::variant<SetTableOptions, ResetTableOptions, RenameTable, AddColumns, ModifyColumns,
               AlterColumn, DropColumns, RenameColumn, DropPrimaryKey, AddPartitions,
               DropPartitions>
      action;
  Span action_span;  ///< what follows the table's name
};

}  // namespace tarn::sql
