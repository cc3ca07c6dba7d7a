// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/file_sections.h"

#include <string_view>
#include <utility>

#include <arrow/array.h>

#include "tarn/merge/key_codes.h"
#include "tarn/merge/sections.h"
#include "tarn/meta/stored_rows.h"

namespace tarn::meta {
namespace {

/// Row `i` as bytes whose order is the order of keys. All rows of one call of
/// `EncodeKeys` are either exact or not, so the two forms never meet.
std::string ComparableBytes(const merge::RowKeys& keys, size_t i) {
  if (!keys.exact) return std::string(keys.views[i]);
  uint64_t code = __builtin_bswap64(keys.codes[i]);
  return std::string(reinterpret_cast<const char*>(&code), sizeof(code));
}

}  // namespace

Result<std::vector<FileRuns>> PartitionFiles(
    const std::vector<DataFileMeta>& files,
    const std::vector<types::DataField>& key_fields) {
  std::vector<FileRuns> out;
  if (files.empty()) return out;
  std::vector<std::string_view> rows;
  rows.reserve(files.size() * 2);
  for (const auto& file : files) rows.push_back(file.min_key);
  for (const auto& file : files) rows.push_back(file.max_key);
  ARROW_ASSIGN_OR_RAISE(auto columns, DecodeStoredRows(rows, key_fields));
  ARROW_ASSIGN_OR_RAISE(auto keys, merge::EncodeKeys(columns, {.nullable = true}));
  std::vector<merge::KeyInterval> intervals;
  intervals.reserve(files.size());
  for (size_t i = 0; i < files.size(); ++i) {
    intervals.push_back({ComparableBytes(keys, i),
                         ComparableBytes(keys, files.size() + i),
                         static_cast<int32_t>(i)});
  }
  for (const auto& section : merge::PartitionIntervals(std::move(intervals))) {
    FileRuns runs;
    for (const auto& run : section) {
      auto& run_files = runs.emplace_back();
      for (int32_t index : run) run_files.push_back(files[static_cast<size_t>(index)]);
    }
    out.push_back(std::move(runs));
  }
  return out;
}

}  // namespace tarn::meta
