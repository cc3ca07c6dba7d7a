// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tarn/base/context.h"

namespace tarn::format {

/// What a stored file is, by its first bytes.
enum class StoredKind : uint8_t {
  kParquet,  ///< "PAR1"
  kAvro,     ///< "Obj", 1
  kOrc,      ///< "ORC"
  kJson,     ///< an object: snapshot, schema, tag, consumer
  kText,     ///< other printable text: hints
  kBinary,   ///< anything else
};
std::string_view NameOf(StoredKind kind);

/// Errors: those of the file system.
Result<StoredKind> DetectKind(const base::Context& context, const std::string& path);

struct InspectOptions {
  int64_t records_max = 1000;  ///< records of an Avro container that are printed
};

/// Text that shows a stored file to a person, ending with a newline: of Parquet the
/// schema and each row group's columns with sizes, encodings and statistics; of an Avro
/// container its schema and its records as JSON, one a line (bytes in hexadecimal); of
/// ORC the types and each stripe's streams; JSON and text as they are; other files by
/// kind and size. Errors: kCorruption, kUnsupported, those of the file system.
Result<std::string> Inspect(const base::Context& context, const std::string& path,
                            const InspectOptions& options = {});

}  // namespace tarn::format
