// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/parquet_guard.h"

#include <new>

#include <parquet/exception.h>

namespace tarn::format {

Status ParquetError(const std::string& file, const Status& status) {
  if (status.ok() || !CodeOf(status).empty()) return status;
  switch (KindOf(status)) {
    case ErrorKind::kInvalidInput:
    case ErrorKind::kInternal:
      return Corruption(7410, "Parquet file cannot be understood:", V("file", file),
                        V("reason", status.message()));
    case ErrorKind::kUnsupported:
      return Unsupported(6410, "Parquet feature is not supported:", V("file", file),
                         V("reason", status.message()));
    default:
      return Prefixed(status, file + ": ");
  }
}

Status GuardParquet(const std::string& file, const std::function<Status()>& work) {
  try {
    return ParquetError(file, work());
  } catch (const parquet::ParquetStatusException& error) {
    return ParquetError(file, error.status());
  } catch (const std::bad_alloc&) {
    return ResourceExhausted(9410, "Memory ran out in a Parquet file:", V("file", file));
  } catch (const std::exception& error) {
    return Corruption(7410, "Parquet file cannot be understood:", V("file", file),
                      V("reason", error.what()));
  }
}

}  // namespace tarn::format
