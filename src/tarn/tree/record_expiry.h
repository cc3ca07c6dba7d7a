// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/datafile/data_file_reader.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/meta/schema_file.h"
#include "tarn/types/table_schema.h"

namespace tarn::tree {

/// Options `record-level.expire-time` and `record-level.time-field` (Paimon
/// `RecordLevelExpire`): a compaction does not see rows whose time is too long ago. Reads
/// do. The time is INT or BIGINT seconds, BIGINT milliseconds from 1e12 on, or a
/// timestamp; a row without one stays. Rows vanish below the merge: an expired record
/// no longer hides or feeds others of its key. Immutable.
class RecordExpiry {
 public:
  /// Nothing for a table without the option, or without a key: only merge trees expire
  /// rows. `now` is the context's. Errors: kInvalidInput (no time field, its type).
  static Result<std::optional<RecordExpiry>> FromSchema(const types::TableSchema& schema,
                                                        const base::Context& context);

  /// Whether statistics show an expired row in `file`; false where they say nothing.
  /// Errors: kNotFound, kCorruption (the file's schema).
  Result<bool> HasExpired(const meta::DataFileMeta& file,
                          const meta::SchemaFiles& schemas) const;

  /// Expired rows of `files`, by name, as vectors that mark them. Reads one column.
  /// REQUIRES: `bucket` has no deletion vectors of these files.
  Result<datafile::DeletionVectors> ExpiredRows(
      const datafile::ReadBucket& bucket,
      const std::vector<meta::DataFileMeta>& files) const;

 private:
  RecordExpiry(types::TableSchema schema, int column, int64_t oldest_seconds)
      : schema_(std::move(schema)), column_(column), oldest_seconds_(oldest_seconds) {}

  types::TableSchema schema_;
  int column_;              ///< of the time
  int64_t oldest_seconds_;  ///< rows before have expired
};

}  // namespace tarn::tree
