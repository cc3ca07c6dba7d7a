// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/table/table.h"

namespace tarn::table {

/// A table about a table: `t$audit_log`, `t$snapshots`, ... (Paimon `SystemTableLoader`).
/// Columns are Java's.
class SystemTable {
 public:
  virtual ~SystemTable() = default;
  virtual const std::string& name() const = 0;  ///< "db.t$snapshots"
  virtual const std::vector<types::DataField>& fields() const = 0;
  /// All rows, with the columns asked for in that order.
  virtual Result<std::shared_ptr<arrow::RecordBatchReader>> Read(
      const std::vector<std::string>& columns) = 0;
};

/// \param name  what stands behind `$`, in any case. Errors: kUnsupported naming one of
/// Java's that is not there yet; kNotFound for any other name.
Result<std::shared_ptr<SystemTable>> OpenSystemTable(std::shared_ptr<Table> table,
                                                     const std::string& name);

}  // namespace tarn::table
