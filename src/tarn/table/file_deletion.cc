// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/file_deletion.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "tarn/meta/index_manifest.h"
#include "tarn/meta/live_files.h"
#include "tarn/options/options.h"

namespace tarn::table {
namespace {

using meta::ManifestEntry;

bool IsMissing(const Status& status) {
  return KindOf(status) == ErrorKind::kNotFound;
}

bool IsKept(const std::vector<const DataFileSet*>& kept, const ManifestEntry& entry) {
  return std::any_of(kept.begin(), kept.end(),
                     [&](const DataFileSet* files) { return files->Contains(entry); });
}

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == path.npos ? std::string() : path.substr(0, slash);
}

}  // namespace

std::string DataFileSet::KeyOf(const ManifestEntry& entry) {
  return entry.partition + '\0' + std::to_string(entry.bucket) + '/' +
         entry.file.file_name;
}

Result<std::unique_ptr<FileDeletion>> FileDeletion::Make(const Table& table) {
  const types::TableSchema& schema = *table.schema();
  ARROW_ASSIGN_OR_RAISE(auto partitions, types::PartitionPaths::Make(schema));
  ARROW_ASSIGN_OR_RAISE(auto index_paths, meta::IndexFilePaths::Make(
                                              table.snapshot_files().paths(), schema));
  const options::Options options(schema.options);
  ARROW_ASSIGN_OR_RAISE(const bool clean,
                        options.Get(options::kSnapshotCleanEmptyDirectories));
  return std::unique_ptr<FileDeletion>(
      new FileDeletion(table, std::move(partitions), std::move(index_paths), clean));
}

Status FileDeletion::AddLiveFiles(const meta::Snapshot& snapshot,
                                  DataFileSet* files) const {
  ARROW_ASSIGN_OR_RAISE(const auto entries,
                        meta::ReadLiveFiles(table_.context(), paths(), snapshot));
  for (const ManifestEntry& entry : entries) files->Add(entry);
  return Status::OK();
}

Status FileDeletion::AddFilesOf(const Manifests& manifests, DataFileSet* files) const {
  ARROW_ASSIGN_OR_RAISE(const auto entries,
                        meta::ReadEntries(table_.context(), paths(), manifests));
  for (const ManifestEntry& entry : entries) {
    if (entry.kind == meta::FileKind::kAdd) files->Add(entry);
  }
  return Status::OK();
}

Status FileDeletion::AddNewFiles(const meta::Snapshot& snapshot,
                                 DataFileSet* files) const {
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        meta::ReadDeltaManifests(table_.context(), paths(), snapshot));
  return AddFilesOf(manifests, files);
}

Status FileDeletion::AddChangelogFiles(const meta::Snapshot& snapshot,
                                       DataFileSet* files) const {
  ARROW_ASSIGN_OR_RAISE(const auto manifests, meta::ReadChangelogManifests(
                                                  table_.context(), paths(), snapshot));
  return AddFilesOf(manifests, files);
}

void FileDeletion::KeepList(const std::string& name, const Manifests& manifests) {
  kept_.insert(name);
  for (const meta::ManifestFileMeta& manifest : manifests) {
    kept_.insert(manifest.file_name);
  }
}

Status FileDeletion::KeepDeltaMetadata(const meta::Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        meta::ReadDeltaManifests(table_.context(), paths(), snapshot));
  KeepList(snapshot.delta_manifest_list, manifests);
  return Status::OK();
}

Status FileDeletion::KeepChangelogMetadata(const meta::Snapshot& snapshot) {
  if (!snapshot.changelog_manifest_list) return Status::OK();
  ARROW_ASSIGN_OR_RAISE(const auto manifests, meta::ReadChangelogManifests(
                                                  table_.context(), paths(), snapshot));
  KeepList(*snapshot.changelog_manifest_list, manifests);
  return Status::OK();
}

Status FileDeletion::KeepMetadata(const meta::Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        meta::ReadDataManifests(table_.context(), paths(), snapshot));
  KeepList(snapshot.base_manifest_list, manifests);
  kept_.insert(snapshot.delta_manifest_list);
  if (snapshot.index_manifest) {
    kept_.insert(*snapshot.index_manifest);
    ARROW_ASSIGN_OR_RAISE(const std::string path,
                          paths().ManifestFile(*snapshot.index_manifest));
    ARROW_ASSIGN_OR_RAISE(const auto indexes,
                          meta::ReadIndexManifest(table_.context(), path));
    for (const auto& index : indexes) kept_.insert(index.file_name);
  }
  if (snapshot.statistics) kept_.insert(*snapshot.statistics);
  return Status::OK();
}

Result<std::string> FileDeletion::PathOf(const ManifestEntry& entry,
                                         const std::string& name) const {
  if (entry.file.external_path) {
    ARROW_ASSIGN_OR_RAISE(const std::string file,
                          paths().ExternalFile(*entry.file.external_path));
    if (name == entry.file.file_name) return file;
    return paths().ExternalFile(base::JoinPath(ParentOf(file), name));
  }
  ARROW_ASSIGN_OR_RAISE(const std::string partition, partitions_.PathOf(entry.partition));
  return paths().DataFile(partition, entry.bucket, name);
}

Status FileDeletion::PlanFile(const ManifestEntry& entry) {
  ARROW_ASSIGN_OR_RAISE(std::string path, PathOf(entry, entry.file.file_name));
  if (known_data_.insert(path).second) data_.push_back(std::move(path));
  for (const std::string& extra : entry.file.extra_files) {
    ARROW_ASSIGN_OR_RAISE(path, PathOf(entry, extra));
    if (known_data_.insert(path).second) data_.push_back(std::move(path));
  }
  ARROW_ASSIGN_OR_RAISE(const std::string partition, partitions_.PathOf(entry.partition));
  buckets_[partition].insert(entry.bucket);
  return Status::OK();
}

Status FileDeletion::PlanDeleted(const meta::Snapshot& snapshot,
                                 const std::vector<const DataFileSet*>& kept,
                                 bool but_appended) {
  const auto manifests = meta::ReadDeltaManifests(table_.context(), paths(), snapshot);
  if (!manifests.ok()) {
    return IsMissing(manifests.status()) ? Status::OK() : manifests.status();
  }
  const auto entries = meta::ReadEntries(table_.context(), paths(), *manifests);
  if (!entries.ok()) {
    return IsMissing(entries.status()) ? Status::OK() : entries.status();
  }
  // A file that is deleted and added again was only given another level.
  std::map<std::string, const ManifestEntry*> deleted;
  for (const ManifestEntry& entry : *entries) {
    ARROW_ASSIGN_OR_RAISE(std::string path, PathOf(entry, entry.file.file_name));
    if (entry.kind == meta::FileKind::kAdd) {
      deleted.erase(path);
    } else {
      deleted[std::move(path)] = &entry;
    }
  }
  for (const auto& [path, entry] : deleted) {
    if (but_appended && entry->file.file_source != meta::FileSource::kCompact) continue;
    if (!IsKept(kept, *entry)) ARROW_RETURN_NOT_OK(PlanFile(*entry));
  }
  return Status::OK();
}

Status FileDeletion::PlanLive(const meta::Snapshot& snapshot,
                              const std::vector<const DataFileSet*>& kept) {
  const auto entries = meta::ReadLiveFiles(table_.context(), paths(), snapshot);
  if (!entries.ok()) {
    return IsMissing(entries.status()) ? Status::OK() : entries.status();
  }
  for (const ManifestEntry& entry : *entries) {
    if (!IsKept(kept, entry)) ARROW_RETURN_NOT_OK(PlanFile(entry));
  }
  return Status::OK();
}

Status FileDeletion::PlanChangelog(const meta::Snapshot& snapshot,
                                   const std::vector<const DataFileSet*>& kept) {
  const auto manifests =
      meta::ReadChangelogManifests(table_.context(), paths(), snapshot);
  if (!manifests.ok()) {
    return IsMissing(manifests.status()) ? Status::OK() : manifests.status();
  }
  for (const meta::ManifestFileMeta& manifest : *manifests) {
    const auto entries = meta::ReadEntries(table_.context(), paths(), {manifest});
    if (!entries.ok()) {
      if (IsMissing(entries.status())) continue;
      return entries.status();
    }
    for (const ManifestEntry& entry : *entries) {
      if (entry.kind != meta::FileKind::kAdd || IsKept(kept, entry)) continue;
      ARROW_RETURN_NOT_OK(PlanFile(entry));
    }
  }
  return Status::OK();
}

Status FileDeletion::PlanList(const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(std::string path, paths().ManifestFile(name));
  const auto manifests = meta::ReadManifestList(table_.context(), path);
  if (!manifests.ok() && !IsMissing(manifests.status())) return manifests.status();
  if (manifests.ok()) {
    for (const meta::ManifestFileMeta& manifest : *manifests) {
      if (!kept_.insert(manifest.file_name).second) continue;
      ARROW_ASSIGN_OR_RAISE(std::string file, paths().ManifestFile(manifest.file_name));
      metadata_.push_back(std::move(file));
    }
  }
  if (kept_.insert(name).second) metadata_.push_back(std::move(path));
  return Status::OK();
}

Status FileDeletion::PlanIndexes(const std::string& manifest) {
  ARROW_ASSIGN_OR_RAISE(std::string path, paths().ManifestFile(manifest));
  const auto indexes = meta::ReadIndexManifest(table_.context(), path);
  if (!indexes.ok()) {
    return IsMissing(indexes.status()) ? Status::OK() : indexes.status();
  }
  for (const meta::IndexManifestEntry& index : *indexes) {
    if (!kept_.insert(index.file_name).second) continue;
    ARROW_ASSIGN_OR_RAISE(std::string file, index_paths_.PathOf(index));
    metadata_.push_back(std::move(file));
  }
  if (kept_.insert(manifest).second) metadata_.push_back(std::move(path));
  return Status::OK();
}

Status FileDeletion::PlanMetadata(const meta::Snapshot& snapshot,
                                  const MetadataParts& parts) {
  if (parts.data) {
    ARROW_RETURN_NOT_OK(PlanList(snapshot.base_manifest_list));
    ARROW_RETURN_NOT_OK(PlanList(snapshot.delta_manifest_list));
  }
  if (parts.changelog && snapshot.changelog_manifest_list) {
    ARROW_RETURN_NOT_OK(PlanList(*snapshot.changelog_manifest_list));
  }
  if (!parts.indexes) return Status::OK();
  if (snapshot.index_manifest) {
    ARROW_RETURN_NOT_OK(PlanIndexes(*snapshot.index_manifest));
  }
  if (!snapshot.statistics || !kept_.insert(*snapshot.statistics).second) {
    return Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(std::string file, paths().StatisticsFile(*snapshot.statistics));
  metadata_.push_back(std::move(file));
  return Status::OK();
}

Status FileDeletion::DeleteAll(const std::vector<std::string>& files) const {
  std::vector<std::function<Status()>> tasks;
  for (const std::string& file : files) {
    tasks.emplace_back([&] { return table_.context().files->Delete(file); });
  }
  return table_.context().executor->RunAll(std::move(tasks));
}

/// From the deepest up, as far as they are empty: what is not empty says so itself.
Status FileDeletion::DeleteEmptyDirectories() const {
  const auto is_gone = [&](const std::string& folder) {
    return table_.context().files->Delete(folder).ok();
  };
  std::set<std::string> parents;
  for (const auto& [partition, buckets] : buckets_) {
    std::string folder;
    for (const int32_t bucket : buckets) {
      const std::string place = paths().BucketDirectory(partition, bucket);
      (void)is_gone(place);
      folder = ParentOf(place);
    }
    const auto depth = std::count(partition.begin(), partition.end(), '/');
    if (depth == 0 || !is_gone(folder)) continue;
    for (auto up = depth - 1; up > 0; --up) parents.insert(folder = ParentOf(folder));
  }
  for (auto folder = parents.rbegin(); folder != parents.rend(); ++folder) {
    (void)is_gone(*folder);
  }
  return Status::OK();
}

Status FileDeletion::Run() {
  ARROW_RETURN_NOT_OK(DeleteAll(data_));
  if (clean_directories_) ARROW_RETURN_NOT_OK(DeleteEmptyDirectories());
  return DeleteAll(metadata_);
}

}  // namespace tarn::table
