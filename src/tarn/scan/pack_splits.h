// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tarn/meta/data_file_meta.h"
#include "tarn/types/data_type.h"

namespace tarn::scan {

/// How files of one bucket become splits (options `source.split.*`).
struct PackOptions {
  int64_t target_bytes = int64_t{128} << 20;
  int64_t open_file_cost_bytes = int64_t{4} << 20;
};

/// Files of one split.
struct SplitFiles {
  std::vector<meta::DataFileMeta> files;
  bool raw_convertible = false;
};

/// Files of a bucket without a key: by sequence, all raw (Paimon
/// `AppendOnlySplitGenerator`).
std::vector<SplitFiles> PackAppendFiles(std::vector<meta::DataFileMeta> files,
                                        const PackOptions& options);

/// Files of a bucket with a key (Paimon `MergeTreeSplitGenerator`): all raw when no key
/// can be in two of them; else sections stay whole, and a split of one file is raw.
/// \param one_version_per_key  the table guarantees it above level 0 (first-row, deletion
///                             vectors)
/// \param keep_section  answers whether any row of these files is wanted
Result<std::vector<SplitFiles>> PackKeyedFiles(
    const std::vector<meta::DataFileMeta>& files,
    const std::vector<types::DataField>& key_fields, bool one_version_per_key,
    const PackOptions& options,
    const std::function<Result<bool>(const std::vector<meta::DataFileMeta>&)>&
        keep_section);

}  // namespace tarn::scan
