// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tarn/base/name.h"
#include "tarn/catalog/catalog.h"
#include "tarn/catalog/object_name.h"
#include "tarn/index/file_index_builder.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/snapshot_files.h"
#include "tarn/types/java_key_order.h"

namespace tarn::catalog {
namespace {

constexpr std::string_view kDatabaseSuffix = ".db";
constexpr std::string_view kSystemDatabase = "sys";

/// Paths below which a warehouse can lie today: this machine's.
Result<std::string> WarehousePath(const std::string& warehouse) {
  const size_t colon = warehouse.find(':');
  const size_t slash = warehouse.find('/');
  if (colon == warehouse.npos || (slash != warehouse.npos && slash < colon)) {
    if (warehouse.empty()) return InvalidInput(1302, "Catalog needs a warehouse.");
    return warehouse;
  }
  const std::string scheme = warehouse.substr(0, colon);
  if (scheme != "file") {
    return Unsupported(6301, "Warehouse lies in a file system that is not supported yet:",
                       V("scheme", scheme), V("warehouse", warehouse));
  }
  std::string path = warehouse.substr(colon + 1);
  // file:/a and file:///a; a host is not looked at.
  if (path.starts_with("//")) {
    const size_t root = path.find('/', 2);
    if (root == path.npos || root != 2) {
      return InvalidInput(1303,
                          "Warehouse is not a local path:", V("warehouse", warehouse));
    }
    path = path.substr(2);
  }
  if (!path.starts_with('/')) {
    return InvalidInput(1303,
                        "Warehouse is not a local path:", V("warehouse", warehouse));
  }
  return path;
}

class FileSystemCatalog final : public Catalog {
 public:
  FileSystemCatalog(std::shared_ptr<const base::Context> context, std::string warehouse)
      : context_(std::move(context)), warehouse_(std::move(warehouse)) {}

  Result<std::vector<std::string>> ListDatabases() override {
    ARROW_ASSIGN_OR_RAISE(const auto listed, context_->files->List(warehouse_));
    std::vector<std::string> out;
    for (const base::FileStatus& file : listed) {
      const std::string_view name = file.name();
      if (!file.is_directory || !name.ends_with(kDatabaseSuffix)) continue;
      const std::string_view database =
          name.substr(0, name.size() - kDatabaseSuffix.size());
      if (base::Name::Make(database, "database").ok()) out.emplace_back(database);
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Status CreateDatabase(const std::string& name, bool if_not_exists) override {
    ARROW_RETURN_NOT_OK(RefuseSystemDatabase(name));
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          io::DatabaseDirectory(warehouse_, name));
    ARROW_ASSIGN_OR_RAISE(const bool exists, context_->files->Exists(path));
    if (exists) {
      if (if_not_exists) return Status::OK();
      return InvalidInput(1305, "Database exists already:", V("database", name));
    }
    return context_->files->CreateDirectory(path);
  }

  Status DropDatabase(const std::string& name, bool if_exists, bool cascade) override {
    ARROW_RETURN_NOT_OK(RefuseSystemDatabase(name));
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          io::DatabaseDirectory(warehouse_, name));
    ARROW_ASSIGN_OR_RAISE(const bool exists, context_->files->Exists(path));
    if (!exists) {
      if (if_exists) return Status::OK();
      return MissingDatabase(name);
    }
    if (!cascade) {
      ARROW_ASSIGN_OR_RAISE(const auto tables, ListTables(name));
      if (!tables.empty()) {
        return InvalidInput(1306, "Database holds tables:", V("database", name),
                            V("tables", tables.size()),
                            V("hint", "drop it with CASCADE"));
      }
    }
    return context_->files->DeleteRecursively(path);
  }

  Result<std::vector<std::string>> ListTables(const std::string& database) override {
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          io::DatabaseDirectory(warehouse_, database));
    ARROW_RETURN_NOT_OK(CheckDatabase(database));
    ARROW_ASSIGN_OR_RAISE(const auto listed, context_->files->List(path));
    std::vector<std::string> out;
    for (const base::FileStatus& file : listed) {
      if (!file.is_directory || !base::Name::Make(file.name(), "table").ok()) continue;
      ARROW_ASSIGN_OR_RAISE(const bool is_table, HasSchema(file.path, {}));
      if (is_table) out.emplace_back(file.name());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Result<bool> TableExists(const TableName& name) override {
    ARROW_ASSIGN_OR_RAISE(const ObjectName object, ObjectName::Parse(name.table));
    ARROW_ASSIGN_OR_RAISE(const std::string path, TablePath(name));
    return HasSchema(path, object.branch);
  }

  Status CreateTable(const TableName& name, types::TableSchema schema, bool if_not_exists,
                     std::vector<meta::Notice>* notices) override {
    ARROW_RETURN_NOT_OK(RefuseSystemDatabase(name.database));
    ARROW_RETURN_NOT_OK(RefuseSystemTable(name, "created"));
    ARROW_RETURN_NOT_OK(CheckDatabase(name.database));
    ARROW_ASSIGN_OR_RAISE(const std::string path, TablePath(name));
    ARROW_ASSIGN_OR_RAISE(const bool exists, HasSchema(path, {}));
    if (exists) {
      if (if_not_exists) return Status::OK();
      return TableIsThere(name);
    }
    ARROW_RETURN_NOT_OK(Complete(&schema, notices));
    ARROW_ASSIGN_OR_RAISE(const io::TablePaths paths, io::TablePaths::Make(path));
    const meta::SchemaFiles schemas(context_, paths);
    ARROW_ASSIGN_OR_RAISE(const auto outcome, schemas.Create(schema, /*sync=*/true));
    switch (outcome) {
      case base::CreateOutcome::kCreated:
        return Status::OK();
      case base::CreateOutcome::kExists:
        return if_not_exists ? Status::OK() : TableIsThere(name);
      case base::CreateOutcome::kUnknown:
        break;
    }
    return CommitUnknown(2301, "Table may have been created; look before trying again:",
                         V("table", FullName(name)));
  }

  Status AlterTable(const TableName& name, const std::vector<meta::SchemaChange>& changes,
                    bool if_exists, std::vector<meta::Notice>* notices) override {
    ARROW_ASSIGN_OR_RAISE(const ObjectName object, ObjectName::Parse(name.table));
    if (object.system_table) return RefuseSystemTable(name, "altered");
    ARROW_ASSIGN_OR_RAISE(const std::string path, TablePath(name));
    ARROW_ASSIGN_OR_RAISE(const io::TablePaths paths, PathsOf(path, object.branch));
    const meta::SchemaFiles schemas(context_, paths);
    meta::ChangeScope scope;
    scope.table = FullName(name);
    ARROW_ASSIGN_OR_RAISE(const auto latest,
                          meta::SnapshotFiles(context_, paths).LatestId());
    scope.has_snapshots = latest.has_value();
    while (true) {
      ARROW_ASSIGN_OR_RAISE(const auto schema, schemas.Latest());
      if (schema == nullptr) {
        if (if_exists) return Status::OK();
        ARROW_RETURN_NOT_OK(CheckDatabase(name.database));
        return MissingTable(name);
      }
      scope.now_millis = context_->clock->NowMillis();
      std::vector<meta::Notice> found;
      ARROW_ASSIGN_OR_RAISE(const types::TableSchema next,
                            meta::ApplyChanges(*schema, changes, scope, &found));
      ARROW_ASSIGN_OR_RAISE(const auto outcome, schemas.Create(next, /*sync=*/true));
      switch (outcome) {
        case base::CreateOutcome::kCreated:
          if (notices != nullptr) {
            notices->insert(notices->end(), found.begin(), found.end());
          }
          return Status::OK();
        case base::CreateOutcome::kExists:
          // Somebody altered the table: the changes apply to what came of it.
          continue;
        case base::CreateOutcome::kUnknown:
          return CommitUnknown(2401,
                               "Table may have been altered; look before trying again:",
                               V("table", FullName(name)), V("schema", next.id));
      }
    }
  }

  Status RenameTable(const TableName& from, const TableName& to,
                     bool if_exists) override {
    ARROW_RETURN_NOT_OK(RefuseSystemTable(from, "renamed"));
    ARROW_RETURN_NOT_OK(RefuseSystemTable(to, "renamed"));
    ARROW_ASSIGN_OR_RAISE(const std::string from_path, TablePath(from));
    ARROW_ASSIGN_OR_RAISE(const std::string to_path, TablePath(to));
    ARROW_ASSIGN_OR_RAISE(const bool exists, HasSchema(from_path, {}));
    if (!exists) {
      if (if_exists) return Status::OK();
      ARROW_RETURN_NOT_OK(CheckDatabase(from.database));
      return MissingTable(from);
    }
    ARROW_RETURN_NOT_OK(RefuseSystemDatabase(to.database));
    ARROW_RETURN_NOT_OK(CheckDatabase(to.database));
    ARROW_ASSIGN_OR_RAISE(const auto outcome,
                          context_->files->RenameDirectory(from_path, to_path));
    switch (outcome) {
      case base::CreateOutcome::kCreated:
        return Status::OK();
      case base::CreateOutcome::kExists:
        return TableIsThere(to);
      case base::CreateOutcome::kUnknown:
        break;
    }
    return CommitUnknown(2402, "Table may have been renamed; look before trying again:",
                         V("from", FullName(from)), V("to", FullName(to)));
  }

  Status DropTable(const TableName& name, bool if_exists) override {
    ARROW_RETURN_NOT_OK(RefuseSystemTable(name, "dropped"));
    ARROW_ASSIGN_OR_RAISE(const std::string path, TablePath(name));
    ARROW_ASSIGN_OR_RAISE(const bool exists, HasSchema(path, {}));
    if (!exists) {
      if (if_exists) return Status::OK();
      return MissingTable(name);
    }
    ARROW_ASSIGN_OR_RAISE(const io::TablePaths paths, io::TablePaths::Make(path));
    const meta::SchemaFiles schemas(context_, paths);
    ARROW_ASSIGN_OR_RAISE(const auto ids, schemas.ListIds());
    for (const int64_t id : ids) {
      ARROW_ASSIGN_OR_RAISE(const auto schema, schemas.Get(id));
      for (const char* option :
           {"data-file.external-paths", "global-index.external-path"}) {
        if (!schema->options.contains(option)) continue;
        return Unsupported(6302,
                           "Dropping a table with files outside its folder is not "
                           "supported:",
                           V("table", FullName(name)), V("option", option));
      }
    }
    return context_->files->DeleteRecursively(path);
  }

  Result<std::shared_ptr<table::Table>> GetTable(
      const TableName& name,
      const std::map<std::string, std::string>& dynamic_options) override {
    ARROW_ASSIGN_OR_RAISE(const ObjectName object, ObjectName::Parse(name.table));
    if (object.system_table) {
      return Unsupported(
          6303, "System table cannot be opened as a table:", V("table", FullName(name)));
    }
    ARROW_ASSIGN_OR_RAISE(const std::string path, TablePath(name));
    ARROW_ASSIGN_OR_RAISE(const bool exists, HasSchema(path, object.branch));
    if (!exists) {
      ARROW_RETURN_NOT_OK(CheckDatabase(name.database));
      return MissingTable(name);
    }
    std::map<std::string, std::string> options = dynamic_options;
    if (object.branch) options["branch"] = *object.branch;
    return table::Table::Open(context_, path, FullName(name), options);
  }

  Result<std::string> TablePath(const TableName& name) override {
    ARROW_ASSIGN_OR_RAISE(const ObjectName object, ObjectName::Parse(name.table));
    return io::TableDirectory(warehouse_, name.database, object.table);
  }

 private:
  static std::string FullName(const TableName& name) {
    return name.database + "." + name.table;
  }
  static Status MissingDatabase(const std::string& name) {
    return NotFound(4301, "Database does not exist:", V("database", name));
  }
  static Status MissingTable(const TableName& name) {
    return NotFound(4302, "Table does not exist:", V("table", FullName(name)));
  }
  static Status TableIsThere(const TableName& name) {
    return InvalidInput(1307, "Table exists already:", V("table", FullName(name)));
  }
  static Status RefuseSystemDatabase(const std::string& name) {
    if (name != kSystemDatabase) return Status::OK();
    return InvalidInput(
        1308, "Database name is reserved for system tables:", V("database", name));
  }
  static Status RefuseSystemTable(const TableName& name, std::string_view action) {
    ARROW_ASSIGN_OR_RAISE(const ObjectName object, ObjectName::Parse(name.table));
    if (!object.branch && !object.system_table) return Status::OK();
    return InvalidInput(1309, "Branches and system tables cannot be changed this way:",
                        V("table", FullName(name)), V("action", action));
  }

  Status CheckDatabase(const std::string& name) {
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          io::DatabaseDirectory(warehouse_, name));
    ARROW_ASSIGN_OR_RAISE(const bool exists, context_->files->Exists(path));
    return exists ? Status::OK() : MissingDatabase(name);
  }

  Result<bool> HasSchema(const std::string& table_path,
                         const std::optional<std::string>& branch) {
    ARROW_ASSIGN_OR_RAISE(const io::TablePaths paths, PathsOf(table_path, branch));
    ARROW_ASSIGN_OR_RAISE(const auto id, meta::SchemaFiles(context_, paths).LatestId());
    return id.has_value();
  }

  static Result<io::TablePaths> PathsOf(const std::string& table_path,
                                        const std::optional<std::string>& branch) {
    std::map<std::string, std::string> options;
    if (branch) options["branch"] = *branch;
    return io::TablePaths::Make(table_path, options);
  }

  /// Turn what a user gave into schema 0, or say everything that is wrong with it.
  Status Complete(types::TableSchema* schema, std::vector<meta::Notice>* notices) {
    types::JavaKeyOrder order;
    for (const auto& [key, value] : schema->options) order.Put(key);
    order = order.Copy();
    ARROW_RETURN_NOT_OK(meta::MoveKeysFromOptions(schema));
    for (const char* key : {"primary-key", "partition"}) order.Remove(key);
    schema->option_order = order.Keys();
    if (schema->options.contains("path")) {
      return InvalidInput(1310,
                          "A catalog over a folder decides itself where a table lies:",
                          V("option", "path"), V("hint", "leave the option out"));
    }
    ARROW_RETURN_NOT_OK(meta::CheckSchema(*schema, notices));
    ARROW_RETURN_NOT_OK(index::WantedIndexes(*schema).status());
    schema->version = types::TableSchema::kCurrentVersion;
    schema->id = 0;
    schema->highest_field_id = types::AssignFieldIds(&schema->fields);
    schema->time_millis = context_->clock->NowMillis();
    return Status::OK();
  }

  const std::shared_ptr<const base::Context> context_;
  const std::string warehouse_;
};

}  // namespace

Result<std::shared_ptr<Catalog>> MakeFileSystemCatalog(
    std::shared_ptr<const base::Context> context, const std::string& warehouse) {
  ARROW_ASSIGN_OR_RAISE(std::string path, WarehousePath(warehouse));
  return std::make_shared<FileSystemCatalog>(std::move(context), std::move(path));
}

}  // namespace tarn::catalog
