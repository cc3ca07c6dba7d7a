// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tarn/table/table.h"

namespace tarn::table {

/// Take back everything after a snapshot: later snapshots, long-lived changelogs and tags
/// go, their data stays for the orphan files (Paimon `RollbackHelper`). A snapshot that
/// expired is found through a tag. Answers its id. Errors: kNotFound.
Result<int64_t> RollbackTo(const Table& table, int64_t snapshot_id);

/// The same to a tag; its snapshot is brought back when it has expired.
Result<int64_t> RollbackToTag(const Table& table, const std::string& tag);

/// What `RollbackToAsLatest` did, in snapshots.
struct RollbackAsLatest {
  int64_t previous = 0;     ///< the latest before
  int64_t rolled_back = 0;  ///< whose state is there again
  int64_t current = 0;      ///< the latest now
};

/// Bring an old state back on top of what came since, so that nothing is lost (Paimon
/// `rollback_to_as_latest`). A snapshot gets a tag `rollback-to-as-latest-<id>-<uuid>`
/// first, as in Java, which keeps the files that are shared when it expires.
/// Errors: kInvalidInput unless just one of the two is given; kNotFound; those of a
/// commit.
Result<RollbackAsLatest> RollbackToAsLatest(const Table& table,
                                            const std::optional<std::string>& tag,
                                            std::optional<int64_t> snapshot_id);

}  // namespace tarn::table
