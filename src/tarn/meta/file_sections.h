// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/meta/data_file_meta.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// Files in sorted runs: files of one run ascend without touching, runs may overlap.
using FileRuns = std::vector<std::vector<DataFileMeta>>;

/// Cut files of one bucket into sections that share no key, ascending by key, and each
/// section into as few runs as greed finds (Paimon `IntervalPartition`).
///
/// \param key_fields  the trimmed primary key, in key order
/// Errors: kCorruption for keys that cannot be decoded.
Result<std::vector<FileRuns>> PartitionFiles(
    const std::vector<DataFileMeta>& files,
    const std::vector<types::DataField>& key_fields);

}  // namespace tarn::meta
