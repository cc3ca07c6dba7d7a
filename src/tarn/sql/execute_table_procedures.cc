// SPDX-License-Identifier: Apache-2.0
// CALL sys.<procedure> of procedures that change a table's schema or its partitions.
#include <map>
#include <utility>

#include "tarn/sql/partition_value.h"
#include "tarn/sql/session.h"
#include "tarn/table/partitions.h"

namespace tarn::sql {
namespace {

struct Argument {
  std::string text;
  Span span;
};
using Arguments = std::map<std::string, Argument>;

/// What a procedure takes, in Paimon's order; the last name of `many` repeats.
struct Signature {
  std::string_view procedure;
  std::vector<std::string_view> names;
  size_t required = 0;
  bool many = false;
};

const std::vector<Signature>& Signatures() {
  static const std::vector<Signature> kAll = {
      {"alter_column_default_value", {"table", "column", "default_value"}, 2},
      {"drop_partition", {"table", "partitions"}, 2, true},
      {"mark_partition_done", {"table", "partitions"}, 2},
      {"rescale",
       {"table", "bucket_num", "partition", "scan_parallelism", "sink_parallelism"},
       1},
  };
  return kAll;
}

Status Bad(const Signature& signature, std::string sentence, Span span,
           const SourceText& source) {
  std::string form = fmt::format("CALL sys.{}(", signature.procedure);
  for (size_t i = 0; i < signature.names.size(); ++i) {
    form += fmt::format("{}`{}` => ...", i == 0 ? "" : ", ", signature.names[i]);
  }
  return ToStatus({ErrorKind::kInvalidInput, kBadArguments, std::move(sentence), span, "",
                   form + ")"},
                  source);
}

Result<Arguments> Bind(const CallProcedure& node, const Signature& signature,
                       const SourceText& source) {
  Arguments out;
  for (size_t i = 0; i < node.arguments.size(); ++i) {
    const CallArgument& argument = node.arguments[i];
    const Span span = argument.value->span;
    std::string name;
    if (argument.name) {
      name = argument.name->name;
    } else if (i < signature.names.size() || signature.many) {
      name = signature.names[std::min(i, signature.names.size() - 1)];
    }
    bool known = false;
    for (std::string_view candidate : signature.names) known |= name == candidate;
    if (!known) {
      return Bad(signature,
                 fmt::format("sys.{} has no such argument", signature.procedure), span,
                 source);
    }
    const Literal* literal = argument.value->As<Literal>();
    const bool plain = literal != nullptr && (literal->kind == LiteralKind::kString ||
                                              literal->kind == LiteralKind::kInteger);
    if (!plain) {
      return Bad(signature, "An argument of a procedure is a string or a whole number",
                 span, source);
    }
    const auto at = out.find(name);
    if (at == out.end()) {
      out[name] = {literal->text, span};
    } else if (signature.many && !argument.name) {
      at->second.text += ";" + literal->text;
    } else {
      return Bad(signature, fmt::format("The argument {} stands twice", name), span,
                 source);
    }
  }
  for (size_t i = 0; i < signature.required; ++i) {
    if (out.contains(std::string(signature.names[i]))) continue;
    return Bad(signature,
               fmt::format("sys.{} needs {}", signature.procedure, signature.names[i]),
               node.procedure.span, source);
  }
  return out;
}

Result<int32_t> NumberOf(const Argument& argument) {
  int64_t value = 0;
  for (char c : argument.text) {
    if (c < '0' || c > '9' || (value = value * 10 + (c - '0')) > INT32_MAX) {
      return InvalidInput(1449, "A whole number is wanted:", V("text", argument.text));
    }
  }
  return static_cast<int32_t>(value);
}

Status RunRescale(const Arguments& arguments, const table::Table& table) {
  table::RescaleRequest request;
  for (const auto& [name, argument] : arguments) {
    if (name == "bucket_num") {
      ARROW_ASSIGN_OR_RAISE(request.buckets, NumberOf(argument));
    } else if (name == "partition") {
      ARROW_ASSIGN_OR_RAISE(auto partitions, PartitionTextsOf(argument.text));
      request.partition = std::move(partitions[0]);
    }
  }
  return table::Rescale(table, request);
}

Status RunOnPartitions(const Arguments& arguments, const table::Table& table, bool drop) {
  ARROW_ASSIGN_OR_RAISE(const auto partitions,
                        PartitionTextsOf(arguments.at("partitions").text));
  return drop ? table::Truncate(table, partitions)
              : table::MarkPartitionsDone(table, partitions);
}

}  // namespace

std::vector<std::string> TableProcedures() {
  std::vector<std::string> out;
  for (const Signature& signature : Signatures()) {
    out.push_back(fmt::format("sys.{}", signature.procedure));
  }
  return out;
}

Result<std::optional<StatementResult>> Session::CallTableProcedure(
    const CallProcedure& node, const SourceText& source) {
  const auto& parts = node.procedure.parts;
  if (parts.size() < 2 || parts[parts.size() - 2].name != "sys") return std::nullopt;
  const Signature* signature = nullptr;
  for (const Signature& candidate : Signatures()) {
    if (candidate.procedure == parts.back().name) signature = &candidate;
  }
  if (signature == nullptr) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(const Arguments arguments, Bind(node, *signature, source));
  const Argument& named = arguments.at("table");
  FullName full{parts.size() == 3 ? parts[0].name : current_catalog_, current_database_,
                named.text};
  if (const size_t dot = named.text.find('.'); dot != std::string::npos) {
    full.database = named.text.substr(0, dot);
    full.object = named.text.substr(dot + 1);
  }
  auto catalog = CatalogOf(full);
  if (!catalog.ok()) return AtPlace(catalog.status(), named.span, source);
  auto table = (*catalog)->GetTable(full.table());
  if (!table.ok()) return AtPlace(table.status(), named.span, source);
  Status status;
  if (signature->procedure == "rescale") {
    status = RunRescale(arguments, **table);
  } else if (signature->procedure == "alter_column_default_value") {
    meta::UpdateColumnDefaultChange change;
    for (std::string_view rest = arguments.at("column").text; !rest.empty();) {
      const size_t dot = rest.find('.');
      change.path.emplace_back(rest.substr(0, dot));
      rest = dot == rest.npos ? std::string_view() : rest.substr(dot + 1);
    }
    if (const auto value = arguments.find("default_value"); value != arguments.end()) {
      change.default_value = value->second.text;
    }
    status = (*catalog)->AlterTable(full.table(), {change}, false, nullptr);
  } else {
    status =
        RunOnPartitions(arguments, **table, signature->procedure == "drop_partition");
  }
  if (!status.ok()) return AtPlace(status, node.procedure.span, source);
  ARROW_ASSIGN_OR_RAISE(StatementResult out, TextRows({"result"}, {{"Success"}}));
  return out;
}

}  // namespace tarn::sql
