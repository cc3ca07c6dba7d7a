// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tarn/sql/ast_ddl.h"

namespace tarn::sql {

enum class ShowKind : uint8_t {
  kCatalogs,
  kCurrentCatalog,
  kDatabases,
  kCurrentDatabase,
  kTables,
  kViews,
  kColumns,
  kCreateTable,
  kCreateView,
  kCreateCatalog,
  kPartitions,
  kFunctions,
  kProcedures,
  kOptions,
};
struct Show {
  ShowKind kind = ShowKind::kTables;
  std::optional<ObjectName> name;  ///< FROM | IN object, or the object of SHOW CREATE
  std::optional<std::string> like;
  bool not_like = false;
  bool ignore_case = false;  ///< ILIKE
  Span span;
};

struct Describe {
  ObjectName name;
  bool extended = false;
};

struct Insert {
  ObjectName target;
  std::vector<Hint> hints;
  bool overwrite = false;
  PartitionSpec partition;
  std::vector<Identifier> columns;
  QueryPtr query;
  Span span;
};

/// EXECUTE STATEMENT SET BEGIN ... END, or BEGIN STATEMENT SET; ... END.
struct StatementSet {
  std::vector<Insert> inserts;
};

struct Assignment {
  Identifier column;
  ExpressionPtr value;
};
struct Delete {
  ObjectName target;
  ExpressionPtr where;
};
struct Update {
  ObjectName target;
  std::vector<Assignment> assignments;
  ExpressionPtr where;
};

/// `SET 'key' = 'value'`; without a key: show all.
struct SetOption {
  std::optional<std::string> key;
  std::string value;
  Span key_span;
  Span value_span;
};
/// `RESET 'key'`; without a key: all.
struct ResetOption {
  std::optional<std::string> key;
  Span key_span;
};

/// `CALL [catalog.]sys.procedure(arguments)`, positional or named.
struct CallProcedure {
  ObjectName procedure;
  std::vector<CallArgument> arguments;
};

struct Statement;
using StatementPtr = std::unique_ptr<Statement>;

struct Explain {
  std::vector<std::string> details;  ///< upper case: "ESTIMATED_COST", "PLAN", ...
  StatementPtr statement;
};

struct QueryStatement {
  QueryPtr query;
};

/// A statement of Flink's that is recognised and not there; its kUnsupported error is
/// ready.
struct UnsupportedStatement {
  std::string feature;  ///< "MERGE INTO"
  Span place;
};

struct Statement {
  using Node = std::variant<CreateCatalog, DropCatalog, UseCatalog, UseDatabase,
                            CreateDatabase, DropDatabase, CreateTable, CreateView, Drop,
                            AlterTable, TruncateTable, Show, Describe, Insert,
                            StatementSet, Delete, Update, SetOption, ResetOption,
                            CallProcedure, Explain, QueryStatement, UnsupportedStatement>;
  Node node;
  Span span;  ///< without the `;`

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&node);
  }
};

/// "CREATE TABLE", "INSERT", "SELECT", ... for messages and progress.
std::string StatementName(const Statement& statement);

}  // namespace tarn::sql
