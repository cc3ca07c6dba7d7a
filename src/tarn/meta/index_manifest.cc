// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/index_manifest.h"

#include <array>
#include <unordered_map>

#include "tarn/format/avro_container.h"
#include "tarn/meta/manifest_codec.h"

namespace tarn::meta {
namespace {

using format::AvroDecoder;
using format::AvroEncoder;
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

constexpr std::string_view kSchema =
    R"({"type":"record","name":"record","namespace":"org.apache.paimon.avro.generated",)"
    R"("fields":[{"name":"_VERSION","type":"int"},{"name":"_KIND","type":"int"},)"
    R"({"name":"_PARTITION","type":"bytes"},{"name":"_BUCKET","type":"int"},)"
    R"({"name":"_INDEX_TYPE","type":"string"},{"name":"_FILE_NAME","type":"string"},)"
    R"({"name":"_FILE_SIZE","type":"long"},{"name":"_ROW_COUNT","type":"long"},)"
    R"({"name":"_DELETIONS_VECTORS_RANGES","type":["null",{"type":"array","items":)"
    R"(["null",{"type":"record","name":"record__DELETIONS_VECTORS_RANGES","fields":)"
    R"([{"name":"f0","type":"string"},{"name":"f1","type":"int"},)"
    R"({"name":"f2","type":"int"},{"name":"_CARDINALITY","type":["null","long"],)"
    R"("default":null}]}]}],"default":null},)"
    R"({"name":"_EXTERNAL_PATH","type":["null","string"],"default":null},)"
    R"({"name":"_GLOBAL_INDEX","type":["null",{"type":"record",)"
    R"("name":"record__GLOBAL_INDEX","fields":[{"name":"_ROW_RANGE_START",)"
    R"("type":"long"},{"name":"_ROW_RANGE_END","type":"long"},)"
    R"({"name":"_INDEX_FIELD_ID","type":"int"},{"name":"_EXTRA_FIELD_IDS","type":)"
    R"(["null",{"type":"array","items":"int"}],"default":null},)"
    R"({"name":"_INDEX_META","type":["null","bytes"],"default":null},)"
    R"({"name":"_SOURCE_META","type":["null","bytes"],"default":null}]}],)"
    R"("default":null}]})";

constexpr std::string_view kDeletionVectors = "DELETION_VECTORS";
constexpr std::string_view kHash = "HASH";

void EncodeOptionalBytes(const std::optional<std::string>& bytes, AvroEncoder* e) {
  if (!bytes) return e->WriteNull();
  e->WriteUnionIndex(1);
  e->WriteBytes(*bytes);
}

void EncodeRanges(const std::optional<std::vector<DeletionVectorRange>>& ranges,
                  AvroEncoder* e) {
  if (!ranges) return e->WriteNull();
  e->WriteUnionIndex(1);
  e->WriteCollectionStart(static_cast<int64_t>(ranges->size()));
  for (const DeletionVectorRange& range : *ranges) {
    e->WriteUnionIndex(1);
    e->WriteBytes(range.data_file);
    e->WriteInt(range.offset);
    e->WriteInt(range.length);
    if (range.cardinality) {
      e->WriteUnionIndex(1);
      e->WriteLong(*range.cardinality);
    } else {
      e->WriteNull();
    }
  }
  e->WriteCollectionEnd();
}

void EncodeGlobal(const std::optional<GlobalIndexRange>& global, AvroEncoder* e) {
  if (!global) return e->WriteNull();
  e->WriteUnionIndex(1);
  e->WriteLong(global->row_range_start);
  e->WriteLong(global->row_range_end);
  e->WriteInt(global->index_field_id);
  if (global->extra_field_ids) {
    e->WriteUnionIndex(1);
    e->WriteCollectionStart(static_cast<int64_t>(global->extra_field_ids->size()));
    for (const int32_t id : *global->extra_field_ids) e->WriteInt(id);
    e->WriteCollectionEnd();
  } else {
    e->WriteNull();
  }
  EncodeOptionalBytes(global->index_meta, e);
  EncodeOptionalBytes(global->source_meta, e);
}

void EncodeEntry(const IndexManifestEntry& entry, AvroEncoder* e) {
  e->WriteInt(kIndexManifestVersion);
  e->WriteInt(0);
  e->WriteBytes(entry.partition);
  e->WriteInt(entry.bucket);
  e->WriteBytes(entry.index_type);
  e->WriteBytes(entry.file_name);
  e->WriteLong(entry.file_size);
  e->WriteLong(entry.row_count);
  EncodeRanges(entry.deletion_vectors, e);
  EncodeOptionalBytes(entry.external_path, e);
  EncodeGlobal(entry.global_index, e);
}

/// What a new entry replaces.
std::string SlotOf(const IndexManifestEntry& entry, bool unaware) {
  const bool by_bucket =
      entry.index_type == kHash || (entry.index_type == kDeletionVectors && !unaware);
  if (!by_bucket) return entry.index_type + "\n" + entry.file_name;
  return entry.index_type + "\n" + std::to_string(entry.bucket) + "\n" + entry.partition;
}

}  // namespace

Status WriteIndexManifest(const base::Context& context, const std::string& path,
                          const std::vector<IndexManifestEntry>& entries,
                          const ManifestCompression& compression) {
  format::AvroWriter::Options options;
  options.codec = compression.codec;
  options.level = compression.level;
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        format::AvroWriter::Create(context, path, kSchema, options));
  for (const IndexManifestEntry& entry : entries) {
    EncodeEntry(entry, &writer->encoder());
    ARROW_RETURN_NOT_OK(writer->EndRecord());
  }
  return writer->Finish().status();
}

Result<std::vector<IndexManifestEntry>> CombineIndexEntries(
    std::vector<IndexManifestEntry> previous,
    const std::vector<IndexManifestEntry>& changes, bool unaware) {
  std::unordered_map<std::string, size_t> slots;
  std::vector<std::optional<IndexManifestEntry>> entries;
  for (IndexManifestEntry& entry : previous) {
    slots[SlotOf(entry, unaware)] = entries.size();
    entries.emplace_back(std::move(entry));
  }
  // What goes is taken away first, so that it does not take a new file of its bucket.
  for (const IndexManifestEntry& change : changes) {
    if (change.kind != FileKind::kDelete) continue;
    const auto found = slots.find(SlotOf(change, unaware));
    if (found == slots.end() || entries[found->second]->file_name != change.file_name) {
      return Conflict(3451, "Index file that the commit replaces is no longer there:",
                      V("file", change.file_name));
    }
    entries[found->second].reset();
    slots.erase(found);
  }
  for (const IndexManifestEntry& change : changes) {
    if (change.kind != FileKind::kAdd) continue;
    const auto [slot, fresh] = slots.try_emplace(SlotOf(change, unaware), entries.size());
    if (fresh) {
      entries.emplace_back(change);
    } else {
      entries[slot->second] = change;
    }
  }
  std::vector<IndexManifestEntry> out;
  for (auto& entry : entries) {
    if (entry) out.push_back(*std::move(entry));
  }
  return out;
}

Result<std::vector<IndexManifestEntry>> ReadIndexManifest(const base::Context& context,
                                                          const std::string& path) {
  auto result = ReadAll(context, path);
  if (!result.ok()) {
    return Prefixed(result.status(), "Reading index manifest " + path + ": ");
  }
  return result;
}

}  // namespace tarn::meta
