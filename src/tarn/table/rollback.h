// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/table/table.h"

namespace tarn::table {

/// Take back everything after a snapshot: later snapshots, long-lived changelogs and tags
/// go, their data stays for the orphan files (Paimon `RollbackHelper`). A snapshot that
/// expired is found through a tag. Answers its id. Errors: kNotFound.
Result<int64_t> RollbackTo(const Table& table, int64_t snapshot_id);

/// The same to a tag; its snapshot is brought back when it has expired.
Result<int64_t> RollbackToTag(const Table& table, const std::string& tag);

}  // namespace tarn::table
