// SPDX-License-Identifier: Apache-2.0
#include "tarn/catalog/global_tables.h"

#include <functional>

#include "tarn/base/units.h"
#include "tarn/table/listing.h"
#include "tarn/table/metadata_tables.h"

namespace tarn::catalog {
namespace {

using table::Listing;
using types::DataType;

/// Tables that vanish meanwhile are passed over, as in Java.
Status ForEachTable(
    Catalog* catalog,
    const std::function<Status(const TableName&, const table::Table&)>& visit) {
  ARROW_ASSIGN_OR_RAISE(const auto databases, catalog->ListDatabases());
  for (const std::string& database : databases) {
    const auto names = catalog->ListTables(database);
    if (!names.ok()) {
      if (KindOf(names.status()) == ErrorKind::kNotFound) continue;
      return names.status();
    }
    for (const std::string& name : *names) {
      const TableName table_name{database, name};
      const auto table = catalog->GetTable(table_name);
      if (!table.ok()) {
        if (KindOf(table.status()) == ErrorKind::kNotFound) continue;
        return table.status();
      }
      ARROW_RETURN_NOT_OK(visit(table_name, **table));
    }
  }
  return Status::OK();
}

Listing::Cell OptionCell(const table::Table& table, const char* key) {
  const auto found = table.schema()->options.find(key);
  if (found == table.schema()->options.end()) return std::monostate();
  return found->second;
}

Result<Listing::Cell> TimeCell(const table::Table& table, const char* key) {
  const auto found = table.schema()->options.find(key);
  if (found == table.schema()->options.end()) return Listing::Cell();
  ARROW_ASSIGN_OR_RAISE(const int64_t millis, table::WholeNumber(key, found->second));
  return Listing::Cell(millis);
}

Result<Listing> Tables(Catalog* catalog, arrow::MemoryPool* pool) {
  Listing out(pool);
  for (const char* name : {"database_name", "table_name", "table_type"}) {
    out.AddColumn(name, DataType::String());
  }
  for (const char* name : {"partitioned", "primary_key"}) {
    out.AddColumn(name, DataType::Boolean());
  }
  out.AddColumn("owner", DataType::String());
  out.AddColumn("created_at", DataType::BigInt());
  out.AddColumn("created_by", DataType::String());
  out.AddColumn("updated_at", DataType::BigInt());
  out.AddColumn("updated_by", DataType::String());
  for (const char* name :
       {"record_count", "file_size_in_bytes", "file_count", "last_file_creation_time"}) {
    out.AddColumn(name, DataType::BigInt());
  }
  ARROW_RETURN_NOT_OK(ForEachTable(catalog, [&](const TableName& name,
                                                const table::Table& table) {
    Listing::Cell type = OptionCell(table, "type");
    if (std::holds_alternative<std::monostate>(type)) type = std::string("table");
    ARROW_ASSIGN_OR_RAISE(auto created, TimeCell(table, "createdAt"));
    ARROW_ASSIGN_OR_RAISE(auto updated, TimeCell(table, "updatedAt"));
    // A catalog of files keeps no sizes of its tables.
    out.AddRow({name.database, name.table, std::move(type),
                int64_t{!table.schema()->partition_keys.empty()},
                int64_t{table.schema()->has_primary_key()}, OptionCell(table, "owner"),
                std::move(created), OptionCell(table, "createdBy"), std::move(updated),
                OptionCell(table, "updatedBy"), std::monostate(), std::monostate(),
                std::monostate(), std::monostate()});
    return Status::OK();
  }));
  return out;
}

Result<Listing> AllTableOptions(Catalog* catalog, arrow::MemoryPool* pool) {
  Listing out(pool);
  for (const char* name : {"database_name", "table_name", "key", "value"}) {
    out.AddColumn(name, DataType::String());
  }
  ARROW_RETURN_NOT_OK(
      ForEachTable(catalog, [&](const TableName& name, const table::Table& table) {
        auto options = table.schema()->options;
        options.try_emplace("path", table.path());
        for (const auto& [key, value] : options) {
          out.AddRow({name.database, name.table, key, value});
        }
        return Status::OK();
      }));
  return out;
}

Result<Listing> Partitions(Catalog* catalog, arrow::MemoryPool* pool) {
  Listing out(pool);
  for (const char* name : {"database_name", "table_name", "partition_name"}) {
    out.AddColumn(name, DataType::String());
  }
  for (const char* name :
       {"record_count", "file_size_in_bytes", "file_count", "last_file_creation_time"}) {
    out.AddColumn(name, DataType::BigInt());
  }
  out.AddColumn("done", DataType::Boolean());
  ARROW_RETURN_NOT_OK(ForEachTable(
      catalog, [&](const TableName& name, const table::Table& table) -> Status {
        if (table.schema()->partition_keys.empty()) return Status::OK();
        ARROW_ASSIGN_OR_RAISE(const auto totals, table::ListPartitionTotals(table));
        for (const table::PartitionTotal& total : totals) {
          out.AddRow({name.database, name.table, total.name, total.rows, total.bytes,
                      total.files, table::CellOf(total.updated_millis), int64_t{0}});
        }
        return Status::OK();
      }));
  return out;
}

}  // namespace

Result<std::shared_ptr<table::SystemTable>> OpenGlobalTable(
    Catalog* catalog, const std::map<std::string, std::string>& options,
    const std::string& name, arrow::MemoryPool* pool) {
  const std::string kind = base::ToLower(name);
  if (kind == "tables") {
    ARROW_ASSIGN_OR_RAISE(Listing listing, Tables(catalog, pool));
    return table::ListingTable("sys.tables", std::move(listing));
  }
  if (kind == "all_table_options") {
    ARROW_ASSIGN_OR_RAISE(Listing listing, AllTableOptions(catalog, pool));
    return table::ListingTable("sys.all_table_options", std::move(listing));
  }
  if (kind == "partitions") {
    ARROW_ASSIGN_OR_RAISE(Listing listing, Partitions(catalog, pool));
    return table::ListingTable("sys.partitions", std::move(listing));
  }
  const auto shown = options.find("catalog-options-table.enabled");
  if (kind == "catalog_options" && shown != options.end() &&
      base::ToLower(shown->second) == "true") {
    Listing listing(pool);
    listing.AddColumn("key", DataType::String().NotNull());
    listing.AddColumn("value", DataType::String().NotNull());
    for (const auto& [key, value] : options) {
      if (key != "type") listing.AddRow({key, value});  // Flink's word, not the catalog's
    }
    return table::ListingTable("sys.catalog_options", std::move(listing));
  }
  return NotFound(4303, "There is no such system table:", V("table", "sys." + kind));
}

}  // namespace tarn::catalog
