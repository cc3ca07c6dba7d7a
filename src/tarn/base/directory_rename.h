// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/base/file_system.h"

namespace tarn::base {

/// What some file systems can do beside `FileSystem`, found by `dynamic_cast`; object
/// stores have no such step.
class DirectoryRename {
 public:
  virtual ~DirectoryRename() = default;
  /// Give a folder another path in one step, only where nothing is yet; the new parent
  /// folder exists. kCreated: moved. Errors: kNotFound, kPermission, kUnavailable.
  virtual Result<CreateOutcome> RenameDirectory(const std::string& from,
                                                const std::string& to) = 0;
};

}  // namespace tarn::base
