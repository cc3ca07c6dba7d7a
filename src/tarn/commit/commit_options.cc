// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/commit_options.h"

#include <charconv>

#include "tarn/base/units.h"
#include "tarn/format/avro_codec.h"

namespace tarn::commit {
namespace {

/// Reads values by key; the first mistake stays.
class OptionReader {
 public:
  explicit OptionReader(const std::map<std::string, std::string>& options)
      : options_(options) {}

  const std::string* Find(const std::string& key) const {
    const auto at = options_.find(key);
    return at == options_.end() ? nullptr : &at->second;
  }
  bool Bool(const std::string& key, bool missing) {
    const std::string* text = Find(key);
    if (text == nullptr) return missing;
    const std::string lower = base::ToLower(base::Trim(*text));
    if (lower != "true" && lower != "false") Fail(key, *text, "true or false");
    return lower == "true";
  }
  int64_t Int(const std::string& key, int64_t missing) {
    const std::string* text = Find(key);
    if (text == nullptr) return missing;
    const std::string_view trimmed = base::Trim(*text);
    int64_t value = 0;
    const auto [end, error] =
        std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value);
    if (error != std::errc() || end != trimmed.data() + trimmed.size()) {
      Fail(key, *text, "a whole number");
    }
    return value;
  }
  int64_t Bytes(const std::string& key, int64_t missing) {
    const std::string* text = Find(key);
    if (text == nullptr) return missing;
    const auto size = base::MemorySize::Parse(*text);
    if (!size.ok()) Fail(key, *text, "a size such as 8 mb");
    return size.ok() ? size->bytes : missing;
  }
  int64_t Nanos(const std::string& key, int64_t missing) {
    const std::string* text = Find(key);
    if (text == nullptr) return missing;
    const auto duration = base::ParseDuration(*text);
    if (!duration.ok()) Fail(key, *text, "a duration such as 10 s");
    return duration.ok() ? duration->count() : missing;
  }
  std::string Text(const std::string& key, std::string missing) const {
    const std::string* text = Find(key);
    return text == nullptr ? missing : *text;
  }
  void Refuse(const std::string& key, bool acts) {
    if (!acts || !status_.ok()) return;
    status_ = Unsupported(6291, "Commits under this option are not supported yet:",
                          V("option", key), V("value", Text(key, "")));
  }
  void Fail(const std::string& key, const std::string& value, std::string_view wanted) {
    if (!status_.ok()) return;
    status_ =
        InvalidInput(1291, "Option has a value that cannot be read:", V("option", key),
                     V("value", value), V("wanted", wanted));
  }
  void Fail(Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  const Status& status() const { return status_; }

 private:
  const std::map<std::string, std::string>& options_;
  Status status_;
};

void RefuseWhatIsMissing(OptionReader* reader) {
  for (const char* key : {"row-tracking.enabled", "data-evolution.enabled",
                          "sequence.snapshot-ordering", "pk-clustering-override"}) {
    reader->Refuse(key, reader->Bool(key, false));
  }
  reader->Refuse("commit.strict-mode.last-safe-snapshot",
                 reader->Find("commit.strict-mode.last-safe-snapshot") != nullptr);
  reader->Refuse("commit.callbacks", !reader->Text("commit.callbacks", "").empty());
  const std::string tags = reader->Text("tag.automatic-creation", "none");
  reader->Refuse("tag.automatic-creation", base::ToLower(tags) != "none");
  const std::string iceberg = reader->Text("metadata.iceberg.storage", "disabled");
  reader->Refuse("metadata.iceberg.storage", base::ToLower(iceberg) != "disabled");
  const std::string format = reader->Text("manifest.format", "avro");
  reader->Refuse("manifest.format", base::ToLower(format) != "avro");
}

}  // namespace

Result<CommitOptions> CommitOptions::Make(
    const std::map<std::string, std::string>& options) {
  OptionReader reader(options);
  CommitOptions out;
  RefuseWhatIsMissing(&reader);

  meta::ManifestMergeOptions& manifests = out.manifests;
  manifests.writer.target_bytes =
      reader.Bytes("manifest.target-file-size", manifests.writer.target_bytes);
  manifests.min_count = reader.Int("manifest.merge-min-count", manifests.min_count);
  manifests.full_threshold_bytes = reader.Bytes("manifest.full-compaction-threshold-size",
                                                manifests.full_threshold_bytes);
  const auto codec =
      format::AvroCodecFromOption(reader.Text("manifest.compression", "zstd"));
  if (codec.ok()) {
    manifests.writer.compression.codec = *codec;
  } else {
    reader.Fail(codec.status());
  }
  manifests.writer.compression.level =
      static_cast<int>(reader.Int("file.compression.zstd-level", 1));

  out.max_retries = reader.Int("commit.max-retries", out.max_retries);
  constexpr int64_t kNanosPerMilli = 1'000'000;
  out.min_retry_wait = std::chrono::milliseconds(
      reader.Nanos("commit.min-retry-wait", 10 * kNanosPerMilli) / kNanosPerMilli);
  out.max_retry_wait = std::chrono::milliseconds(
      reader.Nanos("commit.max-retry-wait", 10'000 * kNanosPerMilli) / kNanosPerMilli);
  out.timeout_nanos = reader.Nanos("commit.timeout", INT64_MAX);
  const std::string sync = base::ToLower(reader.Text("commit.sync", "full"));
  if (sync != "full" && sync != "none") reader.Fail("commit.sync", sync, "full or none");
  out.sync = sync != "none";

  out.dynamic_partition_overwrite = reader.Bool("dynamic-partition-overwrite", true);
  out.overwrite_upgrade = reader.Bool("overwrite-upgrade", true);
  out.discard_duplicate_files = reader.Bool("commit.discard-duplicate-files", false);
  const std::string init_mode =
      base::ToLower(reader.Text("write.sequence-number-init-mode", "scan"));
  out.keep_max_sequence_number = init_mode == "snapshot";
  out.postpone_bucket = reader.Int("bucket", -1) == -2;
  const int64_t trigger = reader.Int("num-sorted-run.compaction-trigger", 5);
  const int64_t levels = reader.Int("num-levels", trigger + 1);
  if (levels < 2 || levels > 1'000'000) {
    reader.Fail("num-levels", std::to_string(levels), "at least 2");
  }
  out.max_level = static_cast<int32_t>(levels - 1);
  out.partition_default_name =
      reader.Text("partition.default-name", out.partition_default_name);
  ARROW_RETURN_NOT_OK(reader.status());
  return out;
}

}  // namespace tarn::commit
