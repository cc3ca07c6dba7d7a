// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "tarn/table/file_deletion.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// What the tags of the open branch hold of snapshots and changelogs that go. Borrows
/// `deletion`. One caller at a time.
class TagHolds {
 public:
  static Result<TagHolds> Make(const Table& table, FileDeletion* deletion);

  /// The snapshots of the tags, by id.
  const std::vector<meta::Snapshot>& snapshots() const { return snapshots_; }

  /// Data files of the tag before a snapshot: it holds whatever any older tag holds of
  /// what that snapshot deleted. Valid while this lives.
  Result<const DataFileSet*> Before(int64_t id);

  /// Keep the metadata of tags that may share some with a snapshot of [begin, end)
  /// (Paimon `findSkippingTags`).
  Status KeepWithin(int64_t begin, int64_t end);

 private:
  TagHolds(std::vector<meta::Snapshot> snapshots, FileDeletion* deletion)
      : snapshots_(std::move(snapshots)), deletion_(deletion) {}

  std::vector<meta::Snapshot> snapshots_;
  FileDeletion* deletion_;
  std::map<int64_t, DataFileSet> files_;  ///< of tags, by snapshot
};

}  // namespace tarn::table
