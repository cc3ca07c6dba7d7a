// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/table_write.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tarn/base/memory_budget.h"
#include "tarn/meta/table_features.h"
#include "tarn/options/options.h"
#include "tarn/tree/append_writer.h"
#include "tarn/tree/merge_tree_writer.h"
#include "tarn/types/partition_path.h"
#include "tarn/write/bucket_chooser.h"
#include "tarn/write/change_gate.h"
#include "tarn/write/dynamic_buckets.h"
#include "tarn/write/global_index.h"
#include "tarn/write/postponed_buckets.h"
#include "tarn/write/row_router.h"

namespace tarn::write {
namespace {

/// A buffer below this is not worth a file of its own: the budget is then too small for
/// the number of buckets, and the caller is told so.
constexpr int64_t kSmallestSpillBytes = int64_t{64} << 10;

/// What the mode of a table's buckets means for a writer.
struct BucketMode {
  std::unique_ptr<BucketChooser> chooser;
  /// Buckets are not looked at before they are written (Paimon
  /// `withIgnorePreviousFiles`): rows are then numbered from 0.
  bool ignores_previous_files = false;
  /// Rows are appended, not merged.
  bool appends = false;
  GlobalIndex* global_index = nullptr;  ///< `chooser`, where keys move between partitions
};

Result<BucketMode> AppendMode(const base::Context& context,
                              const types::TableSchema& schema, int32_t buckets) {
  BucketMode mode;
  mode.appends = true;
  if (buckets == -1) {
    mode.chooser = MakeOneBucket(0, -1);
    mode.ignores_previous_files = true;
    return mode;
  }
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(const bool ordered, table.Get(options::kBucketAppendOrdered));
  ARROW_ASSIGN_OR_RAISE(const bool write_only, table.Get(options::kWriteOnly));
  mode.ignores_previous_files = !ordered && write_only;
  ARROW_ASSIGN_OR_RAISE(mode.chooser, MakeFixedBuckets(context.pool, schema, buckets));
  return mode;
}

Result<BucketMode> PostponedMode(const base::Context& context,
                                 const types::TableSchema& schema, const Restore& restore,
                                 bool batch) {
  BucketMode mode;
  ARROW_ASSIGN_OR_RAISE(
      const bool batch_to_real,
      options::Options(schema.options).Get(options::kPostponeBatchWriteFixedBucket));
  if (batch && batch_to_real) {
    ARROW_ASSIGN_OR_RAISE(mode.chooser,
                          MakeRealBuckets(context.pool, schema, restore.bucket_count));
    return mode;
  }
  mode.chooser = MakeOneBucket(io::kPostponeBucket, io::kPostponeBucket);
  mode.ignores_previous_files = true;
  mode.appends = true;
  return mode;
}

Result<BucketMode> DynamicMode(const std::shared_ptr<const base::Context>& context,
                               const io::TablePaths& paths,
                               const types::TableSchema& schema, const Restore& restore,
                               bool overwrite) {
  RestoreIndex restore_index = restore.hash_index;
  if (overwrite) {
    restore_index = [](const std::string&) {
      return Result<std::vector<meta::IndexManifestEntry>>(
          std::vector<meta::IndexManifestEntry>{});
    };
  }
  BucketMode mode;
  ARROW_ASSIGN_OR_RAISE(
      mode.chooser, MakeDynamicBuckets(context, paths, schema, std::move(restore_index)));
  return mode;
}

Result<BucketMode> CrossPartitionMode(const std::shared_ptr<const base::Context>& context,
                                      const types::TableSchema& schema,
                                      const Restore& restore, bool overwrite) {
  if (overwrite) {
    return Unsupported(6453,
                       "INSERT OVERWRITE of a table whose primary key lacks a partition "
                       "column is not supported yet.");
  }
  BucketMode mode;
  ARROW_ASSIGN_OR_RAISE(auto index, GlobalIndex::Make(context, schema, restore.keys));
  mode.global_index = index.get();
  mode.chooser = std::move(index);
  return mode;
}

Result<BucketMode> BucketModeOf(const std::shared_ptr<const base::Context>& context,
                                const io::TablePaths& paths,
                                const types::TableSchema& schema, const Restore& restore,
                                const WriteOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const int32_t buckets,
                        options::Options(schema.options).Get(options::kBucket));
  if (!schema.has_primary_key()) return AppendMode(*context, schema, buckets);
  if (buckets == io::kPostponeBucket) {
    return PostponedMode(*context, schema, restore, options.batch);
  }
  if (buckets == -1) {
    if (CrossesPartitions(schema)) {
      return CrossPartitionMode(context, schema, restore, options.overwrite);
    }
    return DynamicMode(context, paths, schema, restore, options.overwrite);
  }
  BucketMode mode;
  ARROW_ASSIGN_OR_RAISE(mode.chooser, MakeFixedBuckets(context->pool, schema, buckets));
  return mode;
}

class BucketedWrite final : public TableWrite {
 public:
  static Result<std::unique_ptr<TableWrite>> Make(
      std::shared_ptr<const base::Context> context, const std::string& table_path,
      std::shared_ptr<const types::TableSchema> schema,
      std::shared_ptr<const meta::SchemaFiles> schemas, Restore restore,
      const WriteOptions& options) {
    auto write = std::unique_ptr<BucketedWrite>(new BucketedWrite(context));
    ARROW_ASSIGN_OR_RAISE(write->paths_,
                          io::TablePaths::Make(table_path, schema->options));
    const options::Options table(schema->options);
    ARROW_ASSIGN_OR_RAISE(const auto buffer, table.Get(options::kWriteBufferSize));
    write->buffer_bytes_max_ = buffer.bytes;
    ARROW_ASSIGN_OR_RAISE(
        auto mode, BucketModeOf(context, *write->paths_, *schema, restore, options));
    write->ignores_previous_files_ = mode.ignores_previous_files || options.overwrite;
    write->appends_ = mode.appends;
    write->global_index_ = mode.global_index;
    ARROW_ASSIGN_OR_RAISE(
        auto router, RowRouter::Make(context->pool, *schema, std::move(mode.chooser)));
    write->router_ = std::make_unique<RowRouter>(std::move(router));
    ARROW_ASSIGN_OR_RAISE(auto gate,
                          ChangeGate::Make(context->pool, *schema, context->clock.get()));
    write->gate_ = std::make_unique<ChangeGate>(std::move(gate));
    ARROW_ASSIGN_OR_RAISE(auto partition_paths, types::PartitionPaths::Make(*schema));
    write->partition_paths_ =
        std::make_unique<types::PartitionPaths>(std::move(partition_paths));
    write->schema_ = std::move(schema);
    if (mode.appends && write->schema_->has_primary_key()) {
      ARROW_ASSIGN_OR_RAISE(
          write->schema_,
          PostponedSchema(*write->schema_, options.commit_user, context->random.get()));
    }
    write->schemas_ = std::move(schemas);
    write->restore_ = std::move(restore);
    return std::unique_ptr<TableWrite>(std::move(write));
  }

  Status Write(const types::ChangeBatch& batch) override {
    ARROW_ASSIGN_OR_RAISE(auto admitted, gate_->Admit(batch));
    if (global_index_ != nullptr) {
      ARROW_ASSIGN_OR_RAISE(admitted, global_index_->Place(admitted));
    }
    ARROW_ASSIGN_OR_RAISE(auto routed, router_->Route(admitted));
    for (const RoutedRows& rows : routed) {
      ARROW_ASSIGN_OR_RAISE(Entry * entry, WriterOf(rows.partition, rows.bucket));
      ARROW_RETURN_NOT_OK(entry->writer->Write(rows.rows));
      entry->idle_commits = 0;
    }
    return KeepWithinBudget();
  }

  Result<std::vector<meta::CommitMessage>> PrepareCommit() override {
    std::vector<meta::CommitMessage> messages;
    for (auto entry = writers_.begin(); entry != writers_.end();) {
      auto message = entry->second.writer->PrepareCommit();
      if (!message.ok()) {
        (void)Abort(messages);
        return message.status();
      }
      if (!message->empty()) messages.push_back(std::move(*message));
      // A writer idle for a whole round has nothing uncommitted: it can be restored
      // again.
      if (entry->second.idle_commits++ > 0) {
        entry = writers_.erase(entry);
      } else {
        ++entry;
      }
    }
    const Status indexed = router_->buckets().AddIndexFiles(&messages);
    if (!indexed.ok()) {
      (void)Abort(messages);
      return indexed;
    }
    reservation_.Resize(0);
    return messages;
  }

  Status Abort(const std::vector<meta::CommitMessage>& messages) override {
    Status first;
    router_->buckets().Forget();
    for (const auto& message : messages) {
      for (const auto& index : message.index_files) {
        ARROW_ASSIGN_OR_RAISE(const std::string path, paths_->IndexFile(index.file_name));
        const Status status = context_->files->Delete(path);
        if (first.ok()) first = status;
      }
      const auto found = writers_.find({message.partition, message.bucket});
      if (found == writers_.end()) continue;
      const Status status = found->second.writer->Abort(message);
      if (first.ok()) first = status;
    }
    return first;
  }

 private:
  struct Entry {
    std::unique_ptr<tree::BucketWriter> writer;
    int idle_commits = 0;
  };

  explicit BucketedWrite(std::shared_ptr<const base::Context> context)
      : context_(std::move(context)), reservation_(context_->budget) {}

  Result<Entry*> WriterOf(const std::string& partition, int32_t bucket) {
    const auto found = writers_.find({partition, bucket});
    if (found != writers_.end()) return &found->second;
    const int32_t total_buckets = router_->TotalBuckets(partition);
    meta::BucketState state;
    if (!ignores_previous_files_) {
      ARROW_ASSIGN_OR_RAISE(state, restore_.bucket(partition, bucket));
    }
    if (!state.files.empty() && state.total_buckets != total_buckets) {
      return InvalidInput(1711,
                          "The partition was written with another number of buckets; "
                          "rescale it with INSERT "
                          "OVERWRITE first:",
                          V("bucket", total_buckets), V("stored", state.total_buckets));
    }
    tree::Bucket place{.context = context_,
                       .paths = *paths_,
                       .schema = schema_,
                       .schemas = schemas_,
                       .partition = partition,
                       .bucket = bucket,
                       .total_buckets = total_buckets};
    ARROW_ASSIGN_OR_RAISE(place.partition_path, partition_paths_->PathOf(partition));
    Entry entry;
    if (appends_) {
      entry.writer = tree::AppendWriter::Make(std::move(place), state);
    } else {
      ARROW_ASSIGN_OR_RAISE(entry.writer,
                            tree::MergeTreeWriter::Make(std::move(place), state));
    }
    return &writers_.emplace(std::pair(partition, bucket), std::move(entry))
                .first->second;
  }

  /// Spill the largest buffers until the table's own limit and the process's budget hold.
  Status KeepWithinBudget() {
    while (true) {
      int64_t total = 0;
      int64_t largest_bytes = 0;
      tree::BucketWriter* largest = nullptr;
      for (auto& [place, entry] : writers_) {
        ARROW_ASSIGN_OR_RAISE(const int64_t bytes, entry.writer->buffered_bytes());
        total += bytes;
        if (largest == nullptr || bytes > largest_bytes) {
          largest = entry.writer.get();
          largest_bytes = bytes;
        }
      }
      if (total <= buffer_bytes_max_ && reservation_.Resize(total)) return Status::OK();
      if (largest_bytes == 0) return Status::OK();
      if (largest_bytes < kSmallestSpillBytes && total <= buffer_bytes_max_) {
        // Others hold the budget; what is left here is too small to matter.
        return Status::OK();
      }
      ARROW_RETURN_NOT_OK(largest->Spill());
    }
  }

  std::shared_ptr<const base::Context> context_;
  base::MemoryReservation reservation_;
  std::optional<io::TablePaths> paths_;
  std::shared_ptr<const types::TableSchema> schema_;
  std::shared_ptr<const meta::SchemaFiles> schemas_;
  Restore restore_;
  std::unique_ptr<RowRouter> router_;
  GlobalIndex* global_index_ = nullptr;  ///< owned by the router
  std::unique_ptr<ChangeGate> gate_;
  std::unique_ptr<types::PartitionPaths> partition_paths_;
  int64_t buffer_bytes_max_ = 0;
  bool ignores_previous_files_ = false;
  bool appends_ = false;
  std::map<std::pair<std::string, int32_t>, Entry> writers_;
};

}  // namespace

Result<std::unique_ptr<TableWrite>> MakeTableWrite(
    std::shared_ptr<const base::Context> context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<const meta::SchemaFiles> schemas, Restore restore,
    const WriteOptions& options) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(*schema, meta::TableUse::kWrite, table_path));
  return BucketedWrite::Make(std::move(context), table_path, std::move(schema),
                             std::move(schemas), std::move(restore), options);
}

}  // namespace tarn::write
