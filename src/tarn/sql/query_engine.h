// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/expr/predicate.h"
#include "tarn/sql/emit_duckdb.h"
#include "tarn/types/data_type.h"

namespace tarn::sql {

/// Rows with their logical types; the reader's columns have the engine's Arrow types.
struct QueryResult {
  std::vector<types::DataField> fields;
  std::shared_ptr<arrow::RecordBatchReader> rows;
};

/// A relation that a query reads: a table, a system table, a bounded source.
class ScanSource {
 public:
  virtual ~ScanSource() = default;
  /// Names, types and order of the columns; fixed for the life of the source.
  virtual const std::vector<types::DataField>& fields() const = 0;
  /// \param columns    those to answer, in this order; at least one
  /// \param predicate  conjuncts that the engine will apply again; rows that do not
  ///                   satisfy them may be left out. nullptr = all rows
  virtual Result<std::shared_ptr<arrow::RecordBatchReader>> Open(
      const std::vector<std::string>& columns, const expr::PredicatePtr& predicate) = 0;
  /// "table=db.t snapshot=3 splits=2 ..." for EXPLAIN.
  virtual Result<std::string> Describe(const expr::PredicatePtr& predicate) = 0;
  /// How many rows to expect, for join orders; absent = unknown.
  virtual std::optional<int64_t> EstimatedRows() { return std::nullopt; }
};

/// Executes emitted queries over relations. One caller at a time; results may be read
/// after the next query was started, and must die before the engine.
class QueryEngine {
 public:
  virtual ~QueryEngine() = default;

  /// Make `source` known.
  /// \param fine_as_decimal  fine timestamps come as DECIMAL(25, 9), seconds since the
  ///                         epoch, of every year; else as TIMESTAMP_NS, and a value
  ///                         that it cannot hold makes the query fail
  /// \return what stands in FROM for it, until `ForgetRelations`
  /// Errors: kUnsupported for columns whose names differ in case only.
  virtual Result<std::string> AddRelation(std::shared_ptr<ScanSource> source,
                                          bool fine_as_decimal = false) = 0;
  virtual void ForgetRelations() = 0;

  /// Start a query.
  /// \param declared  per output column the type that its source column was declared
  ///                  with, where the column is passed on unchanged; may be shorter
  /// Errors: kInvalidInput and kUnsupported with the place in the user's text; those of
  /// the relations; kResource.
  virtual Result<QueryResult> Execute(
      const EmittedQuery& query, const SourceText& source,
      const std::vector<std::optional<types::DataType>>& declared = {}) = 0;

  /// Names and types that the query would answer.
  virtual Result<std::vector<types::DataField>> Analyze(
      const EmittedQuery& query, const SourceText& source,
      const std::vector<std::optional<types::DataType>>& declared = {}) = 0;

  /// The physical plan as text, with what each scan was given.
  virtual Result<std::string> Explain(const EmittedQuery& query,
                                      const SourceText& source) = 0;
};

struct EngineOptions {
  int64_t memory_bytes = 0;  ///< 0 = a quarter of the context's budget; 64 MiB at least
  int threads = 0;           ///< 0 = as many as the executor has
};

/// An engine inside the context's budget: it spills to the context's spill directory and
/// has no way to other files or the network.
Result<std::unique_ptr<QueryEngine>> MakeQueryEngine(
    std::shared_ptr<const base::Context> context, const EngineOptions& options = {});

/// A source over batches in memory.
std::shared_ptr<ScanSource> MakeBatchSource(
    std::string name, std::vector<types::DataField> fields,
    std::vector<std::shared_ptr<arrow::RecordBatch>> batches);

}  // namespace tarn::sql
