// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/stream/pipeline.h"

namespace tarn::stream {

/// State of a running job, for a live view.
struct JobProgress {
  struct TableProgress {
    std::string table;
    int64_t commits = 0;
    int64_t rows_committed = 0;
    int64_t last_snapshot = 0;
    /// Of the work after the last commit, if it failed.
    std::string notice;
    /// As this job knows it: live files at its start and those that it added since.
    std::map<int32_t, int64_t> files_per_level;
  };
  std::vector<SourceCounts> sources;
  std::vector<TableProgress> tables;
  bool finished = false;
};

struct JobOptions {
  /// `pipeline.name`: with the table it is the commit user, so it stays from run to run.
  std::string name;
  int64_t commit_interval_millis = 10000;  ///< `execution.checkpointing.interval`
  int64_t commit_rows = 0;                 ///< `tarn.commit.rows`; 0 = by time alone
  /// Called after every batch that was read.
  std::function<void(const JobProgress&)> progress;
  /// True asks the job to commit and stop (Ctrl-C).
  std::function<bool()> stop;
  /// The next pipeline to read, among those not at their end; by default one after
  /// another.
  std::function<size_t(const std::vector<size_t>& runnable)> choose;
};

struct JobReport {
  std::vector<SourceCounts> sources;
  std::vector<JobProgress::TableProgress> tables;
  std::vector<std::string> dead_letter_files;
  bool stopped = false;  ///< by `stop`, before the sources' end
};

/// Runs pipelines to the end of their bounded sources (design D9): rows and positions are
/// committed together, per table; after a crash the same job goes on where its last
/// commit ended, and every event counts once. One caller.
class Job {
 public:
  /// Take the claims and restore positions. Errors: kConflict (the job runs already),
  /// kCommitUnknown (its position is lost), kInvalidInput, kUnsupported.
  static Result<std::unique_ptr<Job>> Make(std::shared_ptr<base::Context> context,
                                           JobOptions options,
                                           std::vector<PipelineSpec> pipelines);
  ~Job();

  /// On an error nothing of the commit at hand is visible.
  Result<JobReport> Run();

 private:
  class Sink;
  Job() = default;
  Status Step(size_t index);
  std::vector<Pipeline*> FeedersOf(size_t sink) const;
  Status CommitDue(bool force);
  JobProgress Progress() const;

  std::shared_ptr<base::Context> context_;
  JobOptions options_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  std::vector<std::unique_ptr<Pipeline>> pipelines_;
  std::vector<size_t> sink_of_;  ///< per pipeline
  size_t next_ = 0;
};

/// Stable ids for the pipelines of a script, in the order of its statements:
/// "source>table", with "#2", "#3", ... for further statements from the same source into
/// the same table.
class PipelineIds {
 public:
  std::string Next(const std::string& source, const std::string& table);

 private:
  std::map<std::string, int> used_;
};

}  // namespace tarn::stream
