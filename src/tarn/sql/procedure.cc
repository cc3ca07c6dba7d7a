// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/procedure.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tarn/base/units.h"
#include "tarn/options/options.h"

namespace tarn::sql {
namespace {

/// Procedures of Flink's and Spark's that are not there yet.
constexpr std::string_view kOthers[] = {
    "alter_function",
    "alter_view_dialect",
    "clone",
    "compact_chain_table",
    "compact_database",
    "compact_manifest",
    "copy",
    "copy_files",
    "create_function",
    "create_global_index",
    "data_evolution_merge_into",
    "drop_function",
    "drop_global_index",
    "full_text_search",
    "materialize_deletion_vectors",
    "merge_branch",
    "merge_into",
    "migrate_database",
    "migrate_table",
    "purge_files",
    "query_service",
    "reassign_row_id",
    "remove_orphan_files",
    "remove_unexisting_files",
    "remove_unexisting_manifests",
    "repair",
    "repair_earliest_snapshot",
    "rewrite_file_index",
    "trigger_tag_automatic_creation",
    "vector_search",
};

std::string_view TypeName(ArgumentType type) {
  switch (type) {
    case ArgumentType::kString:
      return "STRING";
    case ArgumentType::kInt:
      return "INT";
    case ArgumentType::kBigInt:
      return "BIGINT";
    case ArgumentType::kBoolean:
      return "BOOLEAN";
  }
  return "";
}

std::vector<Procedure> MakeProcedures() {
  std::vector<Procedure> all;
  for (auto* chapter : {&TagProcedures, &BranchProcedures, &RollbackProcedures,
                        &PartitionProcedures, &UpkeepProcedures}) {
    std::vector<Procedure> more = chapter();
    std::move(more.begin(), more.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(),
            [](const Procedure& a, const Procedure& b) { return a.name < b.name; });
  return all;
}

}  // namespace

void ProcedureArguments::Set(std::string_view name, Value value) {
  values_[std::string(name)] = std::move(value);
}

const ProcedureArguments::Value* ProcedureArguments::Find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

const std::string& ProcedureArguments::Text(std::string_view name) const {
  return values_.at(std::string(name)).text;
}

std::optional<std::string> ProcedureArguments::TextIfAny(std::string_view name) const {
  const Value* value = Find(name);
  if (value == nullptr || base::Trim(value->text).empty()) return std::nullopt;
  return value->text;
}

std::optional<int64_t> ProcedureArguments::NumberIfAny(std::string_view name) const {
  const Value* value = Find(name);
  if (value == nullptr) return std::nullopt;
  return value->number;
}

bool ProcedureArguments::Flag(std::string_view name) const {
  const Value* value = Find(name);
  return value != nullptr && value->text == "true";
}

Result<std::map<std::string, std::string>> ProcedureArguments::Options(
    std::string_view name) const {
  std::map<std::string, std::string> out;
  const auto text = TextIfAny(name);
  if (!text) return out;
  for (const std::string& part : options::SplitList(*text)) {
    const std::string_view pair = part;
    const size_t equals = pair.find('=');
    if (equals == pair.npos) {
      return InvalidInput(1174,
                          "Options are written key=value,key=value:", V("text", *text));
    }
    out[std::string(base::Trim(pair.substr(0, equals)))] =
        base::Trim(pair.substr(equals + 1));
  }
  return out;
}

std::string Procedure::Form() const {
  std::string out = fmt::format("sys.{}(`table` => STRING", name);
  for (const ProcedureArgument& argument : arguments) {
    const std::string text =
        fmt::format("{} => {}", argument.name, TypeName(argument.type));
    out += argument.required ? ", " + text : ", [" + text + "]";
  }
  return out + ")";
}

const std::vector<Procedure>& Procedures() {
  static const std::vector<Procedure> kAll = MakeProcedures();
  return kAll;
}

const Procedure* FindProcedure(std::string_view name) {
  for (const Procedure& procedure : Procedures()) {
    if (procedure.name == name) return &procedure;
  }
  return nullptr;
}

bool IsPaimonProcedure(std::string_view name) {
  return FindProcedure(name) != nullptr ||
         std::find(std::begin(kOthers), std::end(kOthers), name) != std::end(kOthers);
}

std::string ProceduresMarkdown() {
  std::string out = "| `sys.` | arguments after `table` | |\n|---|---|---|\n";
  for (const Procedure& procedure : Procedures()) {
    std::string arguments;
    for (const ProcedureArgument& argument : procedure.arguments) {
      if (!arguments.empty()) arguments += ", ";
      arguments += fmt::format("`{}`", argument.name);
      if (!argument.spark_name.empty()) {
        arguments += fmt::format(" (`{}`)", argument.spark_name);
      }
      if (argument.separator != 0) arguments += " ..";
      arguments += fmt::format(" {}", TypeName(argument.type));
      if (!argument.required) arguments += "?";
    }
    out += fmt::format("| `{}` | {} | {} |\n", procedure.name, arguments, procedure.says);
  }
  return out;
}

ProcedureAnswer SayResult(const table::Table& table, std::string text) {
  table::Listing rows(table.context().pool);
  rows.AddColumn("result", types::DataType::String());
  rows.AddRow({std::move(text)});
  return {std::move(rows), ""};
}

}  // namespace tarn::sql
