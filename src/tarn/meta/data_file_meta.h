// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: meta, the records and their files.
///
/// A table is a heap of immutable files and one small pointer, the latest snapshot. This
/// folder holds the records through which planner, reader, writer, compactor and
/// committer meet, and the files that keep them: schema (`schema_file.h`), snapshot
/// (`snapshot.h`), manifest list and manifest (`manifest_list.h`, `manifest_file.h`),
/// data file
/// (`data_file_meta.h`), entries with ADD and DELETE cancelled (`manifest_entry.h`,
/// `live_files.h`), split (`split.h`), commit message (`commit_message.h`), and the
/// checks on a schema (`schema_check.h`).
///
/// Words: an *entry* adds or deletes one data file of one (partition, bucket); a file's
/// *identifier* is everything that a DELETE must repeat.
///
/// Invariant: records are values; what is stored is what Java 2.0.0 writes, and what
/// Java 1.0 to 2.0 wrote is read.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::meta {

/// Column statistics of a file (Paimon `SimpleStats`): two serialized binary rows (with
/// arity prefix) of equal arity and a null count per column; absent count = unknown.
struct SimpleStats {
  std::string min_values;
  std::string max_values;
  std::vector<std::optional<int64_t>> null_counts;
  bool operator==(const SimpleStats&) const = default;

  /// Statistics over no columns: rows of arity 0, no counts.
  static SimpleStats Empty();
};

/// Where a file came from (Paimon `FileSource`).
enum class FileSource : uint8_t { kAppend = 0, kCompact = 1 };

/// One data file as manifests describe it (Paimon `DataFileMeta`, fields in stored
/// order).
struct DataFileMeta {
  std::string file_name;
  int64_t file_size = 0;  ///< bytes
  int64_t row_count = 0;  ///< rows, retractions included
  std::string min_key;    ///< trimmed primary key as serialized binary row (arity prefix)
  std::string max_key;
  SimpleStats key_stats;
  SimpleStats value_stats;
  int64_t min_sequence_number = 0;
  int64_t max_sequence_number = 0;
  int64_t schema_id = 0;
  int32_t level = 0;
  std::vector<std::string> extra_files;
  std::optional<int64_t>
      creation_time_millis;  ///< local wall clock written as if it were UTC
  std::optional<int64_t> delete_row_count;  ///< rows of kind -U or -D
  std::optional<std::string> embedded_file_index;
  std::optional<FileSource> file_source;
  std::optional<std::vector<std::string>>
      value_stats_cols;  ///< absent = all value columns
  std::optional<std::string> external_path;
  std::optional<int64_t> first_row_id;
  std::optional<std::vector<std::string>> write_cols;
  bool operator==(const DataFileMeta&) const = default;
};

}  // namespace tarn::meta
