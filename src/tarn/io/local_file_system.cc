// SPDX-License-Identifier: Apache-2.0
#include "tarn/io/local_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>

#include <arrow/io/interfaces.h>

#include "tarn/base/context.h"
#include "tarn/io/posix_file.h"

namespace tarn::io {
namespace {

using base::CreateOutcome;
using base::FileStatus;

/// Nested folders deeper than this are refused: a guard for the recursion of a delete.
constexpr int kFolderDepthMax = 256;

FileStatus StatusOf(std::string path, const struct stat& info) {
  FileStatus status;
  status.path = std::move(path);
  status.is_directory = S_ISDIR(info.st_mode);
  status.bytes = status.is_directory ? 0 : info.st_size;
  status.modified_millis =
      static_cast<int64_t>(info.st_mtim.tv_sec) * 1000 + info.st_mtim.tv_nsec / 1000000;
  return status;
}

/// Names in a folder, in any order, without "." and "..".
Result<std::vector<std::string>> NamesIn(const std::string& directory) {
  DIR* open_directory = opendir(directory.empty() ? "." : directory.c_str());
  if (open_directory == nullptr) return PosixError(errno, "list", directory);
  const std::unique_ptr<DIR, int (*)(DIR*)> closer(open_directory, closedir);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = readdir(open_directory);
    if (entry == nullptr && errno != 0) return PosixError(errno, "list", directory);
    if (entry == nullptr) return names;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
}

class LocalFileSystem final : public base::FileSystem {
 public:
  Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) override {
    return OpenPosixInput(path);
  }

  Result<std::shared_ptr<arrow::io::OutputStream>> CreateOutput(
      const std::string& path) override {
    auto created = CreatePosixOutput(path);
    if (created.ok() || KindOf(created.status()) != ErrorKind::kNotFound) return created;
    ARROW_RETURN_NOT_OK(CreateDirectory(ParentPath(path)));
    return CreatePosixOutput(path);
  }

  Result<std::string> ReadAll(const std::string& path, int64_t bytes_max) override;
  Status WriteAtomically(const std::string& path, std::string_view bytes) override;
  Result<CreateOutcome> CreateExclusively(const std::string& path, std::string_view bytes,
                                          bool sync) override;
  Status Sync(const std::vector<std::string>& paths) override;
  Result<std::vector<FileStatus>> List(const std::string& directory) override;
  Result<FileStatus> Stat(const std::string& path) override;
  Result<bool> Exists(const std::string& path) override;
  Status CreateDirectory(const std::string& path) override;
  Status Delete(const std::string& path) override;
  Status DeleteRecursively(const std::string& path) override {
    return DeleteTree(path, 0);
  }
  Result<CreateOutcome> RenameDirectory(const std::string& from,
                                        const std::string& to) override;
  Result<std::shared_ptr<void>> Lock(const std::string& path) override;

 private:
  /// `.<name>.<uuid>.tmp` beside `path`, holding `bytes` (Paimon `Path.createTempPath`).
  Result<std::string> WriteTemporary(const std::string& path, std::string_view bytes,
                                     bool sync);
  Status DeleteTree(const std::string& path, int depth);

  const std::shared_ptr<base::Random> random_ = base::MakeSystemRandom();
};

Result<std::string> LocalFileSystem::ReadAll(const std::string& path, int64_t bytes_max) {
  ARROW_ASSIGN_OR_RAISE(auto file, OpenPosixInput(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->GetSize());
  if (bytes > bytes_max) {
    return ResourceExhausted(9101, "File is too large to be read whole:", V("path", path),
                             V("bytes", bytes), V("bytes_max", bytes_max));
  }
  std::string out(static_cast<size_t>(bytes), '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t done, file->ReadAt(0, bytes, out.data()));
  out.resize(static_cast<size_t>(done));
  return out;
}

Result<std::string> LocalFileSystem::WriteTemporary(const std::string& path,
                                                    std::string_view bytes, bool sync) {
  const std::string folder = ParentPath(path);
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string temporary =
      base::JoinPath(folder, fmt::format(".{}.{}.tmp", name, random_->Uuid()));
  auto opened = OpenDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL);
  if (!opened.ok() && KindOf(opened.status()) == ErrorKind::kNotFound) {
    ARROW_RETURN_NOT_OK(CreateDirectory(folder));
    opened = OpenDescriptor(temporary, O_WRONLY | O_CREAT | O_EXCL);
  }
  ARROW_ASSIGN_OR_RAISE(Descriptor descriptor, std::move(opened));
  Status status = WriteFully(descriptor.get(), bytes, temporary);
  if (status.ok() && sync) status = SyncDescriptor(descriptor.get(), temporary);
  const bool closed = close(descriptor.Release()) == 0 || errno == EINTR;
  if (status.ok() && !closed) status = PosixError(errno, "close", temporary);
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  return temporary;
}

Status LocalFileSystem::WriteAtomically(const std::string& path, std::string_view bytes) {
  ARROW_ASSIGN_OR_RAISE(std::string temporary, WriteTemporary(path, bytes, false));
  if (rename(temporary.c_str(), path.c_str()) == 0) return Status::OK();
  const int error = errno;
  unlink(temporary.c_str());
  return PosixError(error, "rename", path);
}

Result<CreateOutcome> LocalFileSystem::CreateExclusively(const std::string& path,
                                                         std::string_view bytes,
                                                         bool sync) {
  ARROW_ASSIGN_OR_RAISE(std::string temporary, WriteTemporary(path, bytes, sync));
  int error = link(temporary.c_str(), path.c_str()) == 0 ? 0 : errno;
  if (error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK) {
    // A file system without hard links.
    error = renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(),
                      RENAME_NOREPLACE) == 0
                ? 0
                : errno;
  }
  if (error != 0) {
    // Some network servers answer an error for a call that took effect: ours is there if
    // and only if the link count says so.
    struct stat ours{};
    struct stat theirs{};
    const bool known = stat(temporary.c_str(), &ours) == 0;
    if (known && ours.st_nlink > 1 && stat(path.c_str(), &theirs) == 0 &&
        theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev) {
      error = 0;
    } else if (error == EEXIST) {
      unlink(temporary.c_str());
      return CreateOutcome::kExists;
    } else if (error == EIO || error == ETIMEDOUT || error == EINTR || !known) {
      return CreateOutcome::kUnknown;
    }
  }
  unlink(temporary.c_str());
  if (error != 0) return PosixError(error, "link", path);
  if (sync && !SyncPath(ParentPath(path)).ok()) {
    // Visible, but a power cut may take it back: nobody may say that it is safe.
    return CreateOutcome::kUnknown;
  }
  return CreateOutcome::kCreated;
}

Result<CreateOutcome> LocalFileSystem::RenameDirectory(const std::string& from,
                                                       const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    const int error = errno;
    if (error == EEXIST || error == ENOTEMPTY) return CreateOutcome::kExists;
    if (error == EIO || error == ETIMEDOUT || error == EINTR) {
      return CreateOutcome::kUnknown;
    }
    return PosixError(error, "rename", from);
  }
  const bool synced = SyncPath(ParentPath(from)).ok() && SyncPath(ParentPath(to)).ok();
  return synced ? CreateOutcome::kCreated : CreateOutcome::kUnknown;
}

Status LocalFileSystem::Sync(const std::vector<std::string>& paths) {
  std::set<std::string> folders;
  for (const std::string& path : paths) {
    ARROW_RETURN_NOT_OK(SyncPath(path));
    // The entries that lead to a file: its folder, and the folders that were made for it
    // (a new partition). Folders that cannot be opened belong to somebody else.
    std::string folder = ParentPath(path);
    for (int up = 0; up < 4 && folders.insert(folder).second; ++up) {
      Status status = SyncPath(folder);
      if (!status.ok() && up == 0) return status;
      if (folder.empty() || folder == "/") break;
      folder = ParentPath(folder);
    }
  }
  return Status::OK();
}

Result<std::vector<FileStatus>> LocalFileSystem::List(const std::string& directory) {
  std::vector<FileStatus> out;
  auto listed = NamesIn(directory);
  while (!listed.ok()) {
    if (KindOf(listed.status()) != ErrorKind::kNotFound) return listed.status();
    const auto found = Stat(directory);
    if (!found.ok()) {
      if (KindOf(found.status()) == ErrorKind::kNotFound) return out;
      return found.status();
    }
    if (!found->is_directory) {
      return InvalidInput(1100, "Path cannot be used:", V("path", directory),
                          V("doing", "list"), V("reason", "not a folder"));
    }
    listed = NamesIn(directory);  // somebody made it while we looked
  }
  std::sort(listed->begin(), listed->end());
  out.reserve(listed->size());
  for (const std::string& name : *listed) {
    std::string path = base::JoinPath(directory, name);
    struct stat info{};
    // A dangling link is an entry, too.
    if (stat(path.c_str(), &info) != 0 && lstat(path.c_str(), &info) != 0) {
      if (errno == ENOENT) continue;  // deleted while we looked
      return PosixError(errno, "stat", path);
    }
    out.push_back(StatusOf(std::move(path), info));
  }
  return out;
}

Result<FileStatus> LocalFileSystem::Stat(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return PosixError(errno, "stat", path);
  return StatusOf(path, info);
}

Result<bool> LocalFileSystem::Exists(const std::string& path) {
  struct stat info{};
  if (stat(path.c_str(), &info) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return PosixError(errno, "stat", path);
}

Status LocalFileSystem::CreateDirectory(const std::string& path) {
  if (path.empty() || mkdir(path.c_str(), 0755) == 0) return Status::OK();
  const int error = errno;
  struct stat info{};
  if (error == EEXIST && stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return Status::OK();
  }
  const std::string parent = ParentPath(path);
  if (error == ENOENT && !parent.empty() && parent.size() < path.size()) {
    ARROW_RETURN_NOT_OK(CreateDirectory(parent));
    if (mkdir(path.c_str(), 0755) == 0 || errno == EEXIST) return Status::OK();
    return PosixError(errno, "create folder", path);
  }
  return PosixError(error, "create folder", path);
}

Status LocalFileSystem::Delete(const std::string& path) {
  if (unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) {
    return Status::OK();
  }
  if (errno == EISDIR || errno == EPERM) {
    if (rmdir(path.c_str()) == 0 || errno == ENOENT) return Status::OK();
  }
  return PosixError(errno, "delete", path);
}

Status LocalFileSystem::DeleteTree(const std::string& path, int depth) {
  if (depth > kFolderDepthMax) {
    return ResourceExhausted(9102, "Folders are nested too deeply:", V("path", path));
  }
  struct stat info{};
  if (lstat(path.c_str(), &info) != 0) {
    return errno == ENOENT || errno == ENOTDIR ? Status::OK()
                                               : PosixError(errno, "stat", path);
  }
  if (!S_ISDIR(info.st_mode)) return Delete(path);  // a link goes, not what it points to
  ARROW_ASSIGN_OR_RAISE(std::vector<std::string> names, NamesIn(path));
  for (const std::string& name : names) {
    ARROW_RETURN_NOT_OK(DeleteTree(base::JoinPath(path, name), depth + 1));
  }
  if (rmdir(path.c_str()) == 0 || errno == ENOENT) return Status::OK();
  return PosixError(errno, "delete folder", path);
}

Result<std::shared_ptr<void>> LocalFileSystem::Lock(const std::string& path) {
  auto opened = OpenDescriptor(path, O_RDWR | O_CREAT);
  if (!opened.ok() && KindOf(opened.status()) == ErrorKind::kNotFound) {
    ARROW_RETURN_NOT_OK(CreateDirectory(ParentPath(path)));
    opened = OpenDescriptor(path, O_RDWR | O_CREAT);
  }
  ARROW_ASSIGN_OR_RAISE(Descriptor descriptor, std::move(opened));
  while (flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      return Conflict(3101, "Somebody else holds the lock:", V("path", path));
    }
    return PosixError(errno, "lock", path);
  }
  return std::shared_ptr<void>(std::make_shared<Descriptor>(std::move(descriptor)));
}

}  // namespace

std::shared_ptr<base::FileSystem> MakeLocalFileSystem() {
  return std::make_shared<LocalFileSystem>();
}

}  // namespace tarn::io
