// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/format/column_file.h"
#include "tarn/meta/data_file_meta.h"
#include "tarn/options/options.h"
#include "tarn/types/data_type.h"

namespace tarn::datafile {

/// What of a column's statistics is kept in manifests (Paimon `SimpleColStatsCollector`).
struct StatsMode {
  enum class Kind : uint8_t { kNone, kCounts, kTruncate, kFull };
  Kind kind = Kind::kFull;
  int32_t length = 0;  ///< of kTruncate: characters of text, bytes of binary
  bool operator==(const StatsMode&) const = default;
};

/// "none", "counts", "full", "truncate(N)" in any case. Errors: kInvalidInput.
Result<StatsMode> ParseStatsMode(std::string_view text);

/// Mode of each value column (Paimon `StatsCollectorFactories`): its own option
/// `fields.<c>.stats-mode`, else `stats_mode`, else none behind
/// `metadata.stats-keep-first-n-columns`. \param thin_keys columns whose values stand for
/// the key (`data-file.thin-mode`): kept to 128 characters
Result<std::vector<StatsMode>> StatsModesOf(const options::Options& options,
                                            std::string_view stats_mode,
                                            const std::vector<types::DataField>& fields,
                                            const std::vector<std::string>& thin_keys);

/// Mode of the key columns that a file holds.
inline constexpr StatsMode kSystemStatsMode{StatsMode::Kind::kTruncate, 128};

/// Shorten a column's statistics: the minimum never grows, the maximum never shrinks;
/// where no such maximum exists both become unknown (Paimon
/// `TruncateSimpleColStatsCollector`).
Result<format::ColumnStatistics> ApplyStatsMode(const format::ColumnStatistics& column,
                                                const types::DataType& type,
                                                const StatsMode& mode);

/// Statistics over all columns, unknown ones as NULL.
/// \param columns  columns[fields.size()]
Result<meta::SimpleStats> StoreStatistics(
    const std::vector<format::ColumnStatistics>& columns,
    const std::vector<types::DataField>& fields);

/// Statistics over those columns only of which something is known, and their names; no
/// names when that is every column (Paimon `metadata.stats-dense-store`).
struct DenseStatistics {
  meta::SimpleStats stats;
  std::optional<std::vector<std::string>> columns;
};
Result<DenseStatistics> StoreDenseStatistics(
    const std::vector<format::ColumnStatistics>& columns,
    const std::vector<types::DataField>& fields);

namespace internal {
/// The first `length` code points.
std::string_view TruncateText(std::string_view text, int32_t length);
/// A text of at most `length` code points that is not below `text`, if there is one.
std::optional<std::string> TruncateTextUp(std::string_view text, int32_t length);
std::optional<std::string> TruncateBytesUp(std::string_view bytes, int32_t length);
}  // namespace internal

}  // namespace tarn::datafile
