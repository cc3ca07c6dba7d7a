// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <arrow/type_fwd.h>
#include <duckdb.hpp>
#include <duckdb/planner/operator/logical_get.hpp>

#include "tarn/expr/predicate.h"
#include "tarn/types/data_type.h"

namespace tarn::sql {

/// A bound filter over the columns of `get` as a predicate with the same meaning, or
/// nullptr where none is certain: floats (NaN and -0.0 order differently), casts of
/// columns, functions and anything over two columns stay with DuckDB alone.
/// \param fields  the relation's columns
/// \param schema  the same columns in the Arrow form that DuckDB was given
expr::PredicatePtr TranslateFilter(const duckdb::Expression& filter,
                                   const duckdb::LogicalGet& get,
                                   const std::vector<types::DataField>& fields,
                                   const arrow::Schema& schema);

}  // namespace tarn::sql
