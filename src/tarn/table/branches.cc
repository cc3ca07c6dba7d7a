// SPDX-License-Identifier: Apache-2.0
#include "tarn/table/branches.h"

#include <string_view>
#include <utility>
#include <vector>

#include "tarn/base/name.h"

namespace tarn::table {
namespace {

Result<io::TablePaths> PathsOf(const Table& table, const std::string& branch) {
  auto options = table.schema()->options;
  options["branch"] = branch;
  return io::TablePaths::Make(table.path(), options);
}

std::string BranchFolder(const Table& table, const std::string& branch) {
  return base::JoinPath(table.path(), "branch/branch-" + branch);
}

Result<bool> Exists(const Table& table, const std::string& branch) {
  ARROW_ASSIGN_OR_RAISE(const base::Name name, base::Name::MakeBranch(branch));
  return table.context().files->Exists(BranchFolder(table, name.text()));
}

Status CopyFile(const Table& table, const std::string& from, const std::string& to) {
  ARROW_ASSIGN_OR_RAISE(const std::string bytes, table.context().files->ReadAll(from));
  return table.context().files->WriteAtomically(to, bytes);
}

/// All files of one folder into another, over what is there.
Status CopyFolder(const Table& table, const std::string& from, const std::string& to) {
  ARROW_ASSIGN_OR_RAISE(const auto listed, table.context().files->List(from));
  for (const base::FileStatus& file : listed) {
    if (file.is_directory || file.name().starts_with('.')) continue;
    ARROW_RETURN_NOT_OK(CopyFile(table, file.path, base::JoinPath(to, file.name())));
  }
  return Status::OK();
}

/// Options that read a branch of that name would find nothing.
Status RefuseReadBranch(const Table& table, const std::string& branch) {
  for (const char* key : {"scan.fallback-branch", "scan.primary-branch"}) {
    const auto found = table.schema()->options.find(key);
    if (found == table.schema()->options.end() || found->second != branch) continue;
    return InvalidInput(1623,
                        "The table's options read this branch:", V("branch", branch),
                        V("option", key));
  }
  return Status::OK();
}

Status MissingBranch(const Table& table, const std::string& branch) {
  return NotFound(4608, "Branch does not exist:", V("table", table.name()),
                  V("branch", branch));
}

}  // namespace

Result<std::vector<std::pair<std::string, int64_t>>> ListBranches(const Table& table) {
  constexpr std::string_view kPrefix = "branch-";
  std::vector<std::pair<std::string, int64_t>> out;
  ARROW_ASSIGN_OR_RAISE(const auto listed, table.context().files->List(
                                               base::JoinPath(table.path(), "branch")));
  for (const base::FileStatus& file : listed) {
    if (!file.is_directory || !file.name().starts_with(kPrefix)) continue;
    out.emplace_back(file.name().substr(kPrefix.size()), file.modified_millis);
  }
  return out;
}

Result<meta::SnapshotFiles> SnapshotFilesOf(const Table& table,
                                            const std::string& branch) {
  ARROW_ASSIGN_OR_RAISE(io::TablePaths paths, PathsOf(table, branch));
  // A table lives at least as long as what it gives out.
  auto context =
      std::shared_ptr<const base::Context>(std::shared_ptr<void>(), &table.context());
  return meta::SnapshotFiles(std::move(context), std::move(paths));
}

Status CreateBranch(const Table& table, const std::string& branch,
                    const std::optional<std::string>& tag, bool ignore_if_exists) {
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, branch));
  if (exists) {
    if (ignore_if_exists) return Status::OK();
    return InvalidInput(1622, "Branch exists already:", V("table", table.name()),
                        V("branch", branch));
  }
  ARROW_ASSIGN_OR_RAISE(const io::TablePaths target, PathsOf(table, branch));
  const io::TablePaths& source = table.snapshot_files().paths();
  base::FileSystem& files = *table.context().files;
  ARROW_ASSIGN_OR_RAISE(const auto latest_schema, table.schemas()->LatestId());
  int64_t schema_id = latest_schema.value_or(0);
  if (tag) {
    ARROW_ASSIGN_OR_RAISE(const meta::Tag tagged, table.snapshot_files().GetTag(*tag));
    ARROW_ASSIGN_OR_RAISE(const std::string from, source.TagFile(*tag));
    ARROW_ASSIGN_OR_RAISE(const std::string to, target.TagFile(*tag));
    ARROW_RETURN_NOT_OK(CopyFile(table, from, to));
    const int64_t id = tagged.snapshot.id;
    ARROW_ASSIGN_OR_RAISE(const bool there, files.Exists(source.SnapshotFile(id)));
    ARROW_RETURN_NOT_OK(
        there ? CopyFile(table, source.SnapshotFile(id), target.SnapshotFile(id))
              : files.WriteAtomically(target.SnapshotFile(id), tagged.snapshot.ToJson()));
    schema_id = tagged.snapshot.schema_id;
  }
  ARROW_ASSIGN_OR_RAISE(const auto schemas, table.schemas()->ListIds());
  for (const int64_t id : schemas) {
    if (id > schema_id) continue;
    ARROW_RETURN_NOT_OK(CopyFile(table, source.SchemaFile(id), target.SchemaFile(id)));
  }
  return Status::OK();
}

Status DropBranch(const Table& table, const std::string& branch) {
  ARROW_RETURN_NOT_OK(RefuseReadBranch(table, branch));
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, branch));
  if (!exists) return MissingBranch(table, branch);
  return table.context().files->DeleteRecursively(BranchFolder(table, branch));
}

Status RenameBranch(const Table& table, const std::string& from, const std::string& to) {
  ARROW_RETURN_NOT_OK(RefuseReadBranch(table, from));
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, from));
  if (!exists) return MissingBranch(table, from);
  ARROW_ASSIGN_OR_RAISE(const bool taken, Exists(table, to));
  const Status is_taken = InvalidInput(
      1622, "Branch exists already:", V("table", table.name()), V("branch", to));
  if (taken) return is_taken;
  ARROW_ASSIGN_OR_RAISE(const auto outcome,
                        table.context().files->RenameDirectory(BranchFolder(table, from),
                                                               BranchFolder(table, to)));
  switch (outcome) {
    case base::CreateOutcome::kCreated:
      return Status::OK();
    case base::CreateOutcome::kExists:
      return is_taken;
    case base::CreateOutcome::kUnknown:
      break;
  }
  return CommitUnknown(2601, "Branch may have been renamed; look before trying again:",
                       V("table", table.name()), V("from", from), V("to", to));
}

Status FastForward(const Table& table, const std::string& branch) {
  const io::TablePaths& target = table.snapshot_files().paths();
  if (branch == "main" || branch == target.branch()) {
    return InvalidInput(
        1624, "A table is not fast-forwarded to itself or to main:", V("branch", branch));
  }
  ARROW_ASSIGN_OR_RAISE(const bool exists, Exists(table, branch));
  if (!exists) return MissingBranch(table, branch);
  ARROW_ASSIGN_OR_RAISE(const auto branch_snapshots, SnapshotFilesOf(table, branch));
  const io::TablePaths& source = branch_snapshots.paths();
  ARROW_ASSIGN_OR_RAISE(const auto earliest, branch_snapshots.EarliestId());
  if (!earliest) {
    return InvalidInput(1625, "Branch has no snapshot:", V("table", table.name()),
                        V("branch", branch));
  }
  ARROW_ASSIGN_OR_RAISE(const meta::Snapshot first, branch_snapshots.Get(*earliest));
  base::FileSystem& files = *table.context().files;
  std::vector<std::string> gone;
  ARROW_ASSIGN_OR_RAISE(const auto ids, table.snapshot_files().ListIds());
  for (const int64_t id : ids) {
    if (id >= *earliest) gone.push_back(target.SnapshotFile(id));
  }
  ARROW_ASSIGN_OR_RAISE(const auto schemas, table.schemas()->ListIds());
  for (const int64_t id : schemas) {
    if (id >= first.schema_id) gone.push_back(target.SchemaFile(id));
  }
  ARROW_ASSIGN_OR_RAISE(const auto tags, table.snapshot_files().ListTags());
  for (const auto& [name, tag] : tags) {
    if (tag.snapshot.id < *earliest) continue;
    ARROW_ASSIGN_OR_RAISE(std::string path, target.TagFile(name));
    gone.push_back(std::move(path));
  }
  ARROW_RETURN_NOT_OK(files.Delete(target.SnapshotLatestHint()));
  for (const std::string& path : gone) ARROW_RETURN_NOT_OK(files.Delete(path));
  ARROW_RETURN_NOT_OK(
      CopyFolder(table, source.SnapshotDirectory(), target.SnapshotDirectory()));
  ARROW_RETURN_NOT_OK(
      CopyFolder(table, source.SchemaDirectory(), target.SchemaDirectory()));
  return CopyFolder(table, source.TagDirectory(), target.TagDirectory());
}

}  // namespace tarn::table
