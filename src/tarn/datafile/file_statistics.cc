// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/file_statistics.h"

#include <algorithm>
#include <charconv>

#include <arrow/api.h>

#include "tarn/meta/stored_rows.h"
#include "tarn/options/field_options.h"
#include "tarn/types/arrow_types.h"

namespace tarn::datafile {
namespace {

constexpr uint32_t kCodePointMax = 0x10ffff;

/// Bytes of the character that starts with `lead`, as Java's BinaryString counts them.
size_t CharacterBytes(char lead) {
  const auto byte = static_cast<uint8_t>(lead);
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/// The code point of one well-formed character.
std::optional<uint32_t> CodePointOf(std::string_view character) {
  const size_t size = character.size();
  if (size == 0 || size != CharacterBytes(character[0])) return std::nullopt;
  const auto lead = static_cast<uint8_t>(character[0]);
  if (size == 1) return lead < 0x80 ? std::optional<uint32_t>(lead) : std::nullopt;
  uint32_t code = lead & (0xffU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<uint8_t>(character[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    code = code << 6 | (byte & 0x3f);
  }
  return code <= kCodePointMax ? std::optional<uint32_t>(code) : std::nullopt;
}

void AppendCodePoint(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
    return;
  }
  const int extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr uint8_t kLeads[] = {0, 0xc0, 0xe0, 0xf0};
  out->push_back(static_cast<char>(kLeads[extra] | (code >> (6 * extra))));
  for (int i = extra - 1; i >= 0; --i) {
    out->push_back(static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3f)));
  }
}

std::string_view BytesOf(const arrow::Array& array) {
  return static_cast<const arrow::BinaryArray&>(array).GetView(0);
}

Result<std::shared_ptr<arrow::Array>> MakeBytes(
    std::string_view bytes, const std::shared_ptr<arrow::DataType>& type) {
  arrow::BinaryBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Append(bytes));
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::Array> array, builder.Finish());
  return array->View(type);
}

Result<std::shared_ptr<arrow::Scalar>> ScalarOf(
    const std::shared_ptr<arrow::Array>& array) {
  if (array == nullptr) return std::shared_ptr<arrow::Scalar>();
  return array->GetScalar(0);
}

bool IsUnknown(const format::ColumnStatistics& column) {
  return column.min == nullptr && column.max == nullptr && !column.null_count;
}

}  // namespace

namespace internal {

std::string_view TruncateText(std::string_view text, int32_t length) {
  size_t end = 0;
  for (int32_t i = 0; i < length && end < text.size(); ++i) {
    end = std::min(text.size(), end + CharacterBytes(text[end]));
  }
  return text.substr(0, end);
}

std::optional<std::string> TruncateTextUp(std::string_view text, int32_t length) {
  const std::string_view kept = TruncateText(text, length);
  if (kept.size() == text.size()) return std::string(text);
  std::vector<size_t> starts;
  for (size_t at = 0; at < kept.size(); at += CharacterBytes(kept[at]))
    starts.push_back(at);
  while (!starts.empty()) {
    const size_t start = starts.back();
    starts.pop_back();
    const auto code = CodePointOf(kept.substr(start, CharacterBytes(kept[start])));
    if (!code) return std::nullopt;
    if (*code == kCodePointMax) continue;
    // Surrogates are no characters: the next one after U+D7FF is U+E000.
    const uint32_t next = *code + 1 == 0xd800 ? 0xe000 : *code + 1;
    std::string out(kept.substr(0, start));
    AppendCodePoint(next, &out);
    return out;
  }
  return std::nullopt;
}

std::optional<std::string> TruncateBytesUp(std::string_view bytes, int32_t length) {
  if (bytes.size() <= static_cast<size_t>(length)) return std::string(bytes);
  std::string out(bytes.substr(0, static_cast<size_t>(length)));
  while (!out.empty() && static_cast<uint8_t>(out.back()) == 0xff) out.pop_back();
  if (out.empty()) return std::nullopt;
  out.back() = static_cast<char>(static_cast<uint8_t>(out.back()) + 1);
  return out;
}

}  // namespace internal

Result<StatsMode> ParseStatsMode(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (lower == "none") return StatsMode{StatsMode::Kind::kNone, 0};
  if (lower == "counts") return StatsMode{StatsMode::Kind::kCounts, 0};
  if (lower == "full") return StatsMode{StatsMode::Kind::kFull, 0};
  constexpr std::string_view kPrefix = "truncate(";
  if (lower.starts_with(kPrefix) && lower.ends_with(")")) {
    const char* begin = lower.data() + kPrefix.size();
    const char* end = lower.data() + lower.size() - 1;
    int32_t length = 0;
    const auto [stop, error] = std::from_chars(begin, end, length);
    if (error == std::errc() && stop == end && length > 0) {
      return StatsMode{StatsMode::Kind::kTruncate, length};
    }
  }
  return InvalidInput(
      1501, "Statistics mode is not none, counts, full or truncate(n):", V("mode", text));
}

Result<std::vector<StatsMode>> StatsModesOf(const options::Options& options,
                                            std::string_view stats_mode,
                                            const std::vector<types::DataField>& fields,
                                            const std::vector<std::string>& thin_keys) {
  ARROW_ASSIGN_OR_RAISE(const StatsMode common, ParseStatsMode(stats_mode));
  ARROW_ASSIGN_OR_RAISE(const int32_t keep,
                        options.Get(options::kMetadataStatsKeepFirstNColumns));
  std::vector<StatsMode> modes;
  int32_t columns = 0;
  for (const types::DataField& field : fields) {
    const std::string* own =
        options::FindFieldOption(options.values(), field.name, "stats-mode");
    if (own != nullptr) {
      ARROW_ASSIGN_OR_RAISE(const StatsMode mode, ParseStatsMode(*own));
      modes.push_back(mode);
    } else if (std::find(thin_keys.begin(), thin_keys.end(), field.name) !=
               thin_keys.end()) {
      modes.push_back(kSystemStatsMode);
      continue;  // counts as no column of the user's
    } else {
      const bool behind = keep >= 0 && columns >= keep;
      modes.push_back(behind ? StatsMode{StatsMode::Kind::kNone, 0} : common);
    }
    ++columns;
  }
  return modes;
}

Result<format::ColumnStatistics> ApplyStatsMode(const format::ColumnStatistics& column,
                                                const types::DataType& type,
                                                const StatsMode& mode) {
  format::ColumnStatistics out = column;
  switch (mode.kind) {
    case StatsMode::Kind::kNone:
      return format::ColumnStatistics();
    case StatsMode::Kind::kCounts:
      out.min = nullptr;
      out.max = nullptr;
      return out;
    case StatsMode::Kind::kFull:
      return out;
    case StatsMode::Kind::kTruncate:
      break;
  }
  if (column.max == nullptr) out.min = nullptr;
  if (column.max == nullptr || (!type.IsString() && !type.IsBytes())) return out;
  const std::string_view max = BytesOf(*column.max);
  const std::optional<std::string> upper =
      type.IsString() ? internal::TruncateTextUp(max, mode.length)
                      : internal::TruncateBytesUp(max, mode.length);
  if (!upper) {
    out.min = nullptr;
    out.max = nullptr;
    return out;
  }
  ARROW_ASSIGN_OR_RAISE(out.max, MakeBytes(*upper, column.max->type()));
  if (column.min == nullptr) return out;  // of a text that an ORC footer cuts
  const std::string_view min = BytesOf(*column.min);
  const std::string_view shorter = type.IsString()
                                       ? internal::TruncateText(min, mode.length)
                                       : min.substr(0, static_cast<size_t>(mode.length));
  ARROW_ASSIGN_OR_RAISE(out.min, MakeBytes(shorter, column.min->type()));
  return out;
}

Result<meta::SimpleStats> StoreStatistics(
    const std::vector<format::ColumnStatistics>& columns,
    const std::vector<types::DataField>& fields) {
  TARN_CHECK(columns.size() == fields.size());
  std::vector<std::shared_ptr<arrow::Scalar>> min;
  std::vector<std::shared_ptr<arrow::Scalar>> max;
  meta::SimpleStats out;
  for (const format::ColumnStatistics& column : columns) {
    ARROW_ASSIGN_OR_RAISE(min.emplace_back(), ScalarOf(column.min));
    ARROW_ASSIGN_OR_RAISE(max.emplace_back(), ScalarOf(column.max));
    out.null_counts.push_back(column.null_count);
  }
  ARROW_ASSIGN_OR_RAISE(out.min_values, meta::EncodeStoredRow(min, fields));
  ARROW_ASSIGN_OR_RAISE(out.max_values, meta::EncodeStoredRow(max, fields));
  return out;
}

Result<DenseStatistics> StoreDenseStatistics(
    const std::vector<format::ColumnStatistics>& columns,
    const std::vector<types::DataField>& fields) {
  TARN_CHECK(columns.size() == fields.size());
  std::vector<format::ColumnStatistics> kept;
  std::vector<types::DataField> kept_fields;
  std::vector<std::string> names;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (IsUnknown(columns[i])) continue;
    kept.push_back(columns[i]);
    kept_fields.push_back(fields[i]);
    names.push_back(fields[i].name);
  }
  DenseStatistics out;
  if (names.size() != fields.size()) out.columns = std::move(names);
  ARROW_ASSIGN_OR_RAISE(out.stats, StoreStatistics(kept, kept_fields));
  return out;
}

}  // namespace tarn::datafile
