// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/meta/schema_change.h"
#include "tarn/sql/ast_ddl.h"
#include "tarn/sql/source_text.h"
#include "tarn/types/table_schema.h"

namespace tarn::sql {

/// What an ALTER TABLE asks of the schema, as Paimon's catalogs for Flink and Spark
/// understand it: `comment` among the options is the table's comment; MODIFY states the
/// whole type, and the comment if it is to change; TYPE keeps the nullability.
///
/// \param schema  the table's latest schema
/// Errors: kInvalidInput with place (a column that is not there), kUnsupported with place
/// (moving a column inside another one). None for actions that are no change of the
/// schema.
Result<std::vector<meta::SchemaChange>> ToSchemaChanges(const AlterTable& alter,
                                                        const types::TableSchema& schema,
                                                        const SourceText& source);

}  // namespace tarn::sql
