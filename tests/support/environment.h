// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tarn::support {

/// The number in an environment variable, which makes a test longer than usual.
uint64_t FromEnvironment(const char* name, uint64_t fallback);

}  // namespace tarn::support
