// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "tarn/meta/table_ddl.h"
#include "tarn/sql/functions.h"
#include "tarn/sql/procedure.h"
#include "tarn/sql/session.h"
#include "tarn/sql/token.h"
#include "tarn/table/partitions.h"

namespace tarn::sql {
namespace {

const std::string kNull(1, '\0');

// SQL's LIKE over a name: % any text, _ any character.
bool Matches(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '%') {
    for (size_t i = 0; i <= text.size(); ++i) {
      if (Matches(text.substr(i), pattern.substr(1))) return true;
    }
    return false;
  }
  return !text.empty() && (pattern[0] == '_' || pattern[0] == text[0]) &&
         Matches(text.substr(1), pattern.substr(1));
}

bool Wanted(const Show& node, const std::string& name) {
  if (!node.like) return true;
  const bool matches = node.ignore_case ? Matches(ToUpper(name), ToUpper(*node.like))
                                        : Matches(name, *node.like);
  return matches != node.not_like;
}

std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

std::string BackTicked(std::string_view name) {
  std::string out = "`";
  for (char c : name) {
    out += c;
    if (c == '`') out += c;
  }
  return out + "`";
}

std::string Joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    out += (out.empty() ? "" : ", ") + BackTicked(name);
  }
  return out;
}

// Flink spells STRING and BYTES out here, and only here.
std::string LongTypeText(const types::DataType& type) {
  if (type.root() == types::TypeRoot::kVarChar && type.length() == types::kMaxLength) {
    return std::string("VARCHAR(2147483647)") + (type.nullable() ? "" : " NOT NULL");
  }
  if (type.root() == types::TypeRoot::kVarBinary && type.length() == types::kMaxLength) {
    return std::string("VARBINARY(2147483647)") + (type.nullable() ? "" : " NOT NULL");
  }
  return type.ToString();
}

// What Flink 1.20 answers to SHOW CREATE TABLE, letter for letter; the path included.
std::string ShowInFlinksForm(const FullName& name, const table::Table& table) {
  const types::TableSchema& schema = *table.schema();
  std::string out = "CREATE TABLE " + Joined({name.catalog}) + "." +
                    Joined({name.database}) + "." + Joined({name.object}) + " (\n";
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    const types::DataField& field = schema.fields[i];
    out += "  " + BackTicked(field.name) + " " + LongTypeText(field.type);
    // Flink has no words for a default; this is Spark's.
    if (field.default_value)
      out += " DEFAULT " + meta::DefaultLiteral(*field.default_value);
    if (field.description) out += " COMMENT " + Quoted(*field.description);
    if (i + 1 < schema.fields.size() || schema.has_primary_key()) out += ",";
    out += "\n";
  }
  if (schema.has_primary_key()) {
    std::string constraint = "PK";
    for (const std::string& key : schema.primary_keys) constraint += "_" + key;
    out += "  CONSTRAINT " + BackTicked(constraint) + " PRIMARY KEY (" +
           Joined(schema.primary_keys) + ") NOT ENFORCED\n";
  }
  out += ")";
  if (schema.comment && !schema.comment->empty()) {
    out += " COMMENT " + Quoted(*schema.comment);
  }
  if (!schema.partition_keys.empty()) {
    out += "\nPARTITIONED BY (" + Joined(schema.partition_keys) + ")\n";
  } else {
    out += " ";
  }
  std::map<std::string, std::string> options = schema.options;
  options.emplace("path", "file:" + table.path());
  out += "WITH (\n";
  size_t left = options.size();
  for (const auto& [key, value] : options) {
    out += "  " + Quoted(key) + " = " + Quoted(value) + (--left > 0 ? ",\n" : "\n");
  }
  return out + ")\n";
}

std::string TypeText(const types::DataType& type) {
  return type.WithNullable(true).ToString();
}

}  // namespace

Result<StatementResult> Session::Run(const Show& node, const SourceText& source) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& name) {
    if (Wanted(node, name)) rows.push_back({name});
  };
  switch (node.kind) {
    case ShowKind::kCatalogs:
      for (const auto& [name, catalog] : catalogs_) add(name);
      return TextRows({"catalog name"}, rows);
    case ShowKind::kCurrentCatalog:
      return TextRows({"current catalog name"}, {{current_catalog_}});
    case ShowKind::kCurrentDatabase:
      return TextRows({"current database name"}, {{current_database_}});
    case ShowKind::kDatabases: {
      FullName name{current_catalog_, "", ""};
      if (node.name) name.catalog = node.name->object();
      ARROW_ASSIGN_OR_RAISE(auto catalog, CatalogOf(name));
      ARROW_ASSIGN_OR_RAISE(auto databases, catalog->ListDatabases());
      for (const std::string& database : databases) add(database);
      return TextRows({"database name"}, rows);
    }
    case ShowKind::kTables:
    case ShowKind::kViews: {
      FullName name{current_catalog_, current_database_, ""};
      if (node.name) name.database = node.name->object();
      if (node.name && node.name->parts.size() == 2) {
        name.catalog = node.name->parts[0].name;
      }
      std::set<std::string> names;
      if (node.kind == ShowKind::kTables) {
        ARROW_ASSIGN_OR_RAISE(auto catalog, CatalogOf(name));
        auto tables = catalog->ListTables(name.database);
        if (!tables.ok() && !(name.database == "default" &&
                              KindOf(tables.status()) == ErrorKind::kNotFound)) {
          return AtPlace(tables.status(), node.span, source);
        }
        if (tables.ok()) names.insert(tables->begin(), tables->end());
      }
      const std::string prefix = FullName{name.catalog, name.database, ""}.Key();
      for (const auto& [key, table] : sources_) {
        if (node.kind == ShowKind::kTables && key.starts_with(prefix)) {
          names.insert(key.substr(prefix.size()));
        }
      }
      for (const auto& [key, view] : views_) {
        if (key.starts_with(prefix)) names.insert(key.substr(prefix.size()));
      }
      for (const std::string& table : names) add(table);
      return TextRows({node.kind == ShowKind::kTables ? "table name" : "view name"},
                      rows);
    }
    case ShowKind::kColumns:
      return ShowColumns(*node.name, source);
    case ShowKind::kCreateTable:
      return ShowCreateTable(*node.name, source);
    case ShowKind::kPartitions:
      return ShowPartitions(*node.name, source);
    case ShowKind::kOptions:
      for (const auto& [key, value] : settings_) rows.push_back({key, value});
      return TextRows({"key", "value"}, rows);
    case ShowKind::kProcedures:
      for (const Procedure& each : Procedures()) {
        add(fmt::format("sys.{}", each.name));
      }
      return TextRows({"procedure name"}, rows);
    case ShowKind::kFunctions:
      for (const std::string_view name : SupportedFunctions()) add(std::string(name));
      return TextRows({"function name"}, rows);
    default:
      return ToStatus({ErrorKind::kUnsupported, kUnsupportedStatement,
                       "This SHOW is not supported yet", node.span, "", ""},
                      source);
  }
}

Result<StatementResult> Session::Run(const Describe& node, const SourceText& source) {
  return ShowColumns(node.name, source);
}

Result<StatementResult> Session::ShowColumns(const ObjectName& name,
                                             const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName full, Resolve(name, source));
  std::vector<types::DataField> fields;
  std::vector<std::string> keys;
  if (const auto found = sources_.find(full.Key()); found != sources_.end()) {
    fields = found->second->source.fields();
    keys = found->second->source.primary_key;
  } else {
    ARROW_ASSIGN_OR_RAISE(auto table, OpenTable(name, source));
    fields = table->schema()->fields;
    keys = table->schema()->primary_keys;
  }
  std::string key_text;
  for (const std::string& key : keys) {
    key_text += (key_text.empty() ? "PRI(" : ", ") + key;
  }
  if (!keys.empty()) key_text += ")";
  const bool comments = std::any_of(fields.begin(), fields.end(), [](const auto& field) {
    return field.description.has_value();
  });
  std::vector<std::vector<std::string>> rows;
  for (const types::DataField& field : fields) {
    const bool key = std::find(keys.begin(), keys.end(), field.name) != keys.end();
    rows.push_back({field.name, TypeText(field.type),
                    field.type.nullable() ? "TRUE" : "FALSE", key ? key_text : kNull,
                    kNull, kNull});
    if (comments) rows.back().push_back(field.description.value_or(kNull));
  }
  std::vector<std::string> columns = {"name", "type",   "null",
                                      "key",  "extras", "watermark"};
  if (comments) columns.push_back("comment");
  return TextRows(columns, rows);
}

Result<StatementResult> Session::ShowCreateTable(const ObjectName& name,
                                                 const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName full, Resolve(name, source));
  if (const auto found = sources_.find(full.Key()); found != sources_.end()) {
    return TextRows({"result"}, {{found->second->definition->source.text()}});
  }
  ARROW_ASSIGN_OR_RAISE(auto table, OpenTable(name, source));
  return TextRows({"result"}, {{ShowInFlinksForm(full, *table)}});
}

Result<StatementResult> Session::ShowPartitions(const ObjectName& name,
                                                const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(auto table, OpenTable(name, source));
  if (table->schema()->partition_keys.empty()) {
    return AtPlace(
        InvalidInput(1160, "Table is not partitioned:", V("table", table->name())),
        name.span, source);
  }
  ARROW_ASSIGN_OR_RAISE(const auto partitions, table::ListPartitions(*table));
  std::vector<std::vector<std::string>> rows;
  for (const types::PartitionSpec& partition : partitions) {
    std::string text;
    for (const auto& [column, value] : partition) {
      text += (text.empty() ? "" : "/") + column + "=" + value;
    }
    rows.push_back({std::move(text)});
  }
  return TextRows({"partition name"}, rows);
}

}  // namespace tarn::sql
