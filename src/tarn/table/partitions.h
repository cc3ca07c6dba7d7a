// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tarn/table/table.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {

/// A partition as a user names it: some partition columns, or all, with a value's text.
using PartitionText = std::map<std::string, std::string>;

/// The partitions that have files at the latest snapshot, by their folder names.
/// Errors: kInvalidInput for a table without partitions.
Result<std::vector<types::PartitionSpec>> ListPartitions(const Table& table);

/// Take the rows of all partitions that match one of `partitions` out, or all rows when
/// it is empty, in one snapshot (Paimon `truncatePartitions`, `truncateTable`).
Status Truncate(const Table& table, const std::vector<PartitionText>& partitions);

/// Whether each of `partitions` matches one that has files. Errors: kInvalidInput for a
/// column that is no partition column or a text that is no value of it.
Result<std::vector<bool>> HavePartitions(const Table& table,
                                         const std::vector<PartitionText>& partitions);

/// Write `_SUCCESS` into the folders of partitions (Paimon `SuccessFileMarkDoneAction`):
/// when it was first marked, and now.
/// Errors: kUnsupported when `partition.mark-done-action` asks for more.
Status MarkPartitionsDone(const Table& table,
                          const std::vector<PartitionText>& partitions);

struct RescaleRequest {
  std::optional<int32_t> buckets;  ///< absent: the table's own number
  PartitionText partition;         ///< empty: all
};

/// Write partitions anew with another number of buckets, in one OVERWRITE snapshot
/// (Paimon `RescaleAction`). A commit that comes in between is not lost: all is planned
/// again. Errors: kInvalidInput (nothing to rescale, a postponed table without a number),
/// kConflict after several lost races.
Status Rescale(const Table& table, const RescaleRequest& request);

}  // namespace tarn::table
