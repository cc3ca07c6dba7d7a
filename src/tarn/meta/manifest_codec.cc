// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/manifest_codec.h"

#include <array>
#include <string>

#include "tarn/base/name.h"

namespace tarn::meta {
namespace {

using format::AvroDecoder;
using format::AvroEncoder;
using format::AvroNode;

constexpr std::array<std::string_view, 3> kStatsFields = {"_MIN_VALUES", "_MAX_VALUES",
                                                          "_NULL_COUNTS"};

enum FileField : int {
  kFileName,
  kFileSize,
  kRowCount,
  kMinKey,
  kMaxKey,
  kKeyStats,
  kValueStats,
  kMinSequence,
  kMaxSequence,
  kSchemaId,
  kLevel,
  kExtraFiles,
  kCreationTime,
  kDeleteRowCount,
  kEmbeddedIndex,
  kFileSource,
  kValueStatsCols,
  kExternalPath,
  kFirstRowId,
  kWriteCols,
  kFileFieldCount
};
constexpr std::array<std::string_view, kFileFieldCount> kFileFields = {
    "_FILE_NAME",
    "_FILE_SIZE",
    "_ROW_COUNT",
    "_MIN_KEY",
    "_MAX_KEY",
    "_KEY_STATS",
    "_VALUE_STATS",
    "_MIN_SEQUENCE_NUMBER",
    "_MAX_SEQUENCE_NUMBER",
    "_SCHEMA_ID",
    "_LEVEL",
    "_EXTRA_FILES",
    "_CREATION_TIME",
    "_DELETE_ROW_COUNT",
    "_EMBEDDED_FILE_INDEX",
    "_FILE_SOURCE",
    "_VALUE_STATS_COLS",
    "_EXTERNAL_PATH",
    "_FIRST_ROW_ID",
    "_WRITE_COLS"};

std::optional<std::string> OptionalText(AvroDecoder* decoder, const AvroNode& node) {
  const auto bytes = decoder->OptionalBytes(node);
  if (!bytes) return std::nullopt;
  return std::string(*bytes);
}

std::optional<std::vector<std::string>> OptionalTexts(AvroDecoder* decoder,
                                                      const AvroNode& node) {
  std::vector<std::string> out;
  const bool present = decoder->ForEach(
      node, [&](const AvroNode& item) { out.emplace_back(decoder->Bytes(item)); });
  if (!present) return std::nullopt;
  return out;
}

void DecodeFileField(AvroDecoder* d, int field, const AvroNode& node, DataFileMeta* out) {
  switch (field) {
    case kFileName:
      out->file_name = std::string(d->Bytes(node));
      break;
    case kFileSize:
      out->file_size = d->Long(node);
      break;
    case kRowCount:
      out->row_count = d->Long(node);
      break;
    case kMinKey:
      out->min_key = std::string(d->Bytes(node));
      break;
    case kMaxKey:
      out->max_key = std::string(d->Bytes(node));
      break;
    case kKeyStats:
      DecodeStats(d, node, &out->key_stats);
      break;
    case kValueStats:
      DecodeStats(d, node, &out->value_stats);
      break;
    case kMinSequence:
      out->min_sequence_number = d->Long(node);
      break;
    case kMaxSequence:
      out->max_sequence_number = d->Long(node);
      break;
    case kSchemaId:
      out->schema_id = d->Long(node);
      break;
    case kLevel:
      out->level = d->Int(node);
      break;
    case kExtraFiles:
      out->extra_files = OptionalTexts(d, node).value_or(std::vector<std::string>{});
      break;
    case kCreationTime:
      out->creation_time_millis = d->OptionalLong(node);
      break;
    case kDeleteRowCount:
      out->delete_row_count = d->OptionalLong(node);
      break;
    case kEmbeddedIndex:
      out->embedded_file_index = OptionalText(d, node);
      break;
    case kFileSource: {
      const auto source = d->OptionalLong(node);
      if (!source) break;
      if (*source < 0 || *source > 1) return d->Fail("a file source other than 0 and 1");
      out->file_source = static_cast<FileSource>(*source);
      break;
    }
    case kValueStatsCols:
      out->value_stats_cols = OptionalTexts(d, node);
      break;
    case kExternalPath:
      out->external_path = OptionalText(d, node);
      break;
    case kFirstRowId:
      out->first_row_id = d->OptionalLong(node);
      break;
    case kWriteCols:
      out->write_cols = OptionalTexts(d, node);
      break;
    default:
      d->Skip(node);
  }
}

void EncodeOptional(const std::optional<int64_t>& value, AvroEncoder* e) {
  if (!value) return e->WriteNull();
  e->WriteUnionIndex(1);
  e->WriteLong(*value);
}

void EncodeOptional(const std::optional<std::string>& value, AvroEncoder* e) {
  if (!value) return e->WriteNull();
  e->WriteUnionIndex(1);
  e->WriteBytes(*value);
}

void EncodeTexts(const std::vector<std::string>& texts, AvroEncoder* e) {
  e->WriteCollectionStart(static_cast<int64_t>(texts.size()));
  for (const std::string& text : texts) e->WriteBytes(text);
  e->WriteCollectionEnd();
}

void EncodeOptional(const std::optional<std::vector<std::string>>& texts,
                    AvroEncoder* e) {
  if (!texts) return e->WriteNull();
  e->WriteUnionIndex(1);
  EncodeTexts(*texts, e);
}

}  // namespace

SimpleStats SimpleStats::Empty() {
  // A row of arity 0: the arity in four bytes and eight bytes of header.
  return {std::string(12, '\0'), std::string(12, '\0'), {}};
}

void DecodeStats(AvroDecoder* decoder, const AvroNode& node, SimpleStats* out) {
  *out = SimpleStats::Empty();
  const AvroNode* record = decoder->Record(node);
  if (record == nullptr) return;
  const std::vector<int> known = record->MatchFields(kStatsFields);
  for (size_t i = 0; i < record->fields.size() && decoder->ok(); ++i) {
    const AvroNode& type = *record->fields[i].type;
    switch (known[i]) {
      case 0:
        out->min_values = std::string(decoder->Bytes(type));
        break;
      case 1:
        out->max_values = std::string(decoder->Bytes(type));
        break;
      case 2:
        decoder->ForEach(type, [&](const AvroNode& item) {
          out->null_counts.push_back(decoder->OptionalLong(item));
        });
        break;
      default:
        decoder->Skip(type);
    }
  }
}

void EncodeStats(const SimpleStats& stats, AvroEncoder* encoder) {
  encoder->WriteBytes(stats.min_values);
  encoder->WriteBytes(stats.max_values);
  encoder->WriteUnionIndex(1);
  encoder->WriteCollectionStart(static_cast<int64_t>(stats.null_counts.size()));
  for (const auto& count : stats.null_counts) EncodeOptional(count, encoder);
  encoder->WriteCollectionEnd();
}

void DecodeDataFile(AvroDecoder* decoder, const AvroNode& node, DataFileMeta* out) {
  const AvroNode* record = decoder->Record(node);
  if (record == nullptr) return decoder->Fail("an entry without a file");
  const std::vector<int> known = record->MatchFields(kFileFields);
  std::array<bool, kFileFieldCount> seen{};
  for (size_t i = 0; i < record->fields.size() && decoder->ok(); ++i) {
    if (known[i] >= 0) seen[static_cast<size_t>(known[i])] = true;
    DecodeFileField(decoder, known[i], *record->fields[i].type, out);
  }
  for (int field = kFileName; field <= kLevel; ++field) {
    if (!seen[static_cast<size_t>(field)]) {
      return decoder->Fail("a manifest without a field that every version has");
    }
  }
  if (out->file_size < 0 || out->row_count < 0) decoder->Fail("a negative size or count");
}

void EncodeDataFile(const DataFileMeta& file, AvroEncoder* e) {
  e->WriteBytes(file.file_name);
  e->WriteLong(file.file_size);
  e->WriteLong(file.row_count);
  e->WriteBytes(file.min_key);
  e->WriteBytes(file.max_key);
  EncodeStats(file.key_stats, e);
  EncodeStats(file.value_stats, e);
  e->WriteLong(file.min_sequence_number);
  e->WriteLong(file.max_sequence_number);
  e->WriteLong(file.schema_id);
  e->WriteInt(file.level);
  EncodeTexts(file.extra_files, e);
  EncodeOptional(file.creation_time_millis, e);
  EncodeOptional(file.delete_row_count, e);
  EncodeOptional(file.embedded_file_index, e);
  if (file.file_source) {
    e->WriteUnionIndex(1);
    e->WriteInt(static_cast<int32_t>(*file.file_source));
  } else {
    e->WriteNull();
  }
  EncodeOptional(file.value_stats_cols, e);
  EncodeOptional(file.external_path, e);
  EncodeOptional(file.first_row_id, e);
  EncodeOptional(file.write_cols, e);
}

Status CheckStoredName(std::string_view name) {
  const bool bad = name.empty() || name == "." || name == ".." || name.size() > 255 ||
                   name.find('/') != name.npos || name.find('\\') != name.npos ||
                   name.find('\0') != name.npos || !base::IsUtf8(name);
  if (!bad) return Status::OK();
  return Permission(5102, "Stored file name is not one plain part of a path:",
                    V("name", base::IsUtf8(name) ? std::string(name) : "(not UTF-8)"));
}

Status CheckStoredNames(const DataFileMeta& file) {
  ARROW_RETURN_NOT_OK(CheckStoredName(file.file_name));
  for (const std::string& name : file.extra_files) {
    ARROW_RETURN_NOT_OK(CheckStoredName(name));
  }
  return Status::OK();
}

}  // namespace tarn::meta
