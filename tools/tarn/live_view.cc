// SPDX-License-Identifier: Apache-2.0
#include "tools/tarn/live_view.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include <fmt/format.h>

namespace tarn::tool {
namespace {

std::string Levels(const std::map<int32_t, int64_t>& files_per_level) {
  std::string out;
  for (const auto& [level, files] : files_per_level) {
    if (files == 0) continue;
    out += fmt::format("{}L{}:{}", out.empty() ? "" : " ", level, files);
  }
  return out.empty() ? "none" : out;
}

std::string Picture(const stream::JobProgress& progress) {
  size_t width = 6;
  for (const auto& source : progress.sources)
    width = std::max(width, source.source.size());
  for (const auto& table : progress.tables) width = std::max(width, table.table.size());
  std::string out = fmt::format("{:<{}} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "source", width,
                                "read", "applied", "skipped", "rejected", "rows");
  for (const auto& source : progress.sources) {
    const auto& events = source.events;
    out +=
        fmt::format("{:<{}} {:>9} {:>9} {:>9} {:>9} {:>9}{}\n", source.source, width,
                    events.read, events.applied, events.skipped_total(), events.rejected,
                    source.rows_written, source.at_end ? "  done" : "");
  }
  out += fmt::format("{:<{}} {:>9} {:>9} {:>9}  {}\n", "table", width, "rows", "commits",
                     "snapshot", "files per level");
  for (const auto& table : progress.tables) {
    out += fmt::format("{:<{}} {:>9} {:>9} {:>9}  {}\n", table.table, width,
                       table.rows_committed, table.commits, table.last_snapshot,
                       Levels(table.files_per_level));
  }
  return out;
}

}  // namespace

LiveView::LiveView(bool quiet) : on_(!quiet && isatty(STDERR_FILENO) != 0) {}

void LiveView::Show(const stream::JobProgress& progress) {
  if (!on_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ && !progress.finished) return;
  next_ = now + std::chrono::milliseconds(80);
  std::string picture = Picture(progress);
  const int lines = static_cast<int>(std::count(picture.begin(), picture.end(), '\n'));
  // Up to the first line of the old picture; each line clears what it does not cover.
  std::string out = lines_ > 0 ? fmt::format("\x1b[{}A", lines_) : "";
  for (size_t at = 0; at < picture.size();) {
    const size_t end = picture.find('\n', at);
    out += picture.substr(at, end - at) + "\x1b[K\n";
    at = end + 1;
  }
  std::fputs(out.c_str(), stderr);
  std::fflush(stderr);
  lines_ = lines;
}

void LiveView::End() {
  lines_ = 0;
  next_ = {};
}

void PrintReport(const stream::JobReport& report) {
  std::string out;
  for (const auto& source : report.sources) {
    const auto& events = source.events;
    out += fmt::format(
        "{}: {} read = {} applied + {} skipped + {} rejected; {} rows written\n",
        source.source, events.read, events.applied, events.skipped_total(),
        events.rejected, source.rows_written);
    for (size_t i = 0; i < events.skipped.size(); ++i) {
      if (events.skipped[i] == 0) continue;
      out += fmt::format("  skipped, {}: {}\n",
                         cdc::SkipReasonName(static_cast<cdc::SkipReason>(i)),
                         events.skipped[i]);
    }
    if (source.rows_without_clock > 0) {
      out += fmt::format(
          "  warning: {} rows set columns of a sequence group without its clock; the "
          "merge "
          "ignores them. Send a clock with every row.\n",
          source.rows_without_clock);
    }
  }
  for (const auto& table : report.tables) {
    out += fmt::format("{}: {} rows in {} commits, snapshot {}, files {}\n", table.table,
                       table.rows_committed, table.commits, table.last_snapshot,
                       Levels(table.files_per_level));
  }
  for (const std::string& file : report.dead_letter_files) {
    out += fmt::format("rejected records: {}\n", file);
  }
  std::fputs(out.c_str(), stderr);
}

}  // namespace tarn::tool
