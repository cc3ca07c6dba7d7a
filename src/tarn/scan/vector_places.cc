// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/vector_places.h"

#include "tarn/meta/index_file_path.h"
#include "tarn/meta/index_manifest.h"

namespace tarn::scan {

Result<VectorsByBucket> FindVectors(const base::Context& context,
                                    const io::TablePaths& paths,
                                    const types::TableSchema& schema,
                                    const ScanSettings& settings,
                                    const meta::Snapshot& snapshot) {
  VectorsByBucket out;
  if (!settings.deletion_vectors || !snapshot.index_manifest) return out;
  ARROW_ASSIGN_OR_RAISE(const auto index_paths,
                        meta::IndexFilePaths::Make(paths, schema));
  ARROW_ASSIGN_OR_RAISE(const std::string manifest,
                        paths.ManifestFile(*snapshot.index_manifest));
  ARROW_ASSIGN_OR_RAISE(const auto entries, meta::ReadIndexManifest(context, manifest));
  for (const meta::IndexManifestEntry& entry : entries) {
    if (entry.index_type != "DELETION_VECTORS" || !entry.deletion_vectors) continue;
    ARROW_ASSIGN_OR_RAISE(const std::string path, index_paths.PathOf(entry));
    auto& places = out[{entry.partition, entry.bucket}];
    for (const meta::DeletionVectorRange& range : *entry.deletion_vectors) {
      places[range.data_file] = {path, range.offset, range.length};
    }
  }
  return out;
}

}  // namespace tarn::scan
