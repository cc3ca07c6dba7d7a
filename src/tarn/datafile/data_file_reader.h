// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: datafile, one data file with its statistics and its place in schema history.
///
/// Below are files of a format; here they get a schema: a file keeps the columns of the
/// schema it was written with, readers see those of today (`data_file_reader.h`). Writers
/// add key columns, sequence numbers and kinds, roll at the target size and answer
/// `meta::DataFileMeta` with key ranges and statistics (`data_file_writer.h`). Sorted
/// runs in memory and in temporary files (`memory_run.h`, `spill_run.h`) look the same to
/// the merge.

#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/meta/schema_file.h"
#include "tarn/types/table_schema.h"

namespace tarn::datafile {

/// What reading files of one bucket needs. A value; shares immutable parts.
struct ReadBucket {
  std::shared_ptr<const base::Context> context;
  io::TablePaths paths;
  std::shared_ptr<const types::TableSchema> schema;  ///< columns and types to answer
  std::shared_ptr<const meta::SchemaFiles>
      schemas;            ///< schemas that files were written with
  std::string partition;  ///< serialized binary row: the truth about partition columns
  std::string partition_path;  ///< escaped, "" without partitions
  int32_t bucket = 0;
};

/// Files of one sorted run, one after another, as one run; files are opened when a cursor
/// reaches them. Column indexes are those of `bucket.schema->fields`: a column that a
/// file's schema lacks is NULL, one of another type is cast (Paimon
/// `SchemaEvolutionUtil`), partition columns come from the partition row. Files without
/// `_KEY_` columns are read the same way. Errors (at the first read): kCorruption,
/// kUnavailable, kUnsupported naming format or cast.
std::unique_ptr<merge::SortedRun> OpenRun(ReadBucket bucket,
                                          std::vector<meta::DataFileMeta> files);

}  // namespace tarn::datafile
