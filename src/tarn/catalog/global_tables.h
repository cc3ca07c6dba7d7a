// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/catalog/catalog.h"
#include "tarn/table/system_tables.h"

namespace tarn::catalog {

/// Tables of the database `sys`, about all tables of a catalog: `tables`, `partitions`,
/// `all_table_options`, and, where 'catalog-options-table.enabled' is true,
/// `catalog_options` (Paimon `CatalogUtils.createGlobalSystemTable`).
/// \param options  those that the catalog was made with
/// Errors: kNotFound for any other name.
Result<std::shared_ptr<table::SystemTable>> OpenGlobalTable(
    Catalog* catalog, const std::map<std::string, std::string>& options,
    const std::string& name, arrow::MemoryPool* pool);

}  // namespace tarn::catalog
