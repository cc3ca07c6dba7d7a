// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tarn/datafile/data_file_writer.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_merger.h"
#include "tarn/types/table_schema.h"

namespace tarn::tree {

/// Which changes a compaction into the highest level writes down.
struct ChangelogRule {
  /// lookup: a key is new if it has a record of level 0, its old row is the record of the
  /// lowest level above (Paimon `LookupChangelogMergeFunctionWrapper`). full-compaction:
  /// new if it has a record below the highest level, its old row is the one there (Paimon
  /// `FullChangelogMergeFunctionWrapper`).
  enum class Producer : uint8_t { kLookup, kFullCompaction };
  Producer producer = Producer::kLookup;
  bool skip_equal = false;            ///< `changelog-producer.row-deduplicate`
  std::vector<int> compared_columns;  ///< without `...row-deduplicate-ignore-fields`

  /// Nothing for tables without a changelog by compaction. Errors: kInvalidInput.
  static Result<std::optional<ChangelogRule>> FromSchema(
      const types::TableSchema& schema);

  /// A record of this level makes its key new.
  bool IsNewLevel(int32_t level, int32_t highest_level) const {
    return producer == Producer::kLookup ? level == 0 : level != highest_level;
  }
};

/// Three streams of one section, ascending by key.
struct ChangelogInput {
  std::unique_ptr<merge::RunMerger> after;   ///< merged rows, retractions kept
  std::unique_ptr<merge::RunMerger> before;  ///< old rows; may be nullptr: there are none
  std::unique_ptr<merge::RunMerger> changed;  ///< keys that are new, projected to the key
};

/// Write what changed: nothing before and an addition after is +I; an addition before and
/// a retraction after is -D of the old row; additions on both sides are -U and +U, left
/// out where equal if the rule says so, and for first-row, whose rows never change and
/// keep their kind.
/// Sequence numbers are those of the rows written.
Status WriteChangelog(const base::Context& context, const ChangelogRule& rule,
                      const merge::MergeSpec& spec, ChangelogInput input,
                      datafile::DataFileWriter* writer);

}  // namespace tarn::tree
