// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tarn/base/context.h"
#include "tarn/format/column_file.h"

namespace tarn::format {

/// Open an Avro container of records (Paimon `AvroBulkFormat`); columns are the fields of
/// its root record, found by name.
///
/// The format holds whole records, so a block is decoded for all columns that have a
/// cursor at once, and blocks that cursors stand in are kept: up to 8 MiB of decompressed
/// bytes for the file and at least one block. Cursors further apart than that decode
/// blocks again. No statistics, one row group.
/// \param bytes the file's size as metadata states it, or -1. Another size is
/// kCorruption.
Result<std::unique_ptr<FileReader>> OpenAvro(const base::Context& context,
                                             const std::string& path, int64_t bytes);

}  // namespace tarn::format
