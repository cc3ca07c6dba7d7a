// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/job_sink.h"

#include <utility>

#include <arrow/api.h>

#include "tarn/expr/predicate.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/live_files.h"
#include "tarn/options/options.h"
#include "tarn/types/row_kind.h"

namespace tarn::stream {

Job::Sink::~Sink() = default;

Result<std::unique_ptr<Job::Sink>> Job::Sink::Make(std::shared_ptr<base::Context> context,
                                                   const std::string& job,
                                                   std::shared_ptr<table::Table> table) {
  auto sink = std::unique_ptr<Sink>(new Sink());
  const types::TableSchema& schema = *table->schema();
  const std::string user = job + "/" + table->name();
  ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(table->path(), schema.options));
  ARROW_ASSIGN_OR_RAISE(sink->claim_, JobClaim::Take(context, paths, user));
  commit::TableCommitOptions options;
  options.commit_user = user;
  options.ignore_empty_commit = false;
  ARROW_ASSIGN_OR_RAISE(sink->commit_, table->NewCommit(options));
  ARROW_ASSIGN_OR_RAISE(auto latest, sink->commit_->LatestOfUser());
  if (latest) {
    ARROW_ASSIGN_OR_RAISE(sink->positions_, PositionsOf(*latest));
    for (const auto& [key, value] : latest->properties) {
      if (key.rfind(kPositionPrefix, 0) == 0) sink->committed_properties_[key] = value;
    }
    sink->next_identifier_ = latest->commit_identifier + 1;
    sink->has_committed_ = true;
    ARROW_RETURN_NOT_OK(sink->claim_->MarkCommitted());
  } else if (sink->claim_->has_committed()) {
    return sink->claim_->LostPosition(table->name());
  }
  ARROW_ASSIGN_OR_RAISE(
      const auto retained,
      options::Options(schema.options).Get(options::kSnapshotTimeRetained));
  sink->heartbeat_millis_ = base::ToMillis(retained) / 2;
  ARROW_ASSIGN_OR_RAISE(sink->write_, table->NewWrite({.commit_user = user}));
  sink->last_commit_millis_ = context->clock->NowMillis();
  sink->progress_.table = table->name();
  ARROW_ASSIGN_OR_RAISE(auto snapshot, table->snapshots()->Latest());
  if (snapshot) {
    sink->progress_.last_snapshot = snapshot->id;
    ARROW_ASSIGN_OR_RAISE(auto files, meta::ReadLiveFiles(*context, paths, *snapshot));
    for (const auto& entry : files) ++sink->progress_.files_per_level[entry.file.level];
  }
  sink->maintenance_ = std::make_unique<table::Maintenance>(*table);
  sink->context_ = std::move(context);
  sink->table_ = std::move(table);
  return sink;
}

const PipelinePosition* Job::Sink::PositionOf(const std::string& pipeline) const {
  const auto found = positions_.find(pipeline);
  return found == positions_.end() ? nullptr : &found->second;
}

Status Job::Sink::Write(const types::ChangeBatch& changes) {
  if (changes.num_rows() == 0) return Status::OK();
  ARROW_RETURN_NOT_OK(write_->Write(changes));
  rows_pending_ += changes.num_rows();
  return Status::OK();
}

Status Job::Sink::Truncate(const std::string& position, int position_column,
                           const std::vector<Pipeline*>& feeders) {
  // What is buffered has to be seen by the scan.
  ARROW_RETURN_NOT_OK(Commit(feeders, /*force=*/false));
  table::ScanRequest request;
  const auto& fields = table_->schema()->fields;
  const bool by_position = position_column >= 0 && !position.empty();
  if (by_position) {
    request.predicate = expr::Leaf(fields[static_cast<size_t>(position_column)].name,
                                   expr::CompareOp::kLess,
                                   {std::make_shared<arrow::StringScalar>(position)});
  }
  ARROW_ASSIGN_OR_RAISE(auto reader, table_->Scan(request));
  while (true) {
    std::shared_ptr<arrow::RecordBatch> rows;
    ARROW_RETURN_NOT_OK(reader->ReadNext(&rows));
    if (rows == nullptr) return Status::OK();
    types::ChangeBatch deletes;
    deletes.rows = rows;
    if (by_position) {
      // The delete stands where the truncate stood, so that older events stay out.
      ARROW_ASSIGN_OR_RAISE(auto at,
                            arrow::MakeArrayFromScalar(arrow::StringScalar(position),
                                                       rows->num_rows(), context_->pool));
      ARROW_ASSIGN_OR_RAISE(
          deletes.rows,
          rows->SetColumn(position_column, rows->schema()->field(position_column), at));
    }
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> kinds,
                          arrow::AllocateBuffer(rows->num_rows(), context_->pool));
    std::fill_n(kinds->mutable_data(), rows->num_rows(),
                static_cast<uint8_t>(types::RowKind::kDelete));
    deletes.kinds = std::move(kinds);
    ARROW_RETURN_NOT_OK(Write(deletes));
  }
}

bool Job::Sink::NeedsCommit(int64_t now_millis) const {
  if (rows_pending_ > 0) return true;
  return has_committed_ && now_millis - last_commit_millis_ >= heartbeat_millis_;
}

Status Job::Sink::Commit(const std::vector<Pipeline*>& feeders, bool force) {
  meta::Committable committable;
  committable.identifier = next_identifier_;
  committable.properties = committed_properties_;
  for (const Pipeline* pipeline : feeders) {
    committable.properties[std::string(kPositionPrefix) + pipeline->id()] =
        pipeline->position().ToJson();
  }
  if (!force && rows_pending_ == 0 && committable.properties == committed_properties_) {
    return Status::OK();
  }
  // Letters first: a record may be found twice in them, but never nowhere.
  for (Pipeline* pipeline : feeders) {
    ARROW_RETURN_NOT_OK(pipeline->FlushDeadLetters(next_identifier_));
  }
  ARROW_ASSIGN_OR_RAISE(committable.messages, write_->PrepareCommit());
  auto outcome = commit_->Commit(committable);
  if (!outcome.ok()) {
    if (KindOf(outcome.status()) != ErrorKind::kCommitUnknown) {
      (void)write_->Abort(committable.messages);
    }
    return outcome.status();
  }
  for (const auto& message : committable.messages) {
    for (const auto& file : message.new_files) ++progress_.files_per_level[file.level];
  }
  ARROW_RETURN_NOT_OK(claim_->MarkCommitted());
  has_committed_ = true;
  ++next_identifier_;
  committed_properties_ = std::move(committable.properties);
  progress_.rows_committed += rows_pending_;
  rows_pending_ = 0;
  ++progress_.commits;
  if (!outcome->snapshot_ids.empty())
    progress_.last_snapshot = outcome->snapshot_ids.back();
  last_commit_millis_ = context_->clock->NowMillis();
  Maintain(/*end_of_input=*/false);
  return Status::OK();
}

void Job::Sink::EndInput() {
  if (has_committed_) Maintain(/*end_of_input=*/true);
}

/// The rows are there whatever becomes of what is old.
void Job::Sink::Maintain(bool end_of_input) {
  const Status maintained = maintenance_->RunUnlessWriteOnly(end_of_input);
  progress_.notice = maintained.ok() ? "" : table::MaintenanceNotice(*table_, maintained);
}

}  // namespace tarn::stream
