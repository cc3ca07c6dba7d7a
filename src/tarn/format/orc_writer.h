// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Create an ORC file of version 0.12 with the types that Java writes for `fields`
/// (Paimon `OrcTypeUtil`). Memory: one open stripe, compressed as it grows.
///
/// The encoder is our own (`orc_column_writer.h`): ORC's library, as Arrow lets us reach
/// it, has no CHAR and VARCHAR, no levels of zstd, and stores fractions of seconds before
/// 1970 in a form that Java misreads. Files have no row index and no dictionaries.
/// Errors: kUnsupported (compression or type), kConflict (the file exists), kUnavailable.
Result<std::unique_ptr<FileWriter>> CreateOrc(const base::Context& context,
                                              const std::string& path,
                                              const std::vector<types::DataField>& fields,
                                              const WriterOptions& options);

}  // namespace tarn::format
