// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/ast.h"

#include "tarn/sql/keyword.h"

namespace tarn::sql {
namespace {

struct NameOf {
  std::string operator()(const CreateCatalog&) const { return "CREATE CATALOG"; }
  std::string operator()(const DropCatalog&) const { return "DROP CATALOG"; }
  std::string operator()(const UseCatalog&) const { return "USE CATALOG"; }
  std::string operator()(const UseDatabase&) const { return "USE"; }
  std::string operator()(const CreateDatabase&) const { return "CREATE DATABASE"; }
  std::string operator()(const DropDatabase&) const { return "DROP DATABASE"; }
  std::string operator()(const CreateTable&) const { return "CREATE TABLE"; }
  std::string operator()(const CreateView&) const { return "CREATE VIEW"; }
  std::string operator()(const Drop& drop) const {
    return drop.object == DroppedObject::kTable ? "DROP TABLE" : "DROP VIEW";
  }
  std::string operator()(const AlterTable&) const { return "ALTER TABLE"; }
  std::string operator()(const TruncateTable&) const { return "TRUNCATE TABLE"; }
  std::string operator()(const Show&) const { return "SHOW"; }
  std::string operator()(const Describe&) const { return "DESCRIBE"; }
  std::string operator()(const Insert& insert) const {
    return insert.overwrite ? "INSERT OVERWRITE" : "INSERT";
  }
  std::string operator()(const StatementSet&) const { return "STATEMENT SET"; }
  std::string operator()(const Delete&) const { return "DELETE"; }
  std::string operator()(const Update&) const { return "UPDATE"; }
  std::string operator()(const SetOption&) const { return "SET"; }
  std::string operator()(const ResetOption&) const { return "RESET"; }
  std::string operator()(const CallProcedure&) const { return "CALL"; }
  std::string operator()(const Explain&) const { return "EXPLAIN"; }
  std::string operator()(const QueryStatement&) const { return "SELECT"; }
  std::string operator()(const UnsupportedStatement& other) const {
    return other.feature;
  }
};

}  // namespace

void QueryDeleter::operator()(Query* query) const {
  delete query;
}

std::string ObjectName::ToString() const {
  std::string out;
  for (const Identifier& part : parts) {
    if (!out.empty()) out += '.';
    out += QuoteName(part.name);
  }
  return out;
}

std::string StatementName(const Statement& statement) {
  return std::visit(NameOf(), statement.node);
}

}  // namespace tarn::sql
