// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/index_manifest.h"

namespace tarn::index {

/// Type of the index files that say which keys a dynamic bucket holds.
inline constexpr char kHashIndexType[] = "HASH";

/// Hashes of the keys of one dynamic bucket: int32[rows], in stored order (Paimon
/// `HashIndexFile`: big-endian numbers and nothing else).
/// Errors: kNotFound, kCorruption for a size that is not `file`'s, kUnsupported for a
/// file outside the table.
Result<std::vector<int32_t>> ReadHashIndex(const base::Context& context,
                                           const io::TablePaths& paths,
                                           const meta::IndexManifestEntry& file);

/// Write `hashes` into a new file of the table; the entry that adds it.
/// \param partition  serialized binary row
Result<meta::IndexManifestEntry> WriteHashIndex(
    const base::Context& context, const io::TablePaths& paths, io::FileNames* names,
    const std::string& partition, int32_t bucket, const std::vector<int32_t>& hashes);

namespace internal {
/// Numbers of a file's bytes. Errors: kCorruption for a part of a number.
Result<std::vector<int32_t>> DecodeHashIndex(std::string_view bytes);
std::string EncodeHashIndex(const std::vector<int32_t>& hashes);
}  // namespace internal

}  // namespace tarn::index
