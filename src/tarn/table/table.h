// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: table, the actors put together.
///
/// A `Table` knows its schema, its options and its snapshots, and joins planner, reader,
/// writer, compactor and committer, which never meet otherwise.
///
/// Where to read: a `TimeTravel` is a point of history (`time_travel.h`); options and
/// points together say what a batch read starts from, a state, the changes of a stretch
/// of history or the difference of two states (`batch_start.h`). A branch is the same
/// table with schemas, snapshots and tags of its own, chosen by the option `branch`.
/// Tables about a table are in `system_tables.h`.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/commit/table_commit.h"
#include "tarn/read/split_reader.h"
#include "tarn/scan/table_scan.h"
#include "tarn/table/batch_start.h"
#include "tarn/table/time_travel.h"
#include "tarn/types/table_schema.h"
#include "tarn/write/table_write.h"

namespace tarn::table {

struct ScanRequest {
  std::vector<std::string> columns;  ///< empty = all
  expr::PredicatePtr predicate;
  TimeTravel at;
  /// The snapshot that counts as the latest; for statements that read a table more than
  /// once. Ignored when `at` or the options do not read the latest.
  std::optional<int64_t> latest_id;
  /// Answer today's columns whatever state is read, as a hint of Flink's does; otherwise
  /// time travel answers the columns of that day.
  bool todays_schema = false;
  expr::Pruning prune;
  bool row_kinds = false;
  bool keep_retracts = false;  ///< answer stored -U and -D rows too
  std::optional<int64_t> limit;
  std::shared_ptr<datafile::RowCounters> counters;  ///< what was left out, if wanted
};

struct CompactRequest {
  /// Partitions as column → value text; empty = all.
  std::vector<std::map<std::string, std::string>> partitions;
  std::string commit_user;  ///< "" = a new random one
  /// Identifier of the commit, for a compactor that numbers its commits; absent = a
  /// batch.
  std::optional<int64_t> commit_identifier;
};

struct CompactReport {
  int64_t buckets = 0, files_before = 0, files_after = 0, rows_before = 0, rows_after = 0;
  std::vector<int64_t> snapshot_ids;
};

/// One table at its latest schema, or with dynamic options over it. Thread-safe for
/// opening scans, writes and commits.
class Table {
 public:
  /// \param path root folder of the table. Errors: kNotFound, kCorruption, kUnsupported.
  static Result<std::shared_ptr<Table>> Open(
      std::shared_ptr<const base::Context> context, const std::string& path,
      const std::string& full_name,
      const std::map<std::string, std::string>& dynamic_options = {});
  virtual ~Table() = default;

  virtual const std::string& path() const = 0;
  virtual const std::string& name() const = 0;  ///< "db.t"
  virtual std::shared_ptr<const types::TableSchema> schema() const = 0;
  virtual std::shared_ptr<commit::SnapshotStore> snapshots() const = 0;
  virtual std::shared_ptr<const meta::SchemaFiles> schemas() const = 0;
  virtual const meta::SnapshotFiles& snapshot_files() const = 0;
  virtual const base::Context& context() const = 0;

  /// The schema that a read of `at` sees: the snapshot's, with this table's options.
  virtual Result<std::shared_ptr<const types::TableSchema>> SchemaAt(
      const TimeTravel& at) const = 0;
  /// What a read of `at` starts from.
  virtual Result<BatchStart> StartAt(const TimeTravel& at) const = 0;
  /// Live files of one bucket at the latest snapshot.
  virtual Result<meta::BucketState> RestoreBucket(const std::string& partition,
                                                  int32_t bucket) const = 0;

  virtual Result<scan::Plan> PlanScan(const ScanRequest& request) const = 0;
  /// All rows of a plan, split after split.
  virtual Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const scan::Plan& plan, const ScanRequest& request) const = 0;
  /// Plan and read in one.
  Result<std::shared_ptr<arrow::RecordBatchReader>> Scan(
      const ScanRequest& request) const;

  virtual Result<std::unique_ptr<write::TableWrite>> NewWrite(
      const write::WriteOptions& options) const = 0;
  virtual Result<std::unique_ptr<commit::TableCommit>> NewCommit(
      const commit::TableCommitOptions& options) const = 0;

  /// Fully compact chosen partitions and commit as COMPACT. A concurrent writer never
  /// fails because of it; a lost race is planned again.
  virtual Result<CompactReport> Compact(const CompactRequest& request) const = 0;
};

}  // namespace tarn::table
