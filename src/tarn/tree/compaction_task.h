// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/meta/commit_message.h"
#include "tarn/meta/split.h"
#include "tarn/tree/bucket.h"
#include "tarn/tree/full_compaction.h"

namespace tarn::tree {

/// Run `plan` (Paimon `MergeTreeCompactTask`): rewrite its sections, change levels of the
/// files it upgrades, and, for a table with a lookup or full-compaction changelog, write
/// what changed. The message's `compact_*` lists say what is to be committed; an empty
/// message means that nothing had to be done. On error no new file is left behind.
/// Errors: kCorruption, kUnavailable, kResource, kUnsupported.
Result<meta::CommitMessage> RunCompaction(const Bucket& bucket,
                                          const CompactionPlan& plan);

/// Remove the files that a message's compaction wrote and that were certainly not
/// committed.
Status DeleteCompacted(const Bucket& bucket, const meta::CommitMessage& message);

}  // namespace tarn::tree
