// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tarn/table/table.h"

namespace tarn::table {

/// Names of the branches of the whole table, whichever of them is open, and when their
/// folders last changed, in epoch milliseconds; by name.
Result<std::vector<std::pair<std::string, int64_t>>> ListBranches(const Table& table);

/// The files of another branch of the table, "main" included.
Result<meta::SnapshotFiles> SnapshotFilesOf(const Table& table,
                                            const std::string& branch);

/// Start a branch: the schemas so far and, from a tag, its snapshot (Paimon
/// `FileSystemBranchManager.createBranch`). Files are copies, data is shared. Errors:
/// kInvalidInput for a name that is taken or that no branch may have; kNotFound for the
/// tag.
Status CreateBranch(const Table& table, const std::string& branch,
                    const std::optional<std::string>& tag, bool ignore_if_exists);

/// Remove a branch with its schemas, snapshots and tags; its data stays for the orphan
/// files. Errors: kNotFound; kInvalidInput for a branch that the table's options read.
Status DropBranch(const Table& table, const std::string& branch);

/// Give a branch another name, in one step. Errors: kNotFound; kInvalidInput for a name
/// that is taken or that no branch may have, and for a branch that the table's options
/// read; kUnsupported where the file system cannot rename a folder.
Status RenameBranch(const Table& table, const std::string& from, const std::string& to);

/// Let the table go on where the branch stands: what the table has from the branch's
/// first snapshot on goes, and the branch's snapshots, schemas and tags take its place
/// (Paimon `fastForward`). Errors: kNotFound; kInvalidInput for a branch without
/// snapshots or the open branch itself.
Status FastForward(const Table& table, const std::string& branch);

}  // namespace tarn::table
