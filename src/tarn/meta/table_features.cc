// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/table_features.h"

#include "tarn/base/units.h"
#include "tarn/options/options.h"

namespace tarn::meta {
namespace {

constexpr uint8_t Uses(auto... uses) {
  return (static_cast<uint8_t>(uses) | ...);
}

constexpr auto kOpen = TableUse::kOpen;
constexpr auto kCreate = TableUse::kCreate;
constexpr auto kRead = TableUse::kRead;
constexpr auto kWrite = TableUse::kWrite;
constexpr auto kCompact = TableUse::kCompact;

/// An option that acts unless its value is `harmless` ("" = whenever it is set), and the
/// uses that are then refused. What cannot be read or written is not created either:
/// Java's checks of it are not made here.
struct Feature {
  std::string_view key;
  std::string_view harmless;
  uint8_t refused;
};

constexpr Feature kFeatures[] = {
    {"data-evolution.enabled", "false", Uses(kCreate, kRead, kWrite, kCompact)},
    {"row-tracking.enabled", "false", Uses(kCreate, kWrite, kCompact)},
    {"pk-clustering-override", "false", Uses(kCreate, kRead, kWrite, kCompact)},
    {"chain-table.enabled", "false", Uses(kCreate, kRead, kWrite, kCompact)},
    // Rights and masks of columns live in a catalog's server.
    {"query-auth.enabled", "false", Uses(kRead)},
    // Partitions that one branch lacks come from another.
    {"scan.fallback-branch", "", Uses(kRead)},
    {"scan.primary-branch", "", Uses(kRead)},
    {"scan.fallback-snapshot-branch", "", Uses(kRead)},
    {"scan.fallback-delta-branch", "", Uses(kRead)},
    // Flink and Spark merge postponed files into a batch read; Paimon's core does not.
    {"postpone.merge-on-read", "false", Uses(kRead)},
    // Indexes of these columns would have to follow every change.
    {"pk-vector.index.columns", "", Uses(kCreate, kWrite, kCompact)},
    {"pk-full-text.index.columns", "", Uses(kCreate, kWrite, kCompact)},
    {"pk-btree.index.columns", "", Uses(kCreate, kWrite, kCompact)},
    {"pk-bitmap.index.columns", "", Uses(kCreate, kWrite, kCompact)},
    {"pk-multivalue.index.columns", "", Uses(kCreate, kWrite, kCompact)},
    {"clustering.incremental", "false", Uses(kCreate, kCompact)},
    {"blob-field", "", Uses(kCreate, kWrite, kCompact)},
    {"blob-descriptor-field", "", Uses(kCreate, kWrite, kCompact)},
    {"blob-view-field", "", Uses(kCreate, kWrite, kCompact)},
    {"vector-field", "", Uses(kCreate, kWrite, kCompact)},
    {"vector.file.format", "", Uses(kCreate, kRead, kWrite, kCompact)},
    // Hooks are classes of Java.
    {"tag.callbacks", "", Uses(kWrite, kCompact)},
    // Marking rows in files that are not rewritten is not built.
    {"deletion-vectors.enabled", "false", Uses(kCompact)},
};

constexpr std::string_view kMapLayout = ".map.storage-layout";

std::string_view NameOf(TableUse use) {
  switch (use) {
    case kOpen:
      return "Opening";
    case kCreate:
      return "Creating";
    case kRead:
      return "Reading";
    case kWrite:
      return "Writing to";
    case kCompact:
      return "Compacting";
  }
  return "Using";
}

Status Refuse(TableUse use, std::string_view table, std::string_view key,
              std::string_view value, std::string_view remedy = "") {
  const std::string named = table.empty() ? "" : fmt::format(" table={}", table);
  return Unsupported(6752,
                     fmt::format("{} a table with this option is not supported "
                                 "yet{}:{}",
                                 NameOf(use), remedy, named),
                     V("option", key), V("value", value));
}

bool IsSet(const options::Options& options, std::string_view key,
           std::string_view harmless) {
  const std::string* value = options.Find(key);
  return value != nullptr && base::ToLower(base::Trim(*value)) != harmless;
}

/// A writer that appends level 0 and leaves the rest to a compaction is what Java's
/// `write-only` is; otherwise Java compacts and marks rows as it writes. Without
/// compaction such rows are only visible to reads that merge.
Status CheckVectorsOnWrite(const types::TableSchema& schema,
                           const options::Options& options, std::string_view table) {
  if (!schema.has_primary_key() || !IsSet(options, "deletion-vectors.enabled", "false") ||
      IsSet(options, "write-only", "false") ||
      IsSet(options, "deletion-vectors.merge-on-read", "false")) {
    return Status::OK();
  }
  return Refuse(kWrite, table, "deletion-vectors.enabled", "true",
                "; with 'write-only' = 'true' rows are appended, and visible once "
                "another engine has compacted them");
}

/// Only tables of rows in files of their own can be opened; a materialized table is one.
Status CheckType(const options::Options& options, TableUse use, std::string_view table) {
  const std::string* type = options.Find("type");
  if (type == nullptr) return Status::OK();
  const std::string kind = base::ToLower(base::Trim(*type));
  if (kind == "table" || kind == "materialized-table") return Status::OK();
  return Refuse(use, table, "type", *type);
}

}  // namespace

Status CheckFeatures(const types::TableSchema& schema, TableUse use,
                     std::string_view table) {
  const options::Options options(schema.options);
  ARROW_RETURN_NOT_OK(CheckType(options, use, table));
  for (const Feature& feature : kFeatures) {
    if ((feature.refused & static_cast<uint8_t>(use)) == 0) continue;
    if (!IsSet(options, feature.key, feature.harmless)) continue;
    return Refuse(use, table, feature.key, *options.Find(feature.key));
  }
  if (use == kOpen) return Status::OK();
  for (const auto& [key, value] : schema.options) {
    if (key.starts_with("fields.") && key.ends_with(kMapLayout) &&
        base::ToLower(base::Trim(value)) != "default") {
      return Refuse(use, table, key, value);
    }
  }
  return use == kWrite ? CheckVectorsOnWrite(schema, options, table) : Status::OK();
}

}  // namespace tarn::meta
