// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/sorted_run.h"

namespace tarn::datafile {

/// Runs that one merge may have open: 128 runs of 24 columns with a page each stay within
/// a few hundred megabytes (Paimon's own limit is `local-sort.max-num-file-handles`,
/// 128).
inline constexpr size_t kRunsMax = 128;

/// Interleave runs, older ones first, into one temporary file; nothing is folded.
/// Errors: kResource (no space), those of the runs.
Result<std::unique_ptr<merge::SortedRun>> SpillInterleaved(
    const std::shared_ptr<const base::Context>& context, const merge::MergeSpec& order,
    std::vector<std::unique_ptr<merge::SortedRun>> runs);

/// Bring the number of runs down to `runs_max` by interleaving the first of them into
/// temporary files. Nothing is folded, so the answer of a later merge stays the same.
/// `order` is the order of rows; runs that stand earlier are the older ones.
/// Errors: kResource (no space), those of the runs.
Result<std::vector<std::unique_ptr<merge::SortedRun>>> LimitFanIn(
    const std::shared_ptr<const base::Context>& context, const merge::MergeSpec& order,
    std::vector<std::unique_ptr<merge::SortedRun>> runs, size_t runs_max = kRunsMax);

/// A run that somebody else owns, for reading it a second time.
std::unique_ptr<merge::SortedRun> Borrow(merge::SortedRun* run);

}  // namespace tarn::datafile
