// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/write_settings.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "tarn/datafile/format_options.h"
#include "tarn/options/options.h"

namespace tarn::datafile {
namespace {

using options::Options;

constexpr int64_t kKeyedFileBytes = int64_t{128} << 20;
constexpr int64_t kAppendFileBytes = int64_t{256} << 20;

Status CheckWritable(const Options& options, const types::TableSchema& schema) {
  for (const types::DataField& field : schema.fields) {
    if (field.type.root() == types::TypeRoot::kBlob) {
      return Unsupported(
          6501, "Columns of type BLOB cannot be written yet:", V("column", field.name));
    }
  }
  ARROW_ASSIGN_OR_RAISE(const std::string strategy,
                        options.Get(options::kDataFileExternalPathsStrategy));
  ARROW_ASSIGN_OR_RAISE(const auto external,
                        options.Get(options::kDataFileExternalPaths));
  if (external && strategy != "none") {
    return Unsupported(6502, "Data files outside the table cannot be written yet:",
                       V("option", "data-file.external-paths"));
  }
  return Status::OK();
}

/// What files of a level, or changelog files, are written with.
template <typename Base, typename PerLevel, typename Changelog>
Result<std::string> TextFor(const Options& options, const Base& base,
                            const PerLevel& per_level, const Changelog& changelog,
                            int32_t level, FileUse use) {
  if (use == FileUse::kChangelog) {
    ARROW_ASSIGN_OR_RAISE(const auto own, options.Get(changelog));
    if (own) return *own;
  }
  ARROW_ASSIGN_OR_RAISE(const std::string common, options.Get(base));
  ARROW_ASSIGN_OR_RAISE(const std::string list, options.Get(per_level));
  return ValueAtLevel(list, level, common);
}

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

types::DataField KeyField(const types::DataField& field) {
  types::DataField key = field;
  key.id += types::kKeyFieldIdStart;
  key.name = std::string(types::kKeyFieldPrefix) + field.name;
  return key;
}

Status AddColumns(const types::TableSchema& schema, const Options& options,
                  WriteSettings* out) {
  if (schema.has_primary_key()) {
    ARROW_ASSIGN_OR_RAISE(out->key_fields, schema.FieldsOf(schema.TrimmedPrimaryKey()));
    ARROW_ASSIGN_OR_RAISE(out->key_columns, schema.IndexesOf(schema.TrimmedPrimaryKey()));
    ARROW_ASSIGN_OR_RAISE(const bool thin, options.Get(options::kDataFileThinMode));
    out->has_key_columns = !thin;
    if (!thin) {
      for (const types::DataField& field : out->key_fields) {
        out->physical.push_back(KeyField(field));
        out->writer.ascending.push_back(out->physical.back().name);
      }
    }
    out->physical.push_back({types::kSequenceNumberId,
                             std::string(types::kSequenceNumberName),
                             types::DataType::BigInt().NotNull()});
    out->writer.ascending.emplace_back(types::kSequenceNumberName);
    out->physical.push_back({types::kValueKindId, std::string(types::kValueKindName),
                             types::DataType::TinyInt().NotNull()});
  }
  out->physical.insert(out->physical.end(), schema.fields.begin(), schema.fields.end());
  return Status::OK();
}

Status AddStatsModes(const Options& options, const std::string& mode,
                     const types::TableSchema& schema, WriteSettings* out) {
  std::vector<std::string> thin_keys;
  if (!out->has_key_columns && schema.has_primary_key()) {
    thin_keys = schema.TrimmedPrimaryKey();
  }
  out->key_modes.assign(out->key_fields.size(), kSystemStatsMode);
  if (out->format != "avro" || !schema.has_primary_key()) {
    ARROW_ASSIGN_OR_RAISE(out->value_modes,
                          StatsModesOf(options, mode, schema.fields, thin_keys));
    return Status::OK();
  }
  // Columns of the system are nothing special in a keyed Avro file: they count, and are
  // kept as the user's (Paimon `createStatsFactoriesForAvro`).
  ARROW_ASSIGN_OR_RAISE(const std::vector<StatsMode> modes,
                        StatsModesOf(options, mode, out->physical, {}));
  const size_t keys = out->has_key_columns ? out->key_fields.size() : 0;
  std::copy_n(modes.begin(), keys, out->key_modes.begin());
  out->value_modes.assign(modes.end() - static_cast<int64_t>(schema.fields.size()),
                          modes.end());
  return Status::OK();
}

}  // namespace

Result<std::string> ValueAtLevel(std::string_view list, int32_t level,
                                 std::string_view otherwise) {
  std::string found(otherwise);
  for (const std::string& item : options::SplitList(list)) {
    const size_t colon = item.find(':');
    int32_t at = 0;
    const auto [stop, error] =
        std::from_chars(item.data(), item.data() + std::min(colon, item.size()), at);
    if (colon == std::string::npos || error != std::errc() ||
        stop != item.data() + colon) {
      return InvalidInput(
          1502, "Option by level is not of the form level:value:", V("value", list));
    }
    if (at == level) found = item.substr(colon + 1);
  }
  return found;
}

Result<WriteSettings> WriteSettings::Make(const types::TableSchema& schema, int32_t level,
                                          meta::FileSource source, FileUse use) {
  const Options options(schema.options);
  ARROW_RETURN_NOT_OK(CheckWritable(options, schema));
  WriteSettings out;
  ARROW_ASSIGN_OR_RAISE(
      out.format, TextFor(options, options::kFileFormat, options::kFileFormatPerLevel,
                          options::kChangelogFileFormat, level, use));
  out.format = Lower(out.format);
  ARROW_ASSIGN_OR_RAISE(
      out.writer.compression,
      TextFor(options, options::kFileCompression, options::kFileCompressionPerLevel,
              options::kChangelogFileCompression, level, use));
  if (const std::string* codec = options.Find("avro.codec")) {
    out.writer.avro_codec = *codec;
  }
  ARROW_ASSIGN_OR_RAISE(out.writer.zstd_level,
                        options.Get(options::kFileCompressionZstdLevel));
  ARROW_RETURN_NOT_OK(ApplyFormatOptions(options, out.format, &out.writer));
  ARROW_ASSIGN_OR_RAISE(const auto block, options.Get(options::kFileBlockSize));
  if (block) out.writer.row_group_bytes = block->bytes;

  const bool changelog = use == FileUse::kChangelog;
  ARROW_ASSIGN_OR_RAISE(
      out.name_prefix,
      options.Get(changelog ? options::kChangelogFilePrefix : options::kDataFilePrefix));
  ARROW_ASSIGN_OR_RAISE(const bool in_name,
                        options.Get(options::kFileSuffixIncludeCompression));
  ARROW_ASSIGN_OR_RAISE(const std::string compression,
                        options.Get(options::kFileCompression));
  out.name_extension = io::DataFileExtension(out.format, compression, in_name);

  ARROW_ASSIGN_OR_RAISE(const auto target, options.Get(options::kTargetFileSize));
  out.file_bytes = target                     ? target->bytes
                   : schema.has_primary_key() ? kKeyedFileBytes
                                              : kAppendFileBytes;
  // Compaction and changelog keep to the size alone.
  out.file_rows = std::numeric_limits<int64_t>::max();
  if (source == meta::FileSource::kAppend && !changelog) {
    ARROW_ASSIGN_OR_RAISE(out.file_rows, options.Get(options::kTargetFileRowNum));
  }
  ARROW_RETURN_NOT_OK(AddColumns(schema, options, &out));
  if (!changelog) {
    ARROW_ASSIGN_OR_RAISE(out.indexes, index::WantedIndexes(schema));
    ARROW_ASSIGN_OR_RAISE(const auto threshold,
                          options.Get(options::kFileIndexInManifestThreshold));
    out.index_in_manifest_bytes = threshold.bytes;
  }

  ARROW_ASSIGN_OR_RAISE(
      const std::string mode,
      TextFor(options, options::kMetadataStatsMode, options::kMetadataStatsModePerLevel,
              options::kChangelogFileStatsMode, level, use));
  ARROW_ASSIGN_OR_RAISE(out.dense_statistics,
                        options.Get(options::kMetadataStatsDenseStore));
  ARROW_RETURN_NOT_OK(AddStatsModes(options, mode, schema, &out));
  return out;
}

}  // namespace tarn::datafile
