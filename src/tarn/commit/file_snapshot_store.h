// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/base/context.h"
#include "tarn/commit/table_commit.h"
#include "tarn/io/table_paths.h"

namespace tarn::commit {

/// Snapshots as files of one table or branch: publishing is an exclusive create of
/// `snapshot-<id>` (Paimon `RenamingSnapshotCommit`, without its check-then-rename), and
/// LATEST is written afterwards. Thread-safe.
///
/// \param sync  force snapshots to disk before they count as published
std::shared_ptr<SnapshotStore> MakeFileSnapshotStore(
    std::shared_ptr<const base::Context> context, const io::TablePaths& paths,
    bool sync = true);

}  // namespace tarn::commit
