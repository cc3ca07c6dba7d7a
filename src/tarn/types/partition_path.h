// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/types/table_schema.h"

namespace tarn::types {

/// `text` as a part of a folder's name: characters that a path or a shell could misread
/// become `%XX` (Paimon `PartitionPathUtils.escapePathName`).
std::string EscapePathName(std::string_view text);
/// The reverse; a `%` that no two hexadecimal digits follow stays.
std::string UnescapePathName(std::string_view text);

/// Folder names of the partitions of one table: `<key>=<value>/` per partition column, in
/// their order (Paimon `PartitionPathUtils`, `InternalRowPartitionComputer`). The names
/// only locate files: what a partition's values are is said by its row in the manifest.
/// Immutable.
class PartitionPaths {
 public:
  /// Options `partition.default-name` and `partition.legacy-name` count.
  /// Errors: kUnsupported for a partition column whose text Java makes of an object's
  /// identity (binary, legacy names).
  static Result<PartitionPaths> Make(const TableSchema& schema);

  /// Path of a serialized partition row (arity prefix), "" for a table without
  /// partitions, else with a trailing slash. Errors: kCorruption.
  Result<std::string> PathOf(std::string_view serialized) const;
  /// Column -> value text, unescaped; NULL and blank are the default name.
  Result<std::map<std::string, std::string>> ValuesOf(std::string_view serialized) const;

 private:
  PartitionPaths() = default;
  Result<std::vector<std::string>> Texts(std::string_view serialized) const;

  std::vector<std::string> names_;
  std::vector<DataType> types_;
  std::string default_name_;
  bool legacy_ = true;
};

}  // namespace tarn::types
