// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/io/table_paths.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// Fully compact buckets of `table`, one after another, and commit them together as
/// COMPACT. When somebody else compacted or overwrote them meanwhile, what was written is
/// removed and the work is planned again on the newer snapshot; writers that only append
/// never notice. Errors: kInvalidInput (an unknown partition column), kConflict after
/// several tries.
Result<CompactReport> CompactTable(const Table& table,
                                   std::shared_ptr<const base::Context> context,
                                   const io::TablePaths& paths,
                                   const CompactRequest& request);

}  // namespace tarn::table
