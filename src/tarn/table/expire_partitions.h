// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/table/table.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {

/// Whether the table's partitions expire: it has some, and `partition.expiration-time`.
bool PartitionsExpire(const Table& table);

/// Take the partitions out whose time is over (Paimon `NormalPartitionExpire`): by the
/// time that their values state (`partition.expiration-strategy` = `values-time`) or by
/// that of their newest file (`update-time`). At most `partition.expiration-max-num`, by
/// the order of their values, in one OVERWRITE snapshot or several of
/// `partition.expiration-batch-size`. Values that state no time never expire.
/// Answers the partitions. Errors: kInvalidInput unless `PartitionsExpire`, kUnsupported
/// for a formatter or a strategy, kConflict, kCommitUnknown.
Result<std::vector<types::PartitionSpec>> ExpirePartitions(const Table& table);

}  // namespace tarn::table
