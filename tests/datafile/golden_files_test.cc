// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "tarn/datafile/data_file_reader.h"
#include "tarn/datafile/data_file_writer.h"
#include "tarn/io/local_file_system.h"
#include "tarn/merge/run_merger.h"
#include "tarn/meta/live_files.h"
#include "tarn/meta/snapshot_files.h"
#include "tarn/types/arrow_types.h"
#include "tests/support/canonical_rows.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

namespace tarn::datafile {
namespace {

namespace fs = std::filesystem;

/// The latest snapshot of a golden table.
struct Table {
  std::shared_ptr<base::Context> context;
  support::GoldenTable golden;
  io::TablePaths paths;
  std::shared_ptr<meta::SchemaFiles> schemas;
  std::vector<meta::ManifestEntry> files;
  std::map<std::string, std::string> folder_of;  ///< file -> partition path

  ReadBucket Bucket(const meta::ManifestEntry& entry,
                    std::shared_ptr<const types::TableSchema> schema) const {
    return {context,     paths,           std::move(schema),
            schemas,     entry.partition, folder_of.at(entry.file.file_name),
            entry.bucket};
  }
};

Table Load(const std::string& name) {
  auto golden = support::LoadGolden(name);
  auto context = base::MakeSystemContext(io::MakeLocalFileSystem());
  auto paths = io::TablePaths::Make(golden.path).ValueOrDie();
  Table table{context, golden, paths, nullptr, {}, {}};
  table.schemas = std::make_shared<meta::SchemaFiles>(context, paths);
  const auto snapshot = meta::SnapshotFiles(context, paths).Latest().ValueOrDie();
  if (snapshot) {
    table.files = meta::ReadLiveFiles(*context, paths, *snapshot).ValueOrDie();
  }
  for (const auto& entry : fs::recursive_directory_iterator(golden.path)) {
    if (!entry.is_regular_file()) continue;
    const fs::path bucket = entry.path().parent_path();
    const std::string folder = fs::relative(bucket.parent_path(), golden.path).string();
    table.folder_of[entry.path().filename()] = folder == "." ? "" : folder;
  }
  return table;
}

/// The latest schema of a golden table.
types::TableSchema LatestSchema(const std::string& name) {
  const auto golden = support::LoadGolden(name);
  int64_t latest = 0;
  for (const auto& entry : fs::directory_iterator(golden.path + "/schema")) {
    latest = std::max(
        latest, io::VersionOf(entry.path().filename().string(), "schema-").value_or(0));
  }
  const auto text =
      support::ReadText(golden.path + "/schema/schema-" + std::to_string(latest));
  return types::TableSchema::FromJson(text).ValueOrDie();
}

std::string OptionOf(const types::TableSchema& schema, const std::string& key,
                     const std::string& otherwise) {
  const auto it = schema.options.find(key);
  return it == schema.options.end() ? otherwise : it->second;
}

/// Tables with Parquet files in their latest snapshot, written by 2.0.0: older releases
/// state less of binary columns.
std::vector<std::string> ParquetTables() {
  // Columns that live in files of other kinds, types of later releases, and tables that
  // are empty.
  const std::set<std::string> others = {"blob",           "vector",     "types_variant",
                                        "data_evolution", "life_empty", "life_truncate",
                                        "bucket_postpone"};
  std::vector<std::string> names;
  for (const std::string& name : support::GoldenNames()) {
    if (name.starts_with("pair_") || name.starts_with("old_")) continue;
    const auto schema = LatestSchema(name);
    if (!others.contains(name) &&
        OptionOf(schema, "file.format", "parquet") == "parquet" &&
        !schema.options.contains("file.format.per.level")) {
      names.push_back(name);
    }
  }
  return names;
}

/// Those of them that a plain deduplicating merge of all files reads as Java does.
std::vector<std::string> DeduplicatedTables() {
  std::vector<std::string> names;
  for (const std::string& name : ParquetTables()) {
    const auto schema = LatestSchema(name);
    if (schema.has_primary_key() &&
        OptionOf(schema, "merge-engine", "deduplicate") == "deduplicate" &&
        OptionOf(schema, "deletion-vectors.enabled", "false") == "false" &&
        !schema.options.contains("record-level.expire-time")) {
      names.push_back(name);
    }
  }
  return names;
}

// A part of the tables each: finding them takes a while, which is spent once a process.
constexpr size_t kParts = 4;

class GoldenFilesTest : public ::testing::TestWithParam<size_t> {
 protected:
  void ForEach(const std::vector<std::string>& tables,
               const std::function<void(const std::string&)>& test) {
    for (size_t i = GetParam(); i < tables.size(); i += kParts) {
      SCOPED_TRACE(tables[i]);
      test(tables[i]);
    }
  }
};

/// All columns of a run.
struct Rows {
  std::shared_ptr<arrow::RecordBatch> values;
  std::shared_ptr<arrow::Int64Array> sequences;
  std::shared_ptr<arrow::Int8Array> kinds;
};

Result<Rows> ReadRows(merge::SortedRun* run, const types::TableSchema& schema) {
  Rows out;
  arrow::ArrayVector columns;
  for (size_t i = 0; i < schema.fields.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto cursor, run->OpenColumn(static_cast<int>(i)));
    ARROW_ASSIGN_OR_RAISE(auto column, cursor->Read(run->num_rows()));
    ARROW_RETURN_NOT_OK(column->ValidateFull());
    columns.push_back(std::move(column));
  }
  ARROW_ASSIGN_OR_RAISE(auto arrow_schema, types::ToArrow(schema.fields));
  out.values = arrow::RecordBatch::Make(arrow_schema, run->num_rows(), columns);
  if (!schema.has_primary_key()) return out;
  ARROW_ASSIGN_OR_RAISE(auto sequence, run->OpenSequence());
  ARROW_ASSIGN_OR_RAISE(auto sequences, sequence->Read(run->num_rows()));
  out.sequences = std::static_pointer_cast<arrow::Int64Array>(sequences);
  ARROW_ASSIGN_OR_RAISE(auto kind, run->OpenKind());
  ARROW_ASSIGN_OR_RAISE(auto kinds, kind->Read(run->num_rows()));
  out.kinds = std::static_pointer_cast<arrow::Int8Array>(kinds);
  return out;
}

std::string Hex(const std::string& bytes) {
  std::string out;
  for (unsigned char c : bytes) out += fmt::format("{:02x}", c);
  return out;
}

void ExpectSame(const meta::SimpleStats& ours, const meta::SimpleStats& java) {
  EXPECT_EQ(Hex(ours.min_values), Hex(java.min_values));
  EXPECT_EQ(Hex(ours.max_values), Hex(java.max_values));
  EXPECT_EQ(ours.null_counts, java.null_counts);
}

/// Rows that Java wrote, written again: every statement in the manifest is the same
/// bytes.
void WriteAgain(const std::string& name) {
  const Table table = Load(name);
  const support::TemporaryFolder folder;
  int compared = 0;
  for (const meta::ManifestEntry& entry : table.files) {
    const meta::DataFileMeta& java = entry.file;
    if (!java.file_name.ends_with(".parquet")) continue;
    SCOPED_TRACE(java.file_name);
    const auto schema = table.schemas->Get(java.schema_id).ValueOrDie();
    auto run = OpenRun(table.Bucket(entry, schema), {java});
    auto rows = ReadRows(run.get(), *schema);
    ASSERT_TRUE(rows.ok()) << rows.status();
    std::vector<int64_t> sequences(static_cast<size_t>(java.row_count), 0);
    const uint8_t* kinds = nullptr;
    if (rows->sequences != nullptr) {
      std::copy_n(rows->sequences->raw_values(), java.row_count, sequences.begin());
      kinds = reinterpret_cast<const uint8_t*>(rows->kinds->raw_values());
    }
    const WriteBucket bucket{table.context,
                             io::TablePaths::Make(folder.path()).ValueOrDie(), schema, "",
                             entry.bucket};
    // What one file holds stays in one file.
    auto wide = std::make_shared<types::TableSchema>(*schema);
    wide->options["target-file-size"] = "1 gb";
    wide->options.erase("target-file-row-num");
    WriteBucket one = bucket;
    one.schema = wide;
    const bool changelog = java.file_name.starts_with("changelog");
    auto writer = DataFileWriter::Make(one, java.level, *java.file_source,
                                       changelog ? FileUse::kChangelog : FileUse::kData);
    ASSERT_TRUE(writer.ok()) << writer.status();
    ASSERT_TRUE((*writer)->Write(*rows->values, sequences.data(), kinds).ok());
    const auto files = (*writer)->Finish().ValueOrDie();
    ASSERT_EQ(files.size(), 1U);
    const meta::DataFileMeta& ours = files[0];
    EXPECT_EQ(ours.row_count, java.row_count);
    EXPECT_EQ(Hex(ours.min_key), Hex(java.min_key));
    EXPECT_EQ(Hex(ours.max_key), Hex(java.max_key));
    ExpectSame(ours.key_stats, java.key_stats);
    ExpectSame(ours.value_stats, java.value_stats);
    EXPECT_EQ(ours.value_stats_cols, java.value_stats_cols);
    if (schema->has_primary_key() &&
        !schema->options.contains("sequence.snapshot-ordering")) {
      EXPECT_EQ(ours.min_sequence_number, java.min_sequence_number);
      EXPECT_EQ(ours.max_sequence_number, java.max_sequence_number);
    }
    EXPECT_EQ(ours.delete_row_count, java.delete_row_count);
    EXPECT_EQ(ours.level, java.level);
    EXPECT_EQ(ours.schema_id, java.schema_id);
    EXPECT_EQ(ours.file_source, java.file_source);
    const std::string name = "data-00000000-0000-0000-0000-000000000000-0.parquet";
    EXPECT_EQ(ours.file_name.size() - (changelog ? 5 : 0) - name.size(),
              java.file_name.size() - (changelog ? 5 : 0) - name.size());
    ++compared;
  }
  EXPECT_GT(compared, 0);
}

TEST_P(GoldenFilesTest, WrittenAgainAFileHasTheMetadataThatJavaStated) {
  ForEach(ParquetTables(), WriteAgain);
}

/// Files of every schema, merged with today's: the rows that Java reads.
void MergeAll(const std::string& name) {
  const Table table = Load(name);
  const auto schema = table.schemas->Latest().ValueOrDie();
  std::vector<std::string> lines;
  std::map<std::pair<std::string, int32_t>, std::vector<meta::ManifestEntry>> buckets;
  for (const meta::ManifestEntry& entry : table.files) {
    if (entry.bucket >= 0) buckets[{entry.partition, entry.bucket}].push_back(entry);
  }
  for (const auto& [place, entries] : buckets) {
    std::vector<std::unique_ptr<merge::SortedRun>> runs;
    for (const meta::ManifestEntry& entry : entries) {
      runs.push_back(OpenRun(table.Bucket(entry, schema), {entry.file}));
    }
    auto spec = merge::MergeSpec::FromSchema(*schema);
    ASSERT_TRUE(spec.ok()) << spec.status();
    auto merger = merge::RunMerger::Make(*table.context, *spec, std::move(runs),
                                         {.drop_retracts = true})
                      .ValueOrDie();
    while (true) {
      auto batch = merger->Next();
      ASSERT_TRUE(batch.ok()) << batch.status();
      if (!batch->has_value()) break;
      auto reader = arrow::RecordBatchReader::Make({(*batch)->rows}).ValueOrDie();
      for (auto& line : support::SortedLines(reader.get(), schema->fields).ValueOrDie()) {
        lines.push_back(std::move(line));
      }
    }
  }
  std::sort(lines.begin(), lines.end());
  EXPECT_TRUE(support::SameRows(lines, table.golden.reads[0].lines));
}

TEST_P(GoldenFilesTest, RowsAreThoseThatJavaReads) {
  ForEach(DeduplicatedTables(), MergeAll);
}

INSTANTIATE_TEST_SUITE_P(Parts, GoldenFilesTest, ::testing::Range<size_t>(0, kParts));

}  // namespace
}  // namespace tarn::datafile
