// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: catalog, names to tables.
///
/// The file-system catalog has no metadata of its own: databases are folders ending in
/// `.db`, a table exists if its `schema/` folder holds a schema file (Paimon
/// `FileSystemCatalog`).

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/meta/schema_change.h"
#include "tarn/meta/schema_check.h"
#include "tarn/table/table.h"
#include "tarn/types/table_schema.h"

namespace tarn::catalog {

struct TableName {
  std::string database;
  std::string table;  ///< may carry "$snapshots" or "$branch_b"
};

class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual Result<std::vector<std::string>> ListDatabases() = 0;
  virtual Status CreateDatabase(const std::string& name, bool if_not_exists) = 0;
  /// Errors: kInvalidInput when it holds tables and `cascade` is false.
  virtual Status DropDatabase(const std::string& name, bool if_exists, bool cascade) = 0;
  virtual Result<std::vector<std::string>> ListTables(const std::string& database) = 0;
  virtual Result<bool> TableExists(const TableName& name) = 0;
  /// Give ids, check everything that Java checks (all mistakes in one error), write
  /// schema-0. Notices (things that will not do what one may expect) are appended to
  /// `notices`.
  virtual Status CreateTable(const TableName& name, types::TableSchema schema,
                             bool if_not_exists, std::vector<meta::Notice>* notices) = 0;
  /// Write the next schema. When somebody else did so first, the changes are applied to
  /// what came of it, so none is lost. Notices that the table did not earn before are
  /// appended to `notices`, which may be nullptr.
  /// Errors: those of `meta::ApplyChanges`, kNotFound, kCommitUnknown.
  virtual Status AlterTable(const TableName& name,
                            const std::vector<meta::SchemaChange>& changes,
                            bool if_exists, std::vector<meta::Notice>* notices) = 0;
  /// Move a table's folder, in its database or to another one.
  virtual Status RenameTable(const TableName& from, const TableName& to,
                             bool if_exists) = 0;
  virtual Status DropTable(const TableName& name, bool if_exists) = 0;
  virtual Result<std::shared_ptr<table::Table>> GetTable(
      const TableName& name,
      const std::map<std::string, std::string>& dynamic_options = {}) = 0;
  /// Path of a table's root, whether it exists or not.
  virtual Result<std::string> TablePath(const TableName& name) = 0;
};

/// Catalog over the folder `warehouse` (plain path or file: URI).
Result<std::shared_ptr<Catalog>> MakeFileSystemCatalog(
    std::shared_ptr<const base::Context> context, const std::string& warehouse);

}  // namespace tarn::catalog
