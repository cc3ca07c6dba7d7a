// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tarn/expr/predicate.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/meta/schema_file.h"
#include "tarn/types/table_schema.h"

namespace tarn::scan {

/// Statistics of stored files, seen with the schema that is read (Paimon
/// `SimpleStatsEvolution`): columns are matched by field id; a column that a file's
/// schema lacks is NULL in every row; bounds of a column whose type changed count only
/// where the change keeps order for certain. What cannot be read is unknown.
///
/// One caller at a time; borrows what it is made of.
class FileStats {
 public:
  FileStats(const types::TableSchema& schema, const meta::SchemaFiles& schemas)
      : schema_(schema), schemas_(schemas) {}

  /// False only if no row of the file satisfies `predicate`, by the statistics of its
  /// values. Errors: kNotFound, kCorruption (the file's schema).
  Result<bool> ValuesMightMatch(const meta::DataFileMeta& file,
                                const expr::Predicate& predicate);
  /// The same by the statistics of the trimmed primary key, of whose columns alone
  /// `predicate` consists.
  Result<bool> KeysMightMatch(const meta::DataFileMeta& file,
                              const expr::Predicate& predicate);
  /// The schema of that id, the one that is read included.
  Result<std::shared_ptr<const types::TableSchema>> SchemaOf(int64_t id);

 private:
  const types::TableSchema& schema_;
  const meta::SchemaFiles& schemas_;
};

/// Minimum, maximum and null counts of columns that have the types that are read: the
/// partition columns of a manifest.
class PlainStats final : public expr::StatsSource {
 public:
  PlainStats(const std::vector<types::DataField>& fields, const meta::SimpleStats& stats,
             int64_t row_count);
  int64_t row_count() const override { return row_count_; }
  Column Get(const std::string& column) const override;

 private:
  std::map<std::string, Column> columns_;
  int64_t row_count_;
};

}  // namespace tarn::scan
