// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Statements executed one after another.
///
/// A `Session` holds catalogs, the current names, temporary tables and views, and
/// settings; `Execute` runs one statement. A file per group of statements:
/// `execute_ddl.cc`, `execute_alter.cc`, `execute_show.cc`, `execute_set.cc`,
/// `execute_query.cc`, `execute_insert.cc`, `execute_call.cc`. Batch queries go to the
/// `QueryEngine`; an INSERT from a source table becomes a `stream::Job`.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/catalog/catalog.h"
#include "tarn/sql/ast.h"
#include "tarn/sql/diagnostic.h"
#include "tarn/sql/query_engine.h"
#include "tarn/stream/job.h"

namespace tarn::sql {

struct SessionOptions {
  std::string warehouse;          ///< of the default catalog
  std::string job_name = "tarn";  ///< unless `pipeline.name` is set
  std::function<void(const stream::JobProgress&)> progress;
  std::function<bool()> stop;
  /// Told before a job starts.
  std::function<void(const std::string&)> started;
};

enum class ResultKind : uint8_t {
  kDone,      ///< nothing but a message
  kRows,      ///< fields and reader
  kAffected,  ///< rows were written
};

/// What a statement answers.
struct StatementResult {
  ResultKind kind = ResultKind::kDone;
  std::string message;
  std::vector<types::DataField> fields;
  std::shared_ptr<arrow::RecordBatchReader> rows;  ///< must be read before the next
  int64_t affected = 0;
  std::optional<stream::JobReport> job;
  std::vector<std::string> notices;
};

/// `catalog.database.object` in full.
struct FullName {
  std::string catalog;
  std::string database;
  std::string object;

  std::string Key() const;  ///< unique text of the three
  catalog::TableName table() const { return {database, object}; }
};

/// A statement kept for later: its text and its tree.
struct KeptStatement {
  explicit KeptStatement(std::string text) : source(std::move(text), "definition") {}
  SourceText source;
  Statement statement;
};

/// A temporary table over a connector.
struct SourceTable {
  std::shared_ptr<KeptStatement> definition;
  stream::SourceDefinition source;
  /// Computed columns: name and place in the definition; declared after the others.
  std::vector<const ColumnDefinition*> computed;
  /// All columns in declared order.
  std::vector<std::string> columns;
};

/// One user's state. One caller at a time.
class Session {
 public:
  static Result<std::unique_ptr<Session>> Make(std::shared_ptr<base::Context> context,
                                               SessionOptions options);
  ~Session();

  /// Run one statement. Errors carry the place in `source`.
  Result<StatementResult> Execute(const Statement& statement, const SourceText& source);

  const std::string& current_catalog() const { return current_catalog_; }
  const std::string& current_database() const { return current_database_; }

 private:
  friend class QueryBinder;
  Session() = default;

  // names: session.cc
  Result<FullName> Resolve(const ObjectName& name, const SourceText& source) const;
  Result<std::shared_ptr<catalog::Catalog>> CatalogOf(const FullName& name) const;
  /// The table with options over its own. Errors at the name's place.
  Result<std::shared_ptr<table::Table>> OpenTable(
      const ObjectName& name, const SourceText& source,
      const std::map<std::string, std::string>& options = {}) const;
  Status AtPlace(const Status& status, Span span, const SourceText& source) const;
  Result<StatementResult> TextRows(const std::vector<std::string>& columns,
                                   const std::vector<std::vector<std::string>>& rows);
  std::string Setting(const std::string& key, const std::string& otherwise) const;
  Result<StatementResult> Dispatch(const Statement& statement, const SourceText& source);

  // execute_ddl.cc
  Result<StatementResult> Run(const CreateCatalog& node, const SourceText& source);
  Result<StatementResult> Run(const DropCatalog& node, const SourceText& source);
  Result<StatementResult> Run(const UseCatalog& node, const SourceText& source);
  Result<StatementResult> Run(const UseDatabase& node, const SourceText& source);
  Result<StatementResult> Run(const CreateDatabase& node, const SourceText& source);
  Result<StatementResult> Run(const DropDatabase& node, const SourceText& source);
  Result<StatementResult> Run(const CreateTable& node, const SourceText& source);
  Result<StatementResult> Run(const CreateView& node, const SourceText& source);
  Result<StatementResult> Run(const Drop& node, const SourceText& source);
  Result<StatementResult> CreateSource(const CreateTable& node, const FullName& name,
                                       const SourceText& source);
  // execute_alter.cc
  Result<StatementResult> Run(const AlterTable& node, const SourceText& source);
  Result<StatementResult> Run(const TruncateTable& node, const SourceText& source);
  Result<StatementResult> RenameTo(const AlterTable& node, const RenameTable& rename,
                                   const FullName& name, const SourceText& source);
  /// ADD PARTITION with `add`, else DROP; `lenient`: IF [NOT] EXISTS.
  Result<StatementResult> AlterPartitions(const AlterTable& node,
                                          const std::vector<PartitionSpec>& specs,
                                          bool add, bool lenient,
                                          const table::Table& table,
                                          const SourceText& source);
  // execute_show.cc
  Result<StatementResult> Run(const Show& node, const SourceText& source);
  Result<StatementResult> Run(const Describe& node, const SourceText& source);
  Result<StatementResult> ShowColumns(const ObjectName& name, const SourceText& source);
  Result<StatementResult> ShowCreateTable(const ObjectName& name,
                                          const SourceText& source);
  Result<StatementResult> ShowPartitions(const ObjectName& name,
                                         const SourceText& source);
  // execute_set.cc
  Result<StatementResult> Run(const SetOption& node, const SourceText& source);
  Result<StatementResult> Run(const ResetOption& node, const SourceText& source);
  // execute_query.cc
  Result<StatementResult> Run(const QueryStatement& node, const SourceText& source);
  Result<StatementResult> Run(const Explain& node, const SourceText& source);
  Result<QueryResult> RunQuery(const Query& query, const SourceText& source);
  Result<QueryEngine*> Engine();
  // execute_insert.cc
  Result<StatementResult> Run(const Insert& node, const SourceText& source);
  Result<StatementResult> Run(const StatementSet& node, const SourceText& source);
  Result<StatementResult> InsertBatch(const Insert& node, const SourceText& source);
  Result<StatementResult> InsertStreams(const std::vector<const Insert*>& inserts,
                                        const SourceText& source);
  Result<stream::PipelineSpec> MakePipeline(const Insert& node, const SourceText& source,
                                            std::vector<std::string>* notices);
  /// The source table that an INSERT streams from; nullptr for batch inserts.
  Result<const SourceTable*> StreamedSource(const Query& query,
                                            const SourceText& source) const;
  // execute_call.cc
  Result<StatementResult> Run(const CallProcedure& node, const SourceText& source);
  Result<StatementResult> Run(const Delete& node, const SourceText& source);
  Result<StatementResult> Run(const Update& node, const SourceText& source);
  Result<StatementResult> Run(const UnsupportedStatement& node, const SourceText& source);

  std::shared_ptr<base::Context> context_;
  SessionOptions options_;
  std::map<std::string, std::shared_ptr<catalog::Catalog>> catalogs_;
  std::map<std::string, std::map<std::string, std::string>> catalog_options_;
  std::string current_catalog_;
  std::string current_database_;
  std::map<std::string, std::shared_ptr<SourceTable>> sources_;
  std::map<std::string, std::shared_ptr<KeptStatement>> views_;
  std::map<std::string, std::string> settings_;
  std::unique_ptr<QueryEngine> engine_;
  stream::PipelineIds pipeline_ids_;
};

}  // namespace tarn::sql
