// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/commit_changes.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/meta/stored_rows.h"
#include "tarn/types/arrow_types.h"

namespace tarn::commit {
namespace {

using meta::FileKind;
using meta::ManifestEntry;

void AddEntries(const meta::CommitMessage& message,
                const std::vector<meta::DataFileMeta>& files, FileKind kind,
                std::vector<ManifestEntry>* out) {
  for (const meta::DataFileMeta& file : files) {
    out->push_back(
        {kind, message.partition, message.bucket, message.total_buckets, file});
  }
}

/// Positions sorted by smallest key, or nothing when two files overlap.
Result<std::optional<std::vector<size_t>>> SortedApart(
    const std::vector<ManifestEntry>& files, const std::vector<size_t>& positions,
    const std::vector<types::DataField>& key_fields) {
  std::vector<std::string_view> rows;
  for (const size_t position : positions) {
    rows.push_back(files[position].file.min_key);
    rows.push_back(files[position].file.max_key);
  }
  ARROW_ASSIGN_OR_RAISE(const auto order, meta::StoredRowOrder::Make(rows, key_fields));
  std::vector<size_t> sorted(positions.size());
  std::iota(sorted.begin(), sorted.end(), size_t{0});
  std::sort(sorted.begin(), sorted.end(),
            [&](size_t a, size_t b) { return order.Compare(2 * a, 2 * b) < 0; });
  std::vector<size_t> out;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && order.Compare(2 * sorted[i - 1] + 1, 2 * sorted[i]) >= 0) {
      return std::nullopt;
    }
    out.push_back(positions[sorted[i]]);
  }
  return out;
}

}  // namespace

std::set<std::string, std::less<>> Changes::Partitions() const {
  std::set<std::string, std::less<>> out;
  for (const ManifestEntry& entry : files) out.insert(entry.partition);
  return out;
}

CollectedChanges CollectChanges(const std::vector<meta::CommitMessage>& messages) {
  CollectedChanges out;
  for (const meta::CommitMessage& m : messages) {
    AddEntries(m, m.new_files, FileKind::kAdd, &out.append.files);
    AddEntries(m, m.changelog_files, FileKind::kAdd, &out.append.changelog);
    AddEntries(m, m.compact_before, FileKind::kDelete, &out.compact.files);
    AddEntries(m, m.compact_after, FileKind::kAdd, &out.compact.files);
    AddEntries(m, m.compact_changelog, FileKind::kAdd, &out.compact.changelog);
    out.append.index.insert(out.append.index.end(), m.index_files.begin(),
                            m.index_files.end());
    out.compact.index.insert(out.compact.index.end(), m.compact_index_files.begin(),
                             m.compact_index_files.end());
    if (m.sole_writer_since) out.append.sole_writer_since = m.sole_writer_since;
    if (m.hash_index_base) out.append.hash_index_bases[m.partition] = *m.hash_index_base;
  }
  return out;
}

std::vector<meta::ManifestEntry> EntriesBetween(
    const std::vector<meta::ManifestEntry>& before,
    const std::vector<meta::ManifestEntry>& after) {
  std::vector<meta::ManifestEntry> out;
  const auto take = [&](const auto& from, const auto& without, meta::FileKind kind) {
    std::set<std::string> known;
    for (const auto& entry : without) known.insert(meta::IdentifierOf(entry));
    for (const auto& entry : from) {
      if (known.contains(meta::IdentifierOf(entry))) continue;
      out.push_back(entry);
      out.back().kind = kind;
    }
  };
  take(before, after, meta::FileKind::kDelete);
  take(after, before, meta::FileKind::kAdd);
  return out;
}

Result<std::vector<ManifestEntry>> UpgradeForOverwrite(
    std::vector<ManifestEntry> files, const std::vector<types::DataField>& key_fields,
    int32_t max_level) {
  if (key_fields.empty()) return files;
  std::map<std::pair<std::string, int32_t>, std::vector<size_t>> buckets;
  for (size_t i = 0; i < files.size(); ++i) {
    if (files[i].file.level > 0 || files[i].bucket < 0) return files;
    buckets[{files[i].partition, files[i].bucket}].push_back(i);
  }
  std::vector<ManifestEntry> out;
  for (const auto& [bucket, positions] : buckets) {
    ARROW_ASSIGN_OR_RAISE(const auto sorted, SortedApart(files, positions, key_fields));
    for (const size_t position : sorted.value_or(positions)) {
      out.push_back(std::move(files[position]));
      if (sorted) out.back().file.level = max_level;
    }
  }
  return out;
}

Result<PartitionMatcher> PartitionMatcher::Make(
    const std::vector<types::DataField>& fields,
    const std::map<std::string, std::string>& spec, const std::string& default_name) {
  PartitionMatcher out;
  out.fields_ = fields;
  out.wanted_.resize(fields.size());
  for (const auto& [column, text] : spec) {
    const int index = types::FieldIndex(fields, column);
    if (index < 0) {
      return InvalidInput(1292, "Column is not a partition key:", V("column", column));
    }
    const types::DataField& field = fields[static_cast<size_t>(index)];
    auto& wanted = out.wanted_[static_cast<size_t>(index)].emplace();
    if (text == default_name) continue;
    ARROW_ASSIGN_OR_RAISE(const auto type, types::ToArrow(field.type));
    if (type->id() == arrow::Type::STRING) {
      wanted = std::make_shared<arrow::StringScalar>(text);
      continue;
    }
    const auto parsed = arrow::Scalar::Parse(type, text);
    if (!parsed.ok()) {
      return InvalidInput(
          1293, "Value of a partition does not fit its column:", V("column", column),
          V("type", field.type.ToString()), V("value", text));
    }
    wanted = *parsed;
  }
  return out;
}

Result<bool> PartitionMatcher::Matches(const std::string& partition) const {
  if (fields_.empty()) return true;
  ARROW_ASSIGN_OR_RAISE(const auto columns,
                        meta::DecodeStoredRows({std::string_view(partition)}, fields_));
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (!wanted_[i]) continue;
    ARROW_ASSIGN_OR_RAISE(const auto value, columns[i]->GetScalar(0));
    const auto& wanted = *wanted_[i];
    const bool same =
        wanted == nullptr ? !value->is_valid : value->is_valid && value->Equals(*wanted);
    if (!same) return false;
  }
  return true;
}

}  // namespace tarn::commit
