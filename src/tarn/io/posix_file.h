// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::io {

/// An open descriptor that closes itself. One owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int Release();
  void Reset();

 private:
  int fd_ = -1;
};

/// What `errno` means to a caller: kNotFound, kPermission, kResource (no space, quota,
/// too many files), else kUnavailable; with the path and the system's words.
Status PosixError(int error, std::string_view doing, std::string_view path);

/// `open(2)` with O_CLOEXEC, retried when interrupted.
Result<Descriptor> OpenDescriptor(const std::string& path, int flags, int mode = 0644);

/// All of `bytes`. Errors: as `PosixError`.
Status WriteFully(int fd, std::string_view bytes, std::string_view path);

/// fsync of a file, or of the folder at `path`.
Status SyncDescriptor(int fd, std::string_view path);
Status SyncPath(const std::string& path);

/// Folder part of `path`: "" when there is none.
std::string ParentPath(std::string_view path);

/// \return a random access file whose `ReadAt` may be called by many threads at once
/// (pread)
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenPosixInput(
    const std::string& path);

/// \return a buffered stream into a new file; removed if dropped unclosed.
/// Errors: kConflict when the file exists, kNotFound when the folder does not.
Result<std::shared_ptr<arrow::io::OutputStream>> CreatePosixOutput(
    const std::string& path);

}  // namespace tarn::io
