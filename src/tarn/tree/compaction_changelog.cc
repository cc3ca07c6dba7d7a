// SPDX-License-Identifier: Apache-2.0
#include "tarn/tree/compaction_changelog.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>

#include "tarn/merge/gather.h"
#include "tarn/merge/key_codes.h"
#include "tarn/options/options.h"
#include "tarn/types/row_kind.h"

namespace tarn::tree {
namespace {

using types::RowKind;

/// One stream of merged rows, looked at a row at a time by key, its cells taken by
/// column.
class KeyedStream {
 public:
  /// \param key_columns  indexes of the key in the stream's projection
  KeyedStream(merge::RunMerger* merger, std::vector<int> key_columns)
      : merger_(merger), key_columns_(std::move(key_columns)) {}

  bool at_end() const { return at_end_; }
  bool needs_batch() const { return !at_end_ && row_ == rows_; }
  int64_t row() const { return row_; }
  void Advance() { ++row_; }
  RowKind kind() const { return static_cast<RowKind>(batch_->kinds->data()[row_]); }
  bool is_add() const { return types::IsAdd(kind()); }
  int64_t sequence(int64_t row) const {
    return reinterpret_cast<const int64_t*>(batch_->sequences->data())[row];
  }
  const merge::MergedBatch& batch() const { return *batch_; }
  bool has_batch() const { return batch_.has_value(); }

  Status Load() {
    row_ = 0;
    rows_ = 0;
    if (merger_ == nullptr) {
      at_end_ = true;
      return Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(auto next, merger_->Next());
    if (!next) {
      // The last batch stays, since rows of it may still wait to be written.
      at_end_ = true;
      return Status::OK();
    }
    batch_ = std::move(next);
    rows_ = batch_->rows->num_rows();
    arrow::ArrayVector keys;
    for (int column : key_columns_) keys.push_back(batch_->rows->column(column));
    ARROW_ASSIGN_OR_RAISE(keys_, merge::EncodeKeys(keys, {}));
    return Status::OK();
  }

  /// Below 0 if this row's key comes before `other`'s.
  int Compare(const KeyedStream& other) const {
    const auto i = static_cast<size_t>(row_);
    const auto j = static_cast<size_t>(other.row_);
    if (keys_.exact) {
      const uint64_t a = keys_.codes[i];
      const uint64_t b = other.keys_.codes[j];
      return a < b ? -1 : (a > b ? 1 : 0);
    }
    return keys_.views[i].compare(other.keys_.views[j]);
  }

 private:
  merge::RunMerger* merger_;
  std::vector<int> key_columns_;
  std::optional<merge::MergedBatch> batch_;
  merge::RowKeys keys_;
  int64_t row_ = 0;
  int64_t rows_ = 0;
  bool at_end_ = false;
};

/// Changes that wait to be written, as rows of the current batches of two streams.
class PendingChanges {
 public:
  PendingChanges(const base::Context& context, std::shared_ptr<arrow::Schema> schema,
                 const KeyedStream* after, const KeyedStream* before,
                 datafile::DataFileWriter* writer)
      : context_(context),
        schema_(std::move(schema)),
        after_(after),
        before_(before),
        writer_(writer) {}

  void Add(const KeyedStream& from, RowKind kind) {
    sources_.run.push_back(&from == before_ ? 1 : 0);
    sources_.row.push_back(static_cast<int32_t>(from.row()));
    kinds_.push_back(static_cast<uint8_t>(kind));
    sequences_.push_back(from.sequence(from.row()));
  }

  Status Flush() {
    if (kinds_.empty()) return Status::OK();
    arrow::ArrayVector columns;
    const auto cells = [](const KeyedStream& stream, int column) {
      return stream.has_batch() ? stream.batch().rows->column(column) : nullptr;
    };
    for (int column = 0; column < schema_->num_fields(); ++column) {
      merge::RunSlices slices;
      slices.arrays = {cells(*after_, column), cells(*before_, column)};
      slices.first = {0, 0};
      ARROW_ASSIGN_OR_RAISE(
          auto gathered,
          merge::Gather(context_, schema_->field(column)->type(), slices, sources_));
      columns.push_back(std::move(gathered));
    }
    const auto rows = static_cast<int64_t>(kinds_.size());
    auto batch = arrow::RecordBatch::Make(schema_, rows, std::move(columns));
    ARROW_RETURN_NOT_OK(writer_->Write(*batch, sequences_.data(), kinds_.data()));
    sources_ = {};
    kinds_.clear();
    sequences_.clear();
    return Status::OK();
  }

 private:
  const base::Context& context_;
  std::shared_ptr<arrow::Schema> schema_;
  const KeyedStream* after_;
  const KeyedStream* before_;
  datafile::DataFileWriter* writer_;
  merge::Sources sources_;
  std::vector<uint8_t> kinds_;
  std::vector<int64_t> sequences_;
};

bool RowsEqual(const ChangelogRule& rule, const KeyedStream& a, const KeyedStream& b) {
  return std::all_of(
      rule.compared_columns.begin(), rule.compared_columns.end(), [&](int column) {
        return a.batch().rows->column(column)->RangeEquals(
            *b.batch().rows->column(column), a.row(), a.row() + 1, b.row(),
            arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false));
      });
}

}  // namespace

Result<std::optional<ChangelogRule>> ChangelogRule::FromSchema(
    const types::TableSchema& schema) {
  const options::Options table(schema.options);
  ARROW_ASSIGN_OR_RAISE(const std::string producer,
                        table.Get(options::kChangelogProducer));
  ChangelogRule rule;
  if (producer == "lookup") {
    rule.producer = Producer::kLookup;
  } else if (producer == "full-compaction") {
    rule.producer = Producer::kFullCompaction;
  } else {
    return std::nullopt;
  }
  ARROW_ASSIGN_OR_RAISE(rule.skip_equal,
                        table.Get(options::kChangelogProducerRowDeduplicate));
  ARROW_ASSIGN_OR_RAISE(const auto ignored_text,
                        table.Get(options::kChangelogProducerRowDeduplicateIgnoreFields));
  const auto ignored = options::SplitList(ignored_text.value_or(""));
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    if (std::find(ignored.begin(), ignored.end(), schema.fields[i].name) ==
        ignored.end()) {
      rule.compared_columns.push_back(static_cast<int>(i));
    }
  }
  return rule;
}

Status WriteChangelog(const base::Context& context, const ChangelogRule& rule,
                      const merge::MergeSpec& spec, ChangelogInput input,
                      datafile::DataFileWriter* writer) {
  std::vector<int> leading(spec.key_columns.size());
  for (size_t i = 0; i < leading.size(); ++i) leading[i] = static_cast<int>(i);
  KeyedStream after(input.after.get(), spec.key_columns);
  KeyedStream before(input.before.get(), spec.key_columns);
  KeyedStream changed(input.changed.get(), leading);
  PendingChanges changes(context, input.after->schema(), &after, &before, writer);
  // Pending changes point into the current batches: they go out before a batch is
  // replaced.
  const auto load = [&](KeyedStream* stream) -> Status {
    while (stream->needs_batch()) {
      if (stream != &changed) ARROW_RETURN_NOT_OK(changes.Flush());
      ARROW_RETURN_NOT_OK(stream->Load());
    }
    return Status::OK();
  };
  const auto seek = [&](KeyedStream* stream) -> Result<bool> {
    while (true) {
      ARROW_RETURN_NOT_OK(load(stream));
      if (stream->at_end()) return false;
      const int order = stream->Compare(changed);
      if (order >= 0) return order == 0;
      stream->Advance();
    }
  };
  ARROW_RETURN_NOT_OK(load(&changed));
  while (!changed.at_end()) {
    ARROW_ASSIGN_OR_RAISE(const bool has_before, seek(&before));
    ARROW_ASSIGN_OR_RAISE(const bool has_after, seek(&after));
    const bool was = has_before && before.is_add();
    const bool is = has_after && after.is_add();
    if (!was && is) {
      // A first row is its own change, whatever kind it was written with.
      changes.Add(after, spec.engine == merge::Engine::kFirstRow ? after.kind()
                                                                 : RowKind::kInsert);
    } else if (was && !is) {
      changes.Add(before, RowKind::kDelete);
    } else if (was && is && spec.engine != merge::Engine::kFirstRow &&
               !(rule.skip_equal && RowsEqual(rule, before, after))) {
      changes.Add(before, RowKind::kUpdateBefore);
      changes.Add(after, RowKind::kUpdateAfter);
    }
    changed.Advance();
    ARROW_RETURN_NOT_OK(load(&changed));
  }
  return changes.Flush();
}

}  // namespace tarn::tree
