// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/field_options.h"

namespace tarn::options {
namespace {

constexpr std::string_view kFields = "fields.";
constexpr std::string_view kFileIndex = "file-index.";
constexpr std::string_view kColumns = ".columns";

}  // namespace

const std::vector<OptionRow>& FieldOptionRows() {
  constexpr auto kDynamic = Mutability::kDynamic;
  constexpr std::string_view kSection = "Columns";
  static const std::vector<OptionRow> rows = {
#define TARN_FIELD_OPTION(name, type, suffix, default_text, bounds, description) \
  OptionRow{suffix,   TypeOf<type>(), default_text, bounds,                      \
            kDynamic, true,           description,  kSection},
#define TARN_FIELD_OPTIONAL(name, type, suffix, bounds, description) \
  OptionRow{suffix,   TypeOf<type>(), kUnset,      bounds,           \
            kDynamic, true,           description, kSection},
#define TARN_FIELD_KNOWN(type, suffix, default_text, bounds) \
  OptionRow{suffix, TypeOf<type>(), default_text, bounds, kDynamic, false, "", kSection},
#include "tarn/options/field_options.def"
#undef TARN_FIELD_OPTION
#undef TARN_FIELD_OPTIONAL
#undef TARN_FIELD_KNOWN
  };
  return rows;
}

const OptionRow* FindFieldOptionRow(std::string_view suffix) {
  for (const OptionRow& row : FieldOptionRows()) {
    if (row.key == suffix) return &row;
  }
  return nullptr;
}

std::optional<FieldKey> ParseFieldKey(std::string_view key) {
  if (!key.starts_with(kFields)) return std::nullopt;
  const std::string_view rest = key.substr(kFields.size());
  std::string_view best;
  for (const OptionRow& row : FieldOptionRows()) {
    const std::string_view suffix = row.key;
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
