// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/manifest_file.h"
#include "tarn/meta/snapshot.h"

namespace tarn::meta {

/// Which files of a snapshot are wanted; an empty function wants all.
struct LiveFilesFilter {
  /// False skips a whole manifest, by what its list says about it. It must not depend on
  /// anything that differs between a file's ADD and its DELETE.
  std::function<bool(const ManifestFileMeta&)> manifest;
  /// By place, asked for ADD and DELETE alike.
  std::function<bool(std::string_view partition, int32_t bucket, int32_t total_buckets)>
      bucket;
  /// By anything else (statistics); asked for ADD only: a DELETE may have lost its
  /// statistics.
  std::function<bool(const ManifestEntry&)> added;
};

struct LiveFilesCounters {
  int64_t manifests_total = 0;
  int64_t manifests_read = 0;
  int64_t files_total = 0;  ///< ADD entries of the manifests read, in wanted places
};

/// Entries of `manifests` in order, read in parallel. Nothing is cancelled.
Result<std::vector<ManifestEntry>> ReadEntries(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& manifests, const EntryFilter& filter = {});

/// The files that are live after `manifests`: added and not deleted, whatever the order
/// of the two (Paimon `AbstractFileStoreScan`). Errors: kCorruption when a file is added
/// twice, and those of `ReadManifest`.
Result<std::vector<ManifestEntry>> ReadLiveFiles(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& manifests, const LiveFilesFilter& filter = {},
    LiveFilesCounters* counters = nullptr);

/// The files that are live in `snapshot`.
Result<std::vector<ManifestEntry>> ReadLiveFiles(const base::Context& context,
                                                 const io::TablePaths& paths,
                                                 const Snapshot& snapshot,
                                                 const LiveFilesFilter& filter = {},
                                                 LiveFilesCounters* counters = nullptr);

}  // namespace tarn::meta
