// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/manifest_file.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// When manifests are rewritten into fewer (options `manifest.*`).
struct ManifestMergeOptions {
  ManifestWriter::Options writer;  ///< with `manifest.target-file-size`
  int64_t min_count = 30;          ///< `manifest.merge-min-count`
  int64_t full_threshold_bytes = int64_t{16}
                                 << 20;  ///< `manifest.full-compaction-threshold-size`
};

/// Fewer manifests with the same meaning as `input` (Paimon `ManifestFileMerger`): a full
/// rewrite, which cancels every DELETE, when small manifests and those with DELETEs are
/// large enough together; else neighbours are joined until they reach the target size.
///
/// \param written  names of manifests created here are appended, also when an error
/// follows:
///                 whoever does not publish them removes them
Result<std::vector<ManifestFileMeta>> MergeManifests(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& input,
    const std::vector<types::DataField>& partition_fields, io::FileNames* names,
    const ManifestMergeOptions& options, std::vector<std::string>* written);

}  // namespace tarn::meta
