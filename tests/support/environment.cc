// SPDX-License-Identifier: Apache-2.0
#include "tests/support/environment.h"

#include <cstdlib>

namespace tarn::support {

uint64_t FromEnvironment(const char* name, uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

}  // namespace tarn::support
