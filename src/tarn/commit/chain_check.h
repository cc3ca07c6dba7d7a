// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "tarn/base/context.h"
#include "tarn/commit/commit_changes.h"
#include "tarn/commit/table_commit.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/snapshot.h"

namespace tarn::commit {

/// Whether a snapshot that was just created is part of history. A writer may be held up
/// between reading the latest snapshot and creating the next one, while others go on and
/// expire both: its create then succeeds, below history, and nobody builds on it.
///
/// That cannot be so while `base` is there, since snapshots expire oldest first. Without
/// it, the state that the next snapshot stands on has what `snapshot` added, or has not.
/// \param base     the snapshot that it was created on, if any
/// \param changes  what it changed
/// Errors: kNotFound when everything that could tell has expired; those of files.
Result<bool> IsInChain(const base::Context& context, const io::TablePaths& paths,
                       SnapshotStore& store, const meta::Snapshot& snapshot,
                       const std::optional<meta::Snapshot>& base, const Changes& changes);

/// Whether `next` was created on top of `snapshot`, whose id is one less: true also where
/// the files of `snapshot` are gone. For whoever finds them both: below history there may
/// be, for a moment, a snapshot that its writer will take back. Errors: kNotFound when
/// those of `next` are gone.
Result<bool> StandsOn(const base::Context& context, const io::TablePaths& paths,
                      const meta::Snapshot& next, const meta::Snapshot& snapshot);

}  // namespace tarn::commit
