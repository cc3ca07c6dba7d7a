// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/catalog/catalog.h"
#include "tarn/table/system_tables.h"

namespace tarn::catalog {

/// Tables of the database `sys`, about all tables of a catalog: `tables` and
/// `all_table_options` (Paimon `CatalogUtils.createGlobalSystemTable`). Errors:
/// kUnsupported naming one of Java's that is not there yet; kNotFound for any other name.
Result<std::shared_ptr<table::SystemTable>> OpenGlobalTable(Catalog* catalog,
                                                            const std::string& name,
                                                            arrow::MemoryPool* pool);

}  // namespace tarn::catalog
