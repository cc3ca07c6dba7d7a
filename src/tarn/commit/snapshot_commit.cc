// SPDX-License-Identifier: Apache-2.0
#include "tarn/commit/snapshot_commit.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "tarn/commit/chain_check.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/partition_set.h"

namespace tarn::commit {
namespace {

using meta::FileKind;
using meta::ManifestEntry;
using meta::ManifestFileMeta;
using meta::Snapshot;

constexpr char kMaxSequenceProperty[] = "sequence.generation.max-sequence-number";
constexpr int64_t kStatisticsBytesMax = int64_t{256} << 20;

int64_t RowsAdded(const std::vector<ManifestEntry>& entries) {
  int64_t rows = 0;
  for (const ManifestEntry& entry : entries) {
    rows += entry.kind == FileKind::kAdd ? entry.file.row_count : -entry.file.row_count;
  }
  return rows;
}

bool IsMissing(const Status& status) {
  return KindOf(status) == ErrorKind::kNotFound;
}

std::optional<int64_t> ParseNumber(const std::string& text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return value;
}

}  // namespace

Result<SnapshotCommit::Done> SnapshotCommit::Run() {
  started_nanos_ = scope_.context->clock->MonotonicNanos();
  for (int64_t retries = 0;; ++retries) {
    auto done = RunOnce(retries);
    if (!done.ok() && !BaseExpired(done.status())) return Failed(done.status());
    if (done.ok() && *done) return **done;
    if (!MayRetry(retries)) {
      return Failed(Conflict(
          3207, "Other commits came first again and again:",
          V("table", scope_.conflicts.table), V("retries", retries),
          V("hint", "commit.max-retries and commit.timeout set how long to go on")));
    }
    Wait(retries);
  }
}

/// A try may have failed because others went on and expired what it stood on: a lost
/// race like any other.
bool SnapshotCommit::BaseExpired(const Status& status) {
  if (unknown_ || !IsMissing(status) || searched_up_to_ == 0) return false;
  // Metadata goes before the snapshots do.
  const auto latest = scope_.store->Latest();
  if (!latest.ok() || !*latest || (*latest)->id == searched_up_to_) return false;
  base_snapshot_.reset();
  merge_before_.clear();
  merge_after_.clear();
  Remove(&merged_files_);
  Remove(&base_files_);
  return true;
}

/// One try; nothing answered means that another commit came first, or that nobody knows.
Result<std::optional<SnapshotCommit::Done>> SnapshotCommit::RunOnce(int64_t retries) {
  ARROW_ASSIGN_OR_RAISE(const Latest latest, scope_.store->Latest());
  if (retries > 0 && latest) {
    ARROW_ASSIGN_OR_RAISE(const auto own, FindOwn(latest));
    if (own) {
      ARROW_RETURN_NOT_OK(scope_.store->Confirm(*own));
      (void)scope_.store->Announce(*own);
      return Done{*own, /*found=*/true, retries};
    }
  }
  searched_up_to_ = latest ? latest->id : 0;

  ARROW_ASSIGN_OR_RAISE(Changes changes, request_.changes(latest));
  if (scope_.options.discard_duplicate_files) {
    ARROW_RETURN_NOT_OK(DiscardDuplicates(latest, &changes));
  }
  if (!request_.restores) {
    ARROW_RETURN_NOT_OK(CheckAgainst(latest, changes));
    if (scope_.options.snapshot_ordering) StampSequences(latest, &changes);
  }
  if (!request_.stable) {
    Remove(&change_files_);
    delta_list_.reset();
    changelog_list_.reset();
  }
  ARROW_RETURN_NOT_OK(WriteBase(latest));
  ARROW_RETURN_NOT_OK(WriteIndex(latest, changes));
  if (!delta_list_) ARROW_RETURN_NOT_OK(WriteChanges(changes));
  ARROW_ASSIGN_OR_RAISE(const Snapshot snapshot, MakeSnapshot(latest, changes));
  ARROW_RETURN_NOT_OK(SyncFiles(changes));

  ARROW_ASSIGN_OR_RAISE(const base::CreateOutcome outcome,
                        scope_.store->Publish(snapshot));
  switch (outcome) {
    case base::CreateOutcome::kExists:
      Remove(&base_files_);
      return std::nullopt;
    case base::CreateOutcome::kUnknown:
      unknown_ = true;
      return std::nullopt;
    case base::CreateOutcome::kCreated:
      break;
  }
  // From here on the snapshot is visible: until its place in the chain is known, its
  // files must stay.
  const bool unknown_before = unknown_;
  unknown_ = true;
  const Result<bool> in_chain =
      IsInChain(*scope_.context, scope_.paths, *scope_.store, snapshot, latest, changes);
  // Without an answer the next try looks for it in the chain.
  if (!in_chain.ok()) return std::nullopt;
  if (!*in_chain) {
    ARROW_RETURN_NOT_OK(scope_.store->Delete(snapshot));
    unknown_ = unknown_before;
    // Whoever expired meanwhile may have taken it for history: nothing is used again.
    Remove(&base_files_);
    Remove(&change_files_);
    delta_list_.reset();
    changelog_list_.reset();
    return std::nullopt;
  }
  // Only a hint: readers find the snapshot without it.
  (void)scope_.store->Announce(snapshot.id);
  return Done{snapshot.id, /*found=*/false, retries};
}

/// A snapshot of an earlier try of this very commit, among those that came since.
Result<std::optional<int64_t>> SnapshotCommit::FindOwn(const Latest& latest) {
  for (int64_t id = latest->id; id > searched_up_to_; --id) {
    Snapshot snapshot = *latest;
    if (id != latest->id) {
      Result<Snapshot> read = scope_.store->Get(id);
      if (!read.ok() && IsMissing(read.status())) {
        base_snapshot_.reset();
        // What expired cannot be asked. It matters only if a try may have succeeded.
        if (unknown_) return read.status();
        return std::nullopt;
      }
      ARROW_ASSIGN_OR_RAISE(snapshot, std::move(read));
    }
    if (snapshot.commit_kind == meta::CommitKind::kOverwrite) base_snapshot_.reset();
    if (snapshot.commit_user == scope_.commit_user &&
        snapshot.commit_identifier == request_.identifier &&
        snapshot.commit_kind == request_.kind) {
      return id;
    }
  }
  return std::nullopt;
}

/// Option `commit.discard-duplicate-files`: an APPEND leaves out what is there already.
Status SnapshotCommit::DiscardDuplicates(const Latest& latest, Changes* changes) {
  if (!latest || request_.kind != meta::CommitKind::kAppend) return Status::OK();
  request_.check_conflicts = true;
  request_.stable = false;  // what is left differs from try to try
  ARROW_ASSIGN_OR_RAISE(const auto* base, BaseFiles(*latest, changes->Partitions()));
  std::unordered_set<std::string> present;
  for (const ManifestEntry& entry : *base) present.insert(meta::IdentifierOf(entry));
  std::erase_if(changes->files, [&](const ManifestEntry& entry) {
    return present.contains(meta::IdentifierOf(entry));
  });
  return Status::OK();
}

/// Option `sequence.snapshot-ordering`: what is added gets the snapshot's id as its
/// sequence number, so that later snapshots win. A compaction keeps the numbers of what
/// it merged.
void SnapshotCommit::StampSequences(const Latest& latest, Changes* changes) {
  if (request_.kind == meta::CommitKind::kCompact) return;
  request_.stable = false;  // the id differs from try to try
  const int64_t id = latest ? latest->id + 1 : 1;
  for (ManifestEntry& entry : changes->files) {
    if (entry.kind != FileKind::kAdd) continue;
    entry.file.min_sequence_number = id;
    entry.file.max_sequence_number = id;
  }
}

Status SnapshotCommit::CheckAgainst(const Latest& latest, const Changes& changes) {
  if (!changes.hash_index_bases.empty()) {
    ARROW_ASSIGN_OR_RAISE(const auto present, IndexEntries(latest));
    ARROW_RETURN_NOT_OK(
        CheckHashIndex(scope_.conflicts, changes.hash_index_bases, present));
  }
  if (!latest) {
    return BucketCountsOf(changes.files).status();
  }
  if (changes.sole_writer_since) {
    ARROW_RETURN_NOT_OK(CheckSoleWriter(*changes.sole_writer_since, *latest));
  }
  if (request_.last_safe_snapshot) {
    ARROW_RETURN_NOT_OK(CheckSince(*request_.last_safe_snapshot, *latest, changes));
  }
  if (!request_.check_conflicts) return CheckBuckets(*latest, changes);
  ARROW_ASSIGN_OR_RAISE(const auto* base, BaseFiles(*latest, changes.Partitions()));
  return CheckConflicts(scope_.conflicts, *base, changes.files, request_.kind);
}

/// Live files of `partitions`, kept between tries and brought up to date with what came
/// since.
Result<const std::vector<ManifestEntry>*> SnapshotCommit::BaseFiles(
    const Snapshot& latest, const std::set<std::string, std::less<>>& partitions) {
  const base::Context& context = *scope_.context;
  ARROW_ASSIGN_OR_RAISE(const auto wanted,
                        meta::PartitionSet::Make(scope_.partition_fields, partitions));
  const auto in_partitions = [&](std::string_view partition, int32_t, int32_t) {
    return wanted.Contains(partition);
  };
  if (base_snapshot_ && request_.stable) {
    meta::EntryFilter filter;
    filter.bucket = in_partitions;
    for (int64_t id = *base_snapshot_ + 1; id <= latest.id; ++id) {
      ARROW_ASSIGN_OR_RAISE(const Snapshot snapshot, scope_.store->Get(id));
      ARROW_ASSIGN_OR_RAISE(const auto manifests,
                            meta::ReadDeltaManifests(context, scope_.paths, snapshot));
      ARROW_ASSIGN_OR_RAISE(auto entries,
                            meta::ReadEntries(context, scope_.paths, manifests, filter));
      base_entries_.insert(base_entries_.end(), std::make_move_iterator(entries.begin()),
                           std::make_move_iterator(entries.end()));
    }
    ARROW_ASSIGN_OR_RAISE(base_entries_, meta::MergeEntries(std::move(base_entries_)));
  } else {
    meta::LiveFilesFilter filter;
    filter.manifest = [&](const ManifestFileMeta& meta) {
      return wanted.MightTouch(meta);
    };
    filter.bucket = in_partitions;
    ARROW_ASSIGN_OR_RAISE(base_entries_,
                          meta::ReadLiveFiles(context, scope_.paths, latest, filter));
  }
  base_snapshot_ = latest.id;
  return &base_entries_;
}

/// A commit that is not checked for conflicts must still not mix bucket counts. Each
/// partition is looked at once.
Status SnapshotCommit::CheckBuckets(const Snapshot& latest, const Changes& changes) {
  ARROW_ASSIGN_OR_RAISE(auto counts, BucketCountsOf(changes.files));
  std::erase_if(counts, [&](const auto& item) {
    return scope_.checked_partitions.contains(item.first);
  });
  if (counts.empty()) return Status::OK();
  std::set<std::string, std::less<>> partitions;
  for (const auto& [partition, count] : counts) partitions.insert(partition);
  ARROW_ASSIGN_OR_RAISE(const auto* base, BaseFiles(latest, partitions));
  base_snapshot_.reset();
  ARROW_RETURN_NOT_OK(CheckBucketCounts(scope_.conflicts, counts, *base));
  scope_.checked_partitions.merge(partitions);
  return Status::OK();
}

/// What others wrote to real buckets of the same partitions was not seen by this commit.
Status SnapshotCommit::CheckSince(int64_t last_safe, const Snapshot& latest,
                                  const Changes& changes) {
  const auto partitions = changes.Partitions();
  for (int64_t id = last_safe + 1; id <= latest.id; ++id) {
    ARROW_ASSIGN_OR_RAISE(const Snapshot snapshot, scope_.store->Get(id));
    if (snapshot.commit_user == scope_.commit_user) continue;
    meta::EntryFilter filter;
    filter.bucket = [&](std::string_view partition, int32_t bucket, int32_t) {
      return bucket >= 0 && partitions.contains(partition);
    };
    ARROW_ASSIGN_OR_RAISE(
        const auto manifests,
        meta::ReadDeltaManifests(*scope_.context, scope_.paths, snapshot));
    ARROW_ASSIGN_OR_RAISE(
        const auto entries,
        meta::ReadEntries(*scope_.context, scope_.paths, manifests, filter));
    if (entries.empty()) continue;
    return Conflict(3452, "Another commit wrote to the same partition meanwhile:",
                    V("table", scope_.conflicts.table), V("snapshot", id),
                    V("kind", meta::CommitKindName(snapshot.commit_kind)));
  }
  return Status::OK();
}

/// Nobody else wrote rows after snapshot `since`; what was looked at is not asked again.
Status SnapshotCommit::CheckSoleWriter(int64_t since, const Snapshot& latest) {
  const int64_t from = std::max(since, scope_.sole_writer_until);
  for (int64_t id = from + 1; id <= latest.id; ++id) {
    ARROW_ASSIGN_OR_RAISE(const Snapshot snapshot, scope_.store->Get(id));
    if (snapshot.commit_user == scope_.commit_user ||
        snapshot.commit_kind == meta::CommitKind::kCompact) {
      continue;
    }
    return Conflict(3453,
                    "Another writer wrote to the table meanwhile. A table whose primary "
                    "key lacks a partition column takes one writer at a time: it has to "
                    "know in which partition each key is:",
                    V("table", scope_.conflicts.table), V("snapshot", id),
                    V("user", snapshot.commit_user));
  }
  scope_.sole_writer_until = latest.id;
  return Status::OK();
}

Result<std::vector<meta::IndexManifestEntry>> SnapshotCommit::IndexEntries(
    const Latest& latest) {
  if (!latest || !latest->index_manifest) {
    return std::vector<meta::IndexManifestEntry>{};
  }
  ARROW_ASSIGN_OR_RAISE(const std::string path,
                        scope_.paths.ManifestFile(*latest->index_manifest));
  return meta::ReadIndexManifest(*scope_.context, path);
}

/// The index manifest of the snapshot: that of `latest` when no index file changes.
Status SnapshotCommit::WriteIndex(const Latest& latest, const Changes& changes) {
  index_manifest_ = latest ? latest->index_manifest : std::nullopt;
  if (request_.restores) index_manifest_ = request_.restores->index_manifest;
  if (changes.index.empty()) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(auto previous, IndexEntries(latest));
  ARROW_ASSIGN_OR_RAISE(const auto entries,
                        meta::CombineIndexEntries(std::move(previous), changes.index,
                                                  scope_.unaware_buckets));
  const std::string name = scope_.names.Next("index-manifest-");
  ARROW_ASSIGN_OR_RAISE(const std::string path, scope_.paths.ManifestFile(name));
  base_files_.push_back(name);
  ARROW_RETURN_NOT_OK(meta::WriteIndexManifest(
      *scope_.context, path, entries, scope_.options.manifests.writer.compression));
  index_manifest_ = name;
  return Status::OK();
}

Result<std::vector<ManifestFileMeta>> SnapshotCommit::WriteManifests(
    const std::vector<ManifestEntry>& entries) {
  meta::ManifestWriter writer(*scope_.context, scope_.paths, scope_.partition_fields,
                              &scope_.names, scope_.options.manifests.writer);
  ARROW_RETURN_NOT_OK(writer.WriteAll(entries));
  return writer.Finish();
}

Result<SnapshotCommit::List> SnapshotCommit::WriteList(
    const std::vector<ManifestFileMeta>& manifests) {
  List list;
  list.name = scope_.names.Next("manifest-list-");
  ARROW_ASSIGN_OR_RAISE(const std::string path, scope_.paths.ManifestFile(list.name));
  ARROW_ASSIGN_OR_RAISE(
      list.bytes, meta::WriteManifestList(*scope_.context, path, manifests,
                                          scope_.options.manifests.writer.compression));
  return list;
}

Status SnapshotCommit::WriteBase(const Latest& latest) {
  std::vector<ManifestFileMeta> manifests;
  if (request_.restores && latest) {
    // Files that come back must not meet the DELETE of their first life: readers cancel
    // the two whatever their order. So the base is what is live, and nothing else.
    ARROW_ASSIGN_OR_RAISE(const auto live,
                          meta::ReadLiveFiles(*scope_.context, scope_.paths, *latest));
    ARROW_ASSIGN_OR_RAISE(manifests, WriteManifests(live));
    for (const ManifestFileMeta& meta : manifests) base_files_.push_back(meta.file_name);
    ARROW_ASSIGN_OR_RAISE(base_list_, WriteList(manifests));
    base_files_.push_back(base_list_->name);
    return Status::OK();
  }
  if (latest) {
    ARROW_ASSIGN_OR_RAISE(
        manifests, meta::ReadDataManifests(*scope_.context, scope_.paths, *latest));
  }
  const bool first_try = merge_before_.empty() && merge_after_.empty();
  if (first_try) {
    merge_before_ = manifests;
    ARROW_ASSIGN_OR_RAISE(merge_after_,
                          meta::MergeManifests(*scope_.context, scope_.paths, manifests,
                                               scope_.partition_fields, &scope_.names,
                                               scope_.options.manifests, &merged_files_));
    manifests = merge_after_;
  } else if (manifests.size() >= merge_before_.size() &&
             std::equal(merge_before_.begin(), merge_before_.end(), manifests.begin())) {
    // The winner added to what was merged here: the merged manifests still stand for it.
    std::vector<ManifestFileMeta> again = merge_after_;
    again.insert(again.end(),
                 manifests.begin() + static_cast<int64_t>(merge_before_.size()),
                 manifests.end());
    manifests = std::move(again);
  } else {
    // The winner merged, too. Winning the race counts more than merging again.
    Remove(&merged_files_);
    merge_before_ = merge_after_ = manifests;
  }
  ARROW_ASSIGN_OR_RAISE(base_list_, WriteList(manifests));
  base_files_.push_back(base_list_->name);
  return Status::OK();
}

Status SnapshotCommit::WriteChanges(const Changes& changes) {
  const auto write = [&](const std::vector<ManifestEntry>& entries,
                         std::optional<List>* list) -> Status {
    ARROW_ASSIGN_OR_RAISE(const auto manifests, WriteManifests(entries));
    for (const ManifestFileMeta& meta : manifests) {
      change_files_.push_back(meta.file_name);
    }
    ARROW_ASSIGN_OR_RAISE(*list, WriteList(manifests));
    change_files_.push_back((*list)->name);
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(write(changes.files, &delta_list_));
  if (changes.changelog.empty()) return Status::OK();
  return write(changes.changelog, &changelog_list_);
}

Result<Snapshot> SnapshotCommit::MakeSnapshot(const Latest& latest,
                                              const Changes& changes) {
  ARROW_ASSIGN_OR_RAISE(const auto schema_id, scope_.schemas.LatestId());
  if (!schema_id) {
    return NotFound(4201, "Table has no schema, it may have been dropped:",
                    V("table", scope_.conflicts.table));
  }
  Snapshot out;
  out.uuid = scope_.context->random->Uuid();
  out.id = latest ? latest->id + 1 : 1;
  out.schema_id = *schema_id;
  out.base_manifest_list = base_list_->name;
  out.base_manifest_list_size = base_list_->bytes;
  out.delta_manifest_list = delta_list_->name;
  out.delta_manifest_list_size = delta_list_->bytes;
  if (changelog_list_) {
    out.changelog_manifest_list = changelog_list_->name;
    out.changelog_manifest_list_size = changelog_list_->bytes;
    out.changelog_record_count = RowsAdded(changes.changelog);
  }
  out.commit_user = scope_.commit_user;
  out.commit_identifier = request_.identifier;
  out.commit_kind = request_.kind;
  out.time_millis = scope_.context->clock->NowMillis();
  out.delta_record_count = RowsAdded(changes.files);
  out.total_record_count = out.delta_record_count;
  out.watermark = request_.watermark;
  out.properties = request_.properties;
  out.operation = request_.operation;
  out.next_row_id = 0;
  out.index_manifest = index_manifest_;
  if (latest) {
    out.total_record_count += latest->total_record_count;
    out.next_row_id = latest->next_row_id.value_or(0);
    if (latest->watermark) {
      out.watermark = std::max(out.watermark.value_or(INT64_MIN), *latest->watermark);
    }
    out.statistics = InheritedStatistics(*latest, *schema_id);
  }
  if (const auto& target = request_.restores) {
    out.schema_id = target->schema_id;
    out.total_record_count = target->total_record_count;
    out.watermark = target->watermark;
    out.statistics = target->statistics;
    out.properties = target->properties;
    // Row ids that were given out since stay taken.
    out.next_row_id =
        std::max(out.next_row_id.value_or(0), target->next_row_id.value_or(0));
    return out;
  }
  if (scope_.options.keep_max_sequence_number) {
    std::optional<int64_t> max;
    if (latest) {
      ARROW_ASSIGN_OR_RAISE(max, MaxSequenceNumber(*latest));
    }
    for (const ManifestEntry& entry : changes.files) {
      if (entry.kind != FileKind::kAdd) continue;
      max = std::max(max.value_or(INT64_MIN), entry.file.max_sequence_number);
    }
    if (max && *max != INT64_MIN) {
      out.properties[kMaxSequenceProperty] = std::to_string(*max);
    }
  }
  return out;
}

/// The greatest sequence number up to `latest`: from its property, else from all
/// manifests. INT64_MIN for a table without files.
Result<int64_t> SnapshotCommit::MaxSequenceNumber(const Snapshot& latest) {
  const auto property = latest.properties.find(kMaxSequenceProperty);
  if (property != latest.properties.end()) {
    if (const auto number = ParseNumber(property->second)) return *number;
    return Corruption(7291,
                      "Snapshot property is not a number:", V("snapshot", latest.id),
                      V("property", kMaxSequenceProperty));
  }
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        meta::ReadDataManifests(*scope_.context, scope_.paths, latest));
  ARROW_ASSIGN_OR_RAISE(const auto entries,
                        meta::ReadEntries(*scope_.context, scope_.paths, manifests));
  int64_t max = INT64_MIN;
  for (const ManifestEntry& entry : entries) {
    if (entry.kind == FileKind::kAdd) max = std::max(max, entry.file.max_sequence_number);
  }
  return max;
}

/// Statistics of the table stay valid while its schema does. They only help planning, so
/// what cannot be read is left out.
std::optional<std::string> SnapshotCommit::InheritedStatistics(const Snapshot& latest,
                                                               int64_t schema_id) {
  if (!latest.statistics) return std::nullopt;
  const auto path = scope_.paths.StatisticsFile(*latest.statistics);
  if (!path.ok()) return std::nullopt;
  const auto text = scope_.context->files->ReadAll(*path, kStatisticsBytesMax);
  if (!text.ok()) return std::nullopt;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto id = json.find("schemaId");
  if (id == json.end() || !id->is_number_integer() || id->get<int64_t>() != schema_id) {
    return std::nullopt;
  }
  return latest.statistics;
}

/// Data files, manifests and lists reach the disk before the snapshot that names them.
Status SnapshotCommit::SyncFiles(const Changes& changes) {
  if (!scope_.options.sync) return Status::OK();
  std::vector<std::string> paths;
  const auto add_data = [&](const std::vector<ManifestEntry>& entries) -> Status {
    for (const ManifestEntry& entry : entries) {
      if (entry.kind != FileKind::kAdd || entry.file.external_path) continue;
      ARROW_ASSIGN_OR_RAISE(std::string path, scope_.data_file_path(entry));
      const std::string folder = path.substr(0, path.rfind('/') + 1);
      for (const std::string& name : entry.file.extra_files) {
        paths.push_back(folder + name);
      }
      paths.push_back(std::move(path));
    }
    return Status::OK();
  };
  ARROW_RETURN_NOT_OK(add_data(changes.files));
  ARROW_RETURN_NOT_OK(add_data(changes.changelog));
  for (const meta::IndexManifestEntry& entry : changes.index) {
    if (entry.kind != FileKind::kAdd || entry.external_path) continue;
    ARROW_ASSIGN_OR_RAISE(std::string path, scope_.paths.IndexFile(entry.file_name));
    paths.push_back(std::move(path));
  }
  for (const auto* names : {&change_files_, &base_files_, &merged_files_}) {
    for (const std::string& name : *names) {
      ARROW_ASSIGN_OR_RAISE(std::string path, scope_.paths.ManifestFile(name));
      paths.push_back(std::move(path));
    }
  }
  std::erase_if(paths, [&](const std::string& path) { return synced_.contains(path); });
  ARROW_RETURN_NOT_OK(scope_.context->files->Sync(paths));
  synced_.insert(paths.begin(), paths.end());
  return Status::OK();
}

bool SnapshotCommit::MayRetry(int64_t retries) const {
  const int64_t now = scope_.context->clock->MonotonicNanos();
  return retries < scope_.options.max_retries &&
         now - started_nanos_ <= scope_.options.timeout_nanos;
}

void SnapshotCommit::Wait(int64_t retries) {
  const auto min = static_cast<double>(scope_.options.min_retry_wait.count());
  const auto max = static_cast<double>(scope_.options.max_retry_wait.count());
  const auto exponent = static_cast<double>(std::min<int64_t>(retries, 62));
  const auto wait = static_cast<int64_t>(std::min(min * std::pow(2.0, exponent), max));
  const auto jitter = static_cast<uint64_t>(std::max<int64_t>(1, wait / 5));
  const auto extra = static_cast<int64_t>(scope_.context->random->Next() % jitter);
  scope_.context->clock->SleepFor(std::chrono::milliseconds(wait + extra));
}

void SnapshotCommit::Remove(std::vector<std::string>* names) {
  if (!unknown_) {
    for (const std::string& name : *names) {
      const auto path = scope_.paths.ManifestFile(name);
      // What cannot be deleted stays behind as an orphan, which does no harm.
      if (path.ok()) (void)scope_.context->files->Delete(*path);
    }
  }
  names->clear();
}

Status SnapshotCommit::Failed(const Status& status) {
  if (unknown_) {
    return CommitUnknown(
        2201,
        "Commit may have happened; look for a snapshot of this user and identifier "
        "before "
        "trying again, and delete nothing:",
        V("table", scope_.conflicts.table), V("user", scope_.commit_user),
        V("identifier", request_.identifier),
        V("kind", meta::CommitKindName(request_.kind)), V("because", MessageOf(status)));
  }
  Remove(&change_files_);
  Remove(&base_files_);
  Remove(&merged_files_);
  return status;
}

}  // namespace tarn::commit
