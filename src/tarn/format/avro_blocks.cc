// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/avro_blocks.h"

#include <algorithm>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>

namespace tarn::format {
namespace {

constexpr int64_t kSyncBytes = 16;
constexpr int64_t kHeadBytesMax = 20;  // two numbers
// Records may take no bytes; only so many of those are believed in one block.
constexpr int64_t kEmptyRecordsMax = 4096;

std::string_view ViewOf(const arrow::Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()),
          static_cast<size_t>(buffer.size())};
}

Status Broken(const std::string& name, std::string_view why) {
  return Corruption(7550, "Avro container is broken:", V("file", name), V("reason", why));
}

}  // namespace

Result<std::unique_ptr<AvroBlocks>> AvroBlocks::Open(
    std::shared_ptr<arrow::io::RandomAccessFile> file, std::string name,
    const AvroReader::Options& options) {
  ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
  ARROW_ASSIGN_OR_RAISE(const auto header, AvroReader::Open(file, name, options));
  std::unique_ptr<AvroBlocks> out(new AvroBlocks());
  out->file_ = std::move(file);
  out->name_ = std::move(name);
  out->options_ = options;
  out->schema_ = header->shared_schema();
  out->codec_ = header->codec();
  out->sync_marker_ = header->sync_marker();
  ARROW_RETURN_NOT_OK(out->FindBlocks(header->header_bytes(), size));
  return out;
}

Status AvroBlocks::FindBlocks(int64_t offset, int64_t size) {
  while (offset < size) {
    // The marker behind a block and the head of the next one are read together.
    const int64_t marker = offset - kSyncBytes;
    ARROW_ASSIGN_OR_RAISE(const auto buffer,
                          file_->ReadAt(marker, kSyncBytes + kHeadBytesMax));
    const std::string_view seen = ViewOf(*buffer);
    if (!seen.starts_with(sync_marker_)) return Broken(name_, "a wrong sync marker");
    AvroDecoder head(seen.substr(sync_marker_.size()));
    Place place;
    place.records = head.ReadLong();
    place.bytes = head.ReadLong();
    if (!head.ok() || place.records < 0 || place.bytes < 0) {
      return Broken(name_, "a block without a head");
    }
    place.offset = offset + static_cast<int64_t>(head.offset());
    place.begin = records_;
    if (place.bytes > size - place.offset - kSyncBytes) {
      return Broken(name_, "a block beyond the end");
    }
    if (__builtin_add_overflow(records_, place.records, &records_)) {
      return Broken(name_, "an impossible number of records");
    }
    offset = place.offset + place.bytes + kSyncBytes;
    if (place.records > 0) places_.push_back(place);
  }
  return Status::OK();
}

size_t AvroBlocks::BlockOf(int64_t record) const {
  const auto after = std::upper_bound(
      places_.begin(), places_.end(), record,
      [](int64_t value, const Place& place) { return value < place.begin; });
  return static_cast<size_t>(after - places_.begin()) - 1;
}

Status AvroBlocks::Read(size_t block, std::string* bytes) const {
  const Place& place = places_[block];
  if (place.bytes > options_.block_bytes_max) {
    return ResourceExhausted(9550, "Avro block is larger than a reader takes:",
                             V("file", name_), V("bytes", place.bytes));
  }
  ARROW_ASSIGN_OR_RAISE(const auto buffer,
                        file_->ReadAt(place.offset, place.bytes + kSyncBytes));
  const std::string_view stored = ViewOf(*buffer);
  if (static_cast<int64_t>(stored.size()) < place.bytes + kSyncBytes) {
    return Unavailable(8550, "File became shorter while it was read:", V("file", name_));
  }
  const auto body = static_cast<size_t>(place.bytes);
  if (stored.substr(body) != sync_marker_) return Broken(name_, "a wrong sync marker");
  const Status status =
      AvroDecompress(codec_, stored.substr(0, body), options_.block_bytes_max, bytes);
  if (!status.ok()) return Prefixed(status, name_ + ": ");
  if (place.records > kEmptyRecordsMax &&
      place.records > static_cast<int64_t>(bytes->size())) {
    return Broken(name_, "more records than bytes");
  }
  return Status::OK();
}

}  // namespace tarn::format
