// SPDX-License-Identifier: Apache-2.0
#include "tarn/sql/table_definition.h"

#include <algorithm>

#include "tarn/meta/table_ddl.h"
#include "tarn/sql/diagnostic.h"
#include "tarn/sql/keyword.h"

namespace tarn::sql {
namespace {

Status Invalid(std::string sentence, Span span, const SourceText& source,
               std::string hint = "") {
  return ToStatus({ErrorKind::kInvalidInput, kBadDefinition, std::move(sentence), span,
                   "", std::move(hint)},
                  source);
}

Status Lacking(std::string feature, Span span, const SourceText& source,
               std::string hint = "") {
  return ToStatus(
      {ErrorKind::kUnsupported, kUnsupportedClause,
       std::move(feature) + " is not supported yet", span, "", std::move(hint)},
      source);
}

const ColumnDefinition* FindColumn(const CreateTable& table, const std::string& name) {
  for (const ColumnDefinition& column : table.columns) {
    if (column.name.name == name) return &column;
  }
  return nullptr;
}

// Key and partition columns must be there, once each.
Status CheckColumns(const CreateTable& table, const std::vector<Identifier>& names,
                    std::string_view what, const SourceText& source) {
  std::vector<std::string_view> columns;
  for (const ColumnDefinition& column : table.columns)
    columns.push_back(column.name.name);
  for (size_t i = 0; i < names.size(); ++i) {
    const ColumnDefinition* column = FindColumn(table, names[i].name);
    if (column == nullptr) {
      return Invalid(
          fmt::format("The {} column {} is no column of the table", what, names[i].name),
          names[i].span, source, DidYouMean(NearestOf(names[i].name, columns)));
    }
    if (column->kind != ColumnKind::kPhysical) {
      return Invalid(fmt::format("The {} column {} is not stored", what, names[i].name),
                     names[i].span, source);
    }
    for (size_t j = 0; j < i; ++j) {
      if (names[j].name == names[i].name) {
        return Invalid(fmt::format("The {} column {} stands twice", what, names[i].name),
                       names[i].span, source);
      }
    }
  }
  return Status::OK();
}

Status CheckKeys(const CreateTable& table, const SourceText& source) {
  if (table.primary_key.has_value()) {
    ARROW_RETURN_NOT_OK(
        CheckColumns(table, table.primary_key->columns, "primary key", source));
  }
  return CheckColumns(table, table.partitioned_by, "partition", source);
}

types::DataField FieldOf(const ColumnDefinition& column) {
  types::DataField field;
  field.name = column.name.name;
  field.type = column.type.type;
  field.description = column.comment;
  field.default_value = column.default_value;
  return field;
}

std::vector<std::string> NamesOf(const std::vector<Identifier>& names) {
  std::vector<std::string> out;
  for (const Identifier& name : names) out.push_back(name.name);
  return out;
}

Span SpanOf(const CreateTable& table, const std::vector<std::string>& options,
            const std::string& column) {
  for (const std::string& key : options) {
    for (auto property = table.options.rbegin(); property != table.options.rend();
         ++property) {
      if (property->key == key) return Cover(property->key_span, property->value_span);
    }
  }
  const ColumnDefinition* found = FindColumn(table, column);
  return found != nullptr ? found->span : table.name.span;
}

}  // namespace

std::map<std::string, std::string> OptionsOf(const std::vector<Property>& properties) {
  std::map<std::string, std::string> out;
  for (const Property& property : properties) out[property.key] = property.value;
  return out;
}

bool IsSource(const CreateTable& table) {
  const auto options = OptionsOf(table.options);
  const auto connector = options.find("connector");
  return connector != options.end() && connector->second != "paimon";
}

Result<types::TableSchema> ToTableSchema(const CreateTable& table,
                                         const SourceText& source) {
  if (IsSource(table)) {
    Span span = table.name.span;
    for (const Property& property : table.options) {
      if (property.key == "connector")
        span = Cover(property.key_span, property.value_span);
    }
    return Invalid("A Paimon catalog only holds Paimon tables", span, source,
                   "Write CREATE TEMPORARY TABLE for a table of another connector");
  }
  if (table.columns.empty()) {
    return Lacking("CREATE TABLE AS without columns", table.name.span, source,
                   "Create the table first, then INSERT INTO it");
  }
  for (const ColumnDefinition& column : table.columns) {
    if (column.kind == ColumnKind::kPhysical) continue;
    return Lacking(
        column.kind == ColumnKind::kComputed ? "A computed column of a stored table"
                                             : "A metadata column of a stored table",
        column.span, source, "Store it as an ordinary column, or compute it in a view");
  }
  if (table.watermark.has_value()) {
    return Lacking("A WATERMARK of a stored table", table.watermark->span, source);
  }
  ARROW_RETURN_NOT_OK(CheckKeys(table, source));
  types::TableSchema out;
  for (const ColumnDefinition& column : table.columns) {
    out.fields.push_back(FieldOf(column));
  }
  if (table.primary_key.has_value()) {
    out.primary_keys = NamesOf(table.primary_key->columns);
    for (types::DataField& field : out.fields) {
      const bool key = std::find(out.primary_keys.begin(), out.primary_keys.end(),
                                 field.name) != out.primary_keys.end();
      if (key) field.type = field.type.NotNull();
    }
  }
  out.partition_keys = NamesOf(table.partitioned_by);
  out.options = OptionsOf(table.options);
  out.options.erase("connector");
  out.comment = table.comment;
  return out;
}

Result<stream::SourceDefinition> ToSourceDefinition(const CreateTable& table,
                                                    const SourceText& source) {
  ARROW_RETURN_NOT_OK(CheckKeys(table, source));
  if (!table.partitioned_by.empty()) {
    return Lacking("PARTITIONED BY of a source table", table.partitioned_by_span, source);
  }
  std::vector<stream::SourceTableColumn> columns;
  for (const ColumnDefinition& column : table.columns) {
    if (column.default_value) {
      return Lacking("DEFAULT of a source table", column.span, source);
    }
    if (column.kind == ColumnKind::kComputed) continue;
    stream::SourceTableColumn out;
    out.field = FieldOf(column);
    if (column.kind == ColumnKind::kMetadata) {
      out.metadata_key = column.metadata_key.value_or(column.name.name);
    }
    columns.push_back(std::move(out));
  }
  std::vector<std::string> key;
  if (table.primary_key.has_value()) key = NamesOf(table.primary_key->columns);
  auto out = stream::SourceDefinition::Make(table.name.object(), std::move(columns),
                                            std::move(key), OptionsOf(table.options));
  if (out.ok()) return out;
  return MakeStatus(
      KindOf(out.status()),
      CodeOf(out.status()).size() > 5 ? std::stoi(CodeOf(out.status()).substr(5))
                                      : kBadDefinition,
      MessageOf(out.status()) + "\n" + RenderPlace(table.name.span, source));
}

Status CheckDdl(const CreateTable& table, const types::TableSchema& schema,
                const SourceText& source, std::vector<meta::Notice>* notices) {
  meta::SchemaReport report = meta::ExamineSchema(schema);
  std::map<std::string, std::string> first;
  for (const Property& property : table.options) {
    const auto [known, inserted] = first.emplace(property.key, property.value);
    if (inserted || known->second == property.value) continue;
    report.notices.push_back(
        {"TARN-W120",
         fmt::format("'{}' is given as '{}' and as '{}'; the last one counts.",
                     property.key, known->second, property.value),
         "", property.key, ""});
    known->second = property.value;
  }
  for (meta::SchemaProblem& problem : report.problems) {
    const LineColumn place =
        source.PlaceOf(SpanOf(table, problem.options, problem.column).offset);
    problem.sentence = fmt::format("{} [{}:{}:{}]", problem.sentence, source.name(),
                                   place.line, place.column);
  }
  ARROW_RETURN_NOT_OK(meta::ErrorOf(report, table.name.ToString()));
  if (notices != nullptr) {
    notices->insert(notices->end(), report.notices.begin(), report.notices.end());
  }
  return Status::OK();
}

std::string ShowCreateTable(const ObjectName& name, const types::TableSchema& schema) {
  std::string path;
  for (const Identifier& part : name.parts) {
    if (!path.empty()) path += '.';
    path += BackTick(part.name);
  }
  return meta::TableDdl(path, schema);
}

}  // namespace tarn::sql
