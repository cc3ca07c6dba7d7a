// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/global_index.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/meta/stored_rows.h"
#include "tarn/options/options.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/row_kind.h"

namespace tarn::write {
namespace {

/// What a key costs beside its bytes: node, string, place.
constexpr int64_t kBytesPerKey = 96;
/// The budget is asked for so much at once.
constexpr int64_t kReserveBytes = int64_t{1} << 20;

arrow::ArrayVector ColumnsOf(const arrow::RecordBatch& batch,
                             const std::vector<int>& which) {
  arrow::ArrayVector columns;
  for (int column : which) columns.push_back(batch.column(column));
  return columns;
}

/// Options under which Java leaves a moved key in both partitions, and what is not built.
Status RefuseOptions(const options::Options& table) {
  for (const char* key : {"ignore-delete", "ignore-update-before", "rowkind.field",
                          "cross-partition-upsert.index-ttl"}) {
    const std::string* value = table.Find(key);
    if (value == nullptr || *value == "false") continue;
    return Unsupported(6454,
                       "Writing to a table whose primary key lacks a partition column is "
                       "not supported under this option:",
                       V("option", key), V("value", *value));
  }
  return Status::OK();
}

}  // namespace

bool CrossesPartitions(const types::TableSchema& schema) {
  const auto& keys = schema.primary_keys;
  return !keys.empty() &&
         std::any_of(schema.partition_keys.begin(), schema.partition_keys.end(),
                     [&](const std::string& column) {
                       return std::find(keys.begin(), keys.end(), column) == keys.end();
                     });
}

Result<std::unique_ptr<GlobalIndex>> GlobalIndex::Make(
    std::shared_ptr<const base::Context> context, const types::TableSchema& schema,
    decltype(Restore::keys) keys) {
  const options::Options table(schema.options);
  ARROW_RETURN_NOT_OK(RefuseOptions(table));
  auto out = std::unique_ptr<GlobalIndex>(new GlobalIndex(std::move(context)));
  out->keys_ = std::move(keys);
  ARROW_ASSIGN_OR_RAISE(const std::string engine, table.Get(options::kMergeEngine));
  out->engine_ = engine == "deduplicate" ? Engine::kMoves
                 : engine == "first-row" ? Engine::kFirst
                                         : Engine::kStays;
  ARROW_ASSIGN_OR_RAISE(out->target_rows_,
                        table.Get(options::kDynamicBucketTargetRowNum));
  ARROW_ASSIGN_OR_RAISE(out->key_columns_, schema.IndexesOf(schema.TrimmedPrimaryKey()));
  ARROW_ASSIGN_OR_RAISE(out->partition_columns_, schema.IndexesOf(schema.partition_keys));
  ARROW_ASSIGN_OR_RAISE(out->partition_fields_, schema.FieldsOf(schema.partition_keys));
  for (int column : out->key_columns_) {
    out->key_types_.push_back(schema.fields[static_cast<size_t>(column)].type);
  }
  for (const auto& field : out->partition_fields_) {
    out->partition_types_.push_back(field.type);
  }
  return out;
}

int32_t GlobalIndex::IdOf(const std::string& partition) {
  const auto [at, fresh] =
      ids_.try_emplace(partition, static_cast<int32_t>(partitions_.size()));
  if (fresh) {
    partitions_.push_back(partition);
    rows_of_bucket_.emplace_back();
  }
  return at->second;
}

Status GlobalIndex::Add(std::string_view key, Spot spot) {
  held_bytes_ += static_cast<int64_t>(key.size()) + kBytesPerKey;
  if (held_bytes_ > reservation_.bytes() &&
      !reservation_.Resize(held_bytes_ + kReserveBytes)) {
    return ResourceExhausted(
        9451,
        "The index of all keys does not fit into the memory budget; make the partition "
        "columns part of the primary key, or give the process more memory:",
        V("keys", spots_.size()), V("bytes", held_bytes_));
  }
  spots_.insert_or_assign(std::string(key), spot);
  return Status::OK();
}

Status GlobalIndex::Load() {
  if (since_) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(
      const int64_t snapshot, keys_([&](const std::string& partition, int32_t bucket,
                                        const arrow::RecordBatch& keys) -> Status {
        const int32_t id = IdOf(partition);
        rows_of_bucket_[static_cast<size_t>(id)][bucket] += keys.num_rows();
        ARROW_ASSIGN_OR_RAISE(
            const auto encoded,
            types::EncodeBinaryRows(context_->pool, keys.columns(), key_types_));
        for (int64_t row = 0; row < keys.num_rows(); ++row) {
          const std::string key(encoded.Row(row));
          if (const auto found = spots_.find(key); found != spots_.end()) {
            return Conflict(3454,
                            "A key is in two partitions or buckets: several writers "
                            "wrote to this table at once, which its kind does not bear:",
                            V("partition_bucket", found->second.bucket),
                            V("other_bucket", bucket));
          }
          ARROW_RETURN_NOT_OK(Add(key, {id, bucket}));
        }
        return Status::OK();
      }));
  since_ = snapshot;
  return Status::OK();
}

int32_t GlobalIndex::AssignBucket(int32_t partition) {
  auto& buckets = rows_of_bucket_[static_cast<size_t>(partition)];
  for (auto& [bucket, rows] : buckets) {
    if (rows < target_rows_) {
      ++rows;
      return bucket;
    }
  }
  for (int32_t bucket = 0;; ++bucket) {
    if (buckets.try_emplace(bucket, 1).second) return bucket;
  }
}

Status GlobalIndex::PlaceRow(int32_t row, std::string_view key, int32_t partition,
                             uint8_t kind, Placed* out) {
  const auto emit = [&](Spot spot, uint8_t as) {
    out->source.push_back(row);
    out->partition.push_back(spot.partition);
    out->kinds.push_back(as);
    buckets_.push_back(spot.bucket);
  };
  const auto found = spots_.find(std::string(key));
  if (found != spots_.end()) {
    const Spot before = found->second;
    if (before.partition == partition) {
      emit(before, kind);
      return Status::OK();
    }
    out->changed = true;
    if (engine_ == Engine::kFirst) return Status::OK();
    if (engine_ == Engine::kStays) {
      emit(before, kind);
      return Status::OK();
    }
    emit(before, static_cast<uint8_t>(types::RowKind::kDelete));
    --rows_of_bucket_[static_cast<size_t>(before.partition)][before.bucket];
    found->second = {partition, AssignBucket(partition)};
    emit(found->second, kind);
    return Status::OK();
  }
  const Spot spot{partition, AssignBucket(partition)};
  ARROW_RETURN_NOT_OK(Add(key, spot));
  emit(spot, kind);
  return Status::OK();
}

Result<types::ChangeBatch> GlobalIndex::Place(const types::ChangeBatch& batch) {
  ARROW_RETURN_NOT_OK(Load());
  buckets_.clear();
  Placed placed;
  const int64_t rows = batch.num_rows();
  if (rows == 0) return batch;
  ARROW_ASSIGN_OR_RAISE(
      const auto keys,
      types::EncodeBinaryRows(context_->pool, ColumnsOf(*batch.rows, key_columns_),
                              key_types_));
  ARROW_ASSIGN_OR_RAISE(
      const auto partitions,
      types::EncodeBinaryRows(context_->pool, ColumnsOf(*batch.rows, partition_columns_),
                              partition_types_));
  const uint8_t* kinds = batch.kinds_data();
  std::string_view previous;
  int32_t id = -1;
  for (int64_t row = 0; row < rows; ++row) {
    const std::string_view partition = partitions.Row(row);
    if (id < 0 || partition != previous) {
      id = IdOf(types::SerializeBinaryRow(static_cast<int32_t>(partition_types_.size()),
                                          partition));
      previous = partition;
    }
    ARROW_RETURN_NOT_OK(PlaceRow(static_cast<int32_t>(row), keys.Row(row), id,
                                 kinds == nullptr ? uint8_t{0} : kinds[row], &placed));
  }
  if (!placed.changed) return batch;
  return Rebuild(batch, placed);
}

Result<types::ChangeBatch> GlobalIndex::Rebuild(const types::ChangeBatch& batch,
                                                const Placed& placed) const {
  arrow::compute::ExecContext exec(context_->pool);
  const auto no_check = arrow::compute::TakeOptions::NoBoundsCheck();
  const auto rows = static_cast<int64_t>(placed.source.size());
  arrow::Int32Builder builder(context_->pool);
  ARROW_RETURN_NOT_OK(builder.AppendValues(placed.source));
  ARROW_ASSIGN_OR_RAISE(const auto source, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(const auto taken,
                        arrow::compute::Take(batch.rows, source, no_check, &exec));
  types::ChangeBatch out;
  out.rows = taken.record_batch();

  // The partitions that occur, decoded once, and taken for each row.
  std::map<int32_t, int32_t> dense;
  std::vector<std::string_view> distinct;
  for (int32_t id : placed.partition) {
    if (dense.try_emplace(id, static_cast<int32_t>(distinct.size())).second) {
      distinct.push_back(partitions_[static_cast<size_t>(id)]);
    }
    ARROW_RETURN_NOT_OK(builder.Append(dense.at(id)));
  }
  ARROW_ASSIGN_OR_RAISE(const auto partition_of_row, builder.Finish());
  ARROW_ASSIGN_OR_RAISE(const auto columns,
                        meta::DecodeStoredRows(distinct, partition_fields_));
  for (size_t i = 0; i < columns.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(
        const auto column,
        arrow::compute::Take(*columns[i], *partition_of_row, no_check, &exec));
    const int at = partition_columns_[i];
    ARROW_ASSIGN_OR_RAISE(out.rows,
                          out.rows->SetColumn(at, out.rows->schema()->field(at), column));
  }
  ARROW_ASSIGN_OR_RAISE(auto kinds, arrow::AllocateBuffer(rows, context_->pool));
  std::copy(placed.kinds.begin(), placed.kinds.end(), kinds->mutable_data());
  out.kinds = std::move(kinds);
  return out;
}

Result<std::vector<int32_t>> GlobalIndex::Choose(const arrow::RecordBatch& rows,
                                                 const std::vector<int32_t>&,
                                                 const std::vector<std::string>&) {
  TARN_CHECK(static_cast<int64_t>(buckets_.size()) == rows.num_rows(),
             V("rows", rows.num_rows()));
  return std::exchange(buckets_, {});
}

Status GlobalIndex::AddIndexFiles(std::vector<meta::CommitMessage>* messages) {
  for (auto& message : *messages) message.sole_writer_since = since_;
  return Status::OK();
}

void GlobalIndex::Forget() {
  since_.reset();
  spots_.clear();
  partitions_.clear();
  ids_.clear();
  rows_of_bucket_.clear();
  buckets_.clear();
  held_bytes_ = 0;
  reservation_.Resize(0);
}

}  // namespace tarn::write
