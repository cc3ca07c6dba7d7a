// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tarn/base/status.h"
#include "tarn/sql/ast.h"

namespace tarn::sql {

/// \file
/// Queries of the Flink dialect, written again as DuckDB's SQL.
///
/// Where the two differ, the text says so: every ORDER BY has its null order, integers
/// are divided by `tarn_div`, casts that round, truncate or format go through `tarn_`
/// functions, select items get Flink's names (EXPR$0). What has no proven equal is
/// refused by name and place. The text calls these functions, which whoever executes it
/// defines with the types that DuckDB's binder knows (T is the type of the argument
/// named):
///
///   tarn_div(a, b), tarn_mod(a, b)   Flink's / and %: integers of the wider type,
///   truncated,
///                                    an error for zero; DECIMAL by Flink's rules; else
///                                    DOUBLE
///   tarn_sum(s, x)                   the sum s of x, in Flink's type: T(x) for integers
///   and
///                                    floats, DECIMAL(38, scale) for decimals
///   tarn_avg(s, n, x)                s / n in Flink's type: T(x) truncated for integers
///   tarn_cast_tinyint|smallint|int|bigint(x)   truncates fractions towards zero
///   tarn_cast_string(x)              Flink's text: TRUE, 1.0E10, 2024-01-01 00:00:00.000
///   tarn_cast_char(x, n)             that text cut or filled with blanks to n characters
///   tarn_cast_bytes(x)               text as UTF-8, bytes as they are
///   tarn_cast_decimal(x, p, s)       half up
///   tarn_cast_timestamp(x, p)        TIMESTAMP cut to p <= 6 digits; for p > 6
///   TIMESTAMP_NS tarn_cast_ltz(x, p)              the same for TIMESTAMP_LTZ
///   tarn_plus_interval(x, i)         DATE stays DATE
///   tarn_substring(x, start[, n])    start 0 is 1, negative counts from the end
///   tarn_round(x, n), tarn_floor(x), tarn_ceil(x)   types and half-up rounding of Flink
///   tarn_cardinality(x)              entries of a list or a map
///   tarn_current_timestamp(), tarn_local_timestamp(), tarn_current_date(),
///   tarn_local_time()

/// A table as the executor knows it.
struct Relation {
  std::string text;                  ///< what stands in DuckDB's FROM
  std::vector<std::string> columns;  ///< in order; empty if unknown
};

/// Answers for the tables that a query names.
class RelationBinder {
 public:
  virtual ~RelationBinder() = default;
  /// \param table  name, hints and time travel; each must be obeyed or refused
  /// \param span   its place, for errors
  virtual Result<Relation> Bind(const NamedTable& table, Span span) = 0;
};

/// A stretch of the emitted text and the place in the user's text that it stands for.
struct SourceMapping {
  uint32_t offset = 0;
  uint32_t length = 0;
  Span user;
};

struct EmittedQuery {
  std::string text;
  std::vector<SourceMapping> map;
  std::vector<std::string>
      functions;                    ///< the `tarn_` functions called; sorted, once each
  std::vector<Span> ignored_hints;  ///< join hints: they change speed, not answers
  /// A TIMESTAMP literal of more than 6 digits that TIMESTAMP_NS cannot hold.
  std::optional<Span> beyond_nanoseconds;

  /// The narrowest user place around a byte of `text`; the whole query when there is
  /// none.
  Span UserPlace(uint32_t offset) const;
};

/// Write a batch query for DuckDB.
/// \param fine_literals  DATE and TIMESTAMP literals to write as DECIMAL(25, 9), seconds
///                       since 1970 (`fine_timestamps.h`); nullptr = none
/// Errors: kUnsupported (by name and place), kInvalidInput (a name spelled in another
/// case, a function called wrongly, an aggregate inside itself), and those of the binder.
Result<EmittedQuery> EmitDuckDb(
    const Query& query, const SourceText& source, RelationBinder* binder,
    const std::set<const Expression*>* fine_literals = nullptr);

/// Write one expression over the named columns, for a computed column or a filter.
Result<EmittedQuery> EmitDuckDbExpression(const Expression& expression,
                                          const SourceText& source,
                                          const std::vector<std::string>& columns);

}  // namespace tarn::sql
