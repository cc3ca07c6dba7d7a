// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/sql/parser.h"
#include "tarn/sql/procedure.h"
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

Status NoSuchProcedure(const ObjectName& name, const SourceText& source) {
  const auto& parts = name.parts;
  const bool system = parts.size() >= 2 && parts[parts.size() - 2].name == "sys";
  if (system && IsPaimonProcedure(parts.back().name)) {
    return Refuse("The procedure " + name.ToString() + " is not supported yet", name.span,
                  source, "SHOW PROCEDURES tells those that are");
  }
  std::vector<std::string_view> names;
  for (const Procedure& procedure : Procedures()) names.push_back(procedure.name);
  std::string hint = DidYouMean(NearestOf(parts.back().name, names));
  if (hint.empty()) hint = "SHOW PROCEDURES tells those that are there";
  return ToStatus({ErrorKind::kInvalidInput, kBadArguments,
                   "There is no procedure " + name.ToString(), name.span, "", hint},
                  source);
}

Result<StatementResult> AnswerOf(ProcedureAnswer answer) {
  const table::Listing& listing = answer.rows;
  StatementResult out;
  out.kind = ResultKind::kRows;
  out.fields = listing.fields();
  out.message = std::move(answer.message);
  out.notices = std::move(answer.notices);
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

Result<StatementResult> Session::Run(const CallProcedure& node,
                                     const SourceText& source) {
  const auto& parts = node.procedure.parts;
  const bool system = parts.size() >= 2 && parts[parts.size() - 2].name == "sys";
  const Procedure* procedure = system ? FindProcedure(parts.back().name) : nullptr;
  if (procedure == nullptr) return NoSuchProcedure(node.procedure, source);
  ARROW_ASSIGN_OR_RAISE(const auto arguments, BindArguments(node, *procedure, source));
  const ProcedureArguments::Value& named = *arguments.Find("table");
  FullName full{parts.size() == 3 ? parts[0].name : current_catalog_, current_database_,
                named.text};
  if (const size_t dot = full.object.find('.'); dot != std::string::npos) {
    full.database = full.object.substr(0, dot);
    full.object = full.object.substr(dot + 1);
  }
  auto catalog = CatalogOf(full);
  if (!catalog.ok()) return AtPlace(catalog.status(), named.span, source);
  auto table = (*catalog)->GetTable(full.table());
  if (!table.ok()) return AtPlace(table.status(), named.span, source);
  auto answer = procedure->run({**catalog, full.table(), **table, arguments});
  if (!answer.ok()) return AtPlace(answer.status(), node.procedure.span, source);
  return AnswerOf(*std::move(answer));
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
