// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "tarn/base/status.h"

namespace tarn::format {

/// Run `work`, which calls ORC's library through Arrow: the one place where its
/// exceptions end. Errors: those of the engine stay; what the library cannot understand
/// is kCorruption naming the file; memory is kResource; features that it lacks,
/// and timestamps that it cannot hold, are kUnsupported.
Status GuardOrc(const std::string& file, const std::function<Status()>& work);

}  // namespace tarn::format
