// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "tarn/base/context.h"
#include "tarn/expr/predicate.h"
#include "tarn/index/row_selection.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/types/table_schema.h"

namespace tarn::index {

/// A data file, its place, and the two schemas that it is seen with. Borrows all.
struct IndexedFile {
  const base::Context& context;
  const io::TablePaths& paths;
  const std::string& partition_path;  ///< escaped, "" without partitions
  int32_t bucket = 0;
  const meta::DataFileMeta& file;
  const types::TableSchema& read;     ///< the schema that the predicate speaks of
  const types::TableSchema& written;  ///< the schema of the file
};

/// Which indexes are asked.
enum class IndexUse : uint8_t {
  kSkipFile,   ///< all: is there any row?
  kSelectRows  ///< those that know rows
};

/// Whether a file has an index at all.
bool HasFileIndex(const meta::DataFileMeta& file);

/// Rows of the file that may satisfy `predicate`, by its embedded index or the one beside
/// it (Paimon `FileIndexEvaluator`). Columns are matched by field id and count where they
/// kept their type. Of the file beside, the head and the indexes of the predicate's
/// columns are read. Errors: kCorruption (also two index files), kUnsupported,
/// kNotFound, kUnavailable.
Result<RowSelection> SelectRowsOf(const IndexedFile& indexed,
                                  const expr::Predicate& predicate, IndexUse use);

}  // namespace tarn::index
