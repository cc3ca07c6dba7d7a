// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "tarn/sql/ast.h"
#include "tarn/types/data_type.h"

namespace tarn::sql {

/// What a query does with fine timestamps, TIMESTAMP(7) to (9) with and without zone. The
/// engine behind queries has a type for them that ends in 1677 and 2262. Where they are
/// selected alone, compared, grouped, ordered by, counted or asked for the least and the
/// greatest, decimals of seconds do as well, and those hold every year.
struct FineTimestamps {
  /// Decimals do: for all fine columns of the tables in FROM, and for those of VALUES.
  bool as_decimals = false;
  /// DATE and TIMESTAMP literals to be written as such decimals.
  std::set<const Expression*> literals;
  /// Of VALUES: the columns that hold them.
  std::set<size_t> columns;
};

/// \param fields_at  columns of the bound tables by their place in the text
/// \return `as_decimals` unset also where the query meets no fine timestamp
FineTimestamps FineTimestampsOf(
    const Query& query,
    const std::map<uint32_t, std::vector<types::DataField>>& fields_at);

}  // namespace tarn::sql
