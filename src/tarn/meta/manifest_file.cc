// SPDX-License-Identifier: Apache-2.0
#include "tarn/meta/manifest_file.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_set>

#include "tarn/format/avro_container.h"
#include "tarn/meta/manifest_codec.h"
#include "tarn/meta/partition_stats.h"

namespace tarn::meta {
namespace {

using format::AvroDecoder;
using format::AvroEncoder;
using format::AvroNode;

constexpr std::string_view kSchema =
    R"({"type":"record","name":"record","namespace":"org.apache.paimon.avro.generated",)"
    R"("fields":[{"name":"_VERSION","type":"int"},{"name":"_KIND","type":"int"},)"
    R"({"name":"_PARTITION","type":"bytes"},{"name":"_BUCKET","type":"int"},)"
    R"({"name":"_TOTAL_BUCKETS","type":"int"},{"name":"_FILE","type":)"
    R"({"type":"record","name":"record__FILE","fields":[)"
    R"({"name":"_FILE_NAME","type":"string"},{"name":"_FILE_SIZE","type":"long"},)"
    R"({"name":"_ROW_COUNT","type":"long"},{"name":"_MIN_KEY","type":"bytes"},)"
    R"({"name":"_MAX_KEY","type":"bytes"},{"name":"_KEY_STATS","type":)"
    R"({"type":"record","name":"record__FILE__KEY_STATS","fields":[)"
    R"({"name":"_MIN_VALUES","type":"bytes"},{"name":"_MAX_VALUES","type":"bytes"},)"
    R"({"name":"_NULL_COUNTS","type":["null",{"type":"array","items":["null","long"]}],)"
    R"("default":null}]}},{"name":"_VALUE_STATS","type":)"
    R"({"type":"record","name":"record__FILE__VALUE_STATS","fields":[)"
    R"({"name":"_MIN_VALUES","type":"bytes"},{"name":"_MAX_VALUES","type":"bytes"},)"
    R"({"name":"_NULL_COUNTS","type":["null",{"type":"array","items":["null","long"]}],)"
    R"("default":null}]}},{"name":"_MIN_SEQUENCE_NUMBER","type":"long"},)"
    R"({"name":"_MAX_SEQUENCE_NUMBER","type":"long"},{"name":"_SCHEMA_ID","type":"long"},)"
    R"({"name":"_LEVEL","type":"int"},)"
    R"({"name":"_EXTRA_FILES","type":{"type":"array","items":"string"}},)"
    R"({"name":"_CREATION_TIME","type":)"
    R"(["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},)"
    R"({"name":"_DELETE_ROW_COUNT","type":["null","long"],"default":null},)"
    R"({"name":"_EMBEDDED_FILE_INDEX","type":["null","bytes"],"default":null},)"
    R"({"name":"_FILE_SOURCE","type":["null","int"],"default":null},)"
    R"({"name":"_VALUE_STATS_COLS","type":["null",{"type":"array","items":"string"}],)"
    R"("default":null},{"name":"_EXTERNAL_PATH","type":["null","string"],"default":null},)"
    R"({"name":"_FIRST_ROW_ID","type":["null","long"],"default":null},)"
    R"({"name":"_WRITE_COLS","type":["null",{"type":"array","items":"string"}],)"
    R"("default":null}]}}]})";

constexpr std::array<std::string_view, 6> kFields = {
    "_VERSION", "_KIND", "_PARTITION", "_BUCKET", "_TOTAL_BUCKETS", "_FILE"};
constexpr int kFileField = 5;

/// How often the size of an open manifest is looked at, as in Java.
constexpr int64_t kRollingCheckEntries = 1000;

const AvroNode* RootRecord(const AvroNode& root) {
  if (root.kind == format::AvroKind::kRecord) return &root;
  if (root.kind == format::AvroKind::kUnion) {
    for (const AvroNode* branch : root.items) {
      if (branch->kind == format::AvroKind::kRecord) return branch;
    }
  }
  return nullptr;
}

/// Reads the entries of one manifest.
class EntryDecoder {
 public:
  EntryDecoder(const AvroNode& root, const EntryFilter& filter)
      : root_(root), filter_(filter) {}

  Status Init() {
    const AvroNode* record = RootRecord(root_);
    if (record == nullptr) return Corruption(7104, "Manifest does not hold records.");
    known_ = record->MatchFields(kFields);
    for (int field = 0; field <= kFileField; ++field) {
      if (std::find(known_.begin(), known_.end(), field) == known_.end()) {
        return Corruption(7105, "Manifest lacks a field:",
                          V("field", kFields[static_cast<size_t>(field)]));
      }
    }
    return Status::OK();
  }

  /// Answers whether the entry is wanted.
  Result<bool> Decode(AvroDecoder* d, ManifestEntry* out) {
    const AvroNode* record = d->Record(root_);
    if (record == nullptr) {
      d->Fail("an entry that is null");
      return d->status();
    }
    bool wanted = true;
    int before_file = 0;
    int32_t version = kManifestVersion;
    for (size_t i = 0; i < record->fields.size() && d->ok(); ++i) {
      const AvroNode& node = *record->fields[i].type;
      switch (known_[i]) {
        case 0:
          version = d->Int(node);
          break;
        case 1:
          DecodeKind(d, node, out);
          break;
        case 2:
          out->partition = std::string(d->Bytes(node));
          break;
        case 3:
          out->bucket = d->Int(node);
          break;
        case 4:
          out->total_buckets = d->Int(node);
          break;
        case kFileField:
          // Every known writer puts the file last; then an unwanted one is not decoded.
          if (before_file == kFileField && d->ok()) wanted = BucketWanted(*out);
          if (wanted) {
            DecodeDataFile(d, node, &out->file);
          } else {
            d->Skip(node);
          }
          break;
        default:
          d->Skip(node);
      }
      if (known_[i] >= 0) ++before_file;
    }
    ARROW_RETURN_NOT_OK(d->status());
    if (version != kManifestVersion) {
      return Unsupported(
          6104, "Manifest has a version that is not known:", V("version", version));
    }
    if (!wanted || !BucketWanted(*out)) return false;
    ARROW_RETURN_NOT_OK(CheckStoredNames(out->file));
    return !filter_.entry || filter_.entry(*out);
  }

 private:
  static void DecodeKind(AvroDecoder* d, const AvroNode& node, ManifestEntry* out) {
    const int32_t kind = d->Int(node);
    if (kind != 0 && kind != 1) return d->Fail("an entry kind other than 0 and 1");
    out->kind = static_cast<FileKind>(kind);
  }
  bool BucketWanted(const ManifestEntry& entry) const {
    return !filter_.bucket ||
           filter_.bucket(entry.partition, entry.bucket, entry.total_buckets);
  }

  const AvroNode& root_;
  const EntryFilter& filter_;
  std::vector<int> known_;
};

Result<std::vector<ManifestEntry>> ReadEntries(const base::Context& context,
                                               const std::string& path,
                                               const EntryFilter& filter) {
  ARROW_ASSIGN_OR_RAISE(auto reader, format::AvroReader::Open(context, path));
  EntryDecoder entries(reader->schema().root(), filter);
  ARROW_RETURN_NOT_OK(entries.Init());
  std::vector<ManifestEntry> out;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(auto block, reader->NextBlock());
    if (!block) return out;
    AvroDecoder decoder(block->bytes);
    for (int64_t i = 0; i < block->records; ++i) {
      ManifestEntry entry;
      ARROW_ASSIGN_OR_RAISE(const bool wanted, entries.Decode(&decoder, &entry));
      if (wanted) out.push_back(std::move(entry));
    }
    ARROW_RETURN_NOT_OK(decoder.Finish());
  }
}

void EncodeEntry(const ManifestEntry& entry, AvroEncoder* e) {
  e->WriteInt(kManifestVersion);
  e->WriteInt(static_cast<int32_t>(entry.kind));
  e->WriteBytes(entry.partition);
  e->WriteInt(entry.bucket);
  e->WriteInt(entry.total_buckets);
  EncodeDataFile(entry.file, e);
}

}  // namespace

std::string_view ManifestAvroSchema() {
  return kSchema;
}

Result<std::vector<ManifestEntry>> ReadManifest(const base::Context& context,
                                                const std::string& path,
                                                const EntryFilter& filter) {
  auto result = ReadEntries(context, path, filter);
  if (!result.ok()) return Prefixed(result.status(), "Reading manifest " + path + ": ");
  return result;
}

/// The manifest that is being written, and what its list will say about it.
class ManifestWriter::File {
 public:
  File(std::string name, std::unique_ptr<format::AvroWriter> writer)
      : writer_(std::move(writer)) {
    meta_.file_name = std::move(name);
    meta_.schema_id = std::numeric_limits<int64_t>::min();
  }

  Status Write(const ManifestEntry& entry) {
    EncodeEntry(entry, &writer_->encoder());
    ARROW_RETURN_NOT_OK(writer_->EndRecord());
    ++(entry.kind == FileKind::kAdd ? meta_.num_added_files : meta_.num_deleted_files);
    meta_.schema_id = std::max(meta_.schema_id, entry.file.schema_id);
    Widen(entry.bucket, &meta_.min_bucket, &meta_.max_bucket);
    Widen(entry.file.level, &meta_.min_level, &meta_.max_level);
    int64_t last_row_id = 0;
    if (!entry.file.first_row_id ||
        __builtin_add_overflow(*entry.file.first_row_id, entry.file.row_count - 1,
                               &last_row_id)) {
      all_have_row_ids_ = false;
    } else {
      Widen(*entry.file.first_row_id, &meta_.min_row_id, &meta_.max_row_id);
      Widen(last_row_id, &meta_.min_row_id, &meta_.max_row_id);
    }
    ++partition_counts_[entry.partition];
    return Status::OK();
  }

  int64_t bytes_estimate() const { return writer_->bytes_estimate(); }

  Result<ManifestFileMeta> Finish(const std::vector<types::DataField>& fields) {
    ARROW_ASSIGN_OR_RAISE(meta_.file_size, writer_->Finish());
    if (!all_have_row_ids_) {
      meta_.min_row_id.reset();
      meta_.max_row_id.reset();
    }
    ARROW_ASSIGN_OR_RAISE(meta_.partition_stats,
                          ComputePartitionStats(fields, partition_counts_));
    return std::move(meta_);
  }

 private:
  template <typename T>
  static void Widen(T value, std::optional<T>* min, std::optional<T>* max) {
    if (!*min || value < **min) *min = value;
    if (!*max || value > **max) *max = value;
  }

  std::unique_ptr<format::AvroWriter> writer_;
  ManifestFileMeta meta_;
  bool all_have_row_ids_ = true;
  std::map<std::string, int64_t> partition_counts_;
};

ManifestWriter::ManifestWriter(const base::Context& context, const io::TablePaths& paths,
                               std::vector<types::DataField> partition_fields,
                               io::FileNames* names, const Options& options)
    : context_(context),
      paths_(paths),
      partition_fields_(std::move(partition_fields)),
      names_(names),
      options_(options) {}

ManifestWriter::~ManifestWriter() {
  if (taken_) return;
  file_.reset();
  for (const ManifestFileMeta& meta : finished_) {
    const auto path = paths_.ManifestFile(meta.file_name);
    // What cannot be deleted stays behind as an orphan, which does no harm.
    if (path.ok()) (void)context_.files->Delete(*path);
  }
}

Status ManifestWriter::Write(const ManifestEntry& entry) {
  if (file_ == nullptr) {
    std::string name = names_->Next("manifest-");
    ARROW_ASSIGN_OR_RAISE(const std::string path, paths_.ManifestFile(name));
    format::AvroWriter::Options options;
    options.codec = options_.compression.codec;
    options.level = options_.compression.level;
    ARROW_ASSIGN_OR_RAISE(auto writer,
                          format::AvroWriter::Create(context_, path, kSchema, options));
    file_ = std::make_unique<File>(std::move(name), std::move(writer));
  }
  ARROW_RETURN_NOT_OK(file_->Write(entry));
  if (++entries_ % kRollingCheckEntries == 0 &&
      file_->bytes_estimate() >= options_.target_bytes) {
    return CloseFile();
  }
  return Status::OK();
}

Status ManifestWriter::WriteAll(const std::vector<ManifestEntry>& entries) {
  for (const ManifestEntry& entry : entries) ARROW_RETURN_NOT_OK(Write(entry));
  return Status::OK();
}

Status ManifestWriter::CloseFile() {
  ARROW_ASSIGN_OR_RAISE(ManifestFileMeta meta, file_->Finish(partition_fields_));
  file_.reset();
  finished_.push_back(std::move(meta));
  return Status::OK();
}

Result<std::vector<ManifestFileMeta>> ManifestWriter::Finish() {
  if (file_ != nullptr) ARROW_RETURN_NOT_OK(CloseFile());
  taken_ = true;
  return std::move(finished_);
}

}  // namespace tarn::meta
