// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "tarn/table/file_deletion.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// How commit users and tags of a state that was brought back begin, here and in Java.
inline constexpr std::string_view kRollbackAsLatest = "rollback-to-as-latest-";

/// The snapshots that brought an old state back. Remembers which ones did not, since all
/// of them have to be asked. One caller at a time.
class Restorations {
 public:
  /// Keep what is needed because an old state was brought back: files that an older
  /// snapshot deleted are live again, and an older tag may hold what a newer one does
  /// not, neither of which an expiry can tell from the snapshots that go. Java counts on
  /// the tag of such a state, and loses the files once it is gone. In a table without
  /// one, only snapshots are read that were not asked before.
  /// \param from_id  the first snapshot that stays
  /// \param tags     snapshots of the tags that stay
  /// \param files    takes their data files; their metadata is kept in `deletion`
  Status Hold(const Table& table, int64_t from_id,
              const std::vector<meta::Snapshot>& tags, FileDeletion* deletion,
              DataFileSet* files);

 private:
  /// A snapshot file that was read. Another one of the same id differs in time.
  struct Seen {
    int64_t modified_millis;
    std::optional<meta::Snapshot> restoration;
  };

  Status Look(const Table& table);

  std::map<int64_t, Seen> seen_;
};

}  // namespace tarn::table
