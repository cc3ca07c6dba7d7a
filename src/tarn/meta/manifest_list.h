// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/format/avro_codec.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/snapshot.h"

namespace tarn::meta {

/// How manifests and manifest lists are written (options `manifest.compression`,
/// `file.compression.zstd-level`).
struct ManifestCompression {
  format::AvroCodec codec = format::AvroCodec::kZstandard;
  int level = 1;
};

/// A metadata file that was just written: what a snapshot keeps of it.
struct WrittenList {
  std::string name;
  int64_t bytes = 0;
};

/// Schema of manifest lists, as Java 2.0.0 writes it into the header.
std::string_view ManifestListAvroSchema();

/// All manifests that a list names (Paimon `ManifestList`). Properties that older writers
/// did not know are absent. Errors: kNotFound, kCorruption, kUnsupported (version,
/// codec), kPermission (a name that leads elsewhere).
Result<std::vector<ManifestFileMeta>> ReadManifestList(const base::Context& context,
                                                       const std::string& path);

/// Write a new list `path`; answers its size.
Result<int64_t> WriteManifestList(const base::Context& context, const std::string& path,
                                  const std::vector<ManifestFileMeta>& manifests,
                                  const ManifestCompression& compression);

/// The data manifests of a snapshot: base list, then delta list.
Result<std::vector<ManifestFileMeta>> ReadDataManifests(const base::Context& context,
                                                        const io::TablePaths& paths,
                                                        const Snapshot& snapshot);
Result<std::vector<ManifestFileMeta>> ReadDeltaManifests(const base::Context& context,
                                                         const io::TablePaths& paths,
                                                         const Snapshot& snapshot);
/// Empty for a snapshot without a changelog.
Result<std::vector<ManifestFileMeta>> ReadChangelogManifests(const base::Context& context,
                                                             const io::TablePaths& paths,
                                                             const Snapshot& snapshot);

}  // namespace tarn::meta
