// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tarn/table/system_tables.h"

namespace tarn::table {

/// System tables that are small listings of metadata: snapshots, schemas, options, tags,
/// files, manifests, partitions, buckets, ro; nullptr for any other kind.
Result<std::shared_ptr<SystemTable>> OpenMetadataTable(std::shared_ptr<Table> table,
                                                       const std::string& kind);

}  // namespace tarn::table
