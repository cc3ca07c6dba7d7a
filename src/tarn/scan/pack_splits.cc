// SPDX-License-Identifier: Apache-2.0
#include "tarn/scan/pack_splits.h"

#include <algorithm>
#include <iterator>

#include "tarn/meta/file_sections.h"

namespace tarn::scan {
namespace {

using meta::DataFileMeta;
using Files = std::vector<DataFileMeta>;

/// Stored sizes are only believed up to here, so that sums stay in range.
constexpr int64_t kWeightMax = int64_t{1} << 60;

/// Put neighbours into one bin until it is full (Paimon `BinPacking.packForOrdered`).
template <typename Item, typename Weight>
std::vector<std::vector<Item>> PackOrdered(std::vector<Item> items, const Weight& weight,
                                           int64_t target) {
  std::vector<std::vector<Item>> bins;
  int64_t filled = 0;
  for (Item& item : items) {
    const int64_t bytes = std::min(weight(item), kWeightMax);
    if (bins.empty() || filled + bytes > std::min(target, kWeightMax)) {
      bins.emplace_back();
      filled = 0;
    }
    filled += bytes;
    bins.back().push_back(std::move(item));
  }
  return bins;
}

std::vector<SplitFiles> PackRaw(Files files, const PackOptions& options) {
  const auto weight = [&](const DataFileMeta& file) {
    return std::max(file.file_size, options.open_file_cost_bytes);
  };
  std::vector<SplitFiles> out;
  for (Files& bin : PackOrdered(std::move(files), weight, options.target_bytes)) {
    out.push_back({std::move(bin), true});
  }
  return out;
}

/// An unknown count is taken as none for planning, as in Java; whoever reads such a file
/// raw must look at it.
bool WithoutDeletes(const DataFileMeta& file) {
  return file.delete_row_count.value_or(0) == 0;
}

}  // namespace

std::vector<SplitFiles> PackAppendFiles(Files files, const PackOptions& options) {
  std::stable_sort(files.begin(), files.end(),
                   [](const DataFileMeta& a, const DataFileMeta& b) {
                     return a.min_sequence_number < b.min_sequence_number;
                   });
  return PackRaw(std::move(files), options);
}

Result<std::vector<SplitFiles>> PackKeyedFiles(
    const Files& files, const std::vector<types::DataField>& key_fields,
    bool one_version_per_key, const PackOptions& options,
    const std::function<Result<bool>(const Files&)>& keep_section) {
  bool clean = true, one_level = true, counted = true;
  for (const DataFileMeta& file : files) {
    clean = clean && file.level != 0 && WithoutDeletes(file);
    one_level = one_level && file.level == files.front().level;
    counted = counted && file.delete_row_count.has_value();
  }
  if (clean && counted && (one_version_per_key || one_level)) {
    Files kept;
    for (const DataFileMeta& file : files) {
      // Each key is in one file only, so each file can be judged alone.
      ARROW_ASSIGN_OR_RAISE(const bool keep, keep_section({file}));
      if (keep) kept.push_back(file);
    }
    return PackRaw(std::move(kept), options);
  }

  ARROW_ASSIGN_OR_RAISE(auto sections, meta::PartitionFiles(files, key_fields));
  std::vector<Files> flat;
  for (meta::FileRuns& section : sections) {
    Files section_files;
    for (Files& run : section) {
      section_files.insert(section_files.end(), std::make_move_iterator(run.begin()),
                           std::make_move_iterator(run.end()));
    }
    ARROW_ASSIGN_OR_RAISE(const bool keep, keep_section(section_files));
    if (keep) flat.push_back(std::move(section_files));
  }
  const auto weight = [&](const Files& section) {
    int64_t bytes = 0;
    for (const DataFileMeta& file : section) {
      bytes = std::min(bytes + std::min(file.file_size, kWeightMax), kWeightMax);
    }
    return std::max(bytes, options.open_file_cost_bytes);
  };
  std::vector<SplitFiles> out;
  for (auto& bin : PackOrdered(std::move(flat), weight, options.target_bytes)) {
    SplitFiles split;
    for (Files& section : bin) {
      split.files.insert(split.files.end(), std::make_move_iterator(section.begin()),
                         std::make_move_iterator(section.end()));
    }
    split.raw_convertible =
        split.files.size() == 1 && split.files.front().delete_row_count == int64_t{0};
    out.push_back(std::move(split));
  }
  return out;
}

}  // namespace tarn::scan
