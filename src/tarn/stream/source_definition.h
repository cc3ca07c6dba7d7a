// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: stream, sources and jobs.
///
/// A source table is a declaration: columns and options (`source_definition.h`). A
/// *pipeline* reads one source, decodes it, selects from it without state
/// (`select_operator.h`) and maps the result to the columns of a table (`pipeline.h`). A
/// *job* (`job.h`) runs pipelines, writes what they give, and commits rows and source
/// positions in one snapshot, so that it keeps no state of its own: a restart reads one
/// snapshot (`job_state.h`) and goes on.
///
/// Words: a *position* is what a source has read up to; a *heartbeat* is a commit without
/// rows that keeps a quiet job's snapshot from expiring; a *dead letter* is a record that
/// could not be read, kept with its reason.
///
/// Invariants: read = applied + skipped + rejected; a commit never falls between the -U
/// and the +U of one event; what is committed was read up to the positions beside it, all
/// of it, once.

#include <map>
#include <string>
#include <vector>

#include "tarn/cdc/decoder_options.h"
#include "tarn/stream/sources/file_source.h"
#include "tarn/types/data_type.h"

namespace tarn::stream {

/// One declared column of a source table. Computed columns are not among them: they are
/// part of the select.
struct SourceTableColumn {
  types::DataField field;
  std::string metadata_key;  ///< "" = a member of the row
};

/// What happens to a TRUNCATE of the source's table.
enum class TruncatePolicy : uint8_t {
  kMirror,  ///< a table that mirrors the source is emptied; elsewhere an error
  kFail,
  kSkip,  ///< skipped and counted
};

/// A source table with a connector, its options read and checked.
struct SourceDefinition {
  std::string name;
  std::vector<SourceTableColumn> columns;
  std::vector<std::string> primary_key;  ///< declared, NOT ENFORCED
  FileSourceOptions files;
  cdc::DecoderOptions decoder;
  TruncatePolicy truncate = TruncatePolicy::kMirror;
  std::string dead_letter_directory;  ///< "" = beside the target table's files
  std::vector<std::string> notices;   ///< options that are accepted and have no effect

  std::vector<types::DataField> fields() const;

  /// Read the options of `CREATE TEMPORARY TABLE name (...) WITH (...)`: connector
  /// `filesystem`, `path`, `format` and its options. Errors: kUnsupported naming a
  /// connector or format that is not there yet; kInvalidInput for a missing or unknown
  /// option, with the nearest known ones.
  static Result<SourceDefinition> Make(std::string name,
                                       std::vector<SourceTableColumn> columns,
                                       std::vector<std::string> primary_key,
                                       const std::map<std::string, std::string>& options);
};

}  // namespace tarn::stream
