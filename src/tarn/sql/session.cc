// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/session.h"

#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tarn/sql/parser.h"

namespace tarn::sql {
namespace {

constexpr const char* kDefaultCatalog = "paimon";
constexpr const char* kDefaultDatabase = "default";

}  // namespace

std::string FullName::Key() const {
  // No part holds a line feed: names are checked where they become paths.
  return catalog + "\n" + database + "\n" + object;
}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::Make(std::shared_ptr<base::Context> context,
                                               SessionOptions options) {
  std::unique_ptr<Session> session(new Session());
  session->context_ = std::move(context);
  ARROW_ASSIGN_OR_RAISE(
      session->catalogs_[kDefaultCatalog],
      catalog::MakeFileSystemCatalog(session->context_, options.warehouse));
  session->catalog_options_[kDefaultCatalog] = {{"type", "paimon"},
                                                {"warehouse", options.warehouse}};
  session->current_catalog_ = kDefaultCatalog;
  session->current_database_ = kDefaultDatabase;
  session->options_ = std::move(options);
  return session;
}

Result<StatementResult> Session::Execute(const Statement& statement,
                                         const SourceText& source) {
  if (engine_ != nullptr) engine_->ForgetRelations();
  return Dispatch(statement, source);
}

Result<StatementResult> Session::Dispatch(const Statement& statement,
                                          const SourceText& source) {
  return std::visit([&](const auto& node) { return Run(node, source); }, statement.node);
}

Result<FullName> Session::Resolve(const ObjectName& name,
                                  const SourceText& source) const {
  FullName out{current_catalog_, current_database_, name.object()};
  const size_t parts = name.parts.size();
  if (parts > 3) {
    return ToStatus(
        {ErrorKind::kInvalidInput, kSyntaxError,
         "A name has at most a catalog, a database and an object", name.span, "", ""},
        source);
  }
  if (parts >= 2) out.database = name.parts[parts - 2].name;
  if (parts == 3) out.catalog = name.parts[0].name;
  return out;
}

Result<std::shared_ptr<catalog::Catalog>> Session::CatalogOf(const FullName& name) const {
  const auto found = catalogs_.find(name.catalog);
  if (found == catalogs_.end()) {
    return NotFound(4120, "Catalog does not exist:", V("catalog", name.catalog));
  }
  return found->second;
}

Status Session::AtPlace(const Status& status, Span span, const SourceText& source) const {
  if (status.ok()) return status;
  std::string message = MessageOf(status);
  // A message that has its place already keeps it.
  if (message.find("\n --> ") != std::string::npos) return status;
  int code = 0;
  const std::string text = CodeOf(status);
  if (text.size() == 9) code = std::atoi(text.c_str() + 5);
  return MakeStatus(KindOf(status), code, message + "\n" + RenderPlace(span, source));
}

Result<std::shared_ptr<table::Table>> Session::OpenTable(
    const ObjectName& name, const SourceText& source,
    const std::map<std::string, std::string>& options) const {
  ARROW_ASSIGN_OR_RAISE(const FullName full, Resolve(name, source));
  auto catalog = CatalogOf(full);
  if (!catalog.ok()) return AtPlace(catalog.status(), name.span, source);
  auto table = (*catalog)->GetTable(full.table(), options);
  if (table.ok()) return table;
  if (KindOf(table.status()) != ErrorKind::kNotFound) {
    return AtPlace(table.status(), name.span, source);
  }
  std::string hint;
  if (auto names = (*catalog)->ListTables(full.database); names.ok()) {
    const std::vector<std::string_view> candidates(names->begin(), names->end());
    hint = DidYouMean(NearestOf(full.object, candidates));
  }
  return ToStatus(
      {ErrorKind::kNotFound, 4121,
       fmt::format("Table '{}.{}' does not exist", full.database, full.object), name.span,
       "", hint},
      source);
}

Result<StatementResult> Session::TextRows(
    const std::vector<std::string>& columns,
    const std::vector<std::vector<std::string>>& rows) {
  StatementResult out;
  out.kind = ResultKind::kRows;
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t c = 0; c < columns.size(); ++c) {
    types::DataField field;
    field.id = static_cast<int32_t>(c);
    field.name = columns[c];
    // Flink answers nullability as a boolean.
    const bool boolean = columns[c] == "null";
    field.type = boolean ? types::DataType::Boolean() : types::DataType::String();
    out.fields.push_back(std::move(field));
    fields.push_back(
        arrow::field(columns[c], boolean ? arrow::boolean() : arrow::utf8()));
    if (boolean) {
      arrow::BooleanBuilder builder(context_->pool);
      for (const auto& row : rows) {
        ARROW_RETURN_NOT_OK(builder.Append(row[c] == "TRUE"));
      }
      ARROW_ASSIGN_OR_RAISE(auto array, builder.Finish());
      arrays.push_back(std::move(array));
      continue;
    }
    arrow::StringBuilder builder(context_->pool);
    for (const auto& row : rows) {
      // An absent cell of a listing is NULL.
      if (row[c] == std::string(1, '\0')) {
        ARROW_RETURN_NOT_OK(builder.AppendNull());
      } else {
        ARROW_RETURN_NOT_OK(builder.Append(row[c]));
      }
    }
    ARROW_ASSIGN_OR_RAISE(auto array, builder.Finish());
    arrays.push_back(std::move(array));
  }
  const auto schema = arrow::schema(std::move(fields));
  auto batch = arrow::RecordBatch::Make(schema, static_cast<int64_t>(rows.size()),
                                        std::move(arrays));
  ARROW_ASSIGN_OR_RAISE(out.rows, arrow::RecordBatchReader::Make({batch}, schema));
  return out;
}

std::string Session::Setting(const std::string& key, const std::string& otherwise) const {
  const auto found = settings_.find(key);
  return found == settings_.end() ? otherwise : found->second;
}

}  // namespace tarn::sql
