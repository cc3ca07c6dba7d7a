// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Open a Parquet file. The footer is read at once; each cursor then reads its own pages
/// through a small buffer, without read-ahead and without threads. Every physical form of
/// Paimon's types is understood, INT96 with the negative nanoseconds of day that Java
/// writes.
/// \param bytes the file's size as metadata states it, or -1. Another size is
/// kCorruption.
Result<std::unique_ptr<FileReader>> OpenParquet(const base::Context& context,
                                                const std::string& path, int64_t bytes);

}  // namespace tarn::format
