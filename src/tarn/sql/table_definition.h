// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tarn/meta/schema_check.h"
#include "tarn/sql/ast_ddl.h"
#include "tarn/stream/source_definition.h"
#include "tarn/types/table_schema.h"

namespace tarn::sql {

/// The options as a map; of a key that stands twice the last value counts, as in Flink.
std::map<std::string, std::string> OptionsOf(const std::vector<Property>& properties);

/// True for a table of another system: it has a 'connector' that is not paimon.
bool IsSource(const CreateTable& table);

/// The schema of a Paimon table, as the catalog takes it: physical columns with comments,
/// keys, partition columns, options, comment; without ids.
/// Errors: kInvalidInput with place (a key column that does not exist or is nullable by
/// declaration, a connector in a table that is not TEMPORARY), kUnsupported with place
/// (computed and metadata columns, WATERMARK, CREATE TABLE AS without columns).
Result<types::TableSchema> ToTableSchema(const CreateTable& table,
                                         const SourceText& source);

/// The declaration of a source table. Computed columns are left to the caller: they are
/// part of the select. Errors: as above, and those of `stream::SourceDefinition::Make`
/// with the place of the table.
Result<stream::SourceDefinition> ToSourceDefinition(const CreateTable& table,
                                                    const SourceText& source);

/// All checks of a Paimon table's definition with the user's places: one error that lists
/// every mistake with line and column, and the corrected DDL; notices are appended.
Status CheckDdl(const CreateTable& table, const types::TableSchema& schema,
                const SourceText& source, std::vector<meta::Notice>* notices);

/// Flink's SHOW CREATE TABLE of a Paimon table.
std::string ShowCreateTable(const ObjectName& name, const types::TableSchema& schema);

}  // namespace tarn::sql
