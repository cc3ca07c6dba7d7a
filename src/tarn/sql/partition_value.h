// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tarn/sql/ast_ddl.h"
#include "tarn/sql/source_text.h"
#include "tarn/types/table_schema.h"

namespace tarn::sql {

/// The text of a partition value: a string, number, date, timestamp or boolean; the
/// partition's default name for NULL. Errors: kUnsupported with place for other
/// expressions.
Result<std::string> PartitionValueText(const Expression& value,
                                       const std::string& default_name,
                                       const SourceText& source);

/// Column -> value text of a PARTITION clause in which every column has a value. Errors:
/// kInvalidInput with place (no partition column, a column without a value or named
/// twice), kUnsupported.
Result<std::map<std::string, std::string>> PartitionTextOf(
    const PartitionSpec& spec, const types::TableSchema& schema,
    const SourceText& source);

/// "dt=1,hh=2;dt=2" as arguments of procedures have it: column -> value text each.
/// Errors: kInvalidInput for text of another form, and for none at all.
Result<std::vector<std::map<std::string, std::string>>> PartitionTextsOf(
    const std::string& text);

}  // namespace tarn::sql
