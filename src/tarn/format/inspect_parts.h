// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tarn/base/context.h"
#include "tarn/format/avro_decoder.h"

namespace tarn::format {

/// Append the next value of `decoder` as JSON: unions as their value, bytes and fixed as
/// hexadecimal text, enums by symbol. A broken value fails the decoder.
void AppendAvroValue(AvroDecoder* decoder, const AvroNode& node, std::string* out);

/// Schema, row groups and column statistics of a Parquet file as text.
Result<std::string> InspectParquet(const base::Context& context, const std::string& path);

/// Types, and the streams of each stripe, of an ORC file as text.
Result<std::string> InspectOrc(const base::Context& context, const std::string& path);

}  // namespace tarn::format
