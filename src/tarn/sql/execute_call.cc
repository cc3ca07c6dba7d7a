// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <span>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/sql/history_procedures.h"
#include "tarn/sql/parser.h"
#include "tarn/sql/partition_value.h"
#include "tarn/sql/session.h"
#include "tarn/types/arrow_types.h"

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

/// Values of the arguments by parameter, named or in order.
Result<std::map<std::string, std::string>> Bind(
    const CallProcedure& node, std::span<const ProcedureParameter> parameters,
    const SourceText& source) {
  const auto refuse = [&](std::string sentence, Span span) {
    std::string form;
    for (const ProcedureParameter& parameter : parameters) {
      form += (form.empty() ? "`" : ", `") + std::string(parameter.name) + "`";
    }
    return ToStatus({ErrorKind::kInvalidInput, kBadArguments, std::move(sentence), span,
                     "", "Its arguments are " + form},
                    source);
  };
  std::map<std::string, std::string> out;
  size_t place = 0;
  for (const CallArgument& argument : node.arguments) {
    const Literal* literal = argument.value->As<Literal>();
    const Span span = argument.value->span;
    if (literal == nullptr) return refuse("An argument is a literal", span);
    const bool flag =
        literal->kind == LiteralKind::kTrue || literal->kind == LiteralKind::kFalse;
    const ProcedureParameter* found = nullptr;
    if (argument.name) {
      for (const ProcedureParameter& parameter : parameters) {
        if (parameter.name == argument.name->name) found = &parameter;
      }
    } else {
      // A flag may stand where a text was left out.
      while (place < parameters.size() && flag &&
             parameters[place].kind != LiteralKind::kTrue) {
        if (parameters[place].required) break;
        ++place;
      }
      if (place < parameters.size()) found = &parameters[place++];
    }
    if (found == nullptr) return refuse("The procedure has no such argument", span);
    if (literal->kind == LiteralKind::kNull && !found->required) continue;
    if (flag ? found->kind != LiteralKind::kTrue : literal->kind != found->kind) {
      return refuse("An argument has another type", span);
    }
    out[std::string(found->name)] =
        flag ? (literal->kind == LiteralKind::kTrue ? "true" : "false") : literal->text;
  }
  for (const ProcedureParameter& parameter : parameters) {
    if (!parameter.required || out.contains(std::string(parameter.name))) continue;
    return refuse("An argument is missing: " + std::string(parameter.name),
                  node.procedure.span);
  }
  return out;
}

Result<StatementResult> AnswerOf(const table::Listing& listing) {
  StatementResult out;
  out.kind = ResultKind::kRows;
  out.fields = listing.fields();
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < out.fields.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto array, listing.Column(i));
    arrays.push_back(std::move(array));
  }
  ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(out.fields));
  auto batch = arrow::RecordBatch::Make(schema, listing.rows(), std::move(arrays));
  ARROW_ASSIGN_OR_RAISE(out.rows, arrow::RecordBatchReader::Make({batch}, schema));
  return out;
}

}  // namespace

Result<StatementResult> Session::RunHistoryCall(const CallProcedure& node,
                                                const SourceText& source) {
  const auto& parts = node.procedure.parts;
  ARROW_ASSIGN_OR_RAISE(const auto arguments,
                        Bind(node, HistoryParameters(parts.back().name), source));
  FullName full{parts.size() == 3 ? parts[0].name : current_catalog_, current_database_,
                arguments.at("table")};
  if (const size_t dot = full.object.find('.'); dot != std::string::npos) {
    full.database = full.object.substr(0, dot);
    full.object = full.object.substr(dot + 1);
  }
  const Span span = node.procedure.span;
  auto catalog = CatalogOf(full);
  if (!catalog.ok()) return AtPlace(catalog.status(), span, source);
  auto table = (*catalog)->GetTable(full.table());
  if (!table.ok()) return AtPlace(table.status(), span, source);
  auto answer = RunHistoryProcedure(parts.back().name, **table, arguments);
  if (!answer.ok()) return AtPlace(answer.status(), span, source);
  return AnswerOf(*answer);
}

Result<StatementResult> Session::Run(const CallProcedure& node,
                                     const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(auto called, CallTableProcedure(node, source));
  if (called) return *std::move(called);
  const auto& parts = node.procedure.parts;
  const bool system = parts.size() >= 2 && parts[parts.size() - 2].name == "sys";
  if (system && !HistoryParameters(parts.back().name).empty()) {
    return RunHistoryCall(node, source);
  }
  const bool compact = parts.size() >= 2 && parts[parts.size() - 2].name == "sys" &&
                       parts.back().name == "compact";
  if (!compact) {
    return Refuse("The procedure " + node.procedure.ToString() + " is not supported yet",
                  node.procedure.span, source,
                  "sys.compact and those on tags, branches, rollbacks and consumers are");
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
