// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/commit_options.h"

#include "tarn/base/units.h"
#include "tarn/format/avro_codec.h"
#include "tarn/options/options.h"

namespace tarn::commit {
namespace {

using options::Options;

std::chrono::milliseconds Millis(base::Duration duration) {
  return std::chrono::milliseconds(base::ToMillis(duration));
}

/// An option that would change what a commit does or what follows it.
Status Refuse(const char* key, const std::string& value) {
  return Unsupported(6291,
                     "Commits under this option are not supported yet:", V("option", key),
                     V("value", value));
}

Status RefuseWhatIsMissing(const Options& options) {
  // Options that act as soon as their value is not the one named beside them.
  static constexpr struct {
    const char* key;
    const char* harmless;
  } kMissing[] = {{"tag.automatic-creation", "none"},
                  {"metadata.iceberg.storage", "disabled"},
                  {"manifest.format", "avro"}};
  for (const auto& missing : kMissing) {
    const std::string* value = options.Find(missing.key);
    if (value != nullptr && base::ToLower(base::Trim(*value)) != missing.harmless) {
      return Refuse(missing.key, *value);
    }
  }
  constexpr char kStrict[] = "commit.strict-mode.last-safe-snapshot";
  const std::string* strict = options.Find(kStrict);
  return strict == nullptr ? Status::OK() : Refuse(kStrict, *strict);
}

Status ReadManifestOptions(const Options& options, meta::ManifestMergeOptions* out) {
  ARROW_ASSIGN_OR_RAISE(const auto target, options.Get(options::kManifestTargetFileSize));
  ARROW_ASSIGN_OR_RAISE(out->min_count, options.Get(options::kManifestMergeMinCount));
  ARROW_ASSIGN_OR_RAISE(const auto threshold,
                        options.Get(options::kManifestFullCompactionThresholdSize));
  ARROW_ASSIGN_OR_RAISE(const auto compression,
                        options.Get(options::kManifestCompression));
  ARROW_ASSIGN_OR_RAISE(out->writer.compression.codec,
                        format::AvroCodecFromOption(compression));
  ARROW_ASSIGN_OR_RAISE(out->writer.compression.level,
                        options.Get(options::kFileCompressionZstdLevel));
  out->writer.target_bytes = target.bytes;
  out->full_threshold_bytes = threshold.bytes;
  return Status::OK();
}

}  // namespace

Result<CommitOptions> CommitOptions::Make(
    const std::map<std::string, std::string>& values) {
  const Options options(values);
  ARROW_RETURN_NOT_OK(RefuseWhatIsMissing(options));
  CommitOptions out;
  ARROW_RETURN_NOT_OK(ReadManifestOptions(options, &out.manifests));
  ARROW_ASSIGN_OR_RAISE(out.max_retries, options.Get(options::kCommitMaxRetries));
  ARROW_ASSIGN_OR_RAISE(const auto min_wait, options.Get(options::kCommitMinRetryWait));
  ARROW_ASSIGN_OR_RAISE(const auto max_wait, options.Get(options::kCommitMaxRetryWait));
  out.min_retry_wait = Millis(min_wait);
  out.max_retry_wait = Millis(max_wait);
  ARROW_ASSIGN_OR_RAISE(const auto timeout, options.Get(options::kCommitTimeout));
  if (timeout) out.timeout_nanos = timeout->count();
  ARROW_ASSIGN_OR_RAISE(const auto sync, options.Get(options::kCommitSync));
  out.sync = sync != "none";
  ARROW_ASSIGN_OR_RAISE(out.ignore_empty_commit,
                        options.Get(options::kSnapshotIgnoreEmptyCommit));
  ARROW_ASSIGN_OR_RAISE(out.dynamic_partition_overwrite,
                        options.Get(options::kDynamicPartitionOverwrite));
  ARROW_ASSIGN_OR_RAISE(out.discard_duplicate_files,
                        options.Get(options::kCommitDiscardDuplicateFiles));
  ARROW_ASSIGN_OR_RAISE(out.snapshot_ordering,
                        options.Get(options::kSequenceSnapshotOrdering));
  const std::string* upgrade = options.Find("overwrite-upgrade");
  out.overwrite_upgrade = upgrade == nullptr || base::ToLower(*upgrade) != "false";
  ARROW_ASSIGN_OR_RAISE(const auto init_mode,
                        options.Get(options::kWriteSequenceNumberInitMode));
  out.keep_max_sequence_number = init_mode == "snapshot";
  ARROW_ASSIGN_OR_RAISE(out.bucket, options.Get(options::kBucket));
  ARROW_ASSIGN_OR_RAISE(const int32_t trigger,
                        options.Get(options::kNumSortedRunCompactionTrigger));
  ARROW_ASSIGN_OR_RAISE(const auto levels, options.Get(options::kNumLevels));
  out.max_level = levels ? *levels - 1 : trigger;
  ARROW_ASSIGN_OR_RAISE(out.partition_default_name,
                        options.Get(options::kPartitionDefaultName));
  return out;
}

}  // namespace tarn::commit
