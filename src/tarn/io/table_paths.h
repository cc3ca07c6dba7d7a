// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/context.h"

namespace tarn::io {

inline constexpr int32_t kPostponeBucket = -2;

/// Where the files of one table, or of one branch of it, lie (Paimon
/// `FileStorePathFactory`, `SnapshotManager`, `BranchManager`). Immutable; a small value.
///
/// Schemas, snapshots, tags, changelogs and consumers of a branch lie below
/// `branch/branch-<name>/`; manifests, indexes, statistics and data files of all branches
/// lie below the table.
class TablePaths {
 public:
  /// \param root     folder of the table
  /// \param options  the table's options; `branch`, `data-file.path-directory` and
  ///                 `data-file.external-paths` count
  /// Errors: kInvalidInput for a bad branch name, kPermission for a folder outside the
  /// table.
  static Result<TablePaths> Make(std::string root,
                                 const std::map<std::string, std::string>& options = {});

  const std::string& root() const { return root_; }
  const std::string& branch() const { return branch_; }  ///< "main" for the table itself

  std::string SchemaDirectory() const { return Below("schema"); }
  std::string SchemaFile(int64_t id) const;
  std::string SnapshotDirectory() const { return Below("snapshot"); }
  std::string SnapshotFile(int64_t id) const;
  std::string SnapshotLatestHint() const { return Below("snapshot/LATEST"); }
  std::string SnapshotEarliestHint() const { return Below("snapshot/EARLIEST"); }
  std::string ChangelogDirectory() const { return Below("changelog"); }
  std::string ChangelogFile(int64_t id) const;
  std::string ChangelogLatestHint() const { return Below("changelog/LATEST"); }
  std::string ChangelogEarliestHint() const { return Below("changelog/EARLIEST"); }
  std::string TagDirectory() const { return Below("tag"); }
  std::string ConsumerDirectory() const { return Below("consumer"); }
  /// Errors: kInvalidInput for a name that is not safe as a path.
  Result<std::string> TagFile(std::string_view tag) const;
  Result<std::string> ConsumerFile(std::string_view consumer) const;

  /// Files named by metadata. Errors: kPermission for a name that is not one plain part.
  Result<std::string> ManifestFile(std::string_view name) const;
  Result<std::string> IndexFile(std::string_view name) const;
  Result<std::string> StatisticsFile(std::string_view name) const;

  /// Folder of a bucket: `[<path-directory>/]<partition>bucket-<n>`; bucket -2 is
  /// `bucket-postpone`. `partition` is the escaped path of `types/partition_path.h`, with
  /// or without its trailing slash, "" for a table without partitions.
  std::string BucketDirectory(std::string_view partition, int32_t bucket) const;
  /// A data, changelog or detached index file in it.
  Result<std::string> DataFile(std::string_view partition, int32_t bucket,
                               std::string_view name) const;
  /// A file that metadata places elsewhere by its whole path. Stored paths lead out of a
  /// table only to where the table's own option `data-file.external-paths` leads.
  /// Errors: kUnsupported (not the local file system), kPermission (anywhere else).
  Result<std::string> ExternalFile(std::string_view stored_path) const;

  /// Our own folder in the table, ignored by Java: job markers, locks.
  std::string MarkerDirectory() const { return Below(".tarn"); }

 private:
  TablePaths() = default;
  void AllowExternal(std::string_view uris);
  std::string Below(std::string_view relative) const;

  std::string root_;
  std::string branch_ = "main";
  std::string branch_root_;
  std::string data_directory_;
  std::vector<std::string> external_roots_;  ///< local ones, without a trailing slash
};

/// Folder of a database, and of a table in it: `<warehouse>/<database>.db/<table>`.
/// Errors: kInvalidInput for names that are not safe as paths.
Result<std::string> DatabaseDirectory(std::string_view warehouse,
                                      std::string_view database);
Result<std::string> TableDirectory(std::string_view warehouse, std::string_view database,
                                   std::string_view table);

/// The number after `prefix` in a file name such as "snapshot-17"; nothing for other
/// names, hidden and temporary ones included (Paimon `FileUtils.listVersionedFiles`).
std::optional<int64_t> VersionOf(std::string_view name, std::string_view prefix);

/// Unique names `<prefix><uuid>-<n><suffix>`: one uuid per writer, one counter.
/// Thread-safe.
class FileNames {
 public:
  explicit FileNames(base::Random* random) : uuid_(random->Uuid()) {}
  /// For instance Next("manifest-"), Next("data-", ".parquet").
  std::string Next(std::string_view prefix, std::string_view suffix = "");

 private:
  const std::string uuid_;
  std::atomic<int64_t> next_{0};
};

/// Extension of a data file of `format` written with `compression` (Paimon
/// `DataFilePathFactory`): ".parquet"; with `with_compression` (option
/// `file.suffix.include.compression`) ".zst.parquet"; text formats ".json.gz".
std::string DataFileExtension(std::string_view format, std::string_view compression,
                              bool with_compression);

/// Format by a file's name, the only way in which readers choose a decoder: the last
/// extension, or the one before it when the last names a compression.
/// Errors: kCorruption for a name without extension.
Result<std::string> FormatOfFileName(std::string_view name);

}  // namespace tarn::io
