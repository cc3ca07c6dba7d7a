// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/cdc/decoder.h"
#include "tarn/stream/dead_letters.h"
#include "tarn/stream/job_state.h"
#include "tarn/stream/select_operator.h"
#include "tarn/stream/sink_columns.h"
#include "tarn/stream/source_definition.h"
#include "tarn/table/table.h"

namespace tarn::stream {

/// INSERT INTO sink (columns) SELECT ... FROM source.
struct PipelineSpec {
  /// Stays the same from run to run: positions are kept under it. Unique within a job.
  std::string id;
  SourceDefinition source;
  std::unique_ptr<SelectOperator> select;
  std::shared_ptr<table::Table> sink;
  /// Column of the sink for each column of the select.
  std::vector<int> target_columns;
};

/// Counts of one source. read == applied + skipped + rejected.
struct SourceCounts {
  std::string source;
  cdc::DecodeCounts events;
  int64_t rows_written = 0;  ///< rows that reached the table
  int64_t rows_without_clock =
      0;  ///< rows that set columns of a group and no clock of it
  bool at_end = false;
};

/// What a read gave.
struct PipelineBatch {
  bool at_end = false;
  /// Rows of the sink's schema, in order, with the truncates that lie between them.
  struct Part {
    bool truncated = false;         ///< the source's table was emptied before these rows
    std::string truncate_position;  ///< where in the source, "" if it has no position
    types::ChangeBatch changes;
  };
  std::vector<Part> parts;
};

/// Reads one source and gives rows for one table. One caller at a time.
class Pipeline {
 public:
  /// Errors: kUnsupported, kInvalidInput for columns that do not fit.
  static Result<std::unique_ptr<Pipeline>> Make(std::shared_ptr<base::Context> context,
                                                PipelineSpec spec);

  /// Go on behind a position of an earlier run. Before the first `Read`.
  Status Restore(const PipelinePosition& position);
  /// The next rows. Errors: kInvalidInput with file, line and reason for a record that
  /// cannot be read or taken, unless such records become dead letters.
  Result<PipelineBatch> Read();
  /// Behind all that `Read` has answered.
  PipelinePosition position() const;
  Status FlushDeadLetters(int64_t identifier);

  const std::string& id() const { return spec_.id; }
  const table::Table& sink() const { return *spec_.sink; }
  const SourceCounts& counts() const { return counts_; }
  bool at_end() const { return counts_.at_end; }
  /// Column of the sink that holds the event position, -1 if none does.
  int position_column() const { return sink_columns_->position_column(); }
  void CountWritten(int64_t rows) { counts_.rows_written += rows; }
  const std::vector<std::string>& dead_letter_files() const {
    return dead_letters_->files();
  }

 private:
  Pipeline() = default;
  Status HandleTruncate(const cdc::TruncateEvent& event) const;
  Result<types::ChangeBatch> ForSink(const types::ChangeBatch& decoded);

  std::shared_ptr<base::Context> context_;
  PipelineSpec spec_;
  std::unique_ptr<SinkColumns> sink_columns_;
  std::unique_ptr<FileSource> source_;
  std::unique_ptr<cdc::RedeliveryFilter> redelivery_;
  std::unique_ptr<cdc::TruncateHorizon> horizon_;
  std::unique_ptr<cdc::Decoder> decoder_;
  std::unique_ptr<DeadLetters> dead_letters_;
  SourceCounts counts_;
};

}  // namespace tarn::stream
