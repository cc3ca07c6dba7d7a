// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tarn/meta/commit_message.h"
#include "tarn/types/change_batch.h"

namespace tarn::tree {

/// Writes one bucket of one table (Paimon `RecordWriter`). One caller at a time.
class BucketWriter {
 public:
  virtual ~BucketWriter() = default;

  /// Take `rows` (all columns of the table, routed to this bucket). Errors: kUnavailable,
  /// kResource.
  virtual Status Write(const types::ChangeBatch& rows) = 0;
  /// Bytes held in memory that `Spill` would give back.
  virtual Result<int64_t> buffered_bytes() const = 0;
  /// Move to disk what is held in memory. What will be committed stays the same.
  virtual Status Spill() = 0;
  /// Close files; what is to be committed (may be empty). The writer can go on.
  virtual Result<meta::CommitMessage> PrepareCommit() = 0;
  /// Remove the files of a message that was certainly not committed.
  virtual Status Abort(const meta::CommitMessage& message) = 0;
};

}  // namespace tarn::tree
