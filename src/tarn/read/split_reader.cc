// SPDX-License-Identifier: Apache-2.0
#include "tarn/read/split_reader.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/datafile/fan_in.h"
#include "tarn/merge/run_merger.h"
#include "tarn/meta/file_sections.h"
#include "tarn/options/options.h"
#include "tarn/read/diff_source.h"
#include "tarn/read/judged_rows.h"
#include "tarn/read/row_source.h"
#include "tarn/types/arrow_types.h"
#include "tarn/types/partition_path.h"
#include "tarn/types/row_kind.h"

namespace tarn::read {
namespace {

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
    ARROW_RETURN_NOT_OK(reader->OpenSource(split));
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
  /// How sections are opened: the columns to answer, whether retractions stay, and
  /// whether rows that do not satisfy the predicate are left out already.
  struct Wanted {
    std::vector<int> columns;
    std::shared_ptr<arrow::Schema> schema;
    bool keep_retracts = false;
    bool judged = false;
  };

  /// Sections one after another.
  class Sections final : public RowSource {
   public:
    Sections(const SplitReader* reader, std::vector<Section> sections, Wanted wanted)
        : reader_(reader), sections_(std::move(sections)), wanted_(std::move(wanted)) {}
    Result<std::optional<Rows>> Next() override {
      while (true) {
        if (current_ == nullptr) {
          if (next_ == sections_.size()) return std::nullopt;
          ARROW_ASSIGN_OR_RAISE(current_, reader_->Open(sections_[next_++], wanted_));
        }
        ARROW_ASSIGN_OR_RAISE(auto rows, current_->Next());
        if (rows) return rows;
        current_.reset();
      }
    }

   private:
    const SplitReader* reader_;
    std::vector<Section> sections_;
    Wanted wanted_;
    size_t next_ = 0;
    std::unique_ptr<RowSource> current_;
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
    ARROW_RETURN_NOT_OK(ChooseJudgement());
    if (options_.row_kinds) {
      ARROW_ASSIGN_OR_RAISE(
          output_schema_,
          output_schema_->AddField(0, arrow::field("rowkind", arrow::utf8(), false)));
    }
    return Status::OK();
  }

  /// What rows need not be read: of files that are read as they are, by the whole
  /// predicate; below a merge by what it says of keys, and never by rows.
  Status ChooseJudgement() {
    if (options_.predicate == nullptr) return Status::OK();
    const auto names = expr::ColumnsOf(*options_.predicate);
    judgement_.predicate = options_.predicate;
    judgement_.batch_rows = options_.batch_rows;
    judgement_.late_columns = options_.prune.late_columns;
    judgement_.counters = options_.counters.get();
    judgement_.schema = output_schema_;
    ARROW_ASSIGN_OR_RAISE(judgement_.columns, schema_->IndexesOf(options_.columns));
    ARROW_ASSIGN_OR_RAISE(judgement_.predicate_columns, schema_->IndexesOf(names));
    ARROW_ASSIGN_OR_RAISE(const auto judged, schema_->FieldsOf(names));
    ARROW_ASSIGN_OR_RAISE(judgement_.predicate_schema, types::ToArrow(judged));
    const options::Options options(schema_->options);
    ARROW_ASSIGN_OR_RAISE(const bool indexes,
                          options.Get(options::kFileIndexReadEnabled));
    raw_filter_ = {.predicate = options_.predicate,
                   .file_indexes = indexes && options_.prune.file_indexes,
                   .row_groups = options_.prune.row_groups,
                   .counters = options_.counters.get()};
    key_filter_ = {
        .predicate = expr::KeepOnly(options_.predicate, schema_->TrimmedPrimaryKey()),
        .row_groups = options_.prune.row_groups,
        .counters = options_.counters.get()};
    return Status::OK();
  }

  Status OpenSource(const meta::Split& split) {
    Wanted wanted{read_columns_, read_schema_,
                  options_.keep_retracts || options_.row_kinds};
    if (options_.predicate != nullptr && !split.unmerged && !split.before_files) {
      wanted.judged = judged_ = true;
      wanted.columns = judgement_.columns;
      wanted.schema = judgement_.schema;
    }
    if (split.unmerged) {
      source_ = RawSource(datafile::OpenRun(*bucket_, split.files), read_columns_,
                          read_schema_, options_.batch_rows, /*with_kinds=*/true);
      return Status::OK();
    }
    if (!split.before_files) {
      ARROW_ASSIGN_OR_RAISE(auto sections,
                            CutSections(split.files, split.raw_convertible));
      source_ = std::make_unique<Sections>(this, std::move(sections), wanted);
      return Status::OK();
    }
    // A diff compares whole rows.
    Wanted whole;
    whole.keep_retracts = wanted.keep_retracts;
    whole.columns.resize(schema_->fields.size());
    std::iota(whole.columns.begin(), whole.columns.end(), 0);
    ARROW_ASSIGN_OR_RAISE(whole.schema, types::ToArrow(schema_->fields));
    std::unique_ptr<RowSource> sides[2];
    const std::vector<meta::DataFileMeta>* files[2] = {&*split.before_files,
                                                       &split.files};
    for (int i = 0; i < 2; ++i) {
      ARROW_ASSIGN_OR_RAISE(auto sections, CutSections(*files[i], false));
      sides[i] = std::make_unique<Sections>(this, std::move(sections), whole);
    }
    source_ = DiffSource(*context_, schema_, std::move(sides[0]), std::move(sides[1]),
                         read_columns_, wanted.keep_retracts);
    return Status::OK();
  }

  Result<std::vector<Section>> CutSections(const std::vector<meta::DataFileMeta>& files,
                                           bool raw_convertible) {
    std::vector<Section> out;
    if (raw_convertible || !schema_->has_primary_key()) {
      AddRaw(files, &out);
      return out;
    }
    ARROW_ASSIGN_OR_RAISE(spec_, merge::MergeSpec::FromSchema(*schema_));
    ARROW_ASSIGN_OR_RAISE(auto keys, schema_->FieldsOf(schema_->TrimmedPrimaryKey()));
    ARROW_ASSIGN_OR_RAISE(auto sections, meta::PartitionFiles(files, keys));
    for (auto& section : sections) {
      // A lone run without retractions is its own merge.
      const bool raw =
          section.size() == 1 &&
          std::all_of(section[0].begin(), section[0].end(), [](const auto& file) {
            return file.delete_row_count.has_value() && *file.delete_row_count == 0;
          });
      if (raw && !options_.row_kinds) {
        AddRaw(std::move(section[0]), &out);
      } else {
        out.push_back({false, std::move(section)});
      }
    }
    return out;
  }

  /// Files to read as they are; with a predicate one by one, since each is opened to see
  /// which of its rows to read.
  void AddRaw(std::vector<meta::DataFileMeta> files, std::vector<Section>* out) const {
    if (!judged_) {
      out->push_back({true, {std::move(files)}});
      return;
    }
    for (auto& file : files) out->push_back({true, {{std::move(file)}}});
  }

  /// A run without what `filter` rules out.
  static Result<std::unique_ptr<merge::SortedRun>> OpenRun(
      const datafile::ReadBucket& bucket, std::vector<meta::DataFileMeta> files,
      const datafile::RowFilter& filter) {
    if (filter.predicate == nullptr || !(filter.file_indexes || filter.row_groups)) {
      return datafile::OpenRun(bucket, std::move(files));
    }
    return datafile::OpenFilteredRun(bucket, std::move(files), filter);
  }

  /// The bucket with the vectors of a section's files, in memory while it is read.
  Result<datafile::ReadBucket> BucketFor(const Section& section) const {
    std::vector<meta::DataFileMeta> files;
    for (const auto& run : section.runs) {
      files.insert(files.end(), run.begin(), run.end());
    }
    datafile::ReadBucket bucket = *bucket_;
    ARROW_ASSIGN_OR_RAISE(bucket.deletion_vectors,
                          datafile::ReadVectorsOf(*context_, files, vector_places_));
    return bucket;
  }

  Result<std::unique_ptr<RowSource>> Open(const Section& section,
                                          const Wanted& wanted) const {
    ARROW_ASSIGN_OR_RAISE(const datafile::ReadBucket bucket, BucketFor(section));
    if (section.raw && wanted.judged) {
      ARROW_ASSIGN_OR_RAISE(auto run, OpenRun(bucket, section.runs[0], raw_filter_));
      return JudgedRows(*context_, std::move(run), judgement_);
    }
    if (section.raw) {
      return RawSource(datafile::OpenRun(bucket, section.runs[0]), wanted.columns,
                       wanted.schema, options_.batch_rows,
                       options_.row_kinds && schema_->has_primary_key());
    }
    std::vector<std::unique_ptr<merge::SortedRun>> runs;
    for (const auto& files : section.runs) {
      // A merge that looks at levels needs the levels of a run apart.
      std::vector<meta::DataFileMeta> run;
      for (const auto& file : files) {
        if (spec_.lookup && !run.empty() && run.back().level != file.level) {
          ARROW_ASSIGN_OR_RAISE(runs.emplace_back(),
                                OpenRun(bucket, std::move(run), key_filter_));
          run.clear();
        }
        run.push_back(file);
      }
      ARROW_ASSIGN_OR_RAISE(runs.emplace_back(),
                            OpenRun(bucket, std::move(run), key_filter_));
    }
    if (!spec_.lookup) {
      ARROW_ASSIGN_OR_RAISE(auto order, merge::MergeSpec::OrderOnly(*schema_));
      ARROW_ASSIGN_OR_RAISE(runs, datafile::LimitFanIn(context_, order, std::move(runs)));
    }
    merge::RunMergerOptions options;
    options.projection = wanted.columns;
    options.drop_retracts = !wanted.keep_retracts;
    options.batch_rows = options_.batch_rows;
    if (wanted.judged) JudgeMerged(&options);
    ARROW_ASSIGN_OR_RAISE(
        auto merger,
        merge::RunMerger::Make(*context_, spec_, std::move(runs), std::move(options)));
    return MergeSource(std::move(merger));
  }

  /// Merged rows are judged before the columns that the predicate does not need are
  /// gathered.
  void JudgeMerged(merge::RunMergerOptions* options) const {
    options->filter = [predicate = options_.predicate](const arrow::RecordBatch& rows) {
      return expr::Evaluate(*predicate, rows);
    };
    auto& columns = options->filter_columns;
    columns = judgement_.predicate_columns;
    if (judgement_.late_columns) return;
    for (int column : judgement_.columns) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }

  Status Next(std::shared_ptr<arrow::RecordBatch>* batch) {
    while (true) {
      ARROW_ASSIGN_OR_RAISE(auto rows, source_->Next());
      if (!rows) return Status::OK();
      ARROW_ASSIGN_OR_RAISE(*batch, Answer(*rows));
      if ((*batch)->num_rows() > 0) return Status::OK();
      batch->reset();
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
    if (options_.predicate == nullptr || judged_) return answer;
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
  std::vector<int> read_columns_;  ///< those to answer, then what the predicate needs
  std::shared_ptr<arrow::Schema> read_schema_;
  Judgement judgement_;
  datafile::RowFilter raw_filter_, key_filter_;
  bool judged_ = false;  ///< sources leave out what does not satisfy the predicate
  std::shared_ptr<arrow::Schema> output_schema_;
  std::unique_ptr<RowSource> source_;
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
