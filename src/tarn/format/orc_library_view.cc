// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_library_view.h"

#include <algorithm>
#include <cstring>

#include <arrow/io/interfaces.h>

#include "tarn/format/orc_wire.h"

namespace tarn::format {
namespace {

/// A file whose bytes after `body_bytes` are others.
class TailView final : public arrow::io::RandomAccessFile {
 public:
  TailView(std::shared_ptr<arrow::io::RandomAccessFile> file, int64_t body_bytes,
           std::string tail, std::shared_ptr<Status> failure)
      : file_(std::move(file)),
        body_bytes_(body_bytes),
        tail_(std::move(tail)),
        failure_(std::move(failure)) {}

  Status Close() override {
    closed_ = true;
    return Status::OK();
  }
  bool closed() const override { return closed_; }
  Result<int64_t> Tell() const override { return position_; }
  Status Seek(int64_t position) override {
    position_ = position;
    return Status::OK();
  }
  Result<int64_t> GetSize() override {
    return body_bytes_ + static_cast<int64_t>(tail_.size());
  }
  Result<int64_t> Read(int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t read, ReadAt(position_, bytes, out));
    position_ += read;
    return read;
  }
  Result<std::shared_ptr<arrow::Buffer>> Read(int64_t) override {
    return Status::NotImplemented("read into a new buffer");
  }
  Result<int64_t> ReadAt(int64_t position, int64_t bytes, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t size, GetSize());
    if (position < 0 || bytes < 0 || position > size) {
      return Corruption(7534,
                        "An ORC file is read outside its bounds:", V("at", position),
                        V("bytes", bytes));
    }
    bytes = std::min(bytes, size - position);
    auto* target = static_cast<char*>(out);
    const int64_t body = std::clamp<int64_t>(body_bytes_ - position, 0, bytes);
    if (body > 0) {
      const auto read = file_->ReadAt(position, body, target);
      if (!read.ok()) {
        if (failure_->ok()) *failure_ = read.status();
        return read.status();
      }
      if (*read != body) return *read;
    }
    if (bytes > body) {
      const int64_t from = position + body - body_bytes_;
      std::memcpy(target + body, tail_.data() + from, static_cast<size_t>(bytes - body));
    }
    return bytes;
  }

 private:
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  int64_t body_bytes_;
  std::string tail_;
  std::shared_ptr<Status> failure_;
  int64_t position_ = 0;
  bool closed_ = false;
};

OrcKind KindForLibrary(OrcKind kind, TimestampForm form) {
  if (kind == OrcKind::kChar || kind == OrcKind::kVarchar) return OrcKind::kString;
  if (form == TimestampForm::kSeconds &&
      (kind == OrcKind::kTimestamp || kind == OrcKind::kTimestampInstant)) {
    return OrcKind::kLong;
  }
  return kind;
}

std::string TypeForLibrary(const OrcType& type, TimestampForm form) {
  WireWriter out;
  out.Number(1, static_cast<uint64_t>(KindForLibrary(type.kind, form)));
  WireWriter children;
  for (const uint32_t child : type.children) children.Varint(child);
  if (!type.children.empty()) out.Bytes(2, children.bytes());
  for (const std::string& name : type.names) out.Bytes(3, name);
  if (type.kind == OrcKind::kDecimal) {
    out.Number(5, static_cast<uint64_t>(type.precision));
    out.Number(6, static_cast<uint64_t>(type.scale));
  }
  return out.bytes();
}

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> LibraryView(
    std::shared_ptr<arrow::io::RandomAccessFile> file, const OrcTail& tail,
    TimestampForm form, std::shared_ptr<Status> failure) {
  WireWriter footer;
  size_t type = 0;
  WireReader fields(tail.footer);
  while (fields.Next()) {
    if (fields.field() == 4) {
      footer.Bytes(4, TypeForLibrary(tail.types[type++], form));
    } else if (fields.field() != 5 && fields.field() != 7) {
      footer.Whole(fields.whole());
    }
  }
  std::string bytes = OrcPlainChunks(tail.blocks, footer.bytes());
  WireWriter postscript;
  postscript.Number(1, bytes.size());
  postscript.Number(5, 0);  // no statistics of stripes, which nothing here asks for
  WireReader parts(tail.postscript);
  while (parts.Next()) {
    if (parts.field() != 1 && parts.field() != 5) postscript.Whole(parts.whole());
  }
  bytes += postscript.bytes();
  bytes.push_back(static_cast<char>(postscript.bytes().size()));
  return std::make_shared<TailView>(std::move(file), tail.body_bytes, std::move(bytes),
                                    std::move(failure));
}

}  // namespace tarn::format
