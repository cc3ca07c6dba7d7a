// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/format/column_file.h"
#include "tarn/options/options.h"

namespace tarn::datafile {

/// Whether instants pass through the wall clock of the time zone on their way into and
/// out of ORC files, as they always did (Paimon `OrcOptions`).
inline constexpr options::Option<bool> kOrcTimestampLtzLegacyType{
    "orc.timestamp-ltz.legacy.type", "true", {}};

/// Take over the options that belong to a format itself (`parquet.*`, `orc.*`), which
/// Java passes to the library that writes:
///   parquet.compression, .compression.codec.zstd.level, .block.size, .page.size,
///   .page.row.count.limit, .enable.dictionary
///   orc.compress, .compression.zstd.level, .compress.size, .stripe.size,
///   .timestamp-ltz.legacy.type
/// What would make a file that others must read in another way (encryption, masks, other
/// calendars, columns by position) is refused; every other key shapes a file without
/// changing an answer and has no effect here. Errors: kInvalidInput (no number where one
/// is wanted), kUnsupported naming the option.
Status ApplyFormatOptions(const options::Options& options, const std::string& format,
                          format::WriterOptions* writer);

/// What the options say about reading files. Errors: kUnsupported naming the option
/// (columns by position), kInvalidInput.
Result<format::ReaderOptions> ReaderOptionsOf(const options::Options& options);

}  // namespace tarn::datafile
