// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tarn/table/table.h"

namespace tarn::table {

class Restorations;

/// Which snapshots, or which changelogs, may go (Paimon `ExpireConfig`).
struct ExpireRequest {
  int32_t retain_max = 0;  ///< above so many they go, however young
  int32_t retain_min = 0;  ///< so many stay, however old
  int32_t max_deletes = 0;
  /// Between the two a snapshot goes when its successor is older than this time, in epoch
  /// milliseconds: until then somebody may have begun to read it. A changelog goes when
  /// it is older itself.
  int64_t older_than_millis = 0;
  /// Snapshots leave their changelogs behind, which go by a request of their own.
  bool keep_changelogs = false;
  /// Nothing goes that a consumer has not read.
  bool consumers_hold = true;

  /// By the options `snapshot.num-retained.max`, `.min`, `snapshot.expire.limit` and
  /// `snapshot.time-retained`. Errors: kInvalidInput.
  static Result<ExpireRequest> FromOptions(const Table& table);
};

/// Errors: kInvalidInput when `retain_max` is below `retain_min`.
Status CheckRetained(const Table& table, const ExpireRequest& request);

/// Let the oldest snapshots go, with their changelogs and with every file that no
/// snapshot that stays, no tag and no branch needs (Paimon `ExpireSnapshotsImpl`).
/// Consumers hold back what they have not read. Order: data files, metadata, snapshot
/// files from the oldest on, the hint EARLIEST; whoever is cut short leaves snapshots
/// that the next one expires again.
///
/// Java protects by the tags of the branch that is open alone; here also by what other
/// branches stand on.
/// Answers how many went.
/// \param restorations  remembered from call to call by whoever expires often; may be
///   nullptr
/// Errors: kInvalidInput when `retain_max` is below `retain_min`;
/// kCorruption, kNotFound for metadata that is needed and cannot be read, before anything
/// is deleted; kPermission, kUnavailable.
Result<int64_t> ExpireSnapshots(const Table& table, const ExpireRequest& request,
                                Restorations* restorations = nullptr);

}  // namespace tarn::table
