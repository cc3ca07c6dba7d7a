// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tarn/meta/index_manifest.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/snapshot.h"
#include "tarn/types/data_type.h"

namespace tarn::commit {

/// What is compared, for messages and for the order of keys.
struct ConflictScope {
  std::string table;
  std::vector<types::DataField> key_fields;  ///< trimmed primary key; empty = no key
};

/// Whether `delta` may follow `base` (Paimon `ConflictDetection`): unless it overwrites,
/// a partition keeps its bucket count; `delta` alone is consistent; every file that it
/// deletes is still there; and in each level above 0 key ranges stay apart.
///
/// \param base  live files of the partitions that `delta` changes
/// Errors: kConflict saying which of these broke and naming files.
Status CheckConflicts(const ConflictScope& scope,
                      const std::vector<meta::ManifestEntry>& base,
                      const std::vector<meta::ManifestEntry>& delta,
                      meta::CommitKind kind);

/// Bucket count of each partition to which `entries` add files of a fixed bucket count.
/// Errors: kConflict when one partition has two.
Result<std::map<std::string, int32_t>> BucketCountsOf(
    const std::vector<meta::ManifestEntry>& entries);

/// Errors: kConflict when a partition has another count in `base`.
Status CheckBucketCounts(const ConflictScope& scope,
                         const std::map<std::string, int32_t>& expected,
                         const std::vector<meta::ManifestEntry>& base);

/// Whether the hash index of each partition of `bases` still is the one by which rows
/// were given their buckets. Java does not look; there a second writer gives one key two
/// buckets, and nobody is told. \param present index files of the latest snapshot
/// Errors: kConflict.
Status CheckHashIndex(const ConflictScope& scope,
                      const std::map<std::string, std::vector<std::string>>& bases,
                      const std::vector<meta::IndexManifestEntry>& present);

}  // namespace tarn::commit
