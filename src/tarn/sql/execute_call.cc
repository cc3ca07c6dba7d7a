// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "tarn/sql/parser.h"
#include "tarn/sql/partition_value.h"
#include "tarn/sql/session.h"

namespace tarn::sql {
namespace {

Status Refuse(std::string sentence, Span span, const SourceText& source,
              std::string hint = "") {
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedStatement, std::move(sentence),
                   span, "", std::move(hint)},
                  source);
}

/// Arguments of sys.compact in the order of Paimon's procedure.
constexpr const char* kCompactArguments[] = {
    "table",   "partitions", "order_strategy",      "order_by",
    "options", "where",      "partition_idle_time", "compact_strategy"};

Result<std::map<std::string, std::pair<std::string, Span>>> Arguments(
    const CallProcedure& node, const SourceText& source) {
  std::map<std::string, std::pair<std::string, Span>> out;
  for (size_t i = 0; i < node.arguments.size(); ++i) {
    const CallArgument& argument = node.arguments[i];
    std::string name;
    if (argument.name) {
      name = argument.name->name;
    } else if (i < std::size(kCompactArguments)) {
      name = kCompactArguments[i];
    }
    bool known = false;
    for (const char* candidate : kCompactArguments) known = known || name == candidate;
    const Literal* literal = argument.value->As<Literal>();
    if (!known || literal == nullptr || literal->kind != LiteralKind::kString) {
      return ToStatus({ErrorKind::kInvalidInput, kBadArguments,
                       known ? "An argument of sys.compact is a string"
                             : "sys.compact has no such argument",
                       argument.value->span, "",
                       "CALL sys.compact(`table` => 'db.t', partitions => 'p=1;p=2')"},
                      source);
    }
    out[name] = {literal->text, argument.value->span};
  }
  return out;
}

}  // namespace

Result<StatementResult> Session::Run(const CallProcedure& node,
                                     const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(auto called, CallTableProcedure(node, source));
  if (called) return *std::move(called);
  const auto& parts = node.procedure.parts;
  const bool compact = parts.size() >= 2 && parts[parts.size() - 2].name == "sys" &&
                       parts.back().name == "compact";
  if (!compact) {
    return Refuse("The procedure " + node.procedure.ToString() + " is not supported yet",
                  node.procedure.span, source, "sys.compact is");
  }
  ARROW_ASSIGN_OR_RAISE(const auto arguments, Arguments(node, source));
  table::CompactRequest request;
  const std::string* name = nullptr;
  Span name_span = node.procedure.span;
  for (const auto& [argument, value] : arguments) {
    const auto& [text, span] = value;
    if (argument == "table") {
      name = &text;
      name_span = span;
    } else if (argument == "partitions") {
      auto partitions = PartitionTextsOf(text);
      if (!partitions.ok()) return AtPlace(partitions.status(), span, source);
      request.partitions = *std::move(partitions);
    } else if (argument == "compact_strategy" && text == "full") {
      continue;
    } else if (!text.empty()) {
      return Refuse("The argument " + argument + " of sys.compact is not supported yet",
                    span, source);
    }
  }
  if (name == nullptr) {
    return AtPlace(InvalidInput(1171, "sys.compact needs a table"), node.procedure.span,
                   source);
  }
  FullName full{parts.size() == 3 ? parts[0].name : current_catalog_, current_database_,
                *name};
  if (const size_t dot = name->find('.'); dot != std::string::npos) {
    full.database = name->substr(0, dot);
    full.object = name->substr(dot + 1);
  }
  auto catalog = CatalogOf(full);
  if (!catalog.ok()) return AtPlace(catalog.status(), name_span, source);
  auto table = (*catalog)->GetTable(full.table());
  if (!table.ok()) return AtPlace(table.status(), name_span, source);
  auto report = (*table)->Compact(request);
  if (!report.ok()) return AtPlace(report.status(), node.procedure.span, source);
  ARROW_ASSIGN_OR_RAISE(StatementResult out, TextRows({"result"}, {{"Success"}}));
  out.message = fmt::format("Compacted {} buckets: {} files to {}, {} rows to {}.",
                            report->buckets, report->files_before, report->files_after,
                            report->rows_before, report->rows_after);
  return out;
}

Result<StatementResult> Session::Run(const Delete& node, const SourceText& source) {
  return Refuse("DELETE is not supported yet", node.target.span, source,
                "Deletes reach a table through a change stream");
}

Result<StatementResult> Session::Run(const Update& node, const SourceText& source) {
  return Refuse("UPDATE is not supported yet", node.target.span, source,
                "INSERT INTO a table with a primary key replaces rows");
}

Result<StatementResult> Session::Run(const UnsupportedStatement& node,
                                     const SourceText& source) {
  return UnsupportedStatementError(node, source);
}

}  // namespace tarn::sql
