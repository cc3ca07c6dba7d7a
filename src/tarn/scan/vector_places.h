// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/snapshot.h"
#include "tarn/meta/split.h"
#include "tarn/scan/scan_settings.h"

namespace tarn::scan {

/// Where deletion vectors stand: by (partition, bucket), then by name of the data file.
using VectorsByBucket = std::map<std::pair<std::string, int32_t>,
                                 std::map<std::string, meta::DeletionVectorPlace>>;

/// The deletion vectors of `snapshot`; none for a table without them.
/// Errors: kNotFound, kCorruption (the index manifest), kPermission (an external path).
Result<VectorsByBucket> FindVectors(const base::Context& context,
                                    const io::TablePaths& paths,
                                    const types::TableSchema& schema,
                                    const ScanSettings& settings,
                                    const meta::Snapshot& snapshot);

}  // namespace tarn::scan
