// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tarn/commit/table_commit.h"

namespace tarn::commit {

/// What commits can do about rows that are there. One caller at a time.
class OverwriteCommit : public TableCommit {
 public:
  /// The commit itself: every one that `MakeTableCommit` answers can do this.
  static OverwriteCommit& Of(TableCommit* commit) {
    return *static_cast<OverwriteCommit*>(commit);
  }

  /// Take all rows out, or those of the partitions that match one of `partitions` (column
  /// -> value text, some of the columns or all), in one OVERWRITE snapshot whose
  /// operation is TRUNCATE (Paimon `truncateTable`, `truncatePartitions`). Files go when
  /// snapshots expire. Errors: as `Overwrite`; kInvalidInput for a column that is no
  /// partition column.
  virtual Result<CommitOutcome> Truncate(
      int64_t identifier,
      const std::vector<std::map<std::string, std::string>>& partitions) = 0;

  /// The same of partitions that are named whole, without that operation (Paimon
  /// `dropPartitions`).
  virtual Result<CommitOutcome> Drop(
      int64_t identifier,
      const std::vector<std::map<std::string, std::string>>& partitions) = 0;

  /// Bring the state of `target` back in one OVERWRITE snapshot on top of the others
  /// (Paimon `FileStoreCommit.rollbackToAsLatest`). Its files must still be there.
  virtual Result<CommitOutcome> Restore(int64_t identifier,
                                        const meta::Snapshot& target) = 0;

  /// Overwrite with what was made of snapshot `read_id`. Errors: kConflict when another
  /// snapshot came after it, whose rows would be lost.
  virtual Result<CommitOutcome> OverwriteWhatWasRead(
      int64_t read_id, const meta::Committable& committable,
      const std::map<std::string, std::string>& static_partition) = 0;
};

}  // namespace tarn::commit
