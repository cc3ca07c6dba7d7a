// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tarn/scan/pack_splits.h"
#include "tarn/types/table_schema.h"

namespace tarn::scan {

/// What a plan is made for.
enum class ScanPurpose : uint8_t {
  kState,    ///< the rows of one snapshot
  kChanges,  ///< records of history, one by one
  kDiff,     ///< what two snapshots do not share
};

/// What a table's schema and options say of its scans. Immutable.
struct ScanSettings {
  std::vector<types::DataField> partition_fields, key_fields;
  PackOptions pack;
  bool keyed = false;
  /// Above level 0 a key has one version, and no other file takes part in it.
  bool one_version_per_key = false;
  bool deletion_vectors = false;
  bool skip_level_0 = false;  ///< only what is compacted is visible
  bool folds = false;         ///< several rows of a key make one that none of them is
  bool has_buckets = false;   ///< rows are spread by the bucket key
  bool real_buckets_only = false;  ///< a postponed table: bucket -2 is not read
  bool use_file_indexes = false;

  /// Errors: kInvalidInput for an option that cannot be read.
  static Result<ScanSettings> FromSchema(const types::TableSchema& schema,
                                         ScanPurpose purpose);
};

}  // namespace tarn::scan
