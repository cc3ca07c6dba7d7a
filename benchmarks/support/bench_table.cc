// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/support/bench_table.h"

#include <algorithm>
#include <random>

#include <arrow/api.h>

#include "benchmarks/support/meter.h"
#include "tarn/catalog/catalog.h"
#include "tarn/io/local_file_system.h"

namespace tarn::benchmarks {

std::shared_ptr<base::Context> BenchContext() {
  return base::MakeSystemContext(io::MakeLocalFileSystem());
}

std::shared_ptr<table::Table> CreateTable(std::shared_ptr<base::Context> context,
                                          const std::string& warehouse,
                                          const std::string& name,
                                          std::vector<types::DataField> fields,
                                          std::vector<std::string> keys,
                                          std::map<std::string, std::string> options) {
  auto catalog = ValueOf(catalog::MakeFileSystemCatalog(std::move(context), warehouse));
  CheckOk(catalog->CreateDatabase("db", true));
  types::TableSchema schema;
  schema.fields = std::move(fields);
  schema.primary_keys = std::move(keys);
  schema.options = std::move(options);
  schema.options.insert({{"bucket", "1"},
                         {"write-only", "true"},
                         {"commit.sync", "none"},
                         {"metadata.stats-mode", "truncate(16)"},
                         {"write-buffer-size", "1 gb"},
                         {"target-file-size", "4 gb"}});
  CheckOk(catalog->CreateTable({"db", name}, schema, false, nullptr));
  return ValueOf(catalog->GetTable({"db", name}));
}

Status WriteAndCommit(const table::Table& table, const std::string& user,
                      const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  ARROW_ASSIGN_OR_RAISE(auto write, table.NewWrite({}));
  for (const auto& rows : batches) {
    types::ChangeBatch changes;
    changes.rows = rows;
    ARROW_RETURN_NOT_OK(write->Write(changes));
  }
  meta::Committable committable;
  committable.identifier = 1;
  ARROW_ASSIGN_OR_RAISE(committable.messages, write->PrepareCommit());
  commit::TableCommitOptions options;
  options.commit_user = user;
  ARROW_ASSIGN_OR_RAISE(auto commit, table.NewCommit(options));
  return commit->Commit(committable).status();
}

std::vector<std::string> DataFiles(const table::Table& table) {
  std::vector<std::string> paths;
  const auto plan = ValueOf(table.PlanScan({}));
  for (const auto& split : plan.splits) {
    for (const auto& file : split.files) {
      paths.push_back(table.path() + "/" + split.bucket_path + "/" + file.file_name);
    }
  }
  return paths;
}

std::shared_ptr<arrow::Array> RandomTexts(int64_t rows, int length, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(static_cast<size_t>(length), '0');
  arrow::StringBuilder builder;
  CheckOk(builder.Reserve(rows));
  CheckOk(builder.ReserveData(rows * length));
  for (int64_t i = 0; i < rows; ++i) {
    uint64_t bits = random();
    for (char& c : text) {
      c = "0123456789abcdef"[bits & 15];
      bits >>= 4;
    }
    builder.UnsafeAppend(text);
  }
  return ValueOf(builder.Finish());
}

std::shared_ptr<arrow::Array> RandomNumbers(int64_t rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  arrow::Int64Builder builder;
  CheckOk(builder.Reserve(rows));
  for (int64_t i = 0; i < rows; ++i) {
    builder.UnsafeAppend(static_cast<int64_t>(random()));
  }
  return ValueOf(builder.Finish());
}

std::vector<std::shared_ptr<arrow::RecordBatch>> Sliced(
    const std::shared_ptr<arrow::RecordBatch>& rows, int64_t batch_rows) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> out;
  for (int64_t at = 0; at < rows->num_rows(); at += batch_rows) {
    out.push_back(rows->Slice(at, batch_rows));
  }
  return out;
}

}  // namespace tarn::benchmarks
