// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::base {

/// One entry of a listed folder.
struct FileStatus {
  std::string path;             ///< as given to `List`, with `/` and the entry's name
  int64_t bytes = 0;            ///< 0 for folders
  int64_t modified_millis = 0;  ///< epoch milliseconds
  bool is_directory = false;
  std::string_view name() const;  ///< the last part of `path`
};

/// What became of an exclusive create.
enum class CreateOutcome : uint8_t {
  kCreated,  ///< the file now exists with exactly these bytes
  kExists,   ///< somebody else's file was there first; nothing was changed
  kUnknown,  ///< no clear answer: the file may exist. Look before retrying, delete
             ///< nothing
};

/// Files by path. Paths are plain text with `/`; an implementation owns one root or
/// scheme.
///
/// Thread-safe. Errors: kNotFound for a missing file, kPermission, kUnavailable (I/O
/// errors), kResource (no space). A missing folder lists as empty.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  /// Open for reading; positions are independent per returned file.
  virtual Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) = 0;

  /// Create a new file for writing, with its parent folders. The file must not exist
  /// (kConflict otherwise): data and metadata files have unique names.
  virtual Result<std::shared_ptr<arrow::io::OutputStream>> CreateOutput(
      const std::string& path) = 0;

  /// The whole content. Errors: kResource above `bytes_max`.
  virtual Result<std::string> ReadAll(const std::string& path,
                                      int64_t bytes_max = int64_t{1} << 30) = 0;

  /// Replace or create a file in one step that a reader sees as old or new, never half
  /// (hint files, tags, consumers).
  virtual Status WriteAtomically(const std::string& path, std::string_view bytes) = 0;

  /// Create `path` with `bytes` only if it does not exist, in one atomic step
  /// (`link`/`renameat2(NOREPLACE)` locally). `sync` forces content and folder entry to
  /// disk before and after the create. An error means: certainly not created.
  virtual Result<CreateOutcome> CreateExclusively(const std::string& path,
                                                  std::string_view bytes, bool sync) = 0;

  /// Force files and the folder entries that lead to them to disk.
  virtual Status Sync(const std::vector<std::string>& paths) = 0;

  /// Entries of a folder, sorted by name, hidden ones included.
  virtual Result<std::vector<FileStatus>> List(const std::string& directory) = 0;

  virtual Result<FileStatus> Stat(const std::string& path) = 0;  ///< kNotFound if missing
  virtual Result<bool> Exists(const std::string& path) = 0;
  virtual Status CreateDirectory(
      const std::string& path) = 0;                    ///< with parents; may exist
  virtual Status Delete(const std::string& path) = 0;  ///< OK if it is missing
  virtual Status DeleteRecursively(const std::string& path) = 0;  ///< OK if it is missing

  /// Give a folder another path in one step, only where nothing is yet; the new parent
  /// folder exists. kCreated: moved. Errors: kUnsupported where there is no such step, as
  /// on object stores, which is what is answered here; kNotFound, kPermission.
  virtual Result<CreateOutcome> RenameDirectory(const std::string& from,
                                                const std::string& to);

  /// Take an exclusive advisory lock held by this process until the returned handle dies.
  /// Errors: kConflict when somebody else holds it.
  virtual Result<std::shared_ptr<void>> Lock(const std::string& path) = 0;
};

/// `directory` + "/" + `name`, without doubling the slash.
std::string JoinPath(std::string_view directory, std::string_view name);

}  // namespace tarn::base
