// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/index_manifest.h"

#include <array>

#include "tarn/format/avro_container.h"
#include "tarn/meta/manifest_codec.h"

namespace tarn::meta {
namespace {

using format::AvroDecoder;
using format::AvroNode;

constexpr int32_t kIndexManifestVersion = 1;

constexpr std::array<std::string_view, 11> kFields = {
    "_VERSION",       "_KIND",        "_PARTITION",
    "_BUCKET",        "_INDEX_TYPE",  "_FILE_NAME",
    "_FILE_SIZE",     "_ROW_COUNT",   "_DELETIONS_VECTORS_RANGES",
    "_EXTERNAL_PATH", "_GLOBAL_INDEX"};
constexpr std::array<std::string_view, 4> kRangeFields = {"f0", "f1", "f2",
                                                          "_CARDINALITY"};
constexpr std::array<std::string_view, 6> kGlobalFields = {
    "_ROW_RANGE_START", "_ROW_RANGE_END", "_INDEX_FIELD_ID",
    "_EXTRA_FIELD_IDS", "_INDEX_META",    "_SOURCE_META"};

std::optional<std::string> OptionalText(AvroDecoder* d, const AvroNode& node) {
  const auto bytes = d->OptionalBytes(node);
  if (!bytes) return std::nullopt;
  return std::string(*bytes);
}

void DecodeRange(AvroDecoder* d, const AvroNode& node, DeletionVectorRange* out) {
  const AvroNode* record = d->Record(node);
  if (record == nullptr) return d->Fail("a deletion vector range that is null");
  const std::vector<int> known = record->MatchFields(kRangeFields);
  for (size_t i = 0; i < record->fields.size() && d->ok(); ++i) {
    const AvroNode& type = *record->fields[i].type;
    switch (known[i]) {
      case 0:
        out->data_file = std::string(d->Bytes(type));
        break;
      case 1:
        out->offset = d->Int(type);
        break;
      case 2:
        out->length = d->Int(type);
        break;
      case 3:
        out->cardinality = d->OptionalLong(type);
        break;
      default:
        d->Skip(type);
    }
  }
  if (out->offset < 0 || out->length < 0) d->Fail("a negative offset or length");
}

void DecodeGlobal(AvroDecoder* d, const AvroNode& node,
                  std::optional<GlobalIndexRange>* out) {
  const AvroNode* record = d->Record(node);
  if (record == nullptr) return;
  GlobalIndexRange& range = out->emplace();
  const std::vector<int> known = record->MatchFields(kGlobalFields);
  for (size_t i = 0; i < record->fields.size() && d->ok(); ++i) {
    const AvroNode& type = *record->fields[i].type;
    switch (known[i]) {
      case 0:
        range.row_range_start = d->Long(type);
        break;
      case 1:
        range.row_range_end = d->Long(type);
        break;
      case 2:
        range.index_field_id = d->Int(type);
        break;
      case 3: {
        std::vector<int32_t> ids;
        const bool present =
            d->ForEach(type, [&](const AvroNode& item) { ids.push_back(d->Int(item)); });
        if (present) range.extra_field_ids = std::move(ids);
        break;
      }
      case 4:
        range.index_meta = OptionalText(d, type);
        break;
      case 5:
        range.source_meta = OptionalText(d, type);
        break;
      default:
        d->Skip(type);
    }
  }
}

void DecodeField(AvroDecoder* d, int field, const AvroNode& node, int32_t* version,
                 IndexManifestEntry* out) {
  switch (field) {
    case 0:
      *version = d->Int(node);
      break;
    case 1:
      if (d->Int(node) != 0) d->Fail("an index manifest that deletes");
      break;
    case 2:
      out->partition = std::string(d->Bytes(node));
      break;
    case 3:
      out->bucket = d->Int(node);
      break;
    case 4:
      out->index_type = std::string(d->Bytes(node));
      break;
    case 5:
      out->file_name = std::string(d->Bytes(node));
      break;
    case 6:
      out->file_size = d->Long(node);
      break;
    case 7:
      out->row_count = d->Long(node);
      break;
    case 8: {
      std::vector<DeletionVectorRange> ranges;
      const bool present = d->ForEach(node, [&](const AvroNode& item) {
        DecodeRange(d, item, &ranges.emplace_back());
      });
      if (present) out->deletion_vectors = std::move(ranges);
      break;
    }
    case 9:
      out->external_path = OptionalText(d, node);
      break;
    case 10:
      DecodeGlobal(d, node, &out->global_index);
      break;
    default:
      d->Skip(node);
  }
}

Status DecodeEntry(AvroDecoder* d, const AvroNode& root, IndexManifestEntry* out) {
  const AvroNode* record = d->Record(root);
  if (record == nullptr) {
    d->Fail("an entry that is null");
    return d->status();
  }
  int32_t version = kIndexManifestVersion;
  const std::vector<int> known = record->MatchFields(kFields);
  for (size_t i = 0; i < record->fields.size() && d->ok(); ++i) {
    DecodeField(d, known[i], *record->fields[i].type, &version, out);
  }
  ARROW_RETURN_NOT_OK(d->status());
  if (version != kIndexManifestVersion) {
    return Unsupported(
        6106, "Index manifest has a version that is not known:", V("version", version));
  }
  ARROW_RETURN_NOT_OK(CheckStoredName(out->file_name));
  if (out->deletion_vectors) {
    for (const DeletionVectorRange& range : *out->deletion_vectors) {
      ARROW_RETURN_NOT_OK(CheckStoredName(range.data_file));
    }
  }
  return Status::OK();
}

Result<std::vector<IndexManifestEntry>> ReadAll(const base::Context& context,
                                                const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto reader, format::AvroReader::Open(context, path));
  std::vector<IndexManifestEntry> out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto block, reader->NextBlock());
    if (!block) return out;
    AvroDecoder decoder(block->bytes);
    for (int64_t i = 0; i < block->records; ++i) {
      ARROW_RETURN_NOT_OK(
          DecodeEntry(&decoder, reader->schema().root(), &out.emplace_back()));
    }
    ARROW_RETURN_NOT_OK(decoder.Finish());
  }
}

}  // namespace

Result<std::vector<IndexManifestEntry>> ReadIndexManifest(const base::Context& context,
                                                          const std::string& path) {
  auto result = ReadAll(context, path);
  if (!result.ok()) {
    return Prefixed(result.status(), "Reading index manifest " + path + ": ");
  }
  return result;
}

}  // namespace tarn::meta
