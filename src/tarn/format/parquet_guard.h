// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "tarn/base/status.h"

namespace tarn::format {

/// Run `work`, which calls Parquet's library: the one place where its exceptions end.
/// Errors: those of the file system stay; what the library cannot understand is
/// kCorruption naming the file; memory is kResource; features that it lacks are
/// kUnsupported.
Status GuardParquet(const std::string& file, const std::function<Status()>& work);

/// The same for a status that Arrow or Parquet answered.
Status ParquetError(const std::string& file, const Status& status);

}  // namespace tarn::format
