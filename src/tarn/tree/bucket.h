// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: tree, one bucket.
///
/// A bucket is an LSM tree of data files. Changes gather in a write buffer
/// (`write_buffer.h`), sorted runs spill when the budget says so, and a flush merges them
/// into level-0 files (`merge_tree_writer.h`). Compaction picks files
/// (`full_compaction.h`, a pure function that answers a plan one can print), and a task
/// runs the plan
/// (`compaction_task.h`): sections of files whose keys overlap are merged into the output
/// level; a large file that overlaps nothing only changes its level.
///
/// A table without a primary key has no tree: rows are appended to files of level 0
/// (`append_writer.h`), and compaction joins small files (`append_compaction.h`).
///
/// Words: *level 0* files may overlap, each is a sorted run of its own; a level above is
/// one run. *Upgrade* = the same file at a higher level.
///
/// Invariants: deletes are dropped only if nothing older can come back; compaction
/// deletes no committed file; the merge of all files of a bucket is the same before and
/// after.

#include <cstdint>
#include <memory>
#include <string>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/schema_file.h"
#include "tarn/types/table_schema.h"

namespace tarn::tree {

/// One bucket and what it takes to read and write its files. A value; shares immutable
/// parts.
struct Bucket {
  std::shared_ptr<const base::Context> context;
  io::TablePaths paths;
  std::shared_ptr<const types::TableSchema> schema;
  std::shared_ptr<const meta::SchemaFiles> schemas;
  std::string partition;       ///< serialized binary row (arity prefix)
  std::string partition_path;  ///< escaped, "" without partitions
  int32_t bucket = 0;
  int32_t total_buckets = 0;
};

}  // namespace tarn::tree
