// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_guard.h"

#include <exception>
#include <new>

namespace tarn::format {
namespace {

Status OrcError(const std::string& file, const Status& status) {
  if (status.ok() || !CodeOf(status).empty()) return status;
  if (status.IsNotImplemented()) {
    return Unsupported(6531, "ORC feature is not supported:", V("file", file),
                       V("reason", status.message()));
  }
  // Files of UTC do not come here: their timestamps are put together by ourselves.
  if (status.message().find("out of range for nanosecond") != std::string::npos) {
    return Unsupported(6538,
                       "A timestamp outside 1677 to 2262 in an ORC file of another time "
                       "zone than UTC:",
                       V("file", file), V("reason", status.message()));
  }
  if (status.IsOutOfMemory()) {
    return ResourceExhausted(9530, "Memory ran out in an ORC file:", V("file", file));
  }
  return Corruption(7532, "ORC file cannot be understood:", V("file", file),
                    V("reason", status.message()));
}

}  // namespace

Status GuardOrc(const std::string& file, const std::function<Status()>& work) {
  try {
    return OrcError(file, work());
  } catch (const std::bad_alloc&) {
    return ResourceExhausted(9530, "Memory ran out in an ORC file:", V("file", file));
  } catch (const std::exception& error) {
    return Corruption(7532, "ORC file cannot be understood:", V("file", file),
                      V("reason", error.what()));
  }
}

}  // namespace tarn::format
