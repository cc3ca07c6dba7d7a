// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/manifest_list.h"

#include <array>

#include "tarn/format/avro_container.h"
#include "tarn/meta/manifest_codec.h"

namespace tarn::meta {
namespace {

using format::AvroDecoder;
using format::AvroEncoder;
using format::AvroNode;

constexpr std::string_view kSchema =
    R"({"type":"record","name":"record","namespace":"org.apache.paimon.avro.generated",)"
    R"("fields":[{"name":"_VERSION","type":"int"},{"name":"_FILE_NAME","type":"string"},)"
    R"({"name":"_FILE_SIZE","type":"long"},{"name":"_NUM_ADDED_FILES","type":"long"},)"
    R"({"name":"_NUM_DELETED_FILES","type":"long"},{"name":"_PARTITION_STATS","type":)"
    R"({"type":"record","name":"record__PARTITION_STATS","fields":[)"
    R"({"name":"_MIN_VALUES","type":"bytes"},{"name":"_MAX_VALUES","type":"bytes"},)"
    R"({"name":"_NULL_COUNTS","type":["null",{"type":"array","items":["null","long"]}],)"
    R"("default":null}]}},{"name":"_SCHEMA_ID","type":"long"},)"
    R"({"name":"_MIN_BUCKET","type":["null","int"],"default":null},)"
    R"({"name":"_MAX_BUCKET","type":["null","int"],"default":null},)"
    R"({"name":"_MIN_LEVEL","type":["null","int"],"default":null},)"
    R"({"name":"_MAX_LEVEL","type":["null","int"],"default":null},)"
    R"({"name":"_MIN_ROW_ID","type":["null","long"],"default":null},)"
    R"({"name":"_MAX_ROW_ID","type":["null","long"],"default":null}]})";

constexpr std::array<std::string_view, 13> kFields = {
    "_VERSION",           "_FILE_NAME",       "_FILE_SIZE", "_NUM_ADDED_FILES",
    "_NUM_DELETED_FILES", "_PARTITION_STATS", "_SCHEMA_ID", "_MIN_BUCKET",
    "_MAX_BUCKET",        "_MIN_LEVEL",       "_MAX_LEVEL", "_MIN_ROW_ID",
    "_MAX_ROW_ID"};

void DecodeOptionalInt(AvroDecoder* d, const AvroNode& node,
                       std::optional<int32_t>* out) {
  const std::optional<int64_t> value = d->OptionalLong(node);
  if (!value) return;
  if (*value != static_cast<int32_t>(*value)) return d->Fail("an int out of range");
  *out = static_cast<int32_t>(*value);
}

void DecodeField(AvroDecoder* d, int field, const AvroNode& node, int32_t* version,
                 ManifestFileMeta* out) {
  switch (field) {
    case 0:
      *version = d->Int(node);
      break;
    case 1:
      out->file_name = std::string(d->Bytes(node));
      break;
    case 2:
      out->file_size = d->Long(node);
      break;
    case 3:
      out->num_added_files = d->Long(node);
      break;
    case 4:
      out->num_deleted_files = d->Long(node);
      break;
    case 5:
      DecodeStats(d, node, &out->partition_stats);
      break;
    case 6:
      out->schema_id = d->Long(node);
      break;
    case 7:
      DecodeOptionalInt(d, node, &out->min_bucket);
      break;
    case 8:
      DecodeOptionalInt(d, node, &out->max_bucket);
      break;
    case 9:
      DecodeOptionalInt(d, node, &out->min_level);
      break;
    case 10:
      DecodeOptionalInt(d, node, &out->max_level);
      break;
    case 11:
      out->min_row_id = d->OptionalLong(node);
      break;
    case 12:
      out->max_row_id = d->OptionalLong(node);
      break;
    default:
      d->Skip(node);
  }
}

Status DecodeRecord(AvroDecoder* decoder, const AvroNode& root,
                    const std::vector<int>& known, ManifestFileMeta* out) {
  int32_t version = kManifestVersion;
  const AvroNode* record = decoder->Record(root);
  if (record == nullptr) {
    decoder->Fail("a manifest list without a record");
    return decoder->status();
  }
  for (size_t i = 0; i < record->fields.size() && decoder->ok(); ++i) {
    DecodeField(decoder, known[i], *record->fields[i].type, &version, out);
  }
  ARROW_RETURN_NOT_OK(decoder->status());
  if (version != kManifestVersion) {
    return Unsupported(
        6103, "Manifest list has a version that is not known:", V("version", version));
  }
  return CheckStoredName(out->file_name);
}

/// The record at the root, also where a writer made it a union.
const AvroNode* RootRecord(const AvroNode& root) {
  if (root.kind == format::AvroKind::kRecord) return &root;
  if (root.kind == format::AvroKind::kUnion) {
    for (const AvroNode* branch : root.items) {
      if (branch->kind == format::AvroKind::kRecord) return branch;
    }
  }
  return nullptr;
}

template <typename T>
void EncodeOptional(const std::optional<T>& value, AvroEncoder* e) {
  if (!value) return e->WriteNull();
  e->WriteUnionIndex(1);
  e->WriteLong(*value);
}

void EncodeRecord(const ManifestFileMeta& meta, AvroEncoder* e) {
  e->WriteInt(kManifestVersion);
  e->WriteBytes(meta.file_name);
  e->WriteLong(meta.file_size);
  e->WriteLong(meta.num_added_files);
  e->WriteLong(meta.num_deleted_files);
  EncodeStats(meta.partition_stats, e);
  e->WriteLong(meta.schema_id);
  EncodeOptional(meta.min_bucket, e);
  EncodeOptional(meta.max_bucket, e);
  EncodeOptional(meta.min_level, e);
  EncodeOptional(meta.max_level, e);
  EncodeOptional(meta.min_row_id, e);
  EncodeOptional(meta.max_row_id, e);
}

Result<std::vector<ManifestFileMeta>> ReadList(const base::Context& context,
                                               const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto reader, format::AvroReader::Open(context, path));
  const AvroNode& root = reader->schema().root();
  const AvroNode* record = RootRecord(root);
  if (record == nullptr) {
    return Corruption(7103, "Manifest list does not hold records.");
  }
  const std::vector<int> known = record->MatchFields(kFields);
  std::vector<ManifestFileMeta> out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto block, reader->NextBlock());
    if (!block) return out;
    AvroDecoder decoder(block->bytes);
    for (int64_t i = 0; i < block->records; ++i) {
      ARROW_RETURN_NOT_OK(DecodeRecord(&decoder, root, known, &out.emplace_back()));
    }
    ARROW_RETURN_NOT_OK(decoder.Finish());
  }
}

Result<std::vector<ManifestFileMeta>> ReadNamed(const base::Context& context,
                                                const io::TablePaths& paths,
                                                const std::string& name) {
  ARROW_ASSIGN_OR_RAISE(const std::string path, paths.ManifestFile(name));
  return ReadManifestList(context, path);
}

}  // namespace

std::string_view ManifestListAvroSchema() {
  return kSchema;
}

Result<std::vector<ManifestFileMeta>> ReadManifestList(const base::Context& context,
                                                       const std::string& path) {
  auto result = ReadList(context, path);
  if (!result.ok()) {
    return Prefixed(result.status(), "Reading manifest list " + path + ": ");
  }
  return result;
}

Result<int64_t> WriteManifestList(const base::Context& context, const std::string& path,
                                  const std::vector<ManifestFileMeta>& manifests,
                                  const ManifestCompression& compression) {
  format::AvroWriter::Options options;
  options.codec = compression.codec;
  options.level = compression.level;
  ARROW_ASSIGN_OR_RAISE(auto writer,
                        format::AvroWriter::Create(context, path, kSchema, options));
  for (const ManifestFileMeta& meta : manifests) {
    EncodeRecord(meta, &writer->encoder());
    ARROW_RETURN_NOT_OK(writer->EndRecord());
  }
  return writer->Finish();
}

Result<std::vector<ManifestFileMeta>> ReadDataManifests(const base::Context& context,
                                                        const io::TablePaths& paths,
                                                        const Snapshot& snapshot) {
  ARROW_ASSIGN_OR_RAISE(auto out, ReadNamed(context, paths, snapshot.base_manifest_list));
  ARROW_ASSIGN_OR_RAISE(auto delta, ReadDeltaManifests(context, paths, snapshot));
  out.insert(out.end(), std::make_move_iterator(delta.begin()),
             std::make_move_iterator(delta.end()));
  return out;
}

Result<std::vector<ManifestFileMeta>> ReadDeltaManifests(const base::Context& context,
                                                         const io::TablePaths& paths,
                                                         const Snapshot& snapshot) {
  return ReadNamed(context, paths, snapshot.delta_manifest_list);
}

Result<std::vector<ManifestFileMeta>> ReadChangelogManifests(const base::Context& context,
                                                             const io::TablePaths& paths,
                                                             const Snapshot& snapshot) {
  if (!snapshot.changelog_manifest_list) return std::vector<ManifestFileMeta>{};
  return ReadNamed(context, paths, *snapshot.changelog_manifest_list);
}

}  // namespace tarn::meta
