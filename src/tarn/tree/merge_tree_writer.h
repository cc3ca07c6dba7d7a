// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tarn/meta/split.h"
#include "tarn/tree/bucket.h"
#include "tarn/tree/bucket_writer.h"
#include "tarn/tree/write_buffer.h"

namespace tarn::tree {

/// Writes one bucket (Paimon `MergeTreeWriter`): numbers rows from the bucket's last
/// sequence number on, buffers them, and flushes them, merged, as level-0 files. One
/// caller at a time.
class MergeTreeWriter final : public BucketWriter {
 public:
  /// \param state  the bucket's live files: sequence numbers go on above theirs
  static Result<std::unique_ptr<MergeTreeWriter>> Make(Bucket bucket,
                                                       const meta::BucketState& state);

  /// Keep `rows` in the buffer.
  Status Write(const types::ChangeBatch& rows) override;
  Result<int64_t> buffered_bytes() const override { return buffer_->memory_bytes(); }
  /// Sort what is in memory into a temporary run on disk. Nothing is merged.
  Status Spill() override { return buffer_->Spill(); }
  /// Merge everything into level-0 files.
  Result<meta::CommitMessage> PrepareCommit() override;
  Status Abort(const meta::CommitMessage& message) override;
  const Bucket& bucket() const { return bucket_; }

 private:
  explicit MergeTreeWriter(Bucket bucket) : bucket_(std::move(bucket)) {}

  Bucket bucket_;
  std::unique_ptr<WriteBuffer> buffer_;
  int64_t next_sequence_ = 0;
};

}  // namespace tarn::tree
