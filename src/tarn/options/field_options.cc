// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/field_options.h"

#include "tarn/options/options.h"

namespace tarn::options {
namespace {

/// Suffixes of `fields.<c>.` that Paimon reads (CoreOptions).
constexpr std::string_view kSuffixes[] = {
    "sequence-group",
    "aggregate-function",
    "ignore-retract",
    "nested-key",
    "nested-key-null-strategy",
    "nested-sequence-field",
    "count-limit",
    "distinct",
    "list-agg-delimiter",
    "ts-field",
    "stats-mode",
    "map.storage-layout",
    "map.shared-shredding.max-columns",
    "map.shared-shredding.column-placement-policy",
};

constexpr std::string_view kFields = "fields.";
constexpr std::string_view kFileIndex = "file-index.";
constexpr std::string_view kColumns = ".columns";

}  // namespace

std::optional<FieldKey> ParseFieldKey(std::string_view key) {
  if (!key.starts_with(kFields)) return std::nullopt;
  const std::string_view rest = key.substr(kFields.size());
  std::string_view best;
  for (std::string_view suffix : kSuffixes) {
    const bool fits = rest.size() > suffix.size() + 1 && rest.ends_with(suffix) &&
                      rest[rest.size() - suffix.size() - 1] == '.';
    if (fits && suffix.size() > best.size()) best = suffix;
  }
  if (best.empty()) return std::nullopt;
  FieldKey out;
  out.suffix = best;
  out.columns = SplitList(rest.substr(0, rest.size() - best.size() - 1));
  if (out.columns.empty()) return std::nullopt;
  return out;
}

const std::string* FindFieldOption(const std::map<std::string, std::string>& options,
                                   std::string_view column, std::string_view suffix) {
  auto found = options.find(fmt::format("fields.{}.{}", column, suffix));
  return found == options.end() ? nullptr : &found->second;
}

std::vector<FileIndexOption> FileIndexOptions(
    const std::map<std::string, std::string>& options) {
  std::vector<FileIndexOption> out;
  for (const auto& [key, value] : options) {
    const std::string_view text = key;
    if (!text.starts_with(kFileIndex) || !text.ends_with(kColumns) ||
        text.size() <= kFileIndex.size() + kColumns.size()) {
      continue;
    }
    FileIndexOption option;
    option.type =
        text.substr(kFileIndex.size(), text.size() - kFileIndex.size() - kColumns.size());
    option.columns = SplitList(value);
    out.push_back(std::move(option));
  }
  return out;
}

}  // namespace tarn::options
