// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/history.h"

namespace tarn::support {

/// A table definition and a way to make changes for it.
struct HistoryKind {
  std::string name;
  nlohmann::json schema;
  std::vector<std::string> kinds;  ///< row kinds that its records may have
};

/// Deduplicate and partial-update tables, with and without sequence fields, groups, sums,
/// row removal and partitions.
std::vector<HistoryKind> HistoryKinds();

/// Random commits for `kind`: few keys, so that they meet often; NULLs, equal and late
/// clocks. The same seed gives the same history everywhere. All writes are write-only.
/// \param rows_per_commit  rows of a commit, from 1 to this many
History RandomHistory(const HistoryKind& kind, uint64_t seed, int commits,
                      int rows_per_commit);

/// The same with ALTERs between the commits, and compactions: columns added, dropped,
/// renamed, moved, of wider and of narrower types, with comments and default values.
/// Rows are of the schema of their day. Columns that options name stay.
History AlteredHistory(const HistoryKind& kind, uint64_t seed, int commits,
                       int rows_per_commit);

}  // namespace tarn::support
