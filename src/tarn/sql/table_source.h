// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/sql/query_engine.h"
#include "tarn/table/table.h"

namespace tarn::sql {

/// The rows of a table at one snapshot. The snapshot is chosen now, so that all scans of
/// one statement see the same.
Result<std::shared_ptr<ScanSource>> MakeTableSource(std::shared_ptr<table::Table> table,
                                                    const table::TimeTravel& at);

}  // namespace tarn::sql
