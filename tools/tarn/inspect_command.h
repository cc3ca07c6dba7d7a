// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tarn::tool {

/// Print any stored file. \return the exit code
int RunInspect(const std::string& path, int64_t records);

}  // namespace tarn::tool
