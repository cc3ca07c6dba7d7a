// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <arrow/type_fwd.h>
#include <duckdb.hpp>

#include "tarn/sql/query_engine.h"

namespace tarn::sql {

/// The logical type that a value of DuckDB's type has in Flink.
/// \param declared  of the source column, where the value is one unchanged: it says
///                  lengths and precisions that DuckDB's type has lost
/// Errors: kUnsupported for types without an equal (INTERVAL, HUGEINT, ...).
Result<types::DataType> LogicalTypeOf(const duckdb::LogicalType& type,
                                      const std::optional<types::DataType>& declared);

/// Rows of a running query in the engine's Arrow types. Keeps connection and result.
/// \param failure  turns what DuckDB says into a status
std::shared_ptr<arrow::RecordBatchReader> MakeResultReader(
    std::shared_ptr<duckdb::Connection> connection,
    std::shared_ptr<duckdb::QueryResult> result, std::shared_ptr<arrow::Schema> schema,
    std::function<Status(const duckdb::ErrorData&)> failure);

}  // namespace tarn::sql
