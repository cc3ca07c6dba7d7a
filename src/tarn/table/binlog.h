// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tarn/table/system_tables.h"

namespace tarn::table {

/// `t$audit_log`: rows with their kinds in front; stored retractions too (Paimon
/// `AuditLogTable`). Read at a point, or over a stretch of history, as options say.
Result<std::shared_ptr<SystemTable>> OpenAuditLog(std::shared_ptr<Table> table);

/// `t$binlog`: the same with every column in a list, an update's two rows packed into one
/// (Paimon `BinlogTable`).
Result<std::shared_ptr<SystemTable>> OpenBinlog(std::shared_ptr<Table> table);

}  // namespace tarn::table
