// SPDX-License-Identifier: Apache-2.0
#include "tarn/read/diff_source.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/merge/key_codes.h"
#include "tarn/types/binary_row.h"
#include "tarn/types/row_kind.h"

namespace tarn::read {
namespace {

constexpr auto kDelete = static_cast<uint8_t>(types::RowKind::kDelete);

/// One of the two states: its current batch and how far it is read.
class Side {
 public:
  Side(std::unique_ptr<RowSource> source, const std::vector<int>& key_columns,
       const std::vector<types::DataType>& types, arrow::MemoryPool* pool)
      : source_(std::move(source)),
        key_columns_(key_columns),
        types_(types),
        pool_(pool) {}

  /// Read on until a row is at hand, or the end.
  Status Fill() {
    while (!ended_ && position_ == length()) {
      ARROW_ASSIGN_OR_RAISE(auto rows, source_->Next());
      if (!rows) {
        ended_ = true;
        break;
      }
      batch_ = std::move(rows->columns);
      kinds_ = std::move(rows->kinds);
      position_ = 0;
      if (length() == 0) continue;
      std::vector<std::shared_ptr<arrow::Array>> keys;
      for (int column : key_columns_) keys.push_back(batch_->column(column));
      ARROW_ASSIGN_OR_RAISE(keys_, merge::EncodeKeys(keys, {}));
      ARROW_ASSIGN_OR_RAISE(rows_,
                            types::EncodeBinaryRows(pool_, batch_->columns(), types_));
    }
    return Status::OK();
  }

  bool ended() const { return ended_; }
  bool has_row() const { return !ended_ && position_ < length(); }
  int64_t position() const { return position_; }
  void Advance() { ++position_; }
  const std::shared_ptr<arrow::RecordBatch>& batch() const { return batch_; }
  uint8_t kind() const {
    return kinds_ == nullptr ? uint8_t{0} : kinds_->data()[position_];
  }
  bool is_add() const { return (kind() & 1) == 0; }

  /// Below, at or above the key of `other`.
  int CompareKey(const Side& other) const {
    const uint64_t mine = keys_.codes[static_cast<size_t>(position_)];
    const uint64_t its = other.keys_.codes[static_cast<size_t>(other.position_)];
    if (mine != its) return mine < its ? -1 : 1;
    if (keys_.exact) return 0;
    return keys_.views[static_cast<size_t>(position_)].compare(
        other.keys_.views[static_cast<size_t>(other.position_)]);
  }
  bool EqualsRow(const Side& other) const {
    return is_add() == other.is_add() &&
           rows_.Row(position_) == other.rows_.Row(other.position_);
  }

 private:
  int64_t length() const { return batch_ == nullptr ? 0 : batch_->num_rows(); }

  std::unique_ptr<RowSource> source_;
  const std::vector<int>& key_columns_;
  const std::vector<types::DataType>& types_;
  arrow::MemoryPool* pool_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::shared_ptr<arrow::Buffer> kinds_;
  merge::RowKeys keys_;
  types::BinaryRows rows_;
  int64_t position_ = 0;
  bool ended_ = false;
};

class Diff final : public RowSource {
 public:
  Diff(const base::Context& context, std::shared_ptr<const types::TableSchema> schema,
       std::unique_ptr<RowSource> before, std::unique_ptr<RowSource> after,
       std::vector<int> columns, bool keep_deletes)
      : pool_(context.pool),
        schema_(std::move(schema)),
        columns_(std::move(columns)),
        keep_deletes_(keep_deletes),
        before_(std::move(before), key_columns_, types_, pool_),
        after_(std::move(after), key_columns_, types_, pool_) {
    for (const auto& field : schema_->fields) types_.push_back(field.type);
  }

  Result<std::optional<Rows>> Next() override {
    if (key_columns_.empty()) {
      ARROW_ASSIGN_OR_RAISE(key_columns_,
                            schema_->IndexesOf(schema_->TrimmedPrimaryKey()));
    }
    while (true) {
      ARROW_RETURN_NOT_OK(before_.Fill());
      ARROW_RETURN_NOT_OK(after_.Fill());
      std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
      if (before_.has_row()) batches.push_back(before_.batch());
      if (after_.has_row()) batches.push_back(after_.batch());
      if (batches.empty()) return std::nullopt;
      picks_.clear();
      kinds_.clear();
      Walk();
      if (!picks_.empty()) return Answer(batches);
    }
  }

 private:
  /// Rows of the two batches at hand, until one of them is used up.
  void Walk() {
    const int64_t then_rows =
        before_.has_row() ? before_.batch()->num_rows() : int64_t{0};
    while ((before_.has_row() || before_.ended()) &&
           (after_.has_row() || after_.ended()) &&
           (before_.has_row() || after_.has_row())) {
      const int order = !before_.has_row()  ? 1
                        : !after_.has_row() ? -1
                                            : before_.CompareKey(after_);
      if (order < 0) {
        if (keep_deletes_ && before_.is_add()) Pick(before_.position(), kDelete);
      } else if (order > 0 || !before_.EqualsRow(after_)) {
        if (keep_deletes_ || after_.is_add()) {
          Pick(then_rows + after_.position(), after_.kind());
        }
      }
      if (order <= 0) before_.Advance();
      if (order >= 0) after_.Advance();
    }
  }

  void Pick(int64_t row, uint8_t kind) {
    picks_.push_back(row);
    kinds_.push_back(kind);
  }

  /// \param batches  those that the picks count through
  Result<std::optional<Rows>> Answer(
      const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) const {
    arrow::compute::ExecContext exec(pool_);
    const auto rows = static_cast<int64_t>(picks_.size());
    const arrow::Int64Array indexes(rows, arrow::Buffer::Wrap(picks_));
    arrow::ArrayVector arrays;
    arrow::FieldVector fields;
    for (int column : columns_) {
      arrow::ArrayVector parts;
      for (const auto& batch : batches) parts.push_back(batch->column(column));
      ARROW_ASSIGN_OR_RAISE(auto whole, arrow::Concatenate(parts, pool_));
      ARROW_ASSIGN_OR_RAISE(
          auto taken,
          arrow::compute::Take(*whole, indexes,
                               arrow::compute::TakeOptions::NoBoundsCheck(), &exec));
      arrays.push_back(std::move(taken));
      fields.push_back(batches[0]->schema()->field(column));
    }
    Rows out;
    out.columns =
        arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, arrays);
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::Buffer> kinds,
                          arrow::AllocateBuffer(rows, pool_));
    std::copy(kinds_.begin(), kinds_.end(), kinds->mutable_data());
    out.kinds = std::move(kinds);
    return std::optional(std::move(out));
  }

  arrow::MemoryPool* pool_;
  std::shared_ptr<const types::TableSchema> schema_;
  std::vector<int> columns_;
  bool keep_deletes_;
  std::vector<int> key_columns_;
  std::vector<types::DataType> types_;
  Side before_, after_;
  std::vector<int64_t> picks_;  ///< rows of the batch before, then of the one after
  std::vector<uint8_t> kinds_;
};

}  // namespace

std::unique_ptr<RowSource> DiffSource(const base::Context& context,
                                      std::shared_ptr<const types::TableSchema> schema,
                                      std::unique_ptr<RowSource> before,
                                      std::unique_ptr<RowSource> after,
                                      std::vector<int> columns, bool keep_deletes) {
  return std::make_unique<Diff>(context, std::move(schema), std::move(before),
                                std::move(after), std::move(columns), keep_deletes);
}

}  // namespace tarn::read
