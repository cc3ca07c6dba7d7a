// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tarn/meta/index_file_path.h"
#include "tarn/meta/manifest_entry.h"
#include "tarn/meta/manifest_list.h"
#include "tarn/meta/snapshot.h"
#include "tarn/table/table.h"
#include "tarn/types/partition_path.h"

namespace tarn::table {

/// Parts of a snapshot's metadata.
struct MetadataParts {
  bool data = true;       ///< lists and manifests of data files
  bool changelog = true;  ///< list and manifests of changelog files
  bool indexes = true;    ///< index files with their manifest, and statistics
};

/// Data files by partition, bucket and name.
class DataFileSet {
 public:
  void Add(const meta::ManifestEntry& entry) { keys_.insert(KeyOf(entry)); }
  bool Contains(const meta::ManifestEntry& entry) const {
    return keys_.contains(KeyOf(entry));
  }

 private:
  static std::string KeyOf(const meta::ManifestEntry& entry);
  std::set<std::string> keys_;
};

/// The files that snapshots leave behind when they go (Paimon `FileDeletionBase`,
/// `SnapshotDeletion`, `TagDeletion`). First all is planned, then `Run` deletes: data
/// before metadata, so that what is left after a crash can be planned again.
///
/// A file that is not there any more belongs to an expiry that was cut short, and is
/// passed over; anything else that cannot be read is an error, and nothing is deleted.
class FileDeletion {
 public:
  /// Borrows `table`. Errors: kInvalidInput for options that cannot be read.
  static Result<std::unique_ptr<FileDeletion>> Make(const Table& table);

  /// Add the data files that are live in `snapshot` to `files`. Errors: kNotFound.
  Status AddLiveFiles(const meta::Snapshot& snapshot, DataFileSet* files) const;
  /// The same of those that it added.
  Status AddNewFiles(const meta::Snapshot& snapshot, DataFileSet* files) const;
  /// The same of its changelog files.
  Status AddChangelogFiles(const meta::Snapshot& snapshot, DataFileSet* files) const;
  /// Keep the manifests, lists, index files and statistics of `snapshot`.
  Status KeepMetadata(const meta::Snapshot& snapshot);
  /// Keep its list and manifests of the files that it added and deleted.
  Status KeepDeltaMetadata(const meta::Snapshot& snapshot);
  /// Keep its list and manifests of changelog files, which a tag does not hold.
  Status KeepChangelogMetadata(const meta::Snapshot& snapshot);

  /// Plan what the snapshot's delta deletes and nothing of `kept` holds: files that the
  /// snapshots before it had.
  /// \param but_appended  leave files that no compaction wrote: they are the changelog of
  ///   the snapshots that added them
  Status PlanDeleted(const meta::Snapshot& snapshot,
                     const std::vector<const DataFileSet*>& kept,
                     bool but_appended = false);
  /// Plan the data files that are live in the snapshot and nothing of `kept` holds.
  Status PlanLive(const meta::Snapshot& snapshot,
                  const std::vector<const DataFileSet*>& kept);
  /// Plan the changelog files of the snapshot that nothing of `kept` holds.
  Status PlanChangelog(const meta::Snapshot& snapshot,
                       const std::vector<const DataFileSet*>& kept);
  /// Plan these parts of the snapshot's metadata, where they are not kept.
  Status PlanMetadata(const meta::Snapshot& snapshot, const MetadataParts& parts);

  /// Delete what is planned: data files, changelog files, folders that are empty then (if
  /// the table's options say so), manifests and lists, index files, statistics.
  /// Errors: kPermission, kUnavailable; the rest may still be there.
  Status Run();

 private:
  using Manifests = std::vector<meta::ManifestFileMeta>;

  FileDeletion(const Table& table, types::PartitionPaths partitions,
               meta::IndexFilePaths index_paths, bool clean_directories)
      : table_(table),
        partitions_(std::move(partitions)),
        index_paths_(std::move(index_paths)),
        clean_directories_(clean_directories) {}
  const io::TablePaths& paths() const { return table_.snapshot_files().paths(); }

  Status AddFilesOf(const Manifests& manifests, DataFileSet* files) const;
  void KeepList(const std::string& name, const Manifests& manifests);
  Status PlanFile(const meta::ManifestEntry& entry);
  Result<std::string> PathOf(const meta::ManifestEntry& entry,
                             const std::string& name) const;
  Status PlanList(const std::string& name);
  Status PlanIndexes(const std::string& manifest);
  Status DeleteAll(const std::vector<std::string>& files) const;
  Status DeleteEmptyDirectories() const;

  const Table& table_;
  const types::PartitionPaths partitions_;
  const meta::IndexFilePaths index_paths_;
  const bool clean_directories_;
  std::set<std::string> kept_;  ///< names of metadata that stays or is planned
  std::vector<std::string> data_, metadata_;
  std::set<std::string> known_data_;
  /// Places that lose files: partition path → buckets.
  std::map<std::string, std::set<int32_t>> buckets_;
};

}  // namespace tarn::table
