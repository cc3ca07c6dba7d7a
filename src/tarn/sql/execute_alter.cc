// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tarn/sql/alter_changes.h"
#include "tarn/sql/partition_value.h"
#include "tarn/sql/session.h"
#include "tarn/table/partitions.h"

namespace tarn::sql {
namespace {

StatementResult Done(std::string message) {
  StatementResult out;
  out.message = std::move(message);
  return out;
}

Status NotStored(const ObjectName& name, const SourceText& source) {
  return ToStatus({ErrorKind::kUnsupported, kUnsupportedStatement,
                   "A temporary table cannot be altered", name.span, "",
                   "Drop it and create it again"},
                  source);
}

Result<std::vector<table::PartitionText>> TextsOf(const std::vector<PartitionSpec>& specs,
                                                  const table::Table& table,
                                                  const SourceText& source) {
  std::vector<table::PartitionText> out;
  for (const PartitionSpec& spec : specs) {
    ARROW_ASSIGN_OR_RAISE(auto text, PartitionTextOf(spec, *table.schema(), source));
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace

Result<StatementResult> Session::Run(const AlterTable& node, const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName name, Resolve(node.name, source));
  if (sources_.contains(name.Key()) || views_.contains(name.Key())) {
    return NotStored(node.name, source);
  }
  auto catalog = CatalogOf(name);
  if (!catalog.ok()) return AtPlace(catalog.status(), node.name.span, source);
  if (const auto* rename = std::get_if<RenameTable>(&node.action)) {
    return RenameTo(node, *rename, name, source);
  }
  auto table = OpenTable(node.name, source);
  if (!table.ok()) {
    if (node.if_exists && KindOf(table.status()) == ErrorKind::kNotFound) {
      return Done("There is no such table.");
    }
    return table.status();
  }
  if (const auto* add = std::get_if<AddPartitions>(&node.action)) {
    return AlterPartitions(node, add->partitions, true, add->if_not_exists, **table,
                           source);
  }
  if (const auto* drop = std::get_if<DropPartitions>(&node.action)) {
    return AlterPartitions(node, drop->partitions, false, drop->if_exists, **table,
                           source);
  }
  auto changes = ToSchemaChanges(node, *(*table)->schema(), source);
  if (!changes.ok()) return AtPlace(changes.status(), node.action_span, source);
  std::vector<meta::Notice> notices;
  const Status status =
      (*catalog)->AlterTable(name.table(), *changes, node.if_exists, &notices);
  if (!status.ok()) return AtPlace(status, node.action_span, source);
  StatementResult out = Done("Table altered.");
  for (const meta::Notice& notice : notices) {
    out.notices.push_back(notice.code + ": " + notice.sentence +
                          (notice.hint.empty() ? "" : "\n" + notice.hint));
  }
  return out;
}

Result<StatementResult> Session::RenameTo(const AlterTable& node,
                                          const RenameTable& rename, const FullName& name,
                                          const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(FullName to, Resolve(rename.to, source));
  // A bare name stays in the table's database.
  if (rename.to.parts.size() == 1) to.database = name.database;
  if (rename.to.parts.size() < 3) to.catalog = name.catalog;
  if (to.catalog != name.catalog) {
    return ToStatus(
        {ErrorKind::kInvalidInput, kBadDefinition,
         "A table cannot be renamed into another catalog", rename.to.span, "", ""},
        source);
  }
  ARROW_ASSIGN_OR_RAISE(const auto catalog, CatalogOf(name));
  const Status status = catalog->RenameTable(name.table(), to.table(), node.if_exists);
  if (!status.ok()) return AtPlace(status, node.action_span, source);
  return Done("Table renamed.");
}

Result<StatementResult> Session::AlterPartitions(const AlterTable& node,
                                                 const std::vector<PartitionSpec>& specs,
                                                 bool add, bool lenient,
                                                 const table::Table& table,
                                                 const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(auto partitions, TextsOf(specs, table, source));
  const auto there = table::HavePartitions(table, partitions);
  if (!there.ok()) return AtPlace(there.status(), node.action_span, source);
  for (size_t i = partitions.size(); i-- > 0;) {
    if ((*there)[i] != add) continue;
    if (lenient) {
      partitions.erase(partitions.begin() + static_cast<ptrdiff_t>(i));
      continue;
    }
    const Status status =
        add ? InvalidInput(1448, "Partition exists already:", V("table", table.name()))
            : NotFound(4411, "Partition does not exist:", V("table", table.name()));
    return AtPlace(status, node.action_span, source);
  }
  if (add) {
    // Paimon's catalog over a folder stores nothing here either.
    return Done("Nothing to store: a partition comes with its first row.");
  }
  if (partitions.empty()) return Done("There is no such partition.");
  const Status status = table::Truncate(table, partitions);
  if (!status.ok()) return AtPlace(status, node.action_span, source);
  return Done("Partitions dropped.");
}

Result<StatementResult> Session::Run(const TruncateTable& node,
                                     const SourceText& source) {
  ARROW_ASSIGN_OR_RAISE(const FullName name, Resolve(node.name, source));
  if (sources_.contains(name.Key()) || views_.contains(name.Key())) {
    return NotStored(node.name, source);
  }
  ARROW_ASSIGN_OR_RAISE(const auto table, OpenTable(node.name, source));
  std::vector<table::PartitionText> partitions;
  if (!node.partition.empty()) {
    ARROW_ASSIGN_OR_RAISE(auto text,
                          PartitionTextOf(node.partition, *table->schema(), source));
    partitions.push_back(std::move(text));
  }
  const Status status = table::Truncate(*table, partitions);
  if (!status.ok()) return AtPlace(status, node.span, source);
  return Done("Table truncated.");
}

}  // namespace tarn::sql
