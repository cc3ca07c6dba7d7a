// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/dynamic_buckets.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <arrow/record_batch.h>

#include "tarn/index/hash_index_file.h"
#include "tarn/options/options.h"
#include "tarn/types/bucket.h"

namespace tarn::write {
namespace {

constexpr size_t kFirstPlaces = 64;
constexpr int32_t kBucketsMax = std::numeric_limits<int16_t>::max();

}  // namespace

size_t HashBuckets::PlaceOf(int32_t hash) const {
  // Keys' hashes are mixed well, but the low bits of a bucket's keys need not be.
  const uint32_t mixed = static_cast<uint32_t>(hash) * 0x9E3779B1U;
  const size_t mask = hashes_.size() - 1;
  size_t place = (mixed ^ (mixed >> 15)) & mask;
  while (buckets_[place] >= 0 && hashes_[place] != hash) place = (place + 1) & mask;
  return place;
}

bool HashBuckets::IsFull() const {
  return static_cast<size_t>(size_) * 4 >= hashes_.size() * 3;
}

int64_t HashBuckets::bytes_to_add() const {
  if (!IsFull()) return bytes();
  return bytes() + BytesOf(std::max(kFirstPlaces, hashes_.size() * 2));
}

int16_t HashBuckets::Find(int32_t hash) const {
  return hashes_.empty() ? int16_t{-1} : buckets_[PlaceOf(hash)];
}

void HashBuckets::Grow() {
  const size_t places = std::max(kFirstPlaces, hashes_.size() * 2);
  const std::vector<int32_t> hashes =
      std::exchange(hashes_, std::vector<int32_t>(places));
  const std::vector<int16_t> buckets =
      std::exchange(buckets_, std::vector<int16_t>(places, -1));
  for (size_t i = 0; i < hashes.size(); ++i) {
    if (buckets[i] < 0) continue;
    const size_t place = PlaceOf(hashes[i]);
    hashes_[place] = hashes[i];
    buckets_[place] = buckets[i];
  }
}

void HashBuckets::Add(int32_t hash, int16_t bucket) {
  if (IsFull()) Grow();
  const size_t place = PlaceOf(hash);
  hashes_[place] = hash;
  buckets_[place] = bucket;
  ++size_;
}

Result<DynamicBucketOptions> DynamicBucketOptions::FromSchema(
    const types::TableSchema& schema) {
  const options::Options table(schema.options);
  DynamicBucketOptions out;
  ARROW_ASSIGN_OR_RAISE(out.target_rows, table.Get(options::kDynamicBucketTargetRowNum));
  ARROW_ASSIGN_OR_RAISE(out.max_buckets, table.Get(options::kDynamicBucketMaxBuckets));
  return out;
}

void PartitionIndex::Restore(int32_t hash, int16_t bucket) {
  if (hashes_.Find(hash) < 0) hashes_.Add(hash, bucket);
  ++rows_of_open_bucket_[bucket];
  if (known_.insert(bucket).second) buckets_.push_back(bucket);
}

Result<int16_t> PartitionIndex::Assign(int32_t hash, int32_t max_bucket,
                                       base::Random* random) {
  const int16_t found = hashes_.Find(hash);
  if (found >= 0) return found;
  const auto give = [&](int16_t bucket) {
    hashes_.Add(hash, bucket);
    changed_.insert(bucket);
    return bucket;
  };
  while (!rows_of_open_bucket_.empty()) {
    const auto open = rows_of_open_bucket_.begin();
    if (open->second < options_.target_rows) {
      ++open->second;
      return give(open->first);
    }
    rows_of_open_bucket_.erase(open);
  }
  const int32_t last =
      (options_.max_buckets == -1 ? kBucketsMax : options_.max_buckets) - 1;
  if (known_.empty() || max_bucket < last) {
    for (int32_t bucket = 0; bucket <= last; ++bucket) {
      const auto number = static_cast<int16_t>(bucket);
      if (!known_.insert(number).second) continue;
      rows_of_open_bucket_[number] = 1;
      buckets_.push_back(number);
      return give(number);
    }
    if (options_.max_buckets == -1) {
      return InvalidInput(1451,
                          "All dynamic buckets of a partition are full; raise "
                          "'dynamic-bucket.target-row-num':",
                          V("buckets", buckets_.size()),
                          V("target", options_.target_rows));
    }
  }
  return give(buckets_[random->Next() % buckets_.size()]);
}

std::set<int16_t> PartitionIndex::TakeChanged() {
  return std::exchange(changed_, {});
}

namespace {

class DynamicBuckets final : public BucketChooser {
 public:
  DynamicBuckets(std::shared_ptr<const base::Context> context, io::TablePaths paths,
                 RestoreIndex restore)
      : context_(std::move(context)),
        paths_(std::move(paths)),
        restore_(std::move(restore)),
        names_(context_->random.get()),
        reservation_(context_->budget) {}

  Status Init(const types::TableSchema& schema) {
    ARROW_ASSIGN_OR_RAISE(options_, DynamicBucketOptions::FromSchema(schema));
    ARROW_ASSIGN_OR_RAISE(columns_, schema.IndexesOf(schema.TrimmedPrimaryKey()));
    for (int column : columns_) {
      types_.push_back(schema.fields[static_cast<size_t>(column)].type);
    }
    return Status::OK();
  }

  Result<std::vector<int32_t>> Choose(
      const arrow::RecordBatch& rows, const std::vector<int32_t>& partition_of_row,
      const std::vector<std::string>& partitions) override {
    arrow::ArrayVector keys;
    for (int column : columns_) keys.push_back(rows.column(column));
    ARROW_ASSIGN_OR_RAISE(auto buckets, types::HashRows(context_->pool, keys, types_));
    std::vector<Partition*> places;
    for (const std::string& partition : partitions) {
      ARROW_ASSIGN_OR_RAISE(Partition * place, PlaceOf(partition));
      places.push_back(place);
    }
    for (size_t i = 0; i < buckets.size(); ++i) {
      Partition& place = *places[static_cast<size_t>(partition_of_row[i])];
      const int64_t before = place.index.hashes().bytes();
      const int64_t grown = place.index.hashes().bytes_to_add();
      if (grown > before) ARROW_RETURN_NOT_OK(Reserve(grown - before));
      ARROW_ASSIGN_OR_RAISE(
          const int16_t bucket,
          place.index.Assign(buckets[i], max_bucket_, context_->random.get()));
      held_bytes_ += place.index.hashes().bytes() - before;
      max_bucket_ = std::max<int32_t>(max_bucket_, bucket);
      buckets[i] = bucket;
    }
    return buckets;
  }

  int32_t TotalBuckets(const std::string& /*partition*/) const override { return -1; }

  Status AddIndexFiles(std::vector<meta::CommitMessage>* messages) override {
    std::map<std::string, std::vector<std::string>, std::less<>> bases;
    for (auto& [partition, place] : partitions_) {
      if (place.used) bases[partition] = place.files;
    }
    for (auto& [partition, place] : partitions_) {
      ARROW_RETURN_NOT_OK(WriteIndexes(partition, &place, messages));
    }
    for (auto& message : *messages) {
      const auto base = bases.find(message.partition);
      if (base != bases.end()) message.hash_index_base = base->second;
    }
    // A partition that this round did not touch need not be kept.
    for (auto item = partitions_.begin(); item != partitions_.end();) {
      if (std::exchange(item->second.used, false)) {
        ++item;
        continue;
      }
      held_bytes_ -= item->second.index.hashes().bytes();
      item = partitions_.erase(item);
    }
    (void)Reserve(0);
    return Status::OK();
  }

  void Forget() override {
    partitions_.clear();
    held_bytes_ = 0;
    (void)Reserve(0);
  }

 private:
  struct Partition {
    explicit Partition(const DynamicBucketOptions& options) : index(options) {}
    PartitionIndex index;
    std::vector<std::string> files;  ///< sorted names of its index files
    std::map<int16_t, std::string> file_of_bucket;
    bool used = true;
  };

  Result<Partition*> PlaceOf(const std::string& partition) {
    const auto found = partitions_.find(partition);
    if (found != partitions_.end()) {
      found->second.used = true;
      return &found->second;
    }
    Partition place(options_);
    ARROW_ASSIGN_OR_RAISE(const auto files, restore_(partition));
    for (const auto& file : files) {
      if (file.bucket < 0 || file.bucket >= kBucketsMax) {
        return Corruption(7453, "Hash index of a bucket that cannot be:",
                          V("file", file.file_name), V("bucket", file.bucket));
      }
      const auto bucket = static_cast<int16_t>(file.bucket);
      ARROW_RETURN_NOT_OK(Reserve(file.file_size * 4));
      ARROW_ASSIGN_OR_RAISE(const auto hashes,
                            index::ReadHashIndex(*context_, paths_, file));
      for (int32_t hash : hashes) place.index.Restore(hash, bucket);
      place.files.push_back(file.file_name);
      place.file_of_bucket[bucket] = file.file_name;
    }
    std::sort(place.files.begin(), place.files.end());
    held_bytes_ += place.index.hashes().bytes();
    ARROW_RETURN_NOT_OK(Reserve(0));
    return &partitions_.emplace(partition, std::move(place)).first->second;
  }

  Status WriteIndexes(const std::string& partition, Partition* place,
                      std::vector<meta::CommitMessage>* messages) {
    const std::set<int16_t> changed = place->index.TakeChanged();
    if (changed.empty()) return Status::OK();
    std::map<int16_t, std::vector<int32_t>> hashes;
    for (int16_t bucket : changed) hashes[bucket];
    place->index.hashes().ForEach([&](int32_t hash, int16_t bucket) {
      const auto found = hashes.find(bucket);
      if (found != hashes.end()) found->second.push_back(hash);
    });
    for (const auto& [bucket, of_bucket] : hashes) {
      ARROW_ASSIGN_OR_RAISE(
          auto entry, index::WriteHashIndex(*context_, paths_, &names_, partition, bucket,
                                            of_bucket));
      place->file_of_bucket[bucket] = entry.file_name;
      auto message = std::find_if(messages->begin(), messages->end(), [&](auto& each) {
        return each.partition == partition && each.bucket == bucket;
      });
      if (message == messages->end()) {
        message = messages->insert(messages->end(), meta::CommitMessage{});
        message->partition = partition;
        message->bucket = bucket;
        message->total_buckets = -1;
      }
      message->index_files.push_back(std::move(entry));
    }
    place->files.clear();
    for (const auto& [bucket, name] : place->file_of_bucket) {
      place->files.push_back(name);
    }
    std::sort(place->files.begin(), place->files.end());
    return Status::OK();
  }

  Status Reserve(int64_t more) {
    if (reservation_.Resize(held_bytes_ + more)) return Status::OK();
    return ResourceExhausted(
        9450,
        "The index of dynamic buckets does not fit into the memory budget; give the "
        "table a fixed number of buckets, or the process more memory:",
        V("bytes", held_bytes_ + more));
  }

  std::shared_ptr<const base::Context> context_;
  io::TablePaths paths_;
  RestoreIndex restore_;
  io::FileNames names_;
  base::MemoryReservation reservation_;
  DynamicBucketOptions options_;
  std::vector<int> columns_;
  std::vector<types::DataType> types_;
  std::map<std::string, Partition, std::less<>> partitions_;
  int64_t held_bytes_ = 0;
  int32_t max_bucket_ = 0;
};

}  // namespace

Result<std::unique_ptr<BucketChooser>> MakeDynamicBuckets(
    std::shared_ptr<const base::Context> context, const io::TablePaths& paths,
    const types::TableSchema& schema, RestoreIndex restore) {
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(const bool beside_data,
                        table.Get(options::kIndexFileInDataFileDir));
  if (beside_data) {
    return Unsupported(6452, "Index files in data folders are not written yet:",
                       V("option", "index-file-in-data-file-dir"));
  }
  auto out =
      std::make_unique<DynamicBuckets>(std::move(context), paths, std::move(restore));
  ARROW_RETURN_NOT_OK(out->Init(schema));
  return std::unique_ptr<BucketChooser>(std::move(out));
}

}  // namespace tarn::write
