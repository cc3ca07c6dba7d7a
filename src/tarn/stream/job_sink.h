// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tarn/commit/table_commit.h"
#include "tarn/stream/job.h"
#include "tarn/stream/job_state.h"
#include "tarn/table/maintenance.h"
#include "tarn/write/table_write.h"

namespace tarn::stream {

/// One table of a job: its writer, its commits, the positions of the pipelines that feed
/// it.
class Job::Sink {
 public:
  static Result<std::unique_ptr<Sink>> Make(std::shared_ptr<base::Context> context,
                                            const std::string& job,
                                            std::shared_ptr<table::Table> table);
  ~Sink();

  const table::Table& table() const { return *table_; }
  /// Position to go on from; absent when the pipeline has none.
  const PipelinePosition* PositionOf(const std::string& pipeline) const;
  Status Write(const types::ChangeBatch& changes);
  /// Take the rows that came before a truncate out of a mirror: those whose event
  /// position is smaller, or all of them where the table keeps no position.
  Status Truncate(const std::string& position, int position_column,
                  const std::vector<Pipeline*>& feeders);
  /// Rows wait to be committed, or the last commit is older than half the time that
  /// snapshots are kept.
  bool NeedsCommit(int64_t now_millis) const;
  /// What follows the last commit of all.
  void EndInput();
  /// Commit rows and the positions of `feeders`. `force` commits positions without rows.
  Status Commit(const std::vector<Pipeline*>& feeders, bool force);

  int64_t last_commit_millis() const { return last_commit_millis_; }
  int64_t rows_pending() const { return rows_pending_; }
  const JobProgress::TableProgress& progress() const { return progress_; }

 private:
  Sink() = default;
  void Maintain(bool end_of_input);

  std::shared_ptr<base::Context> context_;
  std::shared_ptr<table::Table> table_;
  std::unique_ptr<JobClaim> claim_;
  std::unique_ptr<write::TableWrite> write_;
  std::unique_ptr<commit::TableCommit> commit_;
  std::unique_ptr<table::Maintenance> maintenance_;
  std::map<std::string, PipelinePosition> positions_;
  std::map<std::string, std::string> committed_properties_;
  int64_t next_identifier_ = 1;
  int64_t rows_pending_ = 0;
  int64_t last_commit_millis_ = 0;
  int64_t heartbeat_millis_ = 0;
  bool has_committed_ = false;
  JobProgress::TableProgress progress_;
};

}  // namespace tarn::stream
