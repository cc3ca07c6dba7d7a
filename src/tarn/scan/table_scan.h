// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: scan, a snapshot becomes splits.
///
/// Manifest lists are read, manifests pruned by partition and bucket, entries by bucket,
/// key and value statistics where that is safe, ADD and DELETE cancelled; files whose
/// rows stand for themselves by their index; per (partition, bucket) files whose key
/// ranges touch form a section, and sections are packed into splits. A table with
/// deletion vectors has one version of a key above level 0: its splits are raw, level 0
/// stays out (but for `deletion-vectors.merge-on-read`), and they carry the places of the
/// vectors.
///
/// Besides states there are changes: the files that snapshots of a stretch of history
/// added, record by record (`PlanChanges`), and two states to compare (`PlanDiff`).
///
/// Invariant: pruning changes no answer; `ScanOptions::prune` turns all of it off, or one
/// kind.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/expr/predicate.h"
#include "tarn/expr/pruning.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/snapshot.h"
#include "tarn/meta/split.h"
#include "tarn/types/table_schema.h"

namespace tarn::scan {

struct ScanOptions {
  expr::PredicatePtr predicate;  ///< over table columns; nullptr = all rows
  std::vector<std::string>
      partitions;  ///< serialized partition rows to read; empty = all
  std::optional<int32_t> bucket;
  /// Only files that were created then or later, in epoch milliseconds.
  std::optional<int64_t> created_from_millis;
  expr::Pruning prune;
};

/// Which files of a snapshot say what it changed.
enum class ChangeSource : uint8_t {
  kDelta,      ///< the data files that it added
  kChangelog,  ///< its changelog files
};

/// What a plan found, for EXPLAIN and tests.
struct PlanCounters {
  int64_t manifests_total = 0, manifests_read = 0;
  int64_t files_total = 0, files_kept = 0;
  /// Files whose index was asked about the predicate, and those that it left out.
  int64_t indexes_asked = 0, files_without_rows = 0;
};

struct Plan {
  std::optional<meta::Snapshot> snapshot;  ///< absent = the table has no snapshot
  std::vector<meta::Split> splits;
  PlanCounters counters;
};

/// Plan a batch read of `snapshot` (absent: an empty plan).
/// \param table_path  root of the table
/// \param schema      the schema to read with (the snapshot's for time travel)
/// Errors: kCorruption, kUnavailable, kUnsupported (by the name of the option or
/// feature).
Result<Plan> PlanBatch(const base::Context& context, const std::string& table_path,
                       const types::TableSchema& schema,
                       const std::optional<meta::Snapshot>& snapshot,
                       const ScanOptions& options);

/// Plan a read of what `steps` changed, in their order: records as they were written,
/// nothing merged (Paimon `IncrementalDeltaStartingScanner`).
/// \param end_id  the snapshot that splits name
/// Errors: those of `PlanBatch`; kInvalidInput for a step that also removed files.
Result<Plan> PlanChanges(const base::Context& context, const std::string& table_path,
                         const types::TableSchema& schema,
                         const std::vector<meta::Snapshot>& steps, ChangeSource source,
                         int64_t end_id, const ScanOptions& options);

/// Plan how `after` differs from `before`: per bucket the files that only one of them has
/// (Paimon `SnapshotReader.readIncrementalDiff`). Value predicates prune nothing here.
/// Errors: those of `PlanBatch`; kInvalidInput for a table without a primary key.
Result<Plan> PlanDiff(const base::Context& context, const std::string& table_path,
                      const types::TableSchema& schema, const meta::Snapshot& before,
                      const meta::Snapshot& after, const ScanOptions& options);

}  // namespace tarn::scan
