// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: write, record batches become commit messages.
///
/// One pass routes a batch's rows to (partition, bucket) with one gather per bucket; each
/// bucket's writer buffers columns under the one budget, sorts, merges and writes level-0
/// files (`tree/merge_tree_writer.h`), or appends to a file (`tree/append_writer.h`).
/// Which bucket a row goes to is the table's bucket mode (`bucket_chooser.h`,
/// `dynamic_buckets.h`, `postponed_buckets.h`). Writers keep nothing that a crash could
/// lose: what is not in a commit message that was committed never happened.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/meta/commit_message.h"
#include "tarn/meta/schema_file.h"
#include "tarn/meta/split.h"
#include "tarn/types/change_batch.h"
#include "tarn/types/table_schema.h"

namespace tarn::write {

struct WriteOptions {
  /// Options of a statement (hints), over those of the schema.
  std::map<std::string, std::string> dynamic_options;
  /// Who will commit; part of the names of postponed files.
  std::string commit_user = "tarn";
  /// A bounded statement: with postponed buckets it writes to real ones, unless
  /// `postpone.batch-write-fixed-bucket` says no.
  bool batch = false;
  /// What is there will be replaced: buckets are written as if they were empty.
  bool overwrite = false;
};

/// What a writer asks about the latest snapshot; `table/` answers.
struct Restore {
  /// A bucket's live files. Called once per bucket touched, and again after each commit
  /// of another writer that matters.
  std::function<Result<meta::BucketState>(const std::string& partition, int32_t bucket)>
      bucket;
  /// The hash index files of a partition with dynamic buckets.
  std::function<Result<std::vector<meta::IndexManifestEntry>>(
      const std::string& partition)>
      hash_index;
  /// Number of real buckets of a partition whose rows are postponed.
  std::function<Result<int32_t>(const std::string& partition)> bucket_count;
  /// Visits the keys of all rows: batches of the trimmed primary key with their partition
  /// and bucket. Answers the snapshot that they are of, 0 for an empty table.
  using VisitKeys = std::function<Status(const std::string& partition, int32_t bucket,
                                         const arrow::RecordBatch& keys)>;
  std::function<Result<int64_t>(const VisitKeys& visit)> keys;
};

/// Writes one table. One caller at a time.
class TableWrite {
 public:
  virtual ~TableWrite() = default;
  /// Apply changes. `batch.rows` holds all columns of the table in schema order (columns
  /// that an INSERT does not name are NULL). Rows are checked as Java's sink does: NULL
  /// in a NOT NULL column, kinds dropped by `ignore-delete` and `ignore-update-before`.
  /// Errors: kInvalidInput (NOT NULL, a retraction that this table would be poisoned by,
  /// with the forms that work), kResource, kUnavailable.
  virtual Status Write(const types::ChangeBatch& batch) = 0;
  /// Flush all buckets; what is to be committed. The writer can go on afterwards.
  virtual Result<std::vector<meta::CommitMessage>> PrepareCommit() = 0;
  /// Delete the files of messages that were certainly not committed.
  virtual Status Abort(const std::vector<meta::CommitMessage>& messages) = 0;
};

/// Errors: kUnsupported naming what the table needs and we lack.
Result<std::unique_ptr<TableWrite>> MakeTableWrite(
    std::shared_ptr<const base::Context> context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<const meta::SchemaFiles> schemas, Restore restore,
    const WriteOptions& options);

}  // namespace tarn::write
