// SPDX-License-Identifier: Apache-2.0
#include "tarn/datafile/live_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/index/deletion_vector_file.h"

namespace tarn::datafile {
namespace {

using index::Positions;

/// Fewer deleted rows than this are decoded and filtered out: a skip costs more.
constexpr int64_t kSkippedRowsMin = 32;

/// Rows of the file that are decoded at one go: live ones with short deleted stretches
/// in between.
struct Span {
  int64_t rows = 0;
  int64_t live = 0;
  std::vector<Positions> deleted;  ///< relative to the span
};

class LiveRows final : public merge::ColumnCursor {
 public:
  LiveRows(std::unique_ptr<merge::ColumnCursor> cursor,
           const index::DeletionVector& vector, arrow::MemoryPool* pool)
      : cursor_(std::move(cursor)), stretches_(vector), pool_(pool) {
    next_ = stretches_.Next();
  }

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(failure_);
    auto out = ReadLive(rows);
    failure_ = out.status();
    return out;
  }

  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(failure_);
    failure_ = SkipLive(rows);
    return failure_;
  }

 private:
  /// Live rows before the next deleted one.
  int64_t LiveAhead() const {
    return next_ ? next_->first - position_ : std::numeric_limits<int64_t>::max();
  }

  /// Pass the deleted rows at hand, if any.
  Status PassDeleted() {
    while (next_ && next_->first == position_) {
      ARROW_RETURN_NOT_OK(cursor_->Skip(next_->count()));
      position_ = next_->end;
      next_ = stretches_.Next();
    }
    return Status::OK();
  }

  /// The longest span from here with at most `live` live rows. REQUIRES: a live row is at
  /// hand.
  Span TakeSpan(int64_t live) {
    Span span;
    const int64_t start = position_;
    while (true) {
      const int64_t step = std::min(LiveAhead(), live - span.live);
      position_ += step;
      span.live += step;
      if (span.live == live || !next_ || next_->count() >= kSkippedRowsMin) break;
      span.deleted.push_back({next_->first - start, next_->end - start});
      position_ = next_->end;
      next_ = stretches_.Next();
    }
    span.rows = position_ - start;
    return span;
  }

  Result<std::shared_ptr<arrow::Array>> ReadLive(int64_t rows) {
    arrow::ArrayVector parts;
    do {
      ARROW_RETURN_NOT_OK(PassDeleted());
      const Span span = TakeSpan(rows);
      ARROW_ASSIGN_OR_RAISE(auto part, cursor_->Read(span.rows));
      if (!span.deleted.empty()) {
        ARROW_ASSIGN_OR_RAISE(part, Without(span, part));
      }
      parts.push_back(std::move(part));
      rows -= span.live;
    } while (rows > 0);
    if (parts.size() == 1) return parts[0];
    return arrow::Concatenate(parts, pool_);
  }

  Status SkipLive(int64_t rows) {
    while (rows > 0) {
      ARROW_RETURN_NOT_OK(PassDeleted());
      const int64_t step = std::min(rows, LiveAhead());
      ARROW_RETURN_NOT_OK(cursor_->Skip(step));
      position_ += step;
      rows -= step;
    }
    return Status::OK();
  }

  Result<std::shared_ptr<arrow::Array>> Without(
      const Span& span, const std::shared_ptr<arrow::Array>& rows) const {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> bits,
                          arrow::AllocateEmptyBitmap(span.rows, pool_));
    int64_t at = 0;
    for (const Positions& deleted : span.deleted) {
      arrow::bit_util::SetBitsTo(bits->mutable_data(), at, deleted.first - at, true);
      at = deleted.end;
    }
    arrow::bit_util::SetBitsTo(bits->mutable_data(), at, span.rows - at, true);
    const arrow::BooleanArray kept(span.rows, std::move(bits));
    arrow::compute::ExecContext exec(pool_);
    ARROW_ASSIGN_OR_RAISE(
        auto out, arrow::compute::Filter(
                      rows, kept, arrow::compute::FilterOptions::Defaults(), &exec));
    return out.make_array();
  }

  std::unique_ptr<merge::ColumnCursor> cursor_;
  index::DeletedStretches stretches_;
  arrow::MemoryPool* pool_;
  std::optional<Positions> next_;  ///< the deleted stretch at or after `position_`
  int64_t position_ = 0;           ///< row of the file
  Status failure_;
};

}  // namespace

Result<DeletionVectors> ReadVectorsOf(
    const base::Context& context, const std::vector<meta::DataFileMeta>& files,
    const std::map<std::string, meta::DeletionVectorPlace>& places) {
  DeletionVectors out;
  if (places.empty()) return out;
  std::map<std::string, std::vector<const meta::DataFileMeta*>> by_path;
  for (const meta::DataFileMeta& file : files) {
    const auto place = places.find(file.file_name);
    if (place != places.end()) by_path[place->second.path].push_back(&file);
  }
  for (const auto& [path, marked] : by_path) {
    std::vector<meta::DeletionVectorPlace> ranges;
    for (const auto* file : marked) ranges.push_back(places.at(file->file_name));
    ARROW_ASSIGN_OR_RAISE(auto vectors,
                          index::ReadDeletionVectors(context, path, ranges));
    for (size_t i = 0; i < marked.size(); ++i) {
      if (vectors[i].last().value_or(-1) >= marked[i]->row_count) {
        return Corruption(7754, "Deletion vector marks rows that its file does not have:",
                          V("file", marked[i]->file_name),
                          V("rows", marked[i]->row_count),
                          V("marked", *vectors[i].last()), V("index_file", path));
      }
      out.emplace(marked[i]->file_name, std::move(vectors[i]));
    }
  }
  return out;
}

int64_t LiveRowsOf(const meta::DataFileMeta& file, const DeletionVectors& vectors) {
  const auto vector = vectors.find(file.file_name);
  return vector == vectors.end() ? file.row_count
                                 : file.row_count - vector->second.cardinality();
}

std::unique_ptr<merge::ColumnCursor> LiveRowsCursor(
    std::unique_ptr<merge::ColumnCursor> cursor, const index::DeletionVector& vector,
    arrow::MemoryPool* pool) {
  return std::make_unique<LiveRows>(std::move(cursor), vector, pool);
}

}  // namespace tarn::datafile
