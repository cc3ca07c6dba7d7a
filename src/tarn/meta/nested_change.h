// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/meta/schema_change.h"

namespace tarn::meta {

/// Append the changes that make a column of type `from` one of type `to`, member by
/// member: fields of rows dropped, added and changed, elements of arrays and values of
/// maps changed, nullability last (Paimon `NestedSchemaUtils`). Nothing for equal types.
/// Errors: kInvalidInput for a nested type that becomes another kind of type, fields in
/// another order, a map's key of another type.
Status AppendTypeChanges(const ColumnPath& path, const types::DataType& from,
                         const types::DataType& to, std::vector<SchemaChange>* changes);

}  // namespace tarn::meta
