// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tarn/meta/index_manifest.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/types/table_schema.h"

namespace tarn::meta {

/// What turns the binary rows of a table's metadata into values. Without a schema rows
/// are shown as hexadecimal text.
struct DumpSchemas {
  /// The latest schema of the table, for partitions and keys; nullptr = unknown.
  std::shared_ptr<const types::TableSchema> latest;
  /// The schema that a file was written with, by id.
  std::function<Result<std::shared_ptr<const types::TableSchema>>(int64_t)> of;
};

/// Stored metadata as text for people and for comparing tables: one JSON object per
/// record, keys, partitions and statistics decoded (docs/reference/canonical-rows.md).
/// Never fails: what cannot be decoded is shown as `"hex:..."`.
std::vector<std::string> DumpManifestList(const std::vector<ManifestFileMeta>& manifests,
                                          const DumpSchemas& schemas);
std::vector<std::string> DumpManifest(const std::vector<ManifestEntry>& entries,
                                      const DumpSchemas& schemas);
std::vector<std::string> DumpIndexManifest(const std::vector<IndexManifestEntry>& entries,
                                           const DumpSchemas& schemas);

}  // namespace tarn::meta
