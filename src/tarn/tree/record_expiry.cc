// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/record_expiry.h"

#include <algorithm>
#include <limits>

#include <arrow/api.h>

#include "tarn/meta/stored_rows.h"
#include "tarn/options/options.h"
#include "tarn/types/instant.h"

namespace tarn::tree {
namespace {

using types::TypeRoot;

constexpr int64_t kFirstMillis = 1'000'000'000'000;
constexpr int64_t kBatchRows = 8192;

/// Seconds of value `i`, as Java divides: milliseconds towards minus infinity, seconds of
/// them towards 0. REQUIRES: a number or timestamp that is not null.
int64_t SecondsOf(const arrow::Array& times, int64_t i) {
  switch (times.type_id()) {
    case arrow::Type::INT8:
      return static_cast<const arrow::Int8Array&>(times).Value(i);
    case arrow::Type::INT16:
      return static_cast<const arrow::Int16Array&>(times).Value(i);
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(times).Value(i);
    case arrow::Type::INT64: {
      const int64_t value = static_cast<const arrow::Int64Array&>(times).Value(i);
      return value >= kFirstMillis ? value / 1000 : value;
    }
    default:
      break;
  }
  return types::InstantAt(times, i).millis / 1000;
}

bool IsTime(const types::DataType& type) {
  return type.root() == TypeRoot::kInt || type.root() == TypeRoot::kBigInt ||
         type.root() == TypeRoot::kTimestamp ||
         type.root() == TypeRoot::kLocalZonedTimestamp;
}

/// Whether a bound stored as `from` can be compared as it is.
bool KeepsSeconds(const types::DataType& from, const types::DataType& to) {
  if (from.root() == to.root()) return true;
  const bool number = from.root() == TypeRoot::kTinyInt ||
                      from.root() == TypeRoot::kSmallInt || from.root() == TypeRoot::kInt;
  return number && (to.root() == TypeRoot::kInt || to.root() == TypeRoot::kBigInt);
}

}  // namespace

Result<std::optional<RecordExpiry>> RecordExpiry::FromSchema(
    const types::TableSchema& schema, const base::Context& context) {
  const options::Options options(schema.options);
  ARROW_ASSIGN_OR_RAISE(const auto expire, options.Get(options::kRecordLevelExpireTime));
  if (!expire || !schema.has_primary_key()) return std::nullopt;
  ARROW_ASSIGN_OR_RAISE(const auto field, options.Get(options::kRecordLevelTimeField));
  if (!field) {
    return InvalidInput(1750, "You should set time field for record-level expire.");
  }
  const int column = types::FieldIndex(schema.fields, *field);
  if (column < 0) {
    return InvalidInput(1751, "Can not find time field for record level expire:",
                        V("record-level.time-field", *field));
  }
  const types::DataType& type = schema.fields[static_cast<size_t>(column)].type;
  if (!IsTime(type)) {
    return InvalidInput(1752,
                        "The record level time field type should be one of INT, BIGINT, "
                        "or TIMESTAMP:",
                        V("record-level.time-field", *field), V("type", type.ToString()));
  }
  const int64_t now = context.clock->NowMillis() / 1000;
  const int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(*expire).count();
  return RecordExpiry(schema, column, now - seconds);
}

Result<bool> RecordExpiry::HasExpired(const meta::DataFileMeta& file,
                                      const meta::SchemaFiles& schemas) const {
  const types::DataField& time = schema_.fields[static_cast<size_t>(column_)];
  std::shared_ptr<const types::TableSchema> other;
  if (file.schema_id != schema_.id) {
    ARROW_ASSIGN_OR_RAISE(other, schemas.Get(file.schema_id));
  }
  const types::TableSchema& written = other == nullptr ? schema_ : *other;
  std::vector<types::DataField> stored = written.fields;
  if (file.value_stats_cols) {
    ARROW_ASSIGN_OR_RAISE(stored, written.FieldsOf(*file.value_stats_cols));
  }
  const auto at = std::find_if(stored.begin(), stored.end(),
                               [&](const auto& field) { return field.id == time.id; });
  if (at == stored.end() || !KeepsSeconds(at->type, time.type)) return false;
  ARROW_ASSIGN_OR_RAISE(const auto minimum,
                        meta::DecodeStoredRows({file.value_stats.min_values}, stored));
  const auto& bound = *minimum[static_cast<size_t>(at - stored.begin())];
  return bound.IsValid(0) && SecondsOf(bound, 0) < oldest_seconds_;
}

Result<datafile::DeletionVectors> RecordExpiry::ExpiredRows(
    const datafile::ReadBucket& bucket,
    const std::vector<meta::DataFileMeta>& files) const {
  datafile::DeletionVectors out;
  for (const meta::DataFileMeta& file : files) {
    if (file.row_count > std::numeric_limits<uint32_t>::max()) {
      return Unsupported(6754, "File has too many rows to expire some of them:",
                         V("file", file.file_name), V("rows", file.row_count));
    }
    const auto run = datafile::OpenRun(bucket, {file});
    ARROW_ASSIGN_OR_RAISE(const auto cursor, run->OpenColumn(column_));
    std::vector<uint32_t> expired;
    for (int64_t first = 0; first < file.row_count; first += kBatchRows) {
      const int64_t rows = std::min(kBatchRows, file.row_count - first);
      ARROW_ASSIGN_OR_RAISE(const auto times, cursor->Read(rows));
      for (int64_t i = 0; i < rows; ++i) {
        if (times->IsValid(i) && SecondsOf(*times, i) < oldest_seconds_) {
          expired.push_back(static_cast<uint32_t>(first + i));
        }
      }
    }
    if (!expired.empty()) {
      out.emplace(file.file_name, index::DeletionVector::Of(expired));
    }
  }
  return out;
}

}  // namespace tarn::tree
