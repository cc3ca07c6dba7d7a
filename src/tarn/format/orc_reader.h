// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Open an ORC file. Its tail is read and checked here (`orc_tail.h`); columns are
/// decoded by ORC's library, each cursor for itself and a few thousand rows at a time.
/// Timestamps keep the whole range of the format: the library's seconds and nanoseconds
/// meet in `orc_values.h`. Stripes are the row groups; they have no statistics.
/// \param bytes the file's size as metadata states it, or -1. Another size is
/// kCorruption.
Result<std::unique_ptr<FileReader>> OpenOrc(const base::Context& context,
                                            const std::string& path, int64_t bytes,
                                            const ReaderOptions& options);

}  // namespace tarn::format
