// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/sql/parser.h"
#include "tarn/sql/session.h"
#include "tarn/sql/table_definition.h"

namespace tarn::sql {
namespace {

StatementResult Done(std::string message) {
  StatementResult out;
  out.message = std::move(message);
  return out;
}

std::string TextOf(const meta::Notice& notice) {
  std::string out = notice.code + ": " + notice.sentence;
  if (!notice.hint.empty()) out += "\n" + notice.hint;
  return out;
}

}  // namespace

Result<StatementResult> Session::Run(const CreateCatalog& node,
                                     const SourceText& source) {
  if (catalogs_.contains(node.name.name)) {
    if (node.if_not_exists) return Done("The catalog exists already.");
    return AtPlace(
        InvalidInput(1130, "Catalog exists already:", V("catalog", node.name.name)),
        node.name.span, source);
  }
  std::map<std::string, std::string> options = OptionsOf(node.options);
  const auto type = options.find("type");
  if (type == options.end()) {
    return AtPlace(InvalidInput(1131, "A catalog needs the option 'type'"),
                   node.name.span, source);
  }
  for (const Property& property : node.options) {
    if (property.key == "type" && property.value != "paimon") {
      return AtPlace(
          Unsupported(6130, "Catalog type is not supported:", V("type", property.value)),
          property.value_span, source);
    }
    if (property.key == "metastore" && property.value != "filesystem") {
      return AtPlace(Unsupported(6131, "Metastore is not supported yet:",
                                 V("metastore", property.value)),
                     property.value_span, source);
    }
  }
  const auto warehouse = options.find("warehouse");
  if (warehouse == options.end()) {
    return AtPlace(InvalidInput(1132, "A paimon catalog needs the option 'warehouse'"),
                   node.name.span, source);
  }
  auto catalog = catalog::MakeFileSystemCatalog(context_, warehouse->second);
  if (!catalog.ok()) return AtPlace(catalog.status(), node.name.span, source);
  StatementResult out = Done("Catalog created.");
  for (const auto& [key, value] : options) {
    if (key != "type" && key != "warehouse" && key != "metastore" &&
        key != "catalog-options-table.enabled") {
      out.notices.push_back(
          fmt::format("Option '{}' of the catalog has no effect here.", key));
    }
  }
  catalogs_[node.name.name] = *std::move(catalog);
  catalog_options_[node.name.name] = std::move(options);
  return out;
}

Result<StatementResult> Session::Run(const DropCatalog& node, const SourceText& source) {
  if (node.name.name == current_catalog_) {
    return AtPlace(InvalidInput(1133, "The current catalog cannot be dropped:",
                                V("catalog", node.name.name)),
                   node.name.span, source);
  }
  if (catalogs_.erase(node.name.name) == 0 && !node.if_exists) {
    return AtPlace(
        NotFound(4120, "Catalog does not exist:", V("catalog", node.name.name)),
        node.name.span, source);
  }
  catalog_options_.erase(node.name.name);
  return Done("Catalog dropped; its files stay.");
}

Result<StatementResult> Session::Run(const UseCatalog& node, const SourceText& source) {
  if (!catalogs_.contains(node.name.name)) {
    return AtPlace(
        NotFound(4120, "Catalog does not exist:", V("catalog", node.name.name)),
        node.name.span, source);
  }
  current_catalog_ = node.name.name;
  current_database_ = "default";
  return Done("");
}

Result<StatementResult> Session::Run(const UseDatabase& node, const SourceText& source) {
  if (node.name.parts.size() > 2) {
    return AtPlace(
        InvalidInput(1134, "USE takes a database, with its catalog or without"),
        node.name.span, source);
  }
  FullName name{current_catalog_, node.name.object(), ""};
  if (node.name.parts.size() == 2) name.catalog = node.name.parts[0].name;
  auto catalog = CatalogOf(name);
  if (!catalog.ok()) return AtPlace(catalog.status(), node.name.span, source);
  ARROW_ASSIGN_OR_RAISE(auto databases, (*catalog)->ListDatabases());
  bool found = name.database == "default";
  for (const std::string& database : databases)
    found = found || database == name.database;
  if (!found) {
    return AtPlace(
        NotFound(4122, "Database does not exist:", V("database", name.database)),
        node.name.span, source);
  }
  current_catalog_ = name.catalog;
  current_database_ = name.database;
  return Done("");
}

namespace {

Result<FullName> DatabaseName(const ObjectName& name, const std::string& current) {
  if (name.parts.size() > 2) {
    return InvalidInput(1135, "A database's name has at most a catalog before it:",
                        V("name", name.ToString()));
  }
  FullName out{current, name.object(), ""};
  if (name.parts.size() == 2) out.catalog = name.parts[0].name;
  return out;
}

}  // namespace

Result<StatementResult> Session::Run(const CreateDatabase& node,
                                     const SourceText& source) {
  auto name = DatabaseName(node.name, current_catalog_);
  if (!name.ok()) return AtPlace(name.status(), node.name.span, source);
  ARROW_ASSIGN_OR_RAISE(auto catalog, CatalogOf(*name));
  if (!node.options.empty()) {
    return ToStatus(
        {ErrorKind::kUnsupported, kUnsupportedClause,
         "Options of a database are not supported yet", node.options[0].key_span, "", ""},
        source);
  }
  const Status status = catalog->CreateDatabase(name->database, node.if_not_exists);
  if (!status.ok()) return AtPlace(status, node.name.span, source);
  return Done("Database created.");
}

Result<StatementResult> Session::Run(const DropDatabase& node, const SourceText& source) {
  auto name = DatabaseName(node.name, current_catalog_);
  if (!name.ok()) return AtPlace(name.status(), node.name.span, source);
  ARROW_ASSIGN_OR_RAISE(auto catalog, CatalogOf(*name));
  const Status status =
      catalog->DropDatabase(name->database, node.if_exists, node.cascade);
  if (!status.ok()) return AtPlace(status, node.name.span, source);
  return Done("Database dropped.");
}

Result<StatementResult> Session::Run(const CreateTable& node, const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName name, Resolve(node.name, source));
  if (node.as_query != nullptr) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                     "CREATE TABLE ... AS SELECT is not supported yet",
                     node.as_query->span, "", "CREATE TABLE first, then INSERT INTO"},
                    source);
  }
  if (node.temporary) return CreateSource(node, name, source);
  ARROW_ASSIGN_OR_RAISE(types::TableSchema schema, ToTableSchema(node, source));
  auto catalog = CatalogOf(name);
  if (!catalog.ok()) return AtPlace(catalog.status(), node.name.span, source);
  if (name.database == "default") {
    ARROW_RETURN_NOT_OK((*catalog)->CreateDatabase(name.database, true));
  }
  std::vector<meta::Notice> notices;
  ARROW_ASSIGN_OR_RAISE(const bool exists, (*catalog)->TableExists(name.table()));
  if (!exists) ARROW_RETURN_NOT_OK(CheckDdl(node, schema, source, &notices));
  const Status status = (*catalog)->CreateTable(name.table(), std::move(schema),
                                                node.if_not_exists, nullptr);
  if (!status.ok()) return AtPlace(status, node.name.span, source);
  StatementResult out = Done("Table created.");
  for (const meta::Notice& notice : notices) out.notices.push_back(TextOf(notice));
  return out;
}

Result<StatementResult> Session::CreateSource(const CreateTable& node,
                                              const FullName& name,
                                              const SourceText& source) {
  const std::string key = name.Key();
  if (sources_.contains(key) || views_.contains(key)) {
    if (node.if_not_exists) return Done("The temporary table exists already.");
    return AtPlace(InvalidInput(1136, "Temporary table or view exists already:",
                                V("name", node.name.ToString())),
                   node.name.span, source);
  }
  auto table = std::make_shared<SourceTable>();
  table->definition =
      std::make_shared<KeptStatement>(std::string(source.At(node.definition)));
  ARROW_ASSIGN_OR_RAISE(table->definition->statement,
                        ParseStatement(table->definition->source));
  const CreateTable& kept = *table->definition->statement.As<CreateTable>();
  for (const ColumnDefinition& column : kept.columns) {
    table->columns.push_back(column.name.name);
    if (column.kind == ColumnKind::kComputed) table->computed.push_back(&column);
  }
  ARROW_ASSIGN_OR_RAISE(table->source, ToSourceDefinition(node, source));
  table->source.name = name.object;
  StatementResult out = Done("Temporary table created.");
  out.notices = table->source.notices;
  if (node.watermark) {
    out.notices.push_back("The watermark of the source table has no effect here.");
  }
  sources_[key] = std::move(table);
  return out;
}

Result<StatementResult> Session::Run(const CreateView& node, const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName name, Resolve(node.name, source));
  if (!node.temporary) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedStatement,
                     "A stored view is not supported: a file-system catalog keeps none",
                     node.name.span, "", "Write CREATE TEMPORARY VIEW"},
                    source);
  }
  const std::string key = name.Key();
  if (sources_.contains(key) || views_.contains(key)) {
    if (node.if_not_exists) return Done("The temporary view exists already.");
    return AtPlace(InvalidInput(1136, "Temporary table or view exists already:",
                                V("name", node.name.ToString())),
                   node.name.span, source);
  }
  auto kept = std::make_shared<KeptStatement>(std::string(source.At(node.query->span)));
  ARROW_ASSIGN_OR_RAISE(kept->statement, ParseStatement(kept->source));
  if (kept->statement.As<QueryStatement>() == nullptr) {
    return AtPlace(InternalError(130, "A view's text is no query"), node.query->span,
                   source);
  }
  if (!node.columns.empty()) {
    return ToStatus({ErrorKind::kUnsupported, kUnsupportedClause,
                     "A column list of a view is not supported yet", node.columns[0].span,
                     "", "Give the columns names in the query"},
                    source);
  }
  // The names must exist now, not when the view is read.
  ARROW_RETURN_NOT_OK(RunQuery(*node.query, source).status());
  views_[key] = std::move(kept);
  return Done("Temporary view created.");
}

Result<StatementResult> Session::Run(const Drop& node, const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName name, Resolve(node.name, source));
  const bool view = node.object == DroppedObject::kView;
  const size_t gone = view ? views_.erase(name.Key()) : sources_.erase(name.Key());
  if (gone > 0)
    return Done(view ? "Temporary view dropped." : "Temporary table dropped.");
  if (view || node.temporary) {
    if (node.if_exists) return Done("");
    return AtPlace(
        NotFound(4123, "No such temporary object:", V("name", node.name.ToString())),
        node.name.span, source);
  }
  auto catalog = CatalogOf(name);
  if (!catalog.ok()) return AtPlace(catalog.status(), node.name.span, source);
  const Status status = (*catalog)->DropTable(name.table(), node.if_exists);
  if (!status.ok()) return AtPlace(status, node.name.span, source);
  return Done("Table dropped.");
}

}  // namespace tarn::sql
