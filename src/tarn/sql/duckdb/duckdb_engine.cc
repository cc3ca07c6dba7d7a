// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <duckdb.hpp>
#include <duckdb/main/extension/extension_loader.hpp>
#include <duckdb/main/prepared_statement.hpp>

#include "tarn/sql/diagnostic.h"
#include "tarn/sql/duckdb/flink_functions.h"
#include "tarn/sql/duckdb/result_reader.h"
#include "tarn/sql/duckdb/scan_function.h"
#include "tarn/sql/query_engine.h"
#include "tarn/sql/token.h"
#include "tarn/types/arrow_types.h"

namespace tarn::sql {
namespace {

// Codes of queries that fail while they run, by kind.
constexpr int kQueryFailed = 1120;       // a value or a type that the query cannot take
constexpr int kQueryRefused = 6122;      // DuckDB has no such operation
constexpr int kFineLiteral = 6125;       // a literal of nanoseconds beyond their years
constexpr int kQueryUnavailable = 8120;  // DuckDB could not use its temporary files
constexpr int kQueryTooLarge = 9120;     // a query needs more memory than its share
constexpr int kQueryBroken = 120;        // DuckDB found a mistake of its own

ErrorKind KindOfError(const duckdb::ErrorData& error) {
  // A TIMESTAMP beside one with more digits that ends in 1677 and 2262.
  if (error.Type() == duckdb::ExceptionType::CONVERSION &&
      error.RawMessage().find("to Timestamp(NS)") != std::string::npos) {
    return ErrorKind::kUnsupported;
  }
  switch (error.Type()) {
    case duckdb::ExceptionType::OUT_OF_MEMORY:
      return ErrorKind::kResource;
    case duckdb::ExceptionType::NOT_IMPLEMENTED:
      return ErrorKind::kUnsupported;
    case duckdb::ExceptionType::INTERNAL:
    case duckdb::ExceptionType::FATAL:
      return ErrorKind::kInternal;
    case duckdb::ExceptionType::IO:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kInvalidInput;
  }
}

int CodeOfKind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnsupported:
      return kQueryRefused;
    case ErrorKind::kResource:
      return kQueryTooLarge;
    case ErrorKind::kInternal:
      return kQueryBroken;
    case ErrorKind::kUnavailable:
      return kQueryUnavailable;
    default:
      return kQueryFailed;
  }
}

// The byte of `query` that a message points at with its caret, or the end of the text:
//
//     LINE 1: ...SELECT v + 1 FROM t...
//                         ^
uint32_t PlaceOf(std::string_view message, std::string_view query) {
  const auto none = static_cast<uint32_t>(query.size());
  const size_t line = message.rfind("\nLINE ");
  if (line == std::string_view::npos) return none;
  const size_t colon = message.find(": ", line);
  const size_t end = message.find('\n', line + 1);
  if (colon == std::string_view::npos || end == std::string_view::npos || colon > end) {
    return none;
  }
  const size_t caret = message.find('^', end);
  if (caret == std::string_view::npos) return none;
  size_t column = caret - end - 1;  // in the line that begins with LINE
  std::string_view excerpt = message.substr(line + 1, end - line - 1);
  size_t skipped = colon + 2 - line - 1;
  excerpt.remove_prefix(skipped);
  if (excerpt.starts_with("...")) {
    excerpt.remove_prefix(3);
    skipped += 3;
  }
  if (excerpt.ends_with("...")) excerpt.remove_suffix(3);
  const size_t at = query.find(excerpt);
  if (at == std::string_view::npos || column < skipped) return none;
  return static_cast<uint32_t>(std::min(at + column - skipped, query.size()));
}

// A literal that none of DuckDB's types can hold with all its digits.
Status CheckLiterals(const EmittedQuery& query, const SourceText& source) {
  if (!query.beyond_nanoseconds) return Status::OK();
  return sql::ToStatus(
      {ErrorKind::kUnsupported, kFineLiteral,
       "A TIMESTAMP of more than 6 digits outside 1677 to 2262 in such a query",
       *query.beyond_nanoseconds, "",
       "It can be a row of VALUES, or be compared with a TIMESTAMP(7) to (9) column"},
      source);
}

// What DuckDB says, at the user's place where it says one.
Status ToStatus(const duckdb::ErrorData& error, const EmittedQuery& query,
                const SourceText& source) {
  Diagnostic diagnostic;
  diagnostic.kind = KindOfError(error);
  diagnostic.code = CodeOfKind(diagnostic.kind);
  // Its first line; the rest draws the text that the user never wrote.
  std::string sentence = error.RawMessage();
  sentence = sentence.substr(0, sentence.find('\n'));
  diagnostic.sentence = std::move(sentence);
  const uint32_t offset = PlaceOf(error.RawMessage(), query.text);
  diagnostic.span = query.UserPlace(offset);
  return sql::ToStatus(diagnostic, source);
}

class DuckDbEngine final : public QueryEngine {
 public:
  Status Start(const std::shared_ptr<const base::Context>& context,
               const EngineOptions& options) {
    context_ = context;
    options_ = options;
    registry_ = std::make_shared<ScanRegistry>();
    try {
      Open();
    } catch (const std::exception& error) {
      return InternalError(121, "DuckDB did not start:",
                           V("error", duckdb::ErrorData(error).RawMessage()));
    }
    return Status::OK();
  }

  Result<std::string> AddRelation(std::shared_ptr<ScanSource> source,
                                  bool fine_as_decimal) override {
    const auto& fields = source->fields();
    for (size_t i = 0; i < fields.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (EqualsIgnoringCase(fields[i].name, fields[j].name)) {
          return Unsupported(6123, "Columns whose names differ in case only:",
                             V("first", fields[j].name), V("second", fields[i].name));
        }
      }
    }
    const int64_t id = registry_->Add(std::move(source));
    return fine_as_decimal ? fmt::format("tarn_scan({}, {} = true)", id, kFineAsDecimal)
                           : fmt::format("tarn_scan({})", id);
  }

  void ForgetRelations() override { registry_->Clear(); }

  Result<QueryResult> Execute(
      const EmittedQuery& query, const SourceText& source,
      const std::vector<std::optional<types::DataType>>& declared) override {
    ARROW_RETURN_NOT_OK(CheckLiterals(query, source));
    try {
      auto connection = std::make_shared<duckdb::Connection>(*database_);
      std::shared_ptr<duckdb::QueryResult> result(
          connection->SendQuery(query.text).release());
      if (result->HasError()) return Failure(result->GetErrorObject(), query, source);
      QueryResult out;
      ARROW_ASSIGN_OR_RAISE(
          out.fields, FieldsOf(result->types, result->names, declared, query, source));
      ARROW_ASSIGN_OR_RAISE(auto schema, types::ToArrow(out.fields));
      out.rows = MakeResultReader(
          std::move(connection), std::move(result), std::move(schema),
          [registry = registry_, query, source](const duckdb::ErrorData& error) {
            const Status kept = registry->TakeError();
            return kept.ok() ? ToStatus(error, query, source) : kept;
          });
      return out;
    } catch (const std::exception& error) {
      return Failure(duckdb::ErrorData(error), query, source);
    }
  }

  Result<std::vector<types::DataField>> Analyze(
      const EmittedQuery& query, const SourceText& source,
      const std::vector<std::optional<types::DataType>>& declared) override {
    ARROW_RETURN_NOT_OK(CheckLiterals(query, source));
    try {
      duckdb::Connection connection(*database_);
      auto prepared = connection.Prepare(query.text);
      if (prepared->HasError()) {
        return Failure(prepared->GetErrorObject(), query, source);
      }
      return FieldsOf(prepared->GetTypes(), prepared->GetNames(), declared, query,
                      source);
    } catch (const std::exception& error) {
      return Failure(duckdb::ErrorData(error), query, source);
    }
  }

  Result<std::string> Explain(const EmittedQuery& query,
                              const SourceText& source) override {
    try {
      duckdb::Connection connection(*database_);
      auto result = connection.Query("EXPLAIN " + query.text);
      if (result->HasError()) return Failure(result->GetErrorObject(), query, source);
      std::string out;
      for (duckdb::idx_t row = 0; row < result->RowCount(); ++row) {
        out += result->GetValue(1, row).ToString();
      }
      return out;
    } catch (const std::exception& error) {
      return Failure(duckdb::ErrorData(error), query, source);
    }
  }

 private:
  void Open() {
    duckdb::DBConfig config;
    const auto set = [&](const char* name, duckdb::Value value) {
      config.SetOptionByName(name, value);
    };
    set("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
    set("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
    int64_t memory = options_.memory_bytes;
    if (memory <= 0) {
      memory = context_->budget == nullptr ? int64_t{1} << 30
                                           : context_->budget->limit_bytes() / 4;
    }
    set("memory_limit",
        duckdb::Value(fmt::format("{}KiB", std::max<int64_t>(memory, 64 << 20) >> 10)));
    int threads = options_.threads;
    if (threads <= 0) {
      threads = context_->executor == nullptr ? 1 : context_->executor->threads();
    }
    set("threads", duckdb::Value::BIGINT(std::max(1, threads)));
    if (!context_->spill_directory.empty()) {
      set("temp_directory", duckdb::Value(context_->spill_directory));
    }
    database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    duckdb::ExtensionLoader loader(*database_->instance, "tarn");
    loader.RegisterFunction(MakeScanFunction(registry_));
    RegisterArithmetic(&loader);
    RegisterCasts(&loader);
    RegisterTextFunctions(&loader);
    RegisterTimeFunctions(&loader, context_->clock);
    duckdb::Connection connection(*database_);
    for (const char* text : {"SET GLOBAL preserve_insertion_order=true",
                             "SET GLOBAL enable_external_access=false",
                             "SET GLOBAL lock_configuration=true"}) {
      auto result = connection.Query(text);
      if (result->HasError()) result->ThrowError();
    }
  }

  Status Failure(const duckdb::ErrorData& error, const EmittedQuery& query,
                 const SourceText& source) {
    const Status kept = registry_->TakeError();
    return kept.ok() ? ToStatus(error, query, source) : kept;
  }

  static Result<std::vector<types::DataField>> FieldsOf(
      const duckdb::vector<duckdb::LogicalType>& types,
      const duckdb::vector<duckdb::string>& names,
      const std::vector<std::optional<types::DataType>>& declared,
      const EmittedQuery& query, const SourceText& source) {
    std::vector<types::DataField> fields;
    for (size_t i = 0; i < types.size(); ++i) {
      types::DataField field;
      field.id = static_cast<int32_t>(i);
      field.name = names[i];
      auto type = LogicalTypeOf(
          types[i], i < declared.size() ? declared[i] : std::optional<types::DataType>());
      if (!type.ok()) {
        Diagnostic diagnostic{ErrorKind::kUnsupported,
                              6121,
                              MessageOf(type.status()) + " column=" + names[i],
                              query.UserPlace(static_cast<uint32_t>(query.text.size())),
                              "",
                              ""};
        return sql::ToStatus(diagnostic, source);
      }
      field.type = *std::move(type);
      fields.push_back(std::move(field));
    }
    return fields;
  }

  std::shared_ptr<const base::Context> context_;
  EngineOptions options_;
  std::shared_ptr<ScanRegistry> registry_;
  std::unique_ptr<duckdb::DuckDB> database_;
};

}  // namespace

Result<std::unique_ptr<QueryEngine>> MakeQueryEngine(
    std::shared_ptr<const base::Context> context, const EngineOptions& options) {
  auto engine = std::make_unique<DuckDbEngine>();
  ARROW_RETURN_NOT_OK(engine->Start(context, options));
  return engine;
}

}  // namespace tarn::sql
