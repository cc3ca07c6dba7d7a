// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/snapshot.h"
#include "tarn/table/table.h"

namespace tarn::table {

/// Columns of a stored row, each an array of one value. Errors: kCorruption.
Result<arrow::ArrayVector> DecodeRow(const Table& table, std::string_view serialized,
                                     const std::vector<types::DataField>& fields);

/// The text of a value cast to STRING; "null" for NULL.
Result<std::string> CastText(const Table& table,
                             const std::shared_ptr<arrow::Array>& value,
                             const types::DataType& type);

/// "{d1, 3}" (Paimon `RowToStringCastRule`).
Result<std::string> RowText(const Table& table, std::string_view serialized,
                            const std::vector<types::DataField>& fields);

Result<std::vector<types::DataField>> PartitionFields(const types::TableSchema& schema);

/// Files of the snapshot that a read would see.
struct ListedFiles {
  std::optional<meta::Snapshot> snapshot;
  std::vector<meta::ManifestEntry> entries;
};

/// Those that are live. Errors: kUnsupported where options ask for a stretch of history.
Result<ListedFiles> LiveFiles(const Table& table);
/// All entries of its manifests, those that delete files among them. Errors: the same.
Result<ListedFiles> FileEntries(const Table& table);

}  // namespace tarn::table
