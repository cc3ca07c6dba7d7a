// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/pipeline.h"

#include <utility>

#include <arrow/record_batch.h>

#include "tarn/io/table_paths.h"

namespace tarn::stream {

Result<std::unique_ptr<Pipeline>> Pipeline::Make(std::shared_ptr<base::Context> context,
                                                 PipelineSpec spec) {
  auto pipeline = std::unique_ptr<Pipeline>(new Pipeline());
  ARROW_ASSIGN_OR_RAISE(pipeline->sink_columns_,
                        SinkColumns::Make(context->pool, spec.source, *spec.select,
                                          *spec.sink, spec.target_columns));
  ARROW_ASSIGN_OR_RAISE(pipeline->source_, FileSource::Make(context, spec.source.files));
  if (spec.source.decoder.skip_redelivered) {
    pipeline->redelivery_ = std::make_unique<cdc::RedeliveryFilter>();
  }
  pipeline->horizon_ = std::make_unique<cdc::TruncateHorizon>();
  std::string letters = spec.source.dead_letter_directory;
  if (letters.empty()) {
    ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(spec.sink->path(),
                                                           spec.sink->schema()->options));
    letters = base::JoinPath(paths.MarkerDirectory(), "dead-letters");
  }
  pipeline->dead_letters_ = std::make_unique<DeadLetters>(context, std::move(letters));
  pipeline->counts_.source = spec.source.name;
  pipeline->context_ = std::move(context);
  pipeline->spec_ = std::move(spec);
  return pipeline;
}

Status Pipeline::Restore(const PipelinePosition& position) {
  ARROW_RETURN_NOT_OK(source_->Seek(position.files));
  if (redelivery_ != nullptr)
    ARROW_RETURN_NOT_OK(redelivery_->Restore(position.redelivery));
  horizon_->Restore(position.truncates);
  return Status::OK();
}

PipelinePosition Pipeline::position() const {
  PipelinePosition position;
  position.files = source_->positions();
  if (redelivery_ != nullptr) position.redelivery = redelivery_->Save();
  const auto& truncates = horizon_->positions();
  position.truncates = {truncates.begin(), truncates.end()};
  return position;
}

Status Pipeline::HandleTruncate(const cdc::TruncateEvent& event) const {
  if (spec_.source.truncate == TruncatePolicy::kMirror && sink_columns_->is_mirror()) {
    return Status::OK();
  }
  return InvalidInput(
      1821,
      "The source's table was truncated, and the target does not mirror it row by row (a "
      "deduplicate table with the source's key): which rows went cannot be told. Skip "
      "truncates with 'debezium-json.truncate'='skip', or write to a mirror:",
      V("source", spec_.source.name), V("topic", event.topic),
      V("partition", event.partition), V("offset", event.offset));
}

Result<types::ChangeBatch> Pipeline::ForSink(const types::ChangeBatch& decoded) {
  ARROW_ASSIGN_OR_RAISE(auto selected, spec_.select->Apply(decoded));
  return sink_columns_->Map(selected);
}

Result<PipelineBatch> Pipeline::Read() {
  PipelineBatch out;
  if (decoder_ == nullptr) {
    ARROW_ASSIGN_OR_RAISE(
        decoder_,
        cdc::Decoder::Make(
            context_->pool, spec_.source.decoder, redelivery_.get(),
            spec_.source.truncate == TruncatePolicy::kSkip ? nullptr : horizon_.get()));
  }
  ARROW_ASSIGN_OR_RAISE(const auto lines, source_->Next());
  if (lines.empty()) {
    counts_.at_end = true;
    out.at_end = true;
    return out;
  }
  ARROW_RETURN_NOT_OK(decoder_->DecodeLines(lines));
  ARROW_ASSIGN_OR_RAISE(auto decoded, decoder_->Finish());
  counts_.events += decoded.counts;
  dead_letters_->Add(decoded.rejections);
  int64_t begin = 0;
  const auto give = [&](int64_t end, const std::string* truncate) -> Status {
    PipelineBatch::Part part;
    part.truncated = truncate != nullptr;
    if (part.truncated) part.truncate_position = *truncate;
    ARROW_ASSIGN_OR_RAISE(part.changes,
                          ForSink(decoded.changes.Slice(begin, end - begin)));
    out.parts.push_back(std::move(part));
    begin = end;
    return Status::OK();
  };
  const std::string* truncate = nullptr;
  if (spec_.source.truncate != TruncatePolicy::kSkip) {
    for (const auto& event : decoded.truncates) {
      ARROW_RETURN_NOT_OK(HandleTruncate(event));
      ARROW_RETURN_NOT_OK(give(event.row, truncate));
      truncate = &event.position;
    }
  }
  ARROW_RETURN_NOT_OK(give(decoded.changes.num_rows(), truncate));
  counts_.rows_without_clock = sink_columns_->rows_without_clock();
  return out;
}

Status Pipeline::FlushDeadLetters(int64_t identifier) {
  return dead_letters_->Flush(spec_.source.name, identifier);
}

}  // namespace tarn::stream
