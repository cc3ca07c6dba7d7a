// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/job.h"

#include <utility>

#include "tarn/stream/job_sink.h"

namespace tarn::stream {

Job::~Job() = default;

Result<std::unique_ptr<Job>> Job::Make(std::shared_ptr<base::Context> context,
                                       JobOptions options,
                                       std::vector<PipelineSpec> specs) {
  auto job = std::unique_ptr<Job>(new Job());
  job->context_ = context;
  job->options_ = std::move(options);
  for (auto& spec : specs) {
    size_t sink = 0;
    while (sink < job->sinks_.size() &&
           job->sinks_[sink]->table().path() != spec.sink->path()) {
      ++sink;
    }
    if (sink == job->sinks_.size()) {
      ARROW_ASSIGN_OR_RAISE(auto made,
                            Sink::Make(context, job->options_.name, spec.sink));
      job->sinks_.push_back(std::move(made));
    }
    for (const auto& other : job->pipelines_) {
      if (other->id() == spec.id) {
        return InvalidInput(
            1831, "Two pipelines of a job have the same id:", V("pipeline", spec.id));
      }
    }
    ARROW_ASSIGN_OR_RAISE(auto pipeline, Pipeline::Make(context, std::move(spec)));
    if (const auto* position = job->sinks_[sink]->PositionOf(pipeline->id())) {
      ARROW_RETURN_NOT_OK(pipeline->Restore(*position));
    }
    job->pipelines_.push_back(std::move(pipeline));
    job->sink_of_.push_back(sink);
  }
  return job;
}

JobProgress Job::Progress() const {
  JobProgress progress;
  for (const auto& pipeline : pipelines_) progress.sources.push_back(pipeline->counts());
  for (const auto& sink : sinks_) progress.tables.push_back(sink->progress());
  return progress;
}

std::vector<Pipeline*> Job::FeedersOf(size_t sink) const {
  std::vector<Pipeline*> feeders;
  for (size_t i = 0; i < pipelines_.size(); ++i) {
    if (sink_of_[i] == sink) feeders.push_back(pipelines_[i].get());
  }
  return feeders;
}

Status Job::Step(size_t index) {
  Pipeline& pipeline = *pipelines_[index];
  Sink& sink = *sinks_[sink_of_[index]];
  ARROW_ASSIGN_OR_RAISE(auto batch, pipeline.Read());
  for (const auto& part : batch.parts) {
    if (part.truncated) {
      // This pipeline's position is already behind the whole batch, so it is not
      // committed with the rows that came before the truncate. A crash in between reads
      // them again, which changes nothing in a mirror.
      std::vector<Pipeline*> others = FeedersOf(sink_of_[index]);
      std::erase(others, &pipeline);
      ARROW_RETURN_NOT_OK(
          sink.Truncate(part.truncate_position, pipeline.position_column(), others));
    }
    ARROW_RETURN_NOT_OK(sink.Write(part.changes));
    pipeline.CountWritten(part.changes.num_rows());
  }
  return Status::OK();
}

Status Job::CommitDue(bool force) {
  const int64_t now = context_->clock->NowMillis();
  for (size_t i = 0; i < sinks_.size(); ++i) {
    Sink& sink = *sinks_[i];
    const bool rows_due =
        options_.commit_rows > 0 && sink.rows_pending() >= options_.commit_rows;
    const bool time_due =
        now - sink.last_commit_millis() >= options_.commit_interval_millis &&
        sink.NeedsCommit(now);
    if (!force && !rows_due && !time_due) continue;
    ARROW_RETURN_NOT_OK(sink.Commit(FeedersOf(i), time_due && sink.rows_pending() == 0));
  }
  return Status::OK();
}

Result<JobReport> Job::Run() {
  JobReport report;
  while (true) {
    std::vector<size_t> runnable;
    for (size_t i = 0; i < pipelines_.size(); ++i) {
      if (!pipelines_[i]->at_end()) runnable.push_back(i);
    }
    if (runnable.empty()) break;
    if (options_.stop && options_.stop()) {
      report.stopped = true;
      break;
    }
    size_t chosen = 0;
    if (options_.choose) {
      chosen = options_.choose(runnable);
    } else {
      while (chosen < runnable.size() && runnable[chosen] < next_) ++chosen;
      if (chosen == runnable.size()) chosen = 0;
      next_ = runnable[chosen] + 1;
    }
    ARROW_RETURN_NOT_OK(Step(runnable[chosen]));
    ARROW_RETURN_NOT_OK(CommitDue(/*force=*/false));
    if (options_.progress) options_.progress(Progress());
  }
  ARROW_RETURN_NOT_OK(CommitDue(/*force=*/true));
  if (!report.stopped) {
    for (const auto& sink : sinks_) sink->EndInput();
  }
  JobProgress progress = Progress();
  progress.finished = true;
  if (options_.progress) options_.progress(progress);
  report.sources = std::move(progress.sources);
  report.tables = std::move(progress.tables);
  for (const auto& pipeline : pipelines_) {
    for (const auto& file : pipeline->dead_letter_files()) {
      report.dead_letter_files.push_back(file);
    }
  }
  return report;
}

std::string PipelineIds::Next(const std::string& source, const std::string& table) {
  const std::string id = source + ">" + table;
  const int count = ++used_[id];
  return count == 1 ? id : fmt::format("{}#{}", id, count);
}

}  // namespace tarn::stream
