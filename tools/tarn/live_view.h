// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "tarn/stream/job.h"

namespace tarn::tool {

/// A running job on a terminal: one line per source and per table, written over and over.
/// Nothing in a pipe. One caller at a time.
class LiveView {
 public:
  explicit LiveView(bool quiet);

  /// Draw, at most some ten times a second and at the end.
  void Show(const stream::JobProgress& progress);
  /// Leave the last picture standing; what is printed next goes below it.
  void End();

 private:
  bool on_;
  int lines_ = 0;  ///< of the picture that stands
  std::chrono::steady_clock::time_point next_{};
};

/// What a job did, on standard error: per source read = applied + skipped + rejected,
/// with the reasons; per table rows, commits and the snapshot; where the rejected records
/// are.
void PrintReport(const stream::JobReport& report);

}  // namespace tarn::tool
