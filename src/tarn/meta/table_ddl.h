// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// CREATE TABLE as Flink reads it back: columns, comments, primary key, partition
/// columns, options. Names that Flink reserves are in back-ticks, options begin with the
/// merge engine and the bucket.
///
/// \param table_name  printed as it is: already quoted where that is needed
/// \param comments    option key -> remark printed in a `--` line above it
std::string TableDdl(std::string_view table_name, const types::TableSchema& schema,
                     const std::map<std::string, std::string>& comments = {});

/// A type as Flink's DDL spells it, nested ones too: ROW<`a` INT, ...>.
std::string DdlType(const types::DataType& type);

/// A column's default value as a literal of DDL.
std::string DefaultLiteral(const std::string& text);

/// `name`: always in back-ticks, so that any word can be a name.
std::string DdlName(std::string_view name);
/// 'text' with its quotes doubled.
std::string DdlString(std::string_view text);

}  // namespace tarn::meta
