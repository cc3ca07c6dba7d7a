// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// Minimum, maximum and null count of the partition columns over a manifest's entries.
/// \param partition_counts  serialized partition row → number of entries
/// Errors: kCorruption for a row that does not fit `fields`.
Result<SimpleStats> ComputePartitionStats(
    const std::vector<types::DataField>& fields,
    const std::map<std::string, int64_t>& partition_counts);

}  // namespace tarn::meta
