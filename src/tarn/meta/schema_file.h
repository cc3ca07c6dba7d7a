// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// The schema files of one table or branch (Paimon `SchemaManager`): `schema-<id>`,
/// without a hint; the latest is the highest id that the folder lists. Schemas never
/// change, so each is read once. Thread-safe.
class SchemaFiles {
 public:
  SchemaFiles(std::shared_ptr<const base::Context> context, io::TablePaths paths)
      : context_(std::move(context)), paths_(std::move(paths)) {}

  /// All ids, ascending; empty when there is no table.
  Result<std::vector<int64_t>> ListIds() const;
  /// Highest id, absent when there is no table.
  Result<std::optional<int64_t>> LatestId() const;
  /// Errors: kNotFound, kCorruption.
  Result<std::shared_ptr<const types::TableSchema>> Get(int64_t id) const;
  /// The latest schema, nullptr when there is no table.
  Result<std::shared_ptr<const types::TableSchema>> Latest() const;
  /// Write `schema` under its id if that is free, and force it to disk with `sync`.
  Result<base::CreateOutcome> Create(const types::TableSchema& schema, bool sync) const;

 private:
  std::shared_ptr<const base::Context> context_;
  io::TablePaths paths_;
  mutable std::mutex mutex_;
  mutable std::map<int64_t, std::shared_ptr<const types::TableSchema>> read_;
};

}  // namespace tarn::meta
