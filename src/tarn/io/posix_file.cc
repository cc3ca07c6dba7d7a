// SPDX-License-Identifier: Apache-2.0
#include "tarn/io/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

namespace tarn::io {
namespace {

constexpr size_t kOutputBufferBytes = size_t{1} << 20;

class PosixInput final : public arrow::io::RandomAccessFile {
 public:
  PosixInput(Descriptor descriptor, int64_t bytes, std::string path)
      : descriptor_(std::move(descriptor)), bytes_(bytes), path_(std::move(path)) {}

  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();  // the descriptor lives on until no reader can use it
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Result<int64_t> GetSize() override { return bytes_; }

  arrow::Status Seek(int64_t position) override {
    if (position < 0 || position > bytes_) {
      return Corruption(7100, "Position lies outside the file:", V("path", path_),
                        V("position", position), V("bytes", bytes_));
    }
    position_ = position;
    return arrow::Status::OK();
  }

  arrow::Result<int64_t> ReadAt(int64_t position, int64_t nbytes, void* out) override {
    if (closed_) return InternalError(100, "Read of a closed file:", V("path", path_));
    if (position < 0 || nbytes < 0) {
      return Corruption(7100, "Position lies outside the file:", V("path", path_),
                        V("position", position), V("bytes", bytes_));
    }
    int64_t done = 0;
    while (done < nbytes) {
      const ssize_t count = pread(descriptor_.get(), static_cast<char*>(out) + done,
                                  static_cast<size_t>(nbytes - done), position + done);
      if (count == 0) break;
      if (count < 0) {
        if (errno == EINTR) continue;
        return PosixError(errno, "read", path_);
      }
      done += count;
    }
    return done;
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position,
                                                       int64_t nbytes) override {
    if (position < 0 || nbytes < 0 || position > bytes_) {
      return Corruption(7100, "Position lies outside the file:", V("path", path_),
                        V("position", position), V("bytes", bytes_));
    }
    // A length from stored bytes never allocates more than the file holds.
    nbytes = std::min(nbytes, bytes_ - position);
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateResizableBuffer(nbytes));
    ARROW_ASSIGN_OR_RAISE(int64_t done, ReadAt(position, nbytes, buffer->mutable_data()));
    if (done < nbytes) {
      ARROW_RETURN_NOT_OK(buffer->Resize(done));
      buffer->ZeroPadding();
    }
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }

  arrow::Result<int64_t> Read(int64_t nbytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(int64_t done, ReadAt(position_, nbytes, out));
    position_ += done;
    return done;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t nbytes) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, nbytes));
    position_ += buffer->size();
    return buffer;
  }

 private:
  Descriptor descriptor_;
  const int64_t bytes_;
  const std::string path_;
  int64_t position_ = 0;  // of Seek and Read only: one caller at a time
  std::atomic<bool> closed_{false};
};

class PosixOutput final : public arrow::io::OutputStream {
 public:
  PosixOutput(Descriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {
    buffer_.reserve(kOutputBufferBytes);
  }

  ~PosixOutput() override {
    if (!closed_) Discard();
  }

  arrow::Status Write(const void* data, int64_t nbytes) override {
    if (closed_) return InternalError(101, "Write to a closed file:", V("path", path_));
    const std::string_view bytes(static_cast<const char*>(data),
                                 static_cast<size_t>(nbytes));
    written_ += nbytes;
    if (buffer_.size() + bytes.size() > kOutputBufferBytes) ARROW_RETURN_NOT_OK(Drain());
    if (bytes.size() >= kOutputBufferBytes) {
      return WriteFully(descriptor_.get(), bytes, path_);
    }
    buffer_.append(bytes);
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Write;

  arrow::Status Flush() override { return Drain(); }

  arrow::Status Close() override {
    if (closed_) return arrow::Status::OK();
    arrow::Status status = Drain();
    if (!status.ok()) {
      Discard();
      return status;
    }
    closed_ = true;
    // close(2) reports late write errors of network file systems.
    if (close(descriptor_.Release()) != 0 && errno != EINTR) {
      status = PosixError(errno, "close", path_);
      unlink(path_.c_str());
    }
    return status;
  }

  arrow::Status Abort() override {
    if (!closed_) Discard();
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return written_; }

 private:
  arrow::Status Drain() {
    if (buffer_.empty()) return arrow::Status::OK();
    arrow::Status status = WriteFully(descriptor_.get(), buffer_, path_);
    buffer_.clear();
    return status;
  }

  void Discard() {
    closed_ = true;
    descriptor_.Reset();
    unlink(path_.c_str());
  }

  Descriptor descriptor_;
  const std::string path_;
  std::string buffer_;
  int64_t written_ = 0;
  bool closed_ = false;
};

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    Reset();
    fd_ = other.Release();
  }
  return *this;
}

int Descriptor::Release() {
  return std::exchange(fd_, -1);
}

void Descriptor::Reset() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

Status PosixError(int error, std::string_view doing, std::string_view path) {
  const std::string reason = std::strerror(error);
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return NotFound(4100, "File is missing:", V("path", path), V("doing", doing));
    case EEXIST:
      return Conflict(3100, "File exists already:", V("path", path));
    case EACCES:
    case EPERM:
    case EROFS:
      return Permission(5100, "The system forbids it:", V("path", path),
                        V("doing", doing), V("reason", reason));
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EFBIG:
      return ResourceExhausted(9100, "The system has no room left:", V("path", path),
                               V("doing", doing), V("reason", reason));
    case ENAMETOOLONG:
    case EISDIR:
    case ELOOP:
      return InvalidInput(1100, "Path cannot be used:", V("path", path),
                          V("doing", doing), V("reason", reason));
    default:
      return Unavailable(8100, "File operation failed:", V("path", path),
                         V("doing", doing), V("reason", reason));
  }
}

Result<Descriptor> OpenDescriptor(const std::string& path, int flags, int mode) {
  if (path.find('\0') != std::string::npos) {
    return InvalidInput(1100, "Path cannot be used:", V("path", path.c_str()),
                        V("reason", "it holds a NUL byte"));
  }
  int fd = -1;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return PosixError(errno, "open", path);
  return Descriptor(fd);
}

Status WriteFully(int fd, std::string_view bytes, std::string_view path) {
  while (!bytes.empty()) {
    const ssize_t count = write(fd, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      return PosixError(errno, "write", path);
    }
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return Status::OK();
}

Status SyncDescriptor(int fd, std::string_view path) {
  while (fsync(fd) != 0) {
    if (errno == EINTR) continue;
    return PosixError(errno, "fsync", path);
  }
  return Status::OK();
}

Status SyncPath(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(Descriptor descriptor,
                        OpenDescriptor(path.empty() ? "." : path, O_RDONLY));
  return SyncDescriptor(descriptor.get(), path);
}

std::string ParentPath(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenPosixInput(
    const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(Descriptor descriptor, OpenDescriptor(path, O_RDONLY));
  struct stat info{};
  if (fstat(descriptor.get(), &info) != 0) return PosixError(errno, "stat", path);
  if (!S_ISREG(info.st_mode)) {
    return InvalidInput(1100, "Path cannot be used:", V("path", path),
                        V("reason", "not a regular file"));
  }
  return std::make_shared<PosixInput>(std::move(descriptor), info.st_size, path);
}

Result<std::shared_ptr<arrow::io::OutputStream>> CreatePosixOutput(
    const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(Descriptor descriptor,
                        OpenDescriptor(path, O_WRONLY | O_CREAT | O_EXCL));
  return std::make_shared<PosixOutput>(std::move(descriptor), path);
}

}  // namespace tarn::io
