// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/base/memory_budget.h"
#include "tarn/types/change_batch.h"
#include "tarn/types/table_schema.h"
#include "tarn/write/bucket_chooser.h"
#include "tarn/write/table_write.h"

namespace tarn::write {

/// Whether a key may move between partitions: a partition column is not part of the
/// primary key (Paimon `BucketMode.KEY_DYNAMIC`).
bool CrossesPartitions(const types::TableSchema& schema);

/// Where each key of a table is whose keys may move between partitions (Paimon
/// `GlobalIndexAssigner`). Built from the table when the first row comes and kept in
/// memory, under the budget.
///
/// A key that comes with another partition than before: `deduplicate` deletes it there
/// and puts the row here, `partial-update` and `aggregation` write into the partition
/// where the key is, `first-row` drops the row. One caller at a time.
class GlobalIndex final : public BucketChooser {
 public:
  /// Errors: kUnsupported naming options that Java treats in a way that loses rows, or
  /// that are not there yet.
  static Result<std::unique_ptr<GlobalIndex>> Make(
      std::shared_ptr<const base::Context> context, const types::TableSchema& schema,
      decltype(Restore::keys) keys);

  /// The rows that `batch` becomes, in order, with the partitions that they go to. What
  /// `Choose` is asked next is their buckets. Errors: kResource when the index does not
  /// fit, and those of reading the table.
  Result<types::ChangeBatch> Place(const types::ChangeBatch& batch);

  Result<std::vector<int32_t>> Choose(
      const arrow::RecordBatch& rows, const std::vector<int32_t>& partition_of_row,
      const std::vector<std::string>& partitions) override;
  int32_t TotalBuckets(const std::string& /*partition*/) const override { return -1; }
  Status AddIndexFiles(std::vector<meta::CommitMessage>* messages) override;
  void Forget() override;

 private:
  enum class Engine : uint8_t { kMoves, kStays, kFirst };
  struct Spot {
    int32_t partition = 0;
    int32_t bucket = 0;
  };
  /// What a batch becomes; one element per row that comes out.
  struct Placed {
    std::vector<int32_t> source;
    std::vector<int32_t> partition;
    std::vector<uint8_t> kinds;
    bool changed = false;  ///< not the rows of the batch one by one
  };

  explicit GlobalIndex(std::shared_ptr<const base::Context> context)
      : context_(std::move(context)), reservation_(context_->budget) {}
  Status Load();
  Status Add(std::string_view key, Spot spot);
  int32_t IdOf(const std::string& partition);
  int32_t AssignBucket(int32_t partition);
  Status PlaceRow(int32_t row, std::string_view key, int32_t partition, uint8_t kind,
                  Placed* out);
  Result<types::ChangeBatch> Rebuild(const types::ChangeBatch& batch,
                                     const Placed& placed) const;

  std::shared_ptr<const base::Context> context_;
  base::MemoryReservation reservation_;
  decltype(Restore::keys) keys_;
  Engine engine_ = Engine::kMoves;
  int64_t target_rows_ = 0;
  std::vector<int> key_columns_, partition_columns_;
  std::vector<types::DataType> key_types_, partition_types_;
  std::vector<types::DataField> partition_fields_;

  std::optional<int64_t> since_;  ///< snapshot that the index was built from
  std::unordered_map<std::string, Spot> spots_;
  std::vector<std::string> partitions_;  ///< serialized rows, by id
  std::map<std::string, int32_t, std::less<>> ids_;
  std::vector<std::map<int32_t, int64_t>> rows_of_bucket_;  ///< by partition id
  int64_t held_bytes_ = 0;
  std::vector<int32_t> buckets_;  ///< of the rows that `Place` answered last
};

}  // namespace tarn::write
