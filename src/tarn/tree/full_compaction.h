// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tarn/meta/data_file_meta.h"
#include "tarn/meta/file_sections.h"
#include "tarn/types/table_schema.h"

namespace tarn::tree {

/// One thing that a compaction does, in key order.
struct CompactionStep {
  enum class Kind : uint8_t {
    kRewrite,  ///< merge `sections`, one after another, into new files
    kUpgrade,  ///< `sections` holds one file: it moves to the output level as it is
  };
  Kind kind = Kind::kRewrite;
  std::vector<meta::FileRuns> sections;
};

/// What a compaction will do; a value that can be printed and tested.
struct CompactionPlan {
  int32_t output_level = 0;
  bool drop_deletes = false;
  std::vector<CompactionStep> steps;  ///< empty = nothing to do
  std::string ToString() const;
};

struct FullCompactionOptions {
  int32_t max_level = 5;         ///< `num-levels` - 1
  int64_t small_file_bytes = 0;  ///< below it a file that overlaps nothing is rewritten
  bool force_rewrite = false;    ///< `compaction.force-rewrite-all-files`
  /// Level 0 is of another format than the highest one, in a table that looks rows up,
  /// which then rewrites what it would only have moved there.
  bool rewrite_level_0 = false;
  /// Files that may not stay as they are even where nothing overlaps them: rows of theirs
  /// have expired. Not set = none.
  std::function<Result<bool>(const meta::DataFileMeta&)> must_rewrite = {};

  /// From `num-levels`, `num-sorted-run.compaction-trigger`, `target-file-size`,
  /// `compaction.small-file-ratio`, `file.format.per.level`. Errors: kInvalidInput.
  static Result<FullCompactionOptions> FromSchema(const types::TableSchema& schema);
};

/// Pick everything into the highest level (Paimon `CompactStrategy.pickFullCompaction`
/// and the candidates of `MergeTreeCompactTask`). Pure. Of a bucket that has only its
/// highest level just those files are rewritten that must be, each on its own. Errors:
/// kCorruption for keys that cannot be decoded; those of `must_rewrite`.
Result<CompactionPlan> PickFullCompaction(const std::vector<meta::DataFileMeta>& files,
                                          const types::TableSchema& schema,
                                          const FullCompactionOptions& options);

}  // namespace tarn::tree
