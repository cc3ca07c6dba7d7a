// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/meta/manifest_entry.h"
#include "tarn/types/data_type.h"

namespace tarn::meta {

/// Some partitions, to pick manifests and entries by. Immutable.
class PartitionSet {
 public:
  /// \param rows  serialized partition rows of `fields`
  /// Errors: kCorruption for a row that does not fit `fields`.
  static Result<PartitionSet> Make(const std::vector<types::DataField>& fields,
                                   std::set<std::string, std::less<>> rows);

  const std::set<std::string, std::less<>>& rows() const { return rows_; }
  bool Contains(std::string_view partition) const { return rows_.contains(partition); }
  /// False only if no entry of the manifest can lie in one of the partitions. Statistics
  /// that cannot be read exclude nothing.
  bool MightTouch(const ManifestFileMeta& manifest) const;

 private:
  std::vector<types::DataField> fields_;
  std::set<std::string, std::less<>> rows_;
  /// Values of the partitions: one array per field, in the order of `rows_`.
  std::vector<std::shared_ptr<arrow::Array>> columns_;
};

}  // namespace tarn::meta
