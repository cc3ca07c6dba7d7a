// SPDX-License-Identifier: Apache-2.0
#include "tarn/stream/sources/file_source.h"

#include <charconv>
#include <cstring>

#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>

namespace tarn::stream {

namespace {

constexpr int64_t kReadBytes = int64_t{1} << 20;

}  // namespace

/// Unpacked text of one file.
class FileSource::Stream {
 public:
  static Result<std::unique_ptr<Stream>> Open(base::FileSystem* files,
                                              const std::string& path) {
    auto stream = std::make_unique<Stream>();
    ARROW_ASSIGN_OR_RAISE(stream->file_, files->OpenInput(path));
    uint8_t magic[2] = {0, 0};
    ARROW_ASSIGN_OR_RAISE(const int64_t got, stream->file_->ReadAt(0, 2, magic));
    if (got == 2 && magic[0] == 0x1f && magic[1] == 0x8b) {
      ARROW_ASSIGN_OR_RAISE(stream->codec_,
                            arrow::util::Codec::Create(arrow::Compression::GZIP));
      ARROW_ASSIGN_OR_RAISE(stream->unpacker_, stream->codec_->MakeDecompressor());
      stream->packed_.resize(kPackedBytes);
    }
    return stream;
  }

  /// Fill `out`; 0 at the end. `*broken` is set, with what could be unpacked before it
  /// answered first, when the gzip stream does not end as it should.
  Result<int64_t> Read(int64_t bytes, uint8_t* out, bool* broken) {
    *broken = false;
    if (unpacker_ == nullptr) return ReadFile(bytes, out);
    int64_t written = 0;
    while (written < bytes) {
      if (packed_begin_ == packed_end_ && !unpacker_needs_output_) {
        ARROW_ASSIGN_OR_RAISE(packed_end_, ReadFile(kPackedBytes, packed_.data()));
        packed_begin_ = 0;
        if (packed_end_ == 0) {
          *broken = written == 0 && !at_member_start_;
          return written;
        }
      }
      if (at_member_start_ && unpacker_->IsFinished()) {
        ARROW_RETURN_NOT_OK(unpacker_->Reset());
      }
      auto step = unpacker_->Decompress(packed_end_ - packed_begin_,
                                        packed_.data() + packed_begin_, bytes - written,
                                        out + written);
      if (!step.ok()) {
        // What came before is good: answer it now, the error with the next call.
        *broken = written == 0;
        return written;
      }
      packed_begin_ += step->bytes_read;
      written += step->bytes_written;
      unpacker_needs_output_ = step->need_more_output;
      at_member_start_ = unpacker_->IsFinished();
      if (at_member_start_) unpacker_needs_output_ = false;
      if (step->bytes_read == 0 && step->bytes_written == 0 && !at_member_start_) {
        if (packed_begin_ < packed_end_) {
          *broken = written == 0;
          return written;
        }
        unpacker_needs_output_ = false;
      }
    }
    return written;
  }

 private:
  static constexpr int64_t kPackedBytes = int64_t{256} << 10;

  Result<int64_t> ReadFile(int64_t bytes, uint8_t* out) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, file_->ReadAt(file_offset_, bytes, out));
    file_offset_ += got;
    return got;
  }

  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  int64_t file_offset_ = 0;
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::util::Decompressor> unpacker_;  // nullptr: plain text
  std::vector<uint8_t> packed_;
  int64_t packed_begin_ = 0;
  int64_t packed_end_ = 0;
  bool unpacker_needs_output_ = false;
  bool at_member_start_ = true;
};

FileSource::FileSource(std::shared_ptr<base::Context> context, FileSourceOptions options)
    : context_(std::move(context)), options_(std::move(options)) {}

FileSource::~FileSource() = default;

Result<std::unique_ptr<FileSource>> FileSource::Make(
    std::shared_ptr<base::Context> context, FileSourceOptions options) {
  std::unique_ptr<FileSource> source(
      new FileSource(std::move(context), std::move(options)));
  ARROW_ASSIGN_OR_RAISE(source->files_, ListSourceFiles(source->context_->files.get(),
                                                        source->options_.path));
  return source;
}

Status FileSource::Seek(const std::map<std::string, std::string>& positions) {
  for (const auto& [name, text] : positions) {
    Place place;
    const char* end = text.data() + text.size();
    const auto bytes = std::from_chars(text.data(), end, place.bytes);
    bool good = bytes.ec == std::errc() && bytes.ptr != end && *bytes.ptr == ':';
    if (good) {
      const auto lines = std::from_chars(bytes.ptr + 1, end, place.lines);
      good = lines.ec == std::errc() && lines.ptr == end && place.bytes >= 0 &&
             place.lines >= 0;
    }
    if (!good) {
      return Corruption(7442, "The stored position of a source file cannot be read:",
                        V("file", name), V("position", text));
    }
    places_[name] = place;
  }
  return Status::OK();
}

std::map<std::string, std::string> FileSource::positions() const {
  std::map<std::string, std::string> out;
  for (const auto& [name, place] : places_) {
    out.emplace(name, fmt::format("{}:{}", place.bytes, place.lines));
  }
  return out;
}

Status FileSource::AtLine(const Status& status) const {
  return Prefixed(status, fmt::format("{}, after line {}: ", files_[file_].path,
                                      place_ == nullptr ? 0 : place_->lines));
}

Status FileSource::OpenFile() {
  ARROW_ASSIGN_OR_RAISE(stream_, Stream::Open(context_->files.get(), files_[file_].path));
  place_ = &places_[files_[file_].name];
  buffer_.clear();
  begin_ = scanned_ = 0;
  file_ended_ = false;
  // Skip what an earlier run has read.
  for (int64_t rest = place_->bytes; rest > 0;) {
    ARROW_ASSIGN_OR_RAISE(const bool more, Fill());
    const auto have = static_cast<int64_t>(buffer_.size());
    if (!more && have < rest) {
      return InvalidInput(1424, "A source file is shorter than when it was read before:",
                          V("file", files_[file_].path), V("read_bytes", place_->bytes));
    }
    const int64_t step = std::min(rest, have);
    rest -= step;
    if (rest > 0) {
      buffer_.clear();
    } else {
      begin_ = scanned_ = static_cast<size_t>(step);
    }
  }
  return Status::OK();
}

Result<bool> FileSource::Fill() {
  if (file_ended_) return false;
  const size_t old = buffer_.size();
  buffer_.resize(old + kReadBytes);
  bool broken = false;
  auto got = stream_->Read(kReadBytes, reinterpret_cast<uint8_t*>(buffer_.data() + old),
                           &broken);
  if (!got.ok()) return AtLine(got.status());
  if (broken) {
    if (!options_.tolerate_cut_files) {
      return InvalidInput(1425,
                          "A gzip file is cut or broken:", V("file", files_[file_].path),
                          V("after_line", place_->lines));
    }
    cut_files_.push_back(files_[file_].path);
  }
  buffer_.resize(old + static_cast<size_t>(*got));
  file_ended_ = *got == 0;
  return !file_ended_;
}

void FileSource::AddLine(std::string_view bytes, int64_t framed_bytes) {
  if (bytes.ends_with('\r')) bytes.remove_suffix(1);
  place_->bytes += framed_bytes;
  ++place_->lines;
  lines_.push_back({bytes, files_[file_].path, place_->lines});
}

// Cut whole lines off the buffer, up to the limits of a batch.
void FileSource::CutLines() {
  int64_t bytes = 0;
  while (static_cast<int64_t>(lines_.size()) < options_.batch_lines &&
         bytes < options_.batch_bytes) {
    const char* found = static_cast<const char*>(
        std::memchr(buffer_.data() + scanned_, '\n', buffer_.size() - scanned_));
    if (found == nullptr) {
      scanned_ = buffer_.size();
      return;
    }
    const auto end = static_cast<size_t>(found - buffer_.data());
    const std::string_view line(buffer_.data() + begin_, end - begin_);
    bytes += static_cast<int64_t>(line.size()) + 1;
    begin_ = scanned_ = end + 1;
    AddLine(line, static_cast<int64_t>(line.size()) + 1);
  }
}

Result<std::span<const cdc::Line>> FileSource::Next() {
  lines_.clear();
  while (file_ < files_.size()) {
    if (stream_ == nullptr) ARROW_RETURN_NOT_OK(OpenFile());
    CutLines();
    if (!lines_.empty()) break;
    // No whole line is left in the buffer: keep its beginning and read on.
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    if (static_cast<int64_t>(buffer_.size()) > options_.line_bytes_max) {
      return InvalidInput(
          1426, "A line of a source file is too long:", V("file", files_[file_].path),
          V("line", place_->lines + 1), V("bytes_max", options_.line_bytes_max));
    }
    ARROW_ASSIGN_OR_RAISE(const bool more, Fill());
    if (more) continue;
    if (!buffer_.empty()) {
      // The last line has no line feed.
      begin_ = scanned_ = buffer_.size();
      AddLine(buffer_, static_cast<int64_t>(buffer_.size()));
      break;
    }
    stream_.reset();
    ++file_;
  }
  return std::span<const cdc::Line>(lines_);
}

}  // namespace tarn::stream
