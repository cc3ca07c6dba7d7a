// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_container.h"

#include <algorithm>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/macros.h>

namespace tarn::format {
namespace {

constexpr std::string_view kMagic("Obj\x01", 4);
constexpr int64_t kSyncBytes = 16;
constexpr int64_t kReadAhead = int64_t{256} << 10;
constexpr int64_t kHeaderBytesMax = int64_t{32} << 20;
constexpr int64_t kEmptyRecordsMax = 4096;

/// Contiguous bytes of a file read forward, a bounded piece at a time.
class ByteWindow {
 public:
  ByteWindow(std::shared_ptr<arrow::io::RandomAccessFile> file, int64_t size)
      : file_(std::move(file)), size_(size) {}

  /// Bytes of the file that were not consumed yet.
  int64_t left() const { return size_ - offset_; }
  /// At least `bytes` of the next bytes, fewer only at the end of the file.
  Result<std::string_view> Peek(int64_t bytes) {
    bytes = std::min(bytes, left());
    const int64_t held =
        buffer_ == nullptr ? 0 : buffer_start_ + buffer_->size() - offset_;
    if (held < bytes) {
      const int64_t wanted = std::min(left(), std::max(bytes, kReadAhead));
      ARROW_ASSIGN_OR_RAISE(buffer_, file_->ReadAt(offset_, wanted));
      buffer_start_ = offset_;
      if (buffer_->size() < bytes) {
        return Unavailable(
            8401, "File became shorter while it was read:", V("offset", offset_));
      }
    }
    if (buffer_ == nullptr) return std::string_view();
    const int64_t skip = offset_ - buffer_start_;
    return std::string_view(reinterpret_cast<const char*>(buffer_->data()) + skip,
                            static_cast<size_t>(buffer_->size() - skip));
  }
  void Consume(int64_t bytes) { offset_ += bytes; }

 private:
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  int64_t size_;
  int64_t offset_ = 0;
  std::shared_ptr<arrow::Buffer> buffer_;
  int64_t buffer_start_ = 0;
};

}  // namespace

class AvroReader::Body {
 public:
  Body(ByteWindow window, std::string name, Options options)
      : window_(std::move(window)), name_(std::move(name)), options_(options) {}

  Status ReadHeader() {
    // The header has no stated length: look at more of the file until it parses whole.
    for (int64_t bytes = kReadAhead;; bytes *= 4) {
      ARROW_ASSIGN_OR_RAISE(const std::string_view seen, window_.Peek(bytes));
      if (!seen.starts_with(kMagic)) return Broken("no Avro container");
      AvroDecoder decoder(seen);
      decoder.ReadFixed(kMagic.size());
      std::string_view schema_json;
      std::string_view codec_name = "null";
      ReadMetadata(&decoder, &schema_json, &codec_name);
      const std::string_view marker = decoder.ReadFixed(kSyncBytes);
      if (!decoder.ok()) {
        const bool whole = static_cast<int64_t>(seen.size()) >= window_.left();
        if (whole || bytes > kHeaderBytesMax) return Broken("the header is cut off");
        continue;
      }
      sync_marker_ = marker;
      ARROW_ASSIGN_OR_RAISE(codec_, AvroCodecFromName(codec_name));
      ARROW_ASSIGN_OR_RAISE(schema_, AvroSchema::Parse(schema_json));
      header_bytes_ = static_cast<int64_t>(decoder.offset());
      window_.Consume(header_bytes_);
      return Status::OK();
    }
  }

  Result<std::optional<AvroBlock>> NextBlock() {
    if (!failure_.ok()) return failure_;
    Result<std::optional<AvroBlock>> block = ReadBlock();
    if (!block.ok()) failure_ = Prefixed(block.status(), name_ + ": ");
    if (!failure_.ok()) return failure_;
    return block;
  }

  std::shared_ptr<const AvroSchema> schema_;
  AvroCodec codec_ = AvroCodec::kNull;
  std::string sync_marker_;
  int64_t header_bytes_ = 0;

 private:
  Status Broken(std::string_view why) const {
    return Corruption(7405, "Avro container is broken:", V("reason", why));
  }

  static void ReadMetadata(AvroDecoder* decoder, std::string_view* schema_json,
                           std::string_view* codec_name) {
    for (int64_t count = decoder->ReadBlockCount(); count > 0;
         count = decoder->ReadBlockCount()) {
      for (; count > 0 && decoder->ok(); --count) {
        const std::string_view key = decoder->ReadBytes();
        const std::string_view value = decoder->ReadBytes();
        if (key == "avro.schema") *schema_json = value;
        if (key == "avro.codec") *codec_name = value;
      }
    }
  }

  Result<std::optional<AvroBlock>> ReadBlock() {
    if (window_.left() == 0) return std::optional<AvroBlock>();
    ARROW_ASSIGN_OR_RAISE(std::string_view seen, window_.Peek(20));
    AvroDecoder head(seen);
    AvroBlock block;
    block.records = head.ReadLong();
    const int64_t stored = head.ReadLong();
    if (!head.ok() || block.records < 0 || stored < 0)
      return Broken("a block without a head");
    window_.Consume(static_cast<int64_t>(head.offset()));
    if (stored > window_.left() - kSyncBytes) return Broken("a block beyond the end");
    if (stored > options_.block_bytes_max) {
      return ResourceExhausted(
          9403, "Avro block is larger than a reader takes:", V("bytes", stored));
    }
    ARROW_ASSIGN_OR_RAISE(seen, window_.Peek(stored + kSyncBytes));
    const auto body = static_cast<size_t>(stored);
    if (seen.substr(body, kSyncBytes) != sync_marker_)
      return Broken("a wrong sync marker");
    ARROW_RETURN_NOT_OK(
        AvroDecompress(codec_, seen.substr(0, body), options_.block_bytes_max, &bytes_));
    window_.Consume(stored + kSyncBytes);
    if (block.records > kEmptyRecordsMax &&
        block.records > static_cast<int64_t>(bytes_.size())) {
      return Broken("more records than bytes");
    }
    block.bytes = bytes_;
    return std::optional<AvroBlock>(block);
  }

  ByteWindow window_;
  std::string name_;
  Options options_;
  std::string bytes_;
  Status failure_;
};

AvroReader::AvroReader(std::unique_ptr<Body> body) : body_(std::move(body)) {}
AvroReader::~AvroReader() = default;
const AvroSchema& AvroReader::schema() const {
  return *body_->schema_;
}
std::shared_ptr<const AvroSchema> AvroReader::shared_schema() const {
  return body_->schema_;
}
AvroCodec AvroReader::codec() const {
  return body_->codec_;
}
const std::string& AvroReader::sync_marker() const {
  return body_->sync_marker_;
}
int64_t AvroReader::header_bytes() const {
  return body_->header_bytes_;
}
Result<std::optional<AvroBlock>> AvroReader::NextBlock() {
  return body_->NextBlock();
}

Result<std::unique_ptr<AvroReader>> AvroReader::Open(
    std::shared_ptr<arrow::io::RandomAccessFile> file, std::string name,
    const Options& options) {
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  auto body = std::make_unique<Body>(ByteWindow(std::move(file), size), name, options);
  const Status status = body->ReadHeader();
  if (!status.ok()) return Prefixed(status, name + ": ");
  return std::unique_ptr<AvroReader>(new AvroReader(std::move(body)));
}

Result<std::unique_ptr<AvroReader>> AvroReader::Open(const base::Context& context,
                                                     const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(auto file, context.files->OpenInput(path));
  return Open(std::move(file), path, Options());
}

AvroWriter::AvroWriter(const base::Context& context, std::string path, Options options)
    : files_(context.files), path_(std::move(path)), options_(options) {
  for (int half = 0; half < 2; ++half) {
    const uint64_t bits = context.random->Next();
    sync_marker_.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
  }
}

Result<std::unique_ptr<AvroWriter>> AvroWriter::Create(const base::Context& context,
                                                       const std::string& path,
                                                       std::string_view schema_json,
                                                       const Options& options) {
  std::unique_ptr<AvroWriter> writer(new AvroWriter(context, path, options));
  ARROW_ASSIGN_OR_RAISE(writer->out_, context.files->CreateOutput(path));
  AvroEncoder header;
  header.WriteFixed(kMagic);
  header.WriteCollectionStart(2);
  header.WriteBytes("avro.schema");
  header.WriteBytes(schema_json);
  header.WriteBytes("avro.codec");
  header.WriteBytes(AvroCodecName(options.codec));
  header.WriteCollectionEnd();
  header.WriteFixed(writer->sync_marker_);
  ARROW_RETURN_NOT_OK(writer->Append(header.bytes()));
  return writer;
}

AvroWriter::~AvroWriter() {
  if (finished_ || out_ == nullptr) return;
  // Nobody may find half a file; what cannot be removed is an orphan that cleaning finds.
  out_->Abort().ok();
  files_->Delete(path_).ok();
}

Status AvroWriter::Append(std::string_view bytes) {
  ARROW_RETURN_NOT_OK(out_->Write(bytes.data(), static_cast<int64_t>(bytes.size())));
  bytes_written_ += static_cast<int64_t>(bytes.size());
  return Status::OK();
}

Status AvroWriter::EndRecord() {
  ++records_;
  ++block_records_;
  if (static_cast<int64_t>(encoder_.size()) < options_.block_bytes) return Status::OK();
  return FlushBlock();
}

Status AvroWriter::FlushBlock() {
  if (block_records_ == 0) return Status::OK();
  std::string body;
  ARROW_RETURN_NOT_OK(
      AvroCompress(options_.codec, options_.level, encoder_.bytes(), &body));
  AvroEncoder head;
  head.WriteLong(block_records_);
  head.WriteLong(static_cast<int64_t>(body.size()));
  ARROW_RETURN_NOT_OK(Append(head.bytes()));
  ARROW_RETURN_NOT_OK(Append(body));
  ARROW_RETURN_NOT_OK(Append(sync_marker_));
  encoder_.Clear();
  block_records_ = 0;
  return Status::OK();
}

Result<int64_t> AvroWriter::Finish() {
  TARN_CHECK(!finished_);
  ARROW_RETURN_NOT_OK(FlushBlock());
  ARROW_RETURN_NOT_OK(out_->Close());
  finished_ = true;
  return bytes_written_;
}

}  // namespace tarn::format
