// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/index/deletion_vector.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/meta/split.h"

namespace tarn::datafile {

/// Deletion vectors by name of the data file; files without one have all their rows.
using DeletionVectors = std::map<std::string, index::DeletionVector>;

/// Read the vectors of `files`; index files are opened once each.
/// \param places  by name of the data file; others than those of `files` are not read
/// Errors: kCorruption (also for a vector that marks rows which its file does not have),
/// kNotFound, kUnavailable.
Result<DeletionVectors> ReadVectorsOf(
    const base::Context& context, const std::vector<meta::DataFileMeta>& files,
    const std::map<std::string, meta::DeletionVectorPlace>& places);

/// Rows of `file` that are not deleted.
int64_t LiveRowsOf(const meta::DataFileMeta& file, const DeletionVectors& vectors);

/// A cursor over the rows of a file that `vector` leaves, where `cursor` stands at row 0
/// of all of them. Long stretches of deleted rows are skipped, single ones filtered out.
std::unique_ptr<merge::ColumnCursor> LiveRowsCursor(
    std::unique_ptr<merge::ColumnCursor> cursor, const index::DeletionVector& vector,
    arrow::MemoryPool* pool);

}  // namespace tarn::datafile
