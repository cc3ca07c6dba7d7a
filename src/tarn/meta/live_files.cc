// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/live_files.h"

#include <unordered_set>

namespace tarn::meta {
namespace {

/// Read each manifest on its own; out[i] holds the entries of manifests[i].
Result<std::vector<std::vector<ManifestEntry>>> ReadEach(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& manifests, const EntryFilter& filter) {
  std::vector<std::vector<ManifestEntry>> out(manifests.size());
  std::vector<std::function<Status()>> tasks;
  tasks.reserve(manifests.size());
  for (size_t i = 0; i < manifests.size(); ++i) {
    tasks.push_back([&, i]() -> Status {
      ARROW_ASSIGN_OR_RAISE(const std::string path,
                            paths.ManifestFile(manifests[i].file_name));
      ARROW_ASSIGN_OR_RAISE(out[i], ReadManifest(context, path, filter));
      return Status::OK();
    });
  }
  ARROW_RETURN_NOT_OK(context.executor->RunAll(std::move(tasks)));
  return out;
}

}  // namespace

Result<std::vector<ManifestEntry>> ReadEntries(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& manifests, const EntryFilter& filter) {
  ARROW_ASSIGN_OR_RAISE(auto read, ReadEach(context, paths, manifests, filter));
  std::vector<ManifestEntry> out;
  for (auto& entries : read) {
    out.insert(out.end(), std::make_move_iterator(entries.begin()),
               std::make_move_iterator(entries.end()));
  }
  return out;
}

Result<std::vector<ManifestEntry>> ReadLiveFiles(
    const base::Context& context, const io::TablePaths& paths,
    const std::vector<ManifestFileMeta>& manifests, const LiveFilesFilter& filter,
    LiveFilesCounters* counters) {
  std::vector<ManifestFileMeta> wanted;
  for (const ManifestFileMeta& meta : manifests) {
    if (!filter.manifest || filter.manifest(meta)) wanted.push_back(meta);
  }
  EntryFilter entry_filter;
  entry_filter.bucket = filter.bucket;
  ARROW_ASSIGN_OR_RAISE(auto read, ReadEach(context, paths, wanted, entry_filter));

  std::unordered_set<std::string> deleted;
  int64_t added = 0;
  for (const auto& entries : read) {
    for (const ManifestEntry& entry : entries) {
      if (entry.kind == FileKind::kDelete) {
        deleted.insert(IdentifierOf(entry));
      } else {
        ++added;
      }
    }
  }
  std::unordered_set<std::string> seen;
  std::vector<ManifestEntry> out;
  for (auto& entries : read) {
    for (ManifestEntry& entry : entries) {
      if (entry.kind == FileKind::kDelete) continue;
      std::string identifier = IdentifierOf(entry);
      if (deleted.contains(identifier)) continue;
      if (!seen.insert(std::move(identifier)).second) {
        return Corruption(7106, "File is added although it is there already:",
                          V("file", entry.file.file_name), V("bucket", entry.bucket),
                          V("level", entry.file.level));
      }
      if (filter.added && !filter.added(entry)) continue;
      out.push_back(std::move(entry));
    }
  }
  if (counters != nullptr) {
    counters->manifests_total += static_cast<int64_t>(manifests.size());
    counters->manifests_read += static_cast<int64_t>(wanted.size());
    counters->files_total += added;
  }
  return out;
}

Result<std::vector<ManifestEntry>> ReadLiveFiles(const base::Context& context,
                                                 const io::TablePaths& paths,
                                                 const Snapshot& snapshot,
                                                 const LiveFilesFilter& filter,
                                                 LiveFilesCounters* counters) {
  ARROW_ASSIGN_OR_RAISE(const auto manifests,
                        ReadDataManifests(context, paths, snapshot));
  return ReadLiveFiles(context, paths, manifests, filter, counters);
}

}  // namespace tarn::meta
