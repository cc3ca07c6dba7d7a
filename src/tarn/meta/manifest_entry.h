// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"

namespace tarn::meta {

enum class FileKind : uint8_t { kAdd = 0, kDelete = 1 };

/// Adds or deletes one data file (Paimon `ManifestEntry`).
struct ManifestEntry {
  FileKind kind = FileKind::kAdd;
  std::string
      partition;  ///< serialized binary row (arity prefix); arity 0 if unpartitioned
  int32_t bucket = 0;
  int32_t total_buckets = 0;  ///< bucket count of the partition when the file was written
  DataFileMeta file;
  bool operator==(const ManifestEntry&) const = default;
};

/// Bytes that are equal exactly for entries of the same file identifier: partition,
/// bucket, level, name, extra files, embedded index, external path (Paimon
/// `FileEntry.Identifier`).
std::string IdentifierOf(const ManifestEntry& entry);

/// Cancel DELETE against ADD, in order. What remains are live ADDs, and DELETEs whose ADD
/// was not among `entries`. Errors: kCorruption when a file is added twice.
Result<std::vector<ManifestEntry>> MergeEntries(std::vector<ManifestEntry> entries);

/// One manifest file as a manifest list describes it (Paimon `ManifestFileMeta`).
struct ManifestFileMeta {
  std::string file_name;
  int64_t file_size = 0;
  int64_t num_added_files = 0;
  int64_t num_deleted_files = 0;
  SimpleStats partition_stats;
  int64_t schema_id = 0;
  std::optional<int32_t> min_bucket, max_bucket, min_level, max_level;
  std::optional<int64_t> min_row_id, max_row_id;
  bool operator==(const ManifestFileMeta&) const = default;
};

}  // namespace tarn::meta
