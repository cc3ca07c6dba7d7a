// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tarn/base/context.h"
#include "tarn/io/table_paths.h"
#include "tarn/meta/snapshot.h"

namespace tarn::stream {

/// What one pipeline has read up to, as the properties of a snapshot hold it.
struct PipelinePosition {
  std::map<std::string, std::string> files;       ///< file name -> "bytes:lines"
  std::map<std::string, std::string> redelivery;  ///< state of cdc::RedeliveryFilter
  std::map<std::string, std::string> truncates;   ///< state of cdc::TruncateHorizon

  std::string ToJson() const;
  /// Errors: kCorruption for text that `ToJson` did not write.
  static Result<PipelinePosition> FromJson(std::string_view json);
};

/// Properties of a snapshot that hold positions: "tarn.position.<pipeline>" -> JSON.
inline constexpr std::string_view kPositionPrefix = "tarn.position.";

/// The positions in a snapshot's properties, those of other statements of the same job
/// included: every commit carries all of them on.
Result<std::map<std::string, PipelinePosition>> PositionsOf(
    const meta::Snapshot& snapshot);

/// The claim of a job to a table: one live run per name, and the knowledge that it has
/// committed before (design D9). Held while it lives.
class JobClaim {
 public:
  /// Take the claim. Errors: kConflict when another process runs a job of this name on
  /// the table.
  static Result<std::unique_ptr<JobClaim>> Take(
      std::shared_ptr<const base::Context> context, const io::TablePaths& paths,
      const std::string& commit_user);

  /// A job of this name has committed to the table before.
  bool has_committed() const { return has_committed_; }
  /// Remember that the job has committed. Written after its commit: a crash in between
  /// leaves the snapshot itself to tell.
  Status MarkCommitted();
  /// kCommitUnknown with the ways out: the job has committed, but no snapshot of its is
  /// left.
  Status LostPosition(const std::string& table) const;

 private:
  JobClaim() = default;

  std::shared_ptr<const base::Context> context_;
  std::shared_ptr<void> lock_;
  std::string commit_user_;
  std::string marker_path_;
  bool has_committed_ = false;
};

}  // namespace tarn::stream
