// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tarn/sql/token_stream.h"

namespace tarn::sql {

/// Parse a data type at the cursor, Flink's whole syntax: atomic types with their
/// synonyms, ARRAY<t>, MULTISET<t>, MAP<k, v>, ROW<name t 'comment', ...>, ROW(name t,
/// ...), `t ARRAY`, `t MULTISET`, [NOT] NULL behind any of them; Paimon's VARIANT, BLOB
/// and VECTOR<t, n>.
///
/// Defaults are Flink's: VARCHAR is STRING, VARBINARY is BYTES, CHAR and BINARY have
/// length 1, DECIMAL is DECIMAL(10, 0), TIME is TIME(0), TIMESTAMP and TIMESTAMP_LTZ have
/// precision 6. Field ids of ROWs are 0 until `types::AssignFieldIds`. Errors:
/// kInvalidInput (unknown type, bound exceeded), kUnsupported (INTERVAL, RAW, STRUCTURED,
/// TIMESTAMP WITH TIME ZONE: Paimon cannot store them).
Result<TypeRef> ParseType(TokenStream* stream);

}  // namespace tarn::sql
