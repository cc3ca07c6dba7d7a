// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "tarn/base/file_system.h"

namespace tarn::support {

/// A file system on which nothing is deleted or written over any more after some
/// deletions, as when the process ends there.
class FailingFiles final : public base::FileSystem {
 public:
  /// \param deletions  how many succeed
  FailingFiles(std::shared_ptr<base::FileSystem> files, int64_t deletions)
      : files_(std::move(files)), left_(deletions) {}

  /// Whether something has failed.
  bool failed() const { return failed_; }

  Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenInput(
      const std::string& path) override {
    return files_->OpenInput(path);
  }
  Result<std::shared_ptr<arrow::io::OutputStream>> CreateOutput(
      const std::string& path) override {
    return files_->CreateOutput(path);
  }
  Result<std::string> ReadAll(const std::string& path, int64_t bytes_max) override {
    return files_->ReadAll(path, bytes_max);
  }
  Status WriteAtomically(const std::string& path, std::string_view bytes) override {
    if (failed_) return Ended(path);
    return files_->WriteAtomically(path, bytes);
  }
  Result<base::CreateOutcome> CreateExclusively(const std::string& path,
                                                std::string_view bytes,
                                                bool sync) override {
    return files_->CreateExclusively(path, bytes, sync);
  }
  Status Sync(const std::vector<std::string>& paths) override {
    return files_->Sync(paths);
  }
  Result<std::vector<base::FileStatus>> List(const std::string& directory) override {
    return files_->List(directory);
  }
  Result<base::FileStatus> Stat(const std::string& path) override {
    return files_->Stat(path);
  }
  Result<bool> Exists(const std::string& path) override { return files_->Exists(path); }
  Status CreateDirectory(const std::string& path) override {
    return files_->CreateDirectory(path);
  }
  Status Delete(const std::string& path) override {
    if (left_.fetch_sub(1) <= 0) return Ended(path);
    return files_->Delete(path);
  }
  Status DeleteRecursively(const std::string& path) override {
    return files_->DeleteRecursively(path);
  }
  Result<std::shared_ptr<void>> Lock(const std::string& path) override {
    return files_->Lock(path);
  }

 private:
  Status Ended(const std::string& path) {
    failed_ = true;
    return Unavailable(8901, "The process has ended:", V("path", path));
  }

  const std::shared_ptr<base::FileSystem> files_;
  std::atomic<int64_t> left_;
  std::atomic<bool> failed_ = false;
};

}  // namespace tarn::support
