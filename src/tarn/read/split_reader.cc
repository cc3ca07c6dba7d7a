// SPDX-License-Identifier: Apache-2.0
#include "tarn/read/split_reader.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/datafile/fan_in.h"
#include "tarn/merge/run_merger.h"
#include "tarn/meta/file_sections.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/partition_path.h"
#include "tarn/types/row_kind.h"

namespace tarn::read {
namespace {

/// Rows of some columns of the table, with kinds where the source knows them.
struct Rows {
  std::shared_ptr<arrow::RecordBatch> columns;
  std::shared_ptr<arrow::Buffer> kinds;  ///< nullptr = all +I
};

/// Where a split's rows come from, batch by batch. Answers an empty optional at the end.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual Result<std::optional<Rows>> Next() = 0;
};

/// Files one after another, nothing merged.
class RawSource final : public RowSource {
 public:
  RawSource(std::unique_ptr<merge::SortedRun> run, std::vector<int> columns,
            std::shared_ptr<arrow::Schema> schema, int64_t batch_rows)
      : run_(std::move(run)),
        columns_(std::move(columns)),
        schema_(std::move(schema)),
        batch_rows_(batch_rows) {}

  Result<std::optional<Rows>> Next() override {
    if (cursors_.empty() && position_ == 0) {
      for (int column : columns_) {
        ARROW_ASSIGN_OR_RAISE(auto cursor, run_->OpenColumn(column));
        cursors_.push_back(std::move(cursor));
      }
    }
    const int64_t rows = std::min(batch_rows_, run_->num_rows() - position_);
    if (rows <= 0) return std::nullopt;
    arrow::ArrayVector arrays;
    for (auto& cursor : cursors_) {
      ARROW_ASSIGN_OR_RAISE(auto array, cursor->Read(rows));
      arrays.push_back(std::move(array));
    }
    position_ += rows;
    return Rows{arrow::RecordBatch::Make(schema_, rows, std::move(arrays)), nullptr};
  }

 private:
  std::unique_ptr<merge::SortedRun> run_;
  std::vector<int> columns_;
  std::shared_ptr<arrow::Schema> schema_;
  int64_t batch_rows_;
  std::vector<std::unique_ptr<merge::ColumnCursor>> cursors_;
  int64_t position_ = 0;
};

/// One section, merged.
class MergeSource final : public RowSource {
 public:
  explicit MergeSource(std::unique_ptr<merge::RunMerger> merger)
      : merger_(std::move(merger)) {}

  Result<std::optional<Rows>> Next() override {
    ARROW_ASSIGN_OR_RAISE(auto batch, merger_->Next());
    if (!batch) return std::nullopt;
    return Rows{std::move(batch->rows), std::move(batch->kinds)};
  }

 private:
  std::unique_ptr<merge::RunMerger> merger_;
};

class SplitReader final : public arrow::RecordBatchReader {
 public:
  static Result<std::shared_ptr<arrow::RecordBatchReader>> Make(
      const base::Context& context, const std::string& table_path,
      std::shared_ptr<const types::TableSchema> schema,
      std::shared_ptr<const meta::SchemaFiles> schemas, const meta::Split& split,
      const ReadOptions& options) {
    auto reader = std::shared_ptr<SplitReader>(new SplitReader());
    reader->context_ = std::make_shared<const base::Context>(context);
    reader->options_ = options;
    ARROW_ASSIGN_OR_RAISE(auto paths, io::TablePaths::Make(table_path, schema->options));
    ARROW_ASSIGN_OR_RAISE(auto partitions, types::PartitionPaths::Make(*schema));
    ARROW_ASSIGN_OR_RAISE(auto partition_path, partitions.PathOf(split.partition));
    reader->bucket_ = std::make_unique<datafile::ReadBucket>(
        datafile::ReadBucket{.context = reader->context_,
                             .paths = std::move(paths),
                             .schema = schema,
                             .schemas = std::move(schemas),
                             .partition = split.partition,
                             .partition_path = std::move(partition_path),
                             .bucket = split.bucket});
    reader->vector_places_ = split.deletion_vectors;
    reader->schema_ = std::move(schema);
    ARROW_RETURN_NOT_OK(reader->ChooseColumns());
    ARROW_RETURN_NOT_OK(reader->CutSections(split));
    return std::shared_ptr<arrow::RecordBatchReader>(std::move(reader));
  }

  std::shared_ptr<arrow::Schema> schema() const override { return output_schema_; }

  Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    batch->reset();
    ARROW_RETURN_NOT_OK(failed_);
    failed_ = Next(batch);
    return failed_;
  }

 private:
  /// One stretch of the split: files to read as they are, or runs to merge.
  struct Section {
    bool raw = false;
    meta::FileRuns runs;
  };

  SplitReader() = default;

  Status ChooseColumns() {
    std::vector<std::string> names = options_.columns;
    if (options_.predicate != nullptr) {
      for (auto& column : expr::ColumnsOf(*options_.predicate)) {
        if (std::find(names.begin(), names.end(), column) == names.end()) {
          names.push_back(column);
        }
      }
    }
    ARROW_ASSIGN_OR_RAISE(read_columns_, schema_->IndexesOf(names));
    ARROW_ASSIGN_OR_RAISE(auto fields, schema_->FieldsOf(names));
    ARROW_ASSIGN_OR_RAISE(read_schema_, types::ToArrow(fields));
    fields.resize(options_.columns.size());
    ARROW_ASSIGN_OR_RAISE(output_schema_, types::ToArrow(fields));
    if (options_.row_kinds) {
      ARROW_ASSIGN_OR_RAISE(
          output_schema_,
          output_schema_->AddField(0, arrow::field("rowkind", arrow::utf8(), false)));
    }
    return Status::OK();
  }

  Status CutSections(const meta::Split& split) {
    if (split.raw_convertible || !schema_->has_primary_key()) {
      sections_.push_back({true, {split.files}});
      return Status::OK();
    }
    ARROW_ASSIGN_OR_RAISE(spec_, merge::MergeSpec::FromSchema(*schema_));
    ARROW_ASSIGN_OR_RAISE(auto keys, schema_->FieldsOf(schema_->TrimmedPrimaryKey()));
    ARROW_ASSIGN_OR_RAISE(auto sections, meta::PartitionFiles(split.files, keys));
    for (auto& section : sections) {
      // A lone run without retractions is its own merge.
      const bool raw =
          section.size() == 1 &&
          std::all_of(section[0].begin(), section[0].end(), [](const auto& file) {
            return file.delete_row_count.has_value() && *file.delete_row_count == 0;
          });
      sections_.push_back({raw && !options_.row_kinds, std::move(section)});
    }
    return Status::OK();
  }

  /// Vectors of a section's files are in memory while it is read.
  Status LoadVectors(const Section& section) {
    std::vector<meta::DataFileMeta> files;
    for (const auto& run : section.runs) {
      files.insert(files.end(), run.begin(), run.end());
    }
    ARROW_ASSIGN_OR_RAISE(bucket_->deletion_vectors,
                          datafile::ReadVectorsOf(*context_, files, vector_places_));
    return Status::OK();
  }

  Result<std::unique_ptr<RowSource>> Open(const Section& section) {
    ARROW_RETURN_NOT_OK(LoadVectors(section));
    if (section.raw) {
      return std::make_unique<RawSource>(datafile::OpenRun(*bucket_, section.runs[0]),
                                         read_columns_, read_schema_,
                                         options_.batch_rows);
    }
    std::vector<std::unique_ptr<merge::SortedRun>> runs;
    for (const auto& files : section.runs) {
      // A merge that looks at levels needs the levels of a run apart.
      std::vector<meta::DataFileMeta> run;
      for (const auto& file : files) {
        if (spec_.lookup && !run.empty() && run.back().level != file.level) {
          runs.push_back(datafile::OpenRun(*bucket_, std::move(run)));
          run.clear();
        }
        run.push_back(file);
      }
      runs.push_back(datafile::OpenRun(*bucket_, std::move(run)));
    }
    if (!spec_.lookup) {
      ARROW_ASSIGN_OR_RAISE(auto order, merge::MergeSpec::OrderOnly(*schema_));
      ARROW_ASSIGN_OR_RAISE(runs, datafile::LimitFanIn(context_, order, std::move(runs)));
    }
    merge::RunMergerOptions options;
    options.projection = read_columns_;
    options.drop_retracts = !options_.keep_retracts && !options_.row_kinds;
    options.batch_rows = options_.batch_rows;
    ARROW_ASSIGN_OR_RAISE(
        auto merger,
        merge::RunMerger::Make(*context_, spec_, std::move(runs), std::move(options)));
    return std::make_unique<MergeSource>(std::move(merger));
  }

  Status Next(std::shared_ptr<arrow::RecordBatch>* batch) {
    while (true) {
      if (current_ == nullptr) {
        if (next_section_ == sections_.size()) return Status::OK();
        ARROW_ASSIGN_OR_RAISE(current_, Open(sections_[next_section_++]));
      }
      ARROW_ASSIGN_OR_RAISE(auto rows, current_->Next());
      if (!rows) {
        current_.reset();
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(*batch, Answer(*rows));
      if ((*batch)->num_rows() > 0) return Status::OK();
    }
  }

  /// Apply the predicate, add the kinds, leave out what only the predicate needed.
  Result<std::shared_ptr<arrow::RecordBatch>> Answer(const Rows& rows) const {
    std::shared_ptr<arrow::RecordBatch> batch = rows.columns;
    arrow::ArrayVector columns(
        batch->columns().begin(),
        batch->columns().begin() + static_cast<std::ptrdiff_t>(options_.columns.size()));
    if (options_.row_kinds) {
      ARROW_ASSIGN_OR_RAISE(auto kinds, KindColumn(rows));
      columns.insert(columns.begin(), std::move(kinds));
    }
    auto answer =
        arrow::RecordBatch::Make(output_schema_, batch->num_rows(), std::move(columns));
    if (options_.predicate == nullptr) return answer;
    ARROW_ASSIGN_OR_RAISE(auto selected, expr::Evaluate(*options_.predicate, *batch));
    if (selected->true_count() == batch->num_rows()) return answer;
    arrow::compute::ExecContext exec(context_->pool);
    ARROW_ASSIGN_OR_RAISE(
        auto kept,
        arrow::compute::Filter(answer, selected,
                               arrow::compute::FilterOptions::Defaults(), &exec));
    return kept.record_batch();
  }

  Result<std::shared_ptr<arrow::Array>> KindColumn(const Rows& rows) const {
    arrow::StringBuilder kinds(context_->pool);
    for (int64_t i = 0; i < rows.columns->num_rows(); ++i) {
      const auto kind = rows.kinds == nullptr
                            ? types::RowKind::kInsert
                            : static_cast<types::RowKind>(rows.kinds->data()[i]);
      ARROW_RETURN_NOT_OK(kinds.Append(types::ShortName(kind)));
    }
    return kinds.Finish();
  }

  std::shared_ptr<const base::Context> context_;
  ReadOptions options_;
  std::shared_ptr<const types::TableSchema> schema_;
  std::unique_ptr<datafile::ReadBucket> bucket_;
  std::map<std::string, meta::DeletionVectorPlace> vector_places_;
  merge::MergeSpec spec_;
  std::vector<int> read_columns_;
  std::shared_ptr<arrow::Schema> read_schema_;
  std::shared_ptr<arrow::Schema> output_schema_;
  std::vector<Section> sections_;
  size_t next_section_ = 0;
  std::unique_ptr<RowSource> current_;
  Status failed_;
};

}  // namespace

Result<std::shared_ptr<arrow::RecordBatchReader>> ReadSplit(
    const base::Context& context, const std::string& table_path,
    std::shared_ptr<const types::TableSchema> schema,
    std::shared_ptr<const meta::SchemaFiles> schemas, const meta::Split& split,
    const ReadOptions& options) {
  return SplitReader::Make(context, table_path, std::move(schema), std::move(schemas),
                           split, options);
}

}  // namespace tarn::read
