// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/cdc/decoder.h"

namespace tarn::stream {

/// Records that could not be read, as JSON lines with file, line, reason and text. One
/// file per commit, named by the job and the commit's identifier, written before the
/// commit: a crash can repeat a letter under a new name, never lose one. One caller at a
/// time.
class DeadLetters {
 public:
  DeadLetters(std::shared_ptr<const base::Context> context, std::string directory)
      : context_(std::move(context)), directory_(std::move(directory)) {}

  void Add(const std::vector<cdc::Rejection>& rejections);
  /// Write what was added since the last call; nothing, no file.
  Status Flush(const std::string& source, int64_t identifier);
  const std::string& directory() const { return directory_; }
  /// Files written so far.
  const std::vector<std::string>& files() const { return files_; }

 private:
  std::shared_ptr<const base::Context> context_;
  std::string directory_;
  std::string pending_;
  std::vector<std::string> files_;
};

}  // namespace tarn::stream
