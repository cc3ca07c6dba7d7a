// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/io/table_paths.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// Fully compact buckets of `table`, or join small files where there is no primary key,
/// one bucket after another, and commit them together as COMPACT. Postponed rows get
/// their real buckets first (`postponed_rows.h`). When somebody else compacted or
/// overwrote them meanwhile, what was written is removed and the work is planned again on
/// the newer snapshot; writers that only append never notice. Errors: kInvalidInput (an
/// unknown partition column), kConflict after several tries.
Result<CompactReport> CompactTable(const Table& table,
                                   std::shared_ptr<const base::Context> context,
                                   const io::TablePaths& paths,
                                   const CompactRequest& request);

/// Whether a partition is among those that a request names. \param values by column
bool IsWanted(const CompactRequest& request,
              const std::map<std::string, std::string>& values);

}  // namespace tarn::table
