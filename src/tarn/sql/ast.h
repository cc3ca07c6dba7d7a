// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: sql, what a user types.
///
/// The Flink dialect, front to back. A script is a `SourceText`; `Lex` cuts it into
/// tokens; a `ScriptParser` hands out one `Statement` at a time (this header and the
/// `ast_*.h` beside it); a `Diagnostic` says what is wrong and where. `ToTableDefinition`
/// turns CREATE TABLE into the schema that the catalog stores, and `meta::CheckSchema`
/// says whether it makes sense. `EmitDuckDb` writes a query again as DuckDB's SQL, with a
/// map back to the user's text; `sql/duckdb` executes it over our scans.
///
/// Words: a *span* is a place in the user's bytes, and every node has one; a *hint*
/// stands in
/// `/*+ */`; a *statement set* is several inserts that start together.
///
/// Flow: SourceText -> Token -> Statement -> (table definition | DuckDB text | stream
/// plan).
///
/// Invariants: nothing the user wrote is dropped silently: it is in the tree, or the
/// statement is refused by name and place. Text reaches DuckDB only through the tree and
/// only for functions in `functions.h`. Trees are bounded in depth, so every walk over
/// one may recurse.

#include "tarn/sql/ast_ddl.h"
#include "tarn/sql/ast_expression.h"
#include "tarn/sql/ast_name.h"
#include "tarn/sql/ast_query.h"
#include "tarn/sql/ast_statement.h"
