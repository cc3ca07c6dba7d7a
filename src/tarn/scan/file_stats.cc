// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/file_stats.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/meta/stored_rows.h"
#include "tarn/types/arrow_types.h"

namespace tarn::scan {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

bool IsInteger(TypeRoot root) {
  return root >= TypeRoot::kTinyInt && root <= TypeRoot::kBigInt;
}

/// Whether values keep their order and lose nothing from `from` to `to`.
bool KeepsBounds(const DataType& from, const DataType& to) {
  if (from.EqualsIgnoringNullable(to)) return true;
  if (IsInteger(from.root()) && IsInteger(to.root())) return from.root() <= to.root();
  // Longer text or bytes: nothing is cut. (CHAR pads, so it stays with its own kind.)
  if (from.root() == to.root() &&
      (from.root() == TypeRoot::kVarChar || from.root() == TypeRoot::kVarBinary)) {
    return from.length() <= to.length();
  }
  return false;
}

/// A bound of an integer type as one of a wider one; any other bound as it is.
std::shared_ptr<arrow::Array> Widened(const std::shared_ptr<arrow::Array>& bound,
                                      const DataType& to) {
  const auto type = types::ToArrow(to);
  if (!type.ok() || bound->type()->Equals(**type)) return bound;
  int64_t value = 0;
  switch (bound->type_id()) {
    case arrow::Type::INT8:
      value = static_cast<const arrow::Int8Array&>(*bound).Value(0);
      break;
    case arrow::Type::INT16:
      value = static_cast<const arrow::Int16Array&>(*bound).Value(0);
      break;
    case arrow::Type::INT32:
      value = static_cast<const arrow::Int32Array&>(*bound).Value(0);
      break;
    default:
      return nullptr;
  }
  const auto scalar = arrow::MakeScalar(*type, value);
  if (!scalar.ok()) return nullptr;
  const auto array = arrow::MakeArrayFromScalar(**scalar, 1);
  return array.ok() ? *array : nullptr;
}

/// Bounds per stored column, by position; nothing when the rows cannot be read.
std::vector<expr::StatsSource::Column> DecodeColumns(const std::vector<DataField>& fields,
                                                     const meta::SimpleStats& stats) {
  std::vector<expr::StatsSource::Column> out(fields.size());
  const auto rows = meta::DecodeStoredRows(
      {std::string_view(stats.min_values), stats.max_values}, fields);
  const bool counted = stats.null_counts.size() == fields.size();
  for (size_t i = 0; i < fields.size(); ++i) {
    if (rows.ok()) {
      const std::shared_ptr<arrow::Array>& bounds = (*rows)[i];
      if (bounds->IsValid(0)) out[i].min = bounds->Slice(0, 1);
      if (bounds->IsValid(1)) out[i].max = bounds->Slice(1, 1);
    }
    if (counted && stats.null_counts[i]) out[i].null_count = *stats.null_counts[i];
  }
  return out;
}

/// Statistics of one file with the columns of the schema that is read.
class EvolvedStats final : public expr::StatsSource {
 public:
  EvolvedStats(const types::TableSchema& read, const types::TableSchema& written,
               std::vector<DataField> stored, const meta::SimpleStats& stats,
               int64_t row_count)
      : read_(read),
        written_(written),
        stored_(std::move(stored)),
        columns_(DecodeColumns(stored_, stats)),
        row_count_(row_count) {}

  int64_t row_count() const override { return row_count_; }

  Column Get(const std::string& column) const override {
    const int wanted = types::FieldIndex(read_.fields, column);
    if (wanted < 0) return {};
    const DataField& field = read_.fields[static_cast<size_t>(wanted)];
    const auto same_id = [&](const DataField& other) { return other.id == field.id; };
    if (std::none_of(written_.fields.begin(), written_.fields.end(), same_id)) {
      return {nullptr, nullptr, row_count_};
    }
    const auto at = std::find_if(stored_.begin(), stored_.end(), same_id);
    if (at == stored_.end()) return {};
    const Column& stats = columns_[static_cast<size_t>(at - stored_.begin())];
    if (at->type.EqualsIgnoringNullable(field.type)) return stats;
    // A cast may make NULL of a value, so the count does not survive it.
    Column out;
    if (!KeepsBounds(at->type, field.type)) return out;
    if (stats.min != nullptr) out.min = Widened(stats.min, field.type);
    if (stats.max != nullptr) out.max = Widened(stats.max, field.type);
    out.null_count = stats.null_count;
    return out;
  }

 private:
  const types::TableSchema& read_;
  const types::TableSchema& written_;
  const std::vector<DataField> stored_;
  const std::vector<Column> columns_;
  const int64_t row_count_;
};

/// The columns that a file's value statistics hold, in order; nothing for names that its
/// schema lacks.
std::vector<DataField> ValueColumns(const types::TableSchema& written,
                                    const meta::DataFileMeta& file) {
  if (!file.value_stats_cols) return written.fields;
  const auto fields = written.FieldsOf(*file.value_stats_cols);
  return fields.ok() ? *fields : std::vector<DataField>{};
}

}  // namespace

Result<std::shared_ptr<const types::TableSchema>> FileStats::SchemaOf(int64_t id) {
  if (id == schema_.id) {
    return std::shared_ptr<const types::TableSchema>(std::shared_ptr<void>(), &schema_);
  }
  return schemas_.Get(id);
}

Result<bool> FileStats::ValuesMightMatch(const meta::DataFileMeta& file,
                                         const expr::Predicate& predicate) {
  ARROW_ASSIGN_OR_RAISE(const auto written, SchemaOf(file.schema_id));
  const EvolvedStats stats(schema_, *written, ValueColumns(*written, file),
                           file.value_stats, file.row_count);
  return expr::MightMatch(predicate, stats);
}

Result<bool> FileStats::KeysMightMatch(const meta::DataFileMeta& file,
                                       const expr::Predicate& predicate) {
  ARROW_ASSIGN_OR_RAISE(const auto written, SchemaOf(file.schema_id));
  ARROW_ASSIGN_OR_RAISE(auto keys, written->FieldsOf(written->TrimmedPrimaryKey()));
  const EvolvedStats stats(schema_, *written, std::move(keys), file.key_stats,
                           file.row_count);
  return expr::MightMatch(predicate, stats);
}

PlainStats::PlainStats(const std::vector<DataField>& fields,
                       const meta::SimpleStats& stats, int64_t row_count)
    : row_count_(row_count) {
  std::vector<Column> columns = DecodeColumns(fields, stats);
  for (size_t i = 0; i < fields.size(); ++i) {
    columns_.emplace(fields[i].name, std::move(columns[i]));
  }
}

expr::StatsSource::Column PlainStats::Get(const std::string& column) const {
  const auto at = columns_.find(column);
  return at == columns_.end() ? Column{} : at->second;
}

}  // namespace tarn::scan
