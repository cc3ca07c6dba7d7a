// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/cast.h"
#include "tarn/types/table_schema.h"

namespace tarn::types {

/// How partition values become folder names (options `partition.default-name` and
/// `partition.legacy-name`).
struct PartitionNaming {
  std::string default_name = "__DEFAULT_PARTITION__";
  /// True: the text of Paimon's internal value, dates as days since 1970. False: the
  /// value cast to STRING.
  bool legacy_names = true;
};

/// Column and text of the value, in the order of the partition keys: text that is not
/// escaped, the default name where the value is NULL or blank.
using PartitionSpec = std::vector<std::pair<std::string, std::string>>;

/// The specs of partitions given as rows: PartitionSpec[rows].
/// \param columns  the partition columns, in the order of `fields`
/// Errors: kUnsupported for a type without a text (BINARY under legacy names: Java then
/// names folders by the identity of an object), kInternal when a column does not hold its
/// type.
Result<std::vector<PartitionSpec>> PartitionSpecs(const CastContext& context,
                                                  const arrow::ArrayVector& columns,
                                                  const std::vector<DataField>& fields,
                                                  const PartitionNaming& naming);

/// Folder path of a spec: "dt=2024-01-01/hh=3/", escaped, "" without columns (Paimon
/// `PartitionPathUtils.generatePartitionPath`).
std::string PartitionPath(const PartitionSpec& spec);

/// Read a folder path, or a user's "dt=2024-01-01/hh=3", back. Errors: kInvalidInput for
/// a part without column or value.
Result<PartitionSpec> ParsePartitionPath(std::string_view path);

/// Folder names of the partitions of one table (Paimon `FileStorePathFactory`). The names
/// only locate files: what a partition's values are is said by its row in the manifest.
/// Immutable.
class PartitionPaths {
 public:
  /// Options `partition.default-name` and `partition.legacy-name` count.
  /// \param clock  gives the zone of local-zoned values; nullptr = UTC
  static Result<PartitionPaths> Make(const TableSchema& schema,
                                     base::Clock* clock = nullptr);

  /// Path of a serialized partition row (arity prefix), "" for a table without
  /// partitions, else with a trailing slash. Errors: kCorruption, kUnsupported.
  Result<std::string> PathOf(std::string_view serialized) const;
  /// Columns and value texts in their order, unescaped; NULL and blank are the default
  /// name.
  Result<PartitionSpec> SpecOf(std::string_view serialized) const;
  /// The same by column.
  Result<std::map<std::string, std::string>> ValuesOf(std::string_view serialized) const;

 private:
  PartitionPaths() = default;

  std::vector<DataField> fields_;
  PartitionNaming naming_;
  base::Clock* clock_ = nullptr;
};

/// '%' and two upper-case hexadecimal digits for each byte that Paimon does not let stand
/// in a folder name.
std::string EscapePathName(std::string_view text);
/// Errors: none; a '%' without two hexadecimal digits stands for itself, as in Java.
std::string UnescapePathName(std::string_view text);

}  // namespace tarn::types
