// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tarn/sql/ast.h"
#include "tarn/sql/source_text.h"
#include "tarn/types/data_type.h"

namespace tarn::sql {

/// Whether a column's values hold a VARIANT at some depth.
bool HoldsVariant(const types::DataType& type);

/// Variants are passed on and asked for NULL, nothing else: the engine behind the queries
/// would compare their bytes. So a query over tables that have such columns is one SELECT
/// over these tables, with the columns alone in its list or under IS [NOT] NULL.
/// \param fields_at  columns of the bound tables by their place in the text
/// Errors: kUnsupported with the place of the first other use.
Status CheckVariantUses(
    const Query& query,
    const std::map<uint32_t, std::vector<types::DataField>>& fields_at,
    const SourceText& source);

}  // namespace tarn::sql
