// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/inspect.h"

#include <algorithm>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

#include "tarn/format/avro_container.h"
#include "tarn/format/inspect_parts.h"

namespace tarn::format {
namespace {

constexpr int64_t kDetectBytes = 512;
constexpr int64_t kTextBytesMax = int64_t{64} << 20;

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

Result<std::string> InspectAvro(const base::Context& context, const std::string& path,
                                const InspectOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const auto reader, AvroReader::Open(context, path));
  std::string out = fmt::format("avro container, codec {}\nschema {}\n",
                                AvroCodecName(reader->codec()), reader->schema().json());
  int64_t records = 0;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto block, reader->NextBlock());
    if (!block) break;
    AvroDecoder decoder(block->bytes);
    for (int64_t i = 0; i < block->records && decoder.ok(); ++i) {
      if (records++ < options.records_max) {
        AppendAvroValue(&decoder, reader->schema().root(), &out);
        out += '\n';
      } else {
        decoder.Skip(reader->schema().root());
      }
    }
    ARROW_RETURN_NOT_OK(decoder.Finish());
  }
  out +=
      fmt::format("{} records{}\n", records,
                  records > options.records_max
                      ? fmt::format(", the first {} of them printed", options.records_max)
                      : "");
  return out;
}

}  // namespace

std::string_view NameOf(StoredKind kind) {
  switch (kind) {
    case StoredKind::kParquet:
      return "parquet";
    case StoredKind::kAvro:
      return "avro";
    case StoredKind::kOrc:
      return "orc";
    case StoredKind::kJson:
      return "json";
    case StoredKind::kText:
      return "text";
    case StoredKind::kBinary:
      return "binary";
  }
  return "binary";
}

Result<StoredKind> DetectKind(const base::Context& context, const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, context.files->OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const auto start, file->ReadAt(0, kDetectBytes));
  const std::string_view bytes(reinterpret_cast<const char*>(start->data()),
                               static_cast<size_t>(start->size()));
  if (bytes.starts_with("PAR1")) return StoredKind::kParquet;
  if (bytes.starts_with(std::string_view("Obj\x01", 4))) return StoredKind::kAvro;
  if (bytes.starts_with("ORC")) return StoredKind::kOrc;
  if (!IsPrintable(bytes)) return StoredKind::kBinary;
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != bytes.npos && bytes[first] == '{' ? StoredKind::kJson
                                                    : StoredKind::kText;
}

Result<std::string> Inspect(const base::Context& context, const std::string& path,
                            const InspectOptions& options) {
  ARROW_ASSIGN_OR_RAISE(const StoredKind kind, DetectKind(context, path));
  switch (kind) {
    case StoredKind::kParquet:
      return InspectParquet(context, path);
    case StoredKind::kAvro:
      return InspectAvro(context, path, options);
    case StoredKind::kOrc:
      return InspectOrc(context, path);
    case StoredKind::kJson:
    case StoredKind::kText: {
      ARROW_ASSIGN_OR_RAISE(std::string text,
                            context.files->ReadAll(path, kTextBytesMax));
      if (!text.ends_with('\n')) text += '\n';
      return text;
    }
    case StoredKind::kBinary:
      break;
  }
  ARROW_ASSIGN_OR_RAISE(const auto status, context.files->Stat(path));
  return fmt::format("{} file, {} bytes\n", NameOf(kind), status.bytes);
}

}  // namespace tarn::format
