// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tarn/table/file_deletion.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// Keep what the other branches of a table, main among them, need: every file of their
/// snapshots and tags. Branches begin with the files of a tag and share metadata after a
/// fast-forward, and Java, which looks at the tags of the open branch alone, can leave
/// them without. A branch that cannot be read any more needs nothing.
/// \param files  takes their data files; their metadata is kept in `deletion`
/// Errors: kCorruption, kUnavailable.
Status HoldForBranches(const Table& table, FileDeletion* deletion, DataFileSet* files);

/// Keep what the changelogs of a branch need that outlived their snapshots.
Status HoldChangelogs(const meta::SnapshotFiles& branch, FileDeletion* deletion,
                      DataFileSet* files);

}  // namespace tarn::table
