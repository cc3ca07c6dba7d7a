// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tarn/table/listing.h"
#include "tarn/table/system_tables.h"

namespace tarn::table {

/// A listing as a table that can be read.
std::shared_ptr<SystemTable> ListingTable(std::string name, Listing listing);

/// System tables that are small listings of metadata: snapshots, schemas, options, tags,
/// branches, consumers, aggregation_fields, statistics, files, file_key_ranges,
/// manifests, partitions, buckets; nullptr for any other kind.
Result<std::shared_ptr<SystemTable>> OpenMetadataTable(std::shared_ptr<Table> table,
                                                       const std::string& kind);

}  // namespace tarn::table
