// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "tarn/table/expire_snapshots.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// How long changelogs live where they outlive their snapshots: by the options
/// `changelog.num-retained.max`, `.min` and `changelog.time-retained`, each of which
/// falls back to that of snapshots. Absent where none is above that one, so that they go
/// together (Paimon `CoreOptions.changelogLifecycleDecoupled`). Errors: kInvalidInput.
Result<std::optional<ExpireRequest>> ChangelogRequest(const Table& table);

/// Let the oldest changelogs go that outlived their snapshots, with what nothing else
/// needs (Paimon `ExpireChangelogImpl`). The newest of them always stays. Answers how
/// many went. Errors: as `ExpireSnapshots`.
Result<int64_t> ExpireChangelogs(const Table& table, const ExpireRequest& request,
                                 Restorations* restorations = nullptr);

/// Let all of them go. Answers how many.
Result<int64_t> DeleteChangelogs(const Table& table);

}  // namespace tarn::table
