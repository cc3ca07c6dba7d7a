// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/text_lines.h"

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/interfaces.h>
#include <arrow/util/compression.h>

namespace tarn::format {
namespace {

constexpr int64_t kTextBytesMax = int64_t{1} << 30;
constexpr int64_t kPieceBytes = int64_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Result<std::shared_ptr<arrow::io::InputStream>> Decompressed(
    const std::string& path, std::shared_ptr<arrow::io::RandomAccessFile> file) {
  const std::string_view extension =
      std::string_view(path).substr(path.find_last_of("./") + 1);
  if (extension == "csv" || extension == "json") {
    return std::static_pointer_cast<arrow::io::InputStream>(std::move(file));
  }
  if (extension != "gz" && extension != "zst") {
    return Unsupported(6560, "Text files of this compression cannot be read yet:",
                       V("compression", extension), V("file", path));
  }
  ARROW_ASSIGN_OR_RAISE(
      const auto codec,
      arrow::util::Codec::Create(extension == "gz" ? arrow::Compression::GZIP
                                                   : arrow::Compression::ZSTD));
  ARROW_ASSIGN_OR_RAISE(auto stream,
                        arrow::io::CompressedInputStream::Make(codec.get(), file));
  return std::static_pointer_cast<arrow::io::InputStream>(std::move(stream));
}

Status ReadText(const std::string& path, arrow::io::InputStream* stream,
                std::string* out) {
  while (true) {
    const size_t before = out->size();
    out->resize(before + kPieceBytes);
    ARROW_ASSIGN_OR_RAISE(const int64_t read,
                          stream->Read(kPieceBytes, out->data() + before));
    out->resize(before + static_cast<size_t>(read));
    if (read == 0) return Status::OK();
    if (static_cast<int64_t>(out->size()) > kTextBytesMax) {
      return ResourceExhausted(9551, "Text file is larger than a reader takes:",
                               V("file", path), V("bytes_max", kTextBytesMax));
    }
  }
}

}  // namespace

Result<std::unique_ptr<TextLines>> TextLines::Open(const base::Context& context,
                                                   const std::string& path, int64_t bytes,
                                                   std::string_view delimiter,
                                                   bool skip_first) {
  ARROW_ASSIGN_OR_RAISE(auto file, context.files->OpenInput(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  if (bytes >= 0 && size != bytes) {
    return Corruption(7553,
                      "File has another size than its metadata states:", V("file", path),
                      V("bytes", size), V("stated", bytes));
  }
  std::unique_ptr<TextLines> out(new TextLines());
  ARROW_ASSIGN_OR_RAISE(const auto stream, Decompressed(path, std::move(file)));
  ARROW_RETURN_NOT_OK(ReadText(path, stream.get(), &out->text_));
  if (delimiter.empty()) {
    return InvalidInput(1556, "A line delimiter is empty:", V("file", path));
  }
  if (delimiter == "\n" || delimiter == "\r\n" || delimiter == "\r") {
    out->SplitAtLineEnds();
  } else {
    out->SplitAt(delimiter);
  }
  if (skip_first && !out->lines_.empty()) out->lines_.erase(out->lines_.begin());
  return out;
}

void TextLines::SplitAtLineEnds() {
  std::string_view rest = text_;
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  while (!rest.empty()) {
    const size_t end = rest.find_first_of("\r\n");
    lines_.push_back(rest.substr(0, end));
    if (end == rest.npos) return;
    rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

/// A partial match that fails is text, and only its last byte may begin another: Java's
/// search does not go back.
void TextLines::SplitAt(std::string_view delimiter) {
  size_t start = 0;
  size_t matched = 0;
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == delimiter[matched]) {
      if (++matched < delimiter.size()) continue;
      lines_.push_back(std::string_view(text_).substr(start, i + 1 - matched - start));
      start = i + 1;
      matched = 0;
    } else if (matched > 0) {
      matched = text_[i] == delimiter[0] ? 1 : 0;
    }
  }
  if (start < text_.size()) lines_.push_back(std::string_view(text_).substr(start));
}

}  // namespace tarn::format
