// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "tarn/datafile/data_file_writer.h"
#include "tarn/meta/split.h"
#include "tarn/tree/bucket.h"
#include "tarn/tree/bucket_writer.h"

namespace tarn::tree {

/// Writes rows of one bucket in the order in which they come, straight into files of
/// level 0 (Paimon `AppendOnlyWriter`). Tables without a primary key are written so:
/// kinds are not stored, rows are numbered on. So are postponed buckets
/// (`PostponeBucketWriter`): their files keep kinds, and every row has the number -1,
/// since nobody merges them. Memory is what the file that is open holds back.
class AppendWriter final : public BucketWriter {
 public:
  /// \param state  live files of the bucket: numbers go on above theirs. Nothing restored
  ///   means numbers from 0.
  static std::unique_ptr<AppendWriter> Make(Bucket bucket,
                                            const meta::BucketState& state);

  Status Write(const types::ChangeBatch& rows) override;
  Result<int64_t> buffered_bytes() const override;
  Status Spill() override;
  Result<meta::CommitMessage> PrepareCommit() override;
  Status Abort(const meta::CommitMessage& message) override;

 private:
  explicit AppendWriter(Bucket bucket) : bucket_(std::move(bucket)) {}
  datafile::WriteBucket Place() const;

  Bucket bucket_;
  std::unique_ptr<datafile::DataFileWriter> writer_;  ///< nullptr = no rows yet
  int64_t next_sequence_ = 0;
  bool numbered_ = true;
  std::vector<int64_t> sequences_;  ///< of the batch being written
};

}  // namespace tarn::tree
