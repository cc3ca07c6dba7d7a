// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/row_groups.h"

#include <algorithm>
#include <map>
#include <utility>

#include <arrow/array.h>

namespace tarn::datafile {
namespace {

using StoredColumns = std::function<std::optional<StoredColumn>(const std::string&)>;

expr::StatsSource::Column Known(const format::ColumnStatistics& statistics) {
  return {statistics.min, statistics.max, statistics.null_count.value_or(-1)};
}

/// The statistics of a row group.
class GroupStatistics final : public expr::StatsSource {
 public:
  GroupStatistics(format::FileReader* file, int group, int64_t rows,
                  const StoredColumns& stored)
      : file_(file), group_(group), rows_(rows), stored_(stored) {}

  int64_t row_count() const override { return rows_; }
  Column Get(const std::string& column) const override {
    const auto stored = stored_(column);
    if (!stored) return {};
    if (stored->name.empty()) return {nullptr, nullptr, rows_};
    const auto statistics = file_->RowGroupStatistics(group_, stored->name, stored->type);
    return statistics.ok() ? Known(*statistics) : Column{};
  }

 private:
  format::FileReader* file_;
  int group_;
  int64_t rows_;
  const StoredColumns& stored_;
};

/// The pages of a row group, column by column, and stretches that lie in one page of
/// each: the statistics of those pages hold for them.
class GroupPages final : public expr::StatsSource {
 public:
  GroupPages(format::FileReader* file, int group, const expr::Predicate& predicate,
             const StoredColumns& stored) {
    for (const std::string& column : expr::ColumnsOf(predicate)) {
      const auto found = stored(column);
      if (!found) continue;
      if (found->name.empty()) {
        missing_.push_back(column);
        continue;
      }
      auto parts = file->RowGroupParts(group, found->name, found->type);
      if (parts.ok()) pages_.emplace(column, *std::move(parts));
    }
  }

  /// Where a page of some column begins, ascending, within `rows`.
  std::vector<int64_t> Begins(const format::RowRange& rows) const {
    std::vector<int64_t> out = {rows.begin};
    for (const auto& [column, parts] : pages_) {
      for (const auto& part : parts) out.push_back(part.rows.begin);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  /// The stretch that is asked about next.
  void MoveTo(format::RowRange rows) { at_ = rows; }
  int64_t row_count() const override { return at_.end - at_.begin; }
  Column Get(const std::string& column) const override {
    if (std::find(missing_.begin(), missing_.end(), column) != missing_.end()) {
      return {nullptr, nullptr, row_count()};
    }
    const auto found = pages_.find(column);
    if (found == pages_.end()) return {};
    const auto after = std::upper_bound(
        found->second.begin(), found->second.end(), at_.begin,
        [](int64_t row, const auto& part) { return row < part.rows.begin; });
    if (after == found->second.begin()) return {};
    const format::PartStatistics& part = *std::prev(after);
    Column out = Known(part.statistics);
    // Of a part of a page only "none is NULL" and "all are" are known.
    if (out.null_count == part.rows.end - part.rows.begin) {
      out.null_count = row_count();
    } else if (out.null_count > 0) {
      out.null_count = -1;
    }
    return out;
  }

 private:
  std::map<std::string, std::vector<format::PartStatistics>> pages_;
  std::vector<std::string> missing_;
  format::RowRange at_;
};

void Append(const format::RowRange& rows, RowRanges* out) {
  if (!out->empty() && out->back().end == rows.begin) {
    out->back().end = rows.end;
  } else {
    out->push_back(rows);
  }
}

}  // namespace

Result<RowRanges> RangesByGroups(format::FileReader* file,
                                 const expr::Predicate& predicate,
                                 const StoredColumns& stored) {
  RowRanges out;
  const std::vector<format::RowRange> groups = file->row_groups();
  for (size_t i = 0; i < groups.size(); ++i) {
    const format::RowRange& group = groups[i];
    if (group.begin == group.end) continue;
    const auto number = static_cast<int>(i);
    const GroupStatistics statistics(file, number, group.end - group.begin, stored);
    ARROW_ASSIGN_OR_RAISE(bool wanted, expr::MightMatch(predicate, statistics));
    if (!wanted) continue;
    GroupPages pages(file, number, predicate, stored);
    const std::vector<int64_t> begins = pages.Begins(group);
    for (size_t at = 0; at < begins.size(); ++at) {
      const format::RowRange rows = {begins[at],
                                     at + 1 < begins.size() ? begins[at + 1] : group.end};
      pages.MoveTo(rows);
      ARROW_ASSIGN_OR_RAISE(wanted, expr::MightMatch(predicate, pages));
      if (wanted) Append(rows, &out);
    }
  }
  return out;
}

}  // namespace tarn::datafile
