// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/manifest_list.h"

namespace tarn::meta {

/// Where in an index file the deletion vector of one data file stands.
struct DeletionVectorRange {
  std::string data_file;
  int32_t offset = 0;
  int32_t length = 0;
  std::optional<int64_t> cardinality;
  bool operator==(const DeletionVectorRange&) const = default;
};

/// Which rows and columns a global index covers (Paimon `GlobalIndexMeta`).
struct GlobalIndexRange {
  int64_t row_range_start = 0;
  int64_t row_range_end = 0;
  int32_t index_field_id = 0;
  std::optional<std::vector<int32_t>> extra_field_ids;
  std::optional<std::string> index_meta;
  std::optional<std::string> source_meta;
  bool operator==(const GlobalIndexRange&) const = default;
};

/// One index file of a snapshot (Paimon `IndexManifestEntry`). An index manifest lists
/// all of them, so its entries only add.
struct IndexManifestEntry {
  FileKind kind = FileKind::kAdd;
  std::string partition;  ///< serialized binary row
  int32_t bucket = 0;
  std::string index_type;  ///< "HASH", "DELETION_VECTORS", or a global index's type
  std::string file_name;
  int64_t file_size = 0;
  int64_t row_count = 0;
  std::optional<std::vector<DeletionVectorRange>> deletion_vectors;
  std::optional<std::string> external_path;
  std::optional<GlobalIndexRange> global_index;
  bool operator==(const IndexManifestEntry&) const = default;
};

/// Entries of an index manifest, in stored order. Errors: kNotFound, kCorruption,
/// kUnsupported (version), kPermission (a name that leads elsewhere).
Result<std::vector<IndexManifestEntry>> ReadIndexManifest(const base::Context& context,
                                                          const std::string& path);

/// Write an index manifest as Java 2.0.0 does. \param entries all of them ADD
Status WriteIndexManifest(const base::Context& context, const std::string& path,
                          const std::vector<IndexManifestEntry>& entries,
                          const ManifestCompression& compression);

/// Entries of a snapshot after `changes` (ADD and DELETE) to those before it (Paimon
/// `IndexManifestFileHandler`): a bucket has one file of a type, which a new one
/// replaces. Global indexes, and deletion vectors where `unaware` says that the table has
/// no buckets, are told apart by file. Errors: kConflict for a file that is deleted and
/// not there.
Result<std::vector<IndexManifestEntry>> CombineIndexEntries(
    std::vector<IndexManifestEntry> previous,
    const std::vector<IndexManifestEntry>& changes, bool unaware);

}  // namespace tarn::meta
