// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/sql/query_engine.h"
#include "tarn/sql/session.h"
#include "tarn/stream/select_operator.h"

namespace tarn::sql {

/// The one table of a query that can run over a change stream row by row. Errors:
/// kUnsupported naming what would need state (aggregates, DISTINCT, joins, ORDER BY, ...)
/// and its place.
Result<const Select*> CheckStateless(const Query& query, const SourceText& source);

/// Whether a query reads exactly one named table and nothing else; its node, or nullptr.
const NamedTable* SingleTable(const Query& query);

/// The select of an INSERT as an operator over the changes of `table`.
///
/// Columns that are passed on unchanged are gathered with their absent cells; the others
/// are computed by an engine of the operator's own, a batch at a time, with the number of
/// each row beside it, which brings kinds along and keeps the order.
/// \param targets  types that the outputs are cast to (`sink_cast.h`)
/// Errors: kUnsupported and kInvalidInput with places.
Result<std::unique_ptr<stream::SelectOperator>> MakeStreamSelect(
    std::shared_ptr<const base::Context> context, const SourceTable& table,
    const Query& query, const SourceText& source,
    const std::vector<types::DataField>& targets);

}  // namespace tarn::sql
