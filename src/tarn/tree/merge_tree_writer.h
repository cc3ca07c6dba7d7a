// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tarn/meta/commit_message.h"
#include "tarn/meta/split.h"
#include "tarn/tree/bucket.h"
#include "tarn/tree/write_buffer.h"
#include "tarn/types/change_batch.h"

namespace tarn::tree {

/// Writes one bucket (Paimon `MergeTreeWriter`): numbers rows from the bucket's last
/// sequence number on, buffers them, and flushes them, merged, as level-0 files. One
/// caller at a time.
class MergeTreeWriter {
 public:
  /// \param state  the bucket's live files: sequence numbers go on above theirs
  static Result<std::unique_ptr<MergeTreeWriter>> Make(Bucket bucket,
                                                       const meta::BucketState& state);

  /// Keep `rows` (all columns of the table, routed to this bucket) in the buffer.
  Status Write(const types::ChangeBatch& rows);
  /// Bytes of the buffer in memory.
  int64_t buffered_bytes() const { return buffer_->memory_bytes(); }
  /// Sort what is in memory into a temporary run on disk. Nothing is merged.
  Status Spill() { return buffer_->Spill(); }
  /// Merge everything into level-0 files; what is to be committed (may be empty).
  Result<meta::CommitMessage> PrepareCommit();
  /// Remove the files of a message that was certainly not committed.
  Status Abort(const meta::CommitMessage& message);
  const Bucket& bucket() const { return bucket_; }

 private:
  explicit MergeTreeWriter(Bucket bucket) : bucket_(std::move(bucket)) {}

  Bucket bucket_;
  std::unique_ptr<WriteBuffer> buffer_;
  int64_t next_sequence_ = 0;
};

}  // namespace tarn::tree
