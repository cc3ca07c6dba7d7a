// SPDX-License-Identifier: Apache-2.0
// Listings that sum up data files: $partitions, $buckets, and the rows of sys.partitions.
#include <algorithm>
#include <map>
#include <utility>

#include <arrow/array.h>

#include "tarn/meta/index_manifest.h"
#include "tarn/options/options.h"
#include "tarn/table/listing.h"
#include "tarn/table/listing_rows.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {

using types::DataType;

namespace {

/// Sums over the entries of manifests: what is deleted counts against what was added, but
/// for the time of the youngest file (Paimon `PartitionEntry`, `BucketEntry`).
struct Sums {
  int64_t rows = 0, bytes = 0, files = 0, total_buckets = 0;
  std::optional<int64_t> updated;

  void Add(const meta::ManifestEntry& entry) {
    const int64_t sign = entry.kind == meta::FileKind::kAdd ? 1 : -1;
    rows += sign * entry.file.row_count;
    bytes += sign * entry.file.file_size;
    files += sign;
    if (sign > 0) total_buckets = entry.total_buckets;
    if (entry.file.creation_time_millis) {
      updated = std::max(updated.value_or(INT64_MIN), *entry.file.creation_time_millis);
    }
  }
};

/// Rows that deletion vectors mark, by partition; absent where a vector does not say.
using MarkedRows = std::map<std::string, std::optional<int64_t>>;

Result<MarkedRows> CountMarkedRows(const Table& table,
                                   const std::optional<meta::Snapshot>& snapshot) {
  MarkedRows out;
  ARROW_ASSIGN_OR_RAISE(
      const bool vectors,
      options::Options(table.schema()->options).Get(options::kDeletionVectorsEnabled));
  if (!vectors || !snapshot || !snapshot->index_manifest) return out;
  ARROW_ASSIGN_OR_RAISE(
      const std::string path,
      table.snapshot_files().paths().ManifestFile(*snapshot->index_manifest));
  ARROW_ASSIGN_OR_RAISE(const auto entries,
                        meta::ReadIndexManifest(table.context(), path));
  for (const meta::IndexManifestEntry& entry : entries) {
    if (entry.index_type != "DELETION_VECTORS" || !entry.deletion_vectors) continue;
    auto& count = out.try_emplace(entry.partition, int64_t{0}).first->second;
    for (const meta::DeletionVectorRange& range : *entry.deletion_vectors) {
      if (count && range.cardinality) {
        *count += *range.cardinality;
      } else {
        count.reset();
      }
    }
  }
  return out;
}

}  // namespace

Result<Listing> ListPartitionSums(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  for (const char* name : {"record_count", "file_size_in_bytes", "file_count"}) {
    out.AddColumn(name, DataType::BigInt().NotNull());
  }
  out.AddColumn("last_update_time", DataType::Timestamp(3));
  out.AddColumn("created_at", DataType::Timestamp(3));
  for (const char* name : {"created_by", "updated_by", "options"}) {
    out.AddColumn(name, DataType::String());
  }
  out.AddColumn("total_buckets", DataType::Int().NotNull());
  out.AddColumn("done", DataType::Boolean().NotNull());
  out.AddColumn("deleted_record_count", DataType::BigInt());
  const types::TableSchema& schema = *table.schema();
  ARROW_ASSIGN_OR_RAISE(const auto fields, PartitionFields(schema));
  ARROW_ASSIGN_OR_RAISE(
      const std::string default_name,
      options::Options(schema.options).Get(options::kPartitionDefaultName));
  ARROW_ASSIGN_OR_RAISE(const ListedFiles files, FileEntries(table));
  ARROW_ASSIGN_OR_RAISE(const MarkedRows marked, CountMarkedRows(table, files.snapshot));
  std::map<std::string, Sums> sums;
  std::map<std::string, std::string> rows;  // by name
  for (const meta::ManifestEntry& entry : files.entries) {
    ARROW_ASSIGN_OR_RAISE(const auto values, DecodeRow(table, entry.partition, fields));
    std::string name;
    for (size_t i = 0; i < values.size(); ++i) {
      ARROW_ASSIGN_OR_RAISE(std::string text, CastText(table, values[i], fields[i].type));
      if (values[i]->IsNull(0)) text = default_name;
      name += (i > 0 ? "/" : "") + fields[i].name + "=" + text;
    }
    sums[name].Add(entry);
    rows[name] = entry.partition;
  }
  for (const auto& [name, sum] : sums) {
    if (sum.files == 0) continue;
    const auto counted = marked.find(rows[name]);
    out.AddRow({name, sum.rows, sum.bytes, sum.files, CellOf(sum.updated),
                std::monostate(), std::monostate(), std::monostate(), std::monostate(),
                sum.total_buckets, int64_t{0},
                counted == marked.end() ? int64_t{0} : CellOf(counted->second)});
  }
  return out;
}

Result<Listing> ListBuckets(const Table& table) {
  Listing out(table.context().pool);
  out.AddColumn("partition", DataType::String());
  out.AddColumn("bucket", DataType::Int().NotNull());
  for (const char* name : {"record_count", "file_size_in_bytes", "file_count"}) {
    out.AddColumn(name, DataType::BigInt().NotNull());
  }
  out.AddColumn("last_update_time", DataType::Timestamp(3));
  ARROW_ASSIGN_OR_RAISE(const auto fields, PartitionFields(*table.schema()));
  ARROW_ASSIGN_OR_RAISE(const ListedFiles files, FileEntries(table));
  std::map<std::pair<std::string, int32_t>, Sums> sums;
  for (const meta::ManifestEntry& entry : files.entries) {
    ARROW_ASSIGN_OR_RAISE(const std::string partition,
                          RowText(table, entry.partition, fields));
    sums[{partition, entry.bucket}].Add(entry);
  }
  for (const auto& [place, sum] : sums) {
    if (sum.files == 0) continue;
    out.AddRow({place.first, int64_t{place.second}, sum.rows, sum.bytes, sum.files,
                CellOf(sum.updated)});
  }
  return out;
}

Result<std::vector<PartitionTotal>> ListPartitionTotals(const Table& table) {
  ARROW_ASSIGN_OR_RAISE(const ListedFiles files, FileEntries(table));
  ARROW_ASSIGN_OR_RAISE(
      const auto paths,
      types::PartitionPaths::Make(*table.schema(), table.context().clock.get()));
  std::map<std::string, Sums> sums;
  for (const meta::ManifestEntry& entry : files.entries) sums[entry.partition].Add(entry);
  std::vector<PartitionTotal> out;
  for (const auto& [partition, sum] : sums) {
    if (sum.files == 0) continue;
    ARROW_ASSIGN_OR_RAISE(const auto spec, paths.SpecOf(partition));
    PartitionTotal& total = out.emplace_back();
    for (const auto& [key, value] : spec) {
      total.name += (total.name.empty() ? "" : "/") + key + "=" + value;
    }
    total.partition = partition;
    total.rows = sum.rows;
    total.bytes = sum.bytes;
    total.files = sum.files;
    if (sum.updated) {
      // What is stored is local time.
      base::Clock& clock = *table.context().clock;
      const int64_t guess = *sum.updated - clock.LocalOffsetMillis(*sum.updated);
      total.updated_millis = *sum.updated - clock.LocalOffsetMillis(guess);
    }
  }
  return out;
}

}  // namespace tarn::table
