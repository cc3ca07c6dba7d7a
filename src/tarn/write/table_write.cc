// SPDX-License-Identifier: Apache-2.0
#include "tarn/write/table_write.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tarn/base/memory_budget.h"
#include "tarn/meta/table_features.h"
#include "tarn/options/options.h"
#include "tarn/tree/merge_tree_writer.h"
#include "tarn/types/bucket.h"
#include "tarn/types/partition_path.h"
#include "tarn/write/change_gate.h"
#include "tarn/write/row_router.h"

namespace tarn::write {
namespace {

/// A buffer below this is not worth a file of its own: the budget is then too small for
/// the number of buckets, and the caller is told so.
constexpr int64_t kSmallestSpillBytes = int64_t{64} << 10;

class BucketedWrite final : public TableWrite {
 public:
  static Result<std::unique_ptr<TableWrite>> Make(
      std::shared_ptr<const base::Context> context, const std::string& table_path,
      std::shared_ptr<const types::TableSchema> schema,
      std::shared_ptr<const meta::SchemaFiles> schemas, RestoreBucket restore) {
    auto write = std::unique_ptr<BucketedWrite>(new BucketedWrite(context));
    ARROW_ASSIGN_OR_RAISE(write->paths_,
                          io::TablePaths::Make(table_path, schema->options));
    const options::Options table(schema->options);
    ARROW_ASSIGN_OR_RAISE(const auto buffer, table.Get(options::kWriteBufferSize));
    write->buffer_bytes_max_ = buffer.bytes;
    ARROW_ASSIGN_OR_RAISE(write->buckets_, table.Get(options::kBucket));
    ARROW_ASSIGN_OR_RAISE(const std::string function_name,
                          table.Get(options::kBucketFunctionType));
    ARROW_ASSIGN_OR_RAISE(const auto function, types::ParseBucketFunction(function_name));
    ARROW_ASSIGN_OR_RAISE(
        auto router, RowRouter::Make(context->pool, *schema, write->buckets_, function));
    write->router_ = std::make_unique<RowRouter>(std::move(router));
    ARROW_ASSIGN_OR_RAISE(auto gate,
                          ChangeGate::Make(context->pool, *schema, context->clock.get()));
    write->gate_ = std::make_unique<ChangeGate>(std::move(gate));
    ARROW_ASSIGN_OR_RAISE(auto partition_paths, types::PartitionPaths::Make(*schema));
    write->partition_paths_ =
        std::make_unique<types::PartitionPaths>(std::move(partition_paths));
    write->schema_ = std::move(schema);
    write->schemas_ = std::move(schemas);
    write->restore_ = std::move(restore);
    return std::unique_ptr<TableWrite>(std::move(write));
  }

  Status Write(const types::ChangeBatch& batch) override {
    ARROW_ASSIGN_OR_RAISE(auto admitted, gate_->Admit(batch));
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
    reservation_.Resize(0);
    return messages;
  }

  Status Abort(const std::vector<meta::CommitMessage>& messages) override {
    Status first;
    for (const auto& message : messages) {
      const auto found = writers_.find({message.partition, message.bucket});
      if (found == writers_.end()) continue;
      const Status status = found->second.writer->Abort(message);
      if (first.ok()) first = status;
    }
    return first;
  }

 private:
  struct Entry {
    std::unique_ptr<tree::MergeTreeWriter> writer;
    int idle_commits = 0;
  };

  explicit BucketedWrite(std::shared_ptr<const base::Context> context)
      : context_(std::move(context)), reservation_(context_->budget) {}

  Result<Entry*> WriterOf(const std::string& partition, int32_t bucket) {
    const auto found = writers_.find({partition, bucket});
    if (found != writers_.end()) return &found->second;
    ARROW_ASSIGN_OR_RAISE(auto state, restore_(partition, bucket));
    if (!state.files.empty() && state.total_buckets != buckets_) {
      return InvalidInput(1711,
                          "The partition was written with another number of buckets; "
                          "rescale it with INSERT "
                          "OVERWRITE first:",
                          V("bucket", buckets_), V("stored", state.total_buckets));
    }
    tree::Bucket place{.context = context_,
                       .paths = *paths_,
                       .schema = schema_,
                       .schemas = schemas_,
                       .partition = partition,
                       .bucket = bucket,
                       .total_buckets = buckets_};
    ARROW_ASSIGN_OR_RAISE(place.partition_path, partition_paths_->PathOf(partition));
    Entry entry;
    ARROW_ASSIGN_OR_RAISE(entry.writer,
                          tree::MergeTreeWriter::Make(std::move(place), state));
    return &writers_.emplace(std::pair(partition, bucket), std::move(entry))
                .first->second;
  }

  /// Spill the largest buffers until the table's own limit and the process's budget hold.
  Status KeepWithinBudget() {
    while (true) {
      int64_t total = 0;
      tree::MergeTreeWriter* largest = nullptr;
      for (auto& [place, entry] : writers_) {
        const int64_t bytes = entry.writer->buffered_bytes();
        total += bytes;
        if (largest == nullptr || bytes > largest->buffered_bytes()) {
          largest = entry.writer.get();
        }
      }
      if (total <= buffer_bytes_max_ && reservation_.Resize(total)) return Status::OK();
      if (largest == nullptr || largest->buffered_bytes() == 0) return Status::OK();
      if (largest->buffered_bytes() < kSmallestSpillBytes && total <= buffer_bytes_max_) {
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
  RestoreBucket restore_;
  std::unique_ptr<RowRouter> router_;
  std::unique_ptr<ChangeGate> gate_;
  std::unique_ptr<types::PartitionPaths> partition_paths_;
  int64_t buffer_bytes_max_ = 0;
  int32_t buckets_ = 0;
  std::map<std::pair<std::string, int32_t>, Entry> writers_;
};

}  // namespace

Result<std::unique_ptr<TableWrite>> MakeTableWrite(
    std::shared_ptr<const base::Context> context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<const meta::SchemaFiles> schemas, RestoreBucket restore,
    const WriteOptions& /*options*/) {
  ARROW_RETURN_NOT_OK(meta::CheckFeatures(*schema, meta::TableUse::kWrite, table_path));
  if (!schema->has_primary_key()) {
    return Unsupported(6702,
                       "Writing to a table without a primary key is not there yet.");
  }
  return BucketedWrite::Make(std::move(context), table_path, std::move(schema),
                             std::move(schemas), std::move(restore));
}

}  // namespace tarn::write
