// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tarn/sql/ast.h"
#include "tarn/sql/query_parser.h"
#include "tarn/sql/token_stream.h"

namespace tarn::sql {

/// Parse one statement at the cursor, up to its `;` or the end, which stay.
class StatementParser {
 public:
  explicit StatementParser(TokenStream* stream) : in_(*stream), query_(stream) {}

  Result<Statement> Parse();

 private:
  Result<Statement::Node> ParseNode();
  // queries and changes: statement_parser.cc
  Result<Statement::Node> ParseShow();
  Result<Statement::Node> ParseDescribe();
  Result<Statement::Node> ParseExplain();
  Result<Statement::Node> ParseSet();
  Result<Statement::Node> ParseReset();
  Result<Statement::Node> ParseCall();
  Result<Statement::Node> ParseUse();
  Result<Statement::Node> ParseExecute();
  Result<Statement::Node> ParseDelete();
  Result<Statement::Node> ParseUpdate();
  Result<Insert> ParseInsert();
  Result<StatementSet> ParseStatementSet(std::string_view separator_after_begin);
  Result<Statement::Node> Unsupported(std::string feature);
  // definitions: ddl_parser.cc
  Result<Statement::Node> ParseCreate();
  Result<Statement::Node> ParseDrop();
  Result<Statement::Node> ParseAlter();
  // changes of tables: alter_parser.cc
  Result<Statement::Node> ParseAlterTable();
  Status ParseAlterAdd(AlterTable* out);
  Status ParseAlterDrop(AlterTable* out);
  Status ParseAlterRename(AlterTable* out);
  Status ParseAlterColumn(AlterTable* out);
  Status ParseAlterSet(AlterTable* out);
  Status ParseAlterReset(AlterTable* out);
  Status ParseOptionKeys(ResetTableOptions* out);
  Result<std::vector<DescribedColumn>> ParseDescribedColumns();
  Result<DescribedColumn> ParseDescribedColumn();
  Result<ColumnPlace> ParseColumnPlace();
  /// A literal, as it is spelled.
  Result<std::string> ParseDefault();
  Result<std::vector<PartitionSpec>> ParsePartitionSpecs();
  /// `(column [= value], ...)`.
  Result<PartitionSpec> ParsePartitionSpec();
  Result<Statement::Node> ParseTruncate();
  Result<CreateCatalog> ParseCreateCatalog();
  Result<CreateDatabase> ParseCreateDatabase();
  Result<CreateTable> ParseCreateTable(size_t begin, bool temporary);
  Result<CreateView> ParseCreateView(bool temporary);
  Status ParseTableElement(CreateTable* table);
  Status ParseColumn(CreateTable* table);
  Status ParsePrimaryKey(CreateTable* table, std::optional<Identifier> constraint,
                         size_t begin);
  Status ParseNotEnforced(PrimaryKey* key);
  Status ParseTableTail(CreateTable* table);
  Result<bool> ParseIfNotExists();
  Result<std::optional<std::string>> ParseComment();

  TokenStream& in_;
  QueryParser query_;
};

}  // namespace tarn::sql
