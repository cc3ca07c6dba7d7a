// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tarn/format/avro_decoder.h"
#include "tarn/format/avro_encoder.h"
#include "tarn/meta/data_file_meta.h"

namespace tarn::meta {

// Parts that manifests and manifest lists share: one Avro record each, found by name when
// read, in Java's order when written.

/// Read a statistics record; null reads as empty statistics.
void DecodeStats(format::AvroDecoder* decoder, const format::AvroNode& node,
                 SimpleStats* out);
void EncodeStats(const SimpleStats& stats, format::AvroEncoder* encoder);

void DecodeDataFile(format::AvroDecoder* decoder, const format::AvroNode& node,
                    DataFileMeta* out);
void EncodeDataFile(const DataFileMeta& file, format::AvroEncoder* encoder);

/// A name from stored bytes that is joined to a folder. Errors: kPermission unless it is
/// one plain part of a path.
Status CheckStoredName(std::string_view name);
/// All names that a data file brings. Errors: kPermission.
Status CheckStoredNames(const DataFileMeta& file);

inline constexpr int32_t kManifestVersion = 2;

}  // namespace tarn::meta
