// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_reader.h"

#include <algorithm>

#include <arrow/adapters/orc/adapter.h>
#include <arrow/api.h>
#include <arrow/io/interfaces.h>

#include "tarn/format/orc_guard.h"
#include "tarn/format/orc_library_view.h"
#include "tarn/format/orc_tail.h"
#include "tarn/format/orc_values.h"
#include "tarn/types/arrow_types.h"

namespace tarn::format {
namespace {

namespace orc = arrow::adapters::orc;

// Rows that the library decodes at a time.
constexpr int64_t kBatchRows = 4096;
// Fewer rows than a row index can help to skip are decoded and dropped.
constexpr int64_t kSeekRowsMin = 2 * kBatchRows;

/// An open file as its cursors share it. Immutable.
struct OrcFile {
  std::string name;
  std::shared_ptr<arrow::io::RandomAccessFile> input;
  OrcTail tail;
  std::shared_ptr<base::Clock> clock;
  arrow::MemoryPool* pool = nullptr;
};

bool IsUtc(const std::string& zone) {
  constexpr std::string_view kNames[] = {"", "UTC", "GMT", "Etc/UTC", "Etc/GMT", "Z"};
  return std::find(std::begin(kNames), std::end(kNames), zone) != std::end(kNames);
}

/// One column read forward, stripe by stripe. Errors of the library are not translated.
class OrcColumn {
 public:
  OrcColumn(std::shared_ptr<const OrcFile> file, int field,
            std::unique_ptr<OrcValues> values, std::shared_ptr<arrow::DataType> type)
      : file_(std::move(file)),
        field_(field),
        values_(std::move(values)),
        type_(std::move(type)),
        failure_(std::make_shared<Status>()) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) {
    arrow::ArrayVector parts;
    while (rows > 0) {
      ARROW_RETURN_NOT_OK(Advance());
      const int64_t take = std::min(rows, ready_->length());
      parts.push_back(ready_->Slice(0, take));
      ready_ = ready_->Slice(take);
      rows -= take;
    }
    if (parts.empty()) return arrow::MakeEmptyArray(type_, file_->pool);
    if (parts.size() == 1) return parts[0];
    return arrow::Concatenate(parts, file_->pool);
  }

  void Skip(int64_t rows) { skip_ += rows; }
  const Status& input_failure() const { return *failure_; }

 private:
  /// Make the next row that is not skipped the first of `ready_`.
  Status Advance() {
    while (true) {
      const int64_t have = ready_ == nullptr ? 0 : ready_->length();
      if (have > skip_) {
        ready_ = ready_->Slice(skip_);
        skip_ = 0;
        return Status::OK();
      }
      skip_ -= have;
      ready_ = nullptr;
      if (stripe_left_ > 0 && skip_ > 0 && CanSeek()) {
        const int64_t pass = std::min(skip_, stripe_left_);
        skip_ -= pass;
        stripe_left_ -= pass;
        if (stripe_left_ > 0) ARROW_RETURN_NOT_OK(OpenBatches());
        continue;
      }
      if (stripe_left_ > 0) {
        ARROW_RETURN_NOT_OK(NextBatch());
      } else {
        ARROW_RETURN_NOT_OK(NextStripe());
      }
    }
  }

  /// Nanoseconds are decoded in order and cannot be sought.
  bool CanSeek() const {
    return skip_ >= stripe_left_ || (skip_ >= kSeekRowsMin && !values_->has_timestamps());
  }

  Status NextStripe() {
    const auto& stripes = file_->tail.stripes;
    while (stripe_ < stripes.size() && stripes[stripe_].rows <= skip_) {
      skip_ -= stripes[stripe_].rows;
      ++stripe_;
    }
    if (stripe_ == stripes.size()) {
      return Corruption(
          7539, "ORC column ends before the file's rows:", V("file", file_->name));
    }
    const OrcStripe& stripe = stripes[stripe_++];
    stripe_end_ = stripe.first_row + stripe.rows;
    stripe_left_ = stripe.rows;
    form_ = TimestampForm::kNanoseconds;
    if (values_->has_timestamps()) {
      ARROW_ASSIGN_OR_RAISE(const OrcStripeFooter footer,
                            ReadStripeFooter(file_->input, file_->tail, stripe));
      values_->CloseNanos();
      if (IsUtc(footer.time_zone)) {
        form_ = TimestampForm::kSeconds;
        ARROW_RETURN_NOT_OK(values_->OpenNanos(file_->input, file_->tail, footer));
      }
    } else if (skip_ >= kSeekRowsMin) {
      stripe_left_ -= skip_;
      skip_ = 0;
    }
    return OpenBatches();
  }

  /// The library's reader at the next row of the open stripe.
  Status OpenBatches() {
    if (readers_[static_cast<size_t>(form_)] == nullptr) {
      ARROW_ASSIGN_OR_RAISE(
          readers_[static_cast<size_t>(form_)],
          orc::ORCFileReader::Open(
              LibraryView(file_->input, file_->tail, form_, failure_), file_->pool));
    }
    orc::ORCFileReader& reader = *readers_[static_cast<size_t>(form_)];
    ARROW_RETURN_NOT_OK(reader.Seek(stripe_end_ - stripe_left_));
    ARROW_ASSIGN_OR_RAISE(batches_, reader.NextStripeReader(kBatchRows, {field_}));
    if (batches_ == nullptr) {
      return Corruption(
          7539, "ORC column ends before the file's rows:", V("file", file_->name));
    }
    return Status::OK();
  }

  Status NextBatch() {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches_->ReadNext(&batch));
    if (batch == nullptr || batch->num_rows() == 0 || batch->num_rows() > stripe_left_ ||
        batch->num_columns() != 1) {
      return Corruption(
          7539, "ORC column ends before the file's rows:", V("file", file_->name));
    }
    ARROW_ASSIGN_OR_RAISE(ready_, values_->Convert(*batch->column(0)));
    stripe_left_ -= batch->num_rows();
    return Status::OK();
  }

  std::shared_ptr<const OrcFile> file_;
  int field_;
  std::unique_ptr<OrcValues> values_;
  std::shared_ptr<arrow::DataType> type_;
  std::shared_ptr<Status> failure_;
  std::unique_ptr<orc::ORCFileReader> readers_[2];  ///< by TimestampForm
  std::shared_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::Array> ready_;  ///< decoded rows that were not handed out
  TimestampForm form_ = TimestampForm::kNanoseconds;
  size_t stripe_ = 0;        ///< the next stripe to open
  int64_t stripe_end_ = 0;   ///< row behind the open stripe
  int64_t stripe_left_ = 0;  ///< its rows that were not decoded
  int64_t skip_ = 0;         ///< rows to pass before the next read
};

class OrcCursor final : public merge::ColumnCursor {
 public:
  OrcCursor(std::shared_ptr<const OrcFile> file, OrcColumn column)
      : file_(std::move(file)),
        column_(std::move(column)),
        rows_left_(file_->tail.rows) {}

  Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Take(rows));
    std::shared_ptr<arrow::Array> out;
    failure_ = GuardOrc(file_->name, [&]() -> Status {
      const auto array = column_.Read(rows);
      // The library calls every failure of its input a parse error.
      ARROW_RETURN_NOT_OK(column_.input_failure());
      ARROW_ASSIGN_OR_RAISE(out, array);
      return Status::OK();
    });
    ARROW_RETURN_NOT_OK(failure_);
    return out;
  }

  Status Skip(int64_t rows) override {
    ARROW_RETURN_NOT_OK(Take(rows));
    column_.Skip(rows);
    return Status::OK();
  }

 private:
  Status Take(int64_t rows) {
    ARROW_RETURN_NOT_OK(failure_);
    TARN_CHECK(rows >= 0 && rows <= rows_left_, V("file", file_->name), V("rows", rows),
               V("left", rows_left_));
    rows_left_ -= rows;
    return Status::OK();
  }

  std::shared_ptr<const OrcFile> file_;
  OrcColumn column_;
  int64_t rows_left_;
  Status failure_;
};

class OrcReader final : public FileReader {
 public:
  OrcReader(std::shared_ptr<const OrcFile> file, const ReaderOptions& options)
      : file_(std::move(file)), options_(options) {}

  int64_t num_rows() const override { return file_->tail.rows; }
  const std::vector<std::string>& column_names() const override {
    return file_->tail.types[0].names;
  }
  std::vector<RowRange> row_groups() const override {
    std::vector<RowRange> out;
    for (const OrcStripe& stripe : file_->tail.stripes) {
      out.push_back({stripe.first_row, stripe.first_row + stripe.rows});
    }
    return out;
  }
  Result<ColumnStatistics> RowGroupStatistics(int, const std::string& name,
                                              const types::DataType&) override {
    ARROW_RETURN_NOT_OK(FieldOf(name).status());
    return ColumnStatistics();
  }

  Result<std::unique_ptr<merge::ColumnCursor>> OpenColumn(
      const std::string& name, const types::DataType& type) override {
    ARROW_ASSIGN_OR_RAISE(const int field, FieldOf(name));
    OrcValues::Options options;
    options.legacy_instants = options_.orc_legacy_instants;
    options.clock = file_->clock.get();
    options.pool = file_->pool;
    const OrcType& root = file_->tail.types[0];
    ARROW_ASSIGN_OR_RAISE(
        auto values,
        OrcValues::Make(file_->tail, root.children[static_cast<size_t>(field)], name,
                        type, options));
    ARROW_ASSIGN_OR_RAISE(auto arrow_type, types::ToArrow(type));
    return std::make_unique<OrcCursor>(
        file_, OrcColumn(file_, field, std::move(values), std::move(arrow_type)));
  }

 private:
  Result<int> FieldOf(const std::string& name) const {
    const auto& names = column_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return static_cast<int>(found - names.begin());
    return NotFound(4530, "File has no such column:", V("file", file_->name),
                    V("column", name));
  }

  std::shared_ptr<const OrcFile> file_;
  ReaderOptions options_;
};

}  // namespace

Result<std::unique_ptr<FileReader>> OpenOrc(const base::Context& context,
                                            const std::string& path, int64_t bytes,
                                            const ReaderOptions& options) {
  auto file = std::make_shared<OrcFile>();
  file->name = path;
  file->clock = context.clock;
  file->pool = context.pool == nullptr ? arrow::default_memory_pool() : context.pool;
  ARROW_ASSIGN_OR_RAISE(file->input, context.files->OpenInput(path));
  ARROW_RETURN_NOT_OK(GuardOrc(path, [&]() -> Status {
    ARROW_ASSIGN_OR_RAISE(file->tail, ReadOrcTail(file->input, path));
    return Status::OK();
  }));
  if (bytes >= 0 && file->tail.file_bytes != bytes) {
    return Corruption(7540,
                      "File has another size than its metadata states:", V("file", path),
                      V("bytes", file->tail.file_bytes), V("stated", bytes));
  }
  return std::make_unique<OrcReader>(std::move(file), options);
}

}  // namespace tarn::format
