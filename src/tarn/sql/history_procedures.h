// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "tarn/sql/ast_expression.h"
#include "tarn/table/listing.h"
#include "tarn/table/table.h"

namespace tarn::sql {

/// Procedures on tags, branches, consumers and rollbacks, with Flink's parameters.
///
/// `sys.create_tag`, `create_tag_from_timestamp`, `replace_tag`, `rename_tag`,
/// `delete_tag`, `create_branch`, `delete_branch`, `fast_forward`, `rollback_to`,
/// `rollback_to_timestamp`, `reset_consumer`, `clear_consumers`.
struct ProcedureParameter {
  std::string_view name;
  LiteralKind kind;  ///< kString, kInteger, or kTrue for a boolean
  bool required;
};

/// Parameters of `procedure` in order, the table first; empty = not one of these.
std::span<const ProcedureParameter> HistoryParameters(std::string_view procedure);

/// Run one of them. \param arguments  text by parameter; booleans "true" or "false"
/// \return what Flink's procedure answers. Errors: those of the change.
Result<table::Listing> RunHistoryProcedure(
    std::string_view procedure, const table::Table& table,
    const std::map<std::string, std::string>& arguments);

}  // namespace tarn::sql
