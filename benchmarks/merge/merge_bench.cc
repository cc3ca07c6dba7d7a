// SPDX-License-Identifier: Apache-2.0
// Kernels of the merge on runs in memory, nanoseconds per input row: the order alone, and
// the whole merge with all columns gathered, beside what memcpy of the same output costs.
// Usage: merge_bench [rows per run, default 200000] [part of a workload's name]
#include <arrow/api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/merge/merge_order.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_merger.h"
#include "tarn/merge/sort.h"
#include "tarn/types/arrow_types.h"

namespace {

using tarn::Result;
using tarn::Status;
using tarn::merge::ColumnCursor;
using tarn::merge::MergeSpec;
using tarn::merge::SortedRun;
using tarn::types::DataType;

constexpr int kRepeats = 5;

std::string g_only;  // part of the names of workloads to run

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Best thread time of several repeats.
double Best(const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < kRepeats; ++i) {
    const double begin = ThreadSeconds();
    work();
    best = std::min(best, ThreadSeconds() - begin);
  }
  return best;
}

struct Workload {
  std::string name;
  MergeSpec spec;
  std::vector<std::shared_ptr<arrow::RecordBatch>> runs;
  std::vector<std::shared_ptr<arrow::Array>> sequences;
  int64_t rows = 0;
};

/// A value column of a run: `owner` runs fill it, others leave it NULL (-1 = all fill
/// it).
struct ColumnShape {
  std::string name;
  DataType type;
  int owner = -1;
};

std::shared_ptr<arrow::Array> MakeCells(const ColumnShape& shape, int run, int64_t rows,
                                        std::mt19937_64* random) {
  auto type = tarn::types::ToArrow(shape.type).ValueOrDie();
  if (shape.owner >= 0 && shape.owner != run) {
    return arrow::MakeArrayOfNull(type, rows).ValueOrDie();
  }
  if (shape.type.IsString()) {
    arrow::StringBuilder builder;
    for (int64_t i = 0; i < rows; ++i) {
      char text[11];
      std::snprintf(text, sizeof(text), "%010llx",
                    static_cast<unsigned long long>((*random)() >> 24));
      (void)builder.Append(text, 10);
    }
    return builder.Finish().ValueOrDie();
  }
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < rows; ++i)
    (void)builder.Append(static_cast<int64_t>((*random)() >> 8));
  return builder.Finish().ValueOrDie();
}

/// `counts[r]` rows of run r are drawn from `space` keys, unique within the run.
Workload MakeWorkload(std::string name, const std::vector<int64_t>& counts, int64_t space,
                      const std::vector<ColumnShape>& columns,
                      std::map<std::string, std::string> options, bool text_key = false) {
  std::mt19937_64 random(42);
  Workload made;
  if (name.find(g_only) == std::string::npos) return made;
  made.name = std::move(name);
  tarn::types::TableSchema schema;
  const DataType key_type = text_key ? DataType::String() : DataType::BigInt();
  schema.fields.push_back({0, "k", key_type.NotNull(), {}, {}});
  for (const ColumnShape& column : columns) {
    schema.fields.push_back(
        {static_cast<int32_t>(schema.fields.size()), column.name, column.type, {}, {}});
  }
  schema.primary_keys = {"k"};
  schema.options = std::move(options);
  made.spec = MergeSpec::FromSchema(schema).ValueOrDie();
  const auto arrow_schema = tarn::types::ToArrow(schema.fields).ValueOrDie();
  int64_t sequence = 0;
  for (size_t run = 0; run < counts.size(); ++run) {
    std::vector<int64_t> keys;
    int64_t left = counts[run];
    for (int64_t key = 0; key < space && left > 0; ++key) {
      if (static_cast<int64_t>(random() % static_cast<uint64_t>(space - key)) >= left)
        continue;
      keys.push_back(key);
      --left;
    }
    arrow::ArrayVector arrays;
    if (text_key) {
      arrow::StringBuilder builder;
      for (int64_t key : keys) {
        char text[32];
        std::snprintf(text, sizeof(text), "customer/%015lld",
                      static_cast<long long>(key));
        (void)builder.Append(text, 24);
      }
      arrays.push_back(builder.Finish().ValueOrDie());
    } else {
      arrow::Int64Builder builder;
      (void)builder.AppendValues(keys);
      arrays.push_back(builder.Finish().ValueOrDie());
    }
    const auto rows = static_cast<int64_t>(keys.size());
    for (const ColumnShape& column : columns) {
      arrays.push_back(MakeCells(column, static_cast<int>(run), rows, &random));
    }
    arrow::Int64Builder numbers;
    for (int64_t i = 0; i < rows; ++i) (void)numbers.Append(sequence++);
    made.sequences.push_back(numbers.Finish().ValueOrDie());
    made.runs.push_back(arrow::RecordBatch::Make(arrow_schema, rows, std::move(arrays)));
    made.rows += rows;
  }
  return made;
}

/// Sorted columns in memory: what the merge reads costs nothing.
class ArrayRun final : public SortedRun {
 public:
  ArrayRun(std::shared_ptr<arrow::RecordBatch> rows,
           std::shared_ptr<arrow::Array> sequences)
      : rows_(std::move(rows)), sequences_(std::move(sequences)) {}

  int64_t num_rows() const override { return rows_->num_rows(); }
  int32_t level() const override { return 0; }
  Result<std::unique_ptr<ColumnCursor>> OpenColumn(int column) override {
    return std::make_unique<Slices>(rows_->column(column));
  }
  Result<std::unique_ptr<ColumnCursor>> OpenSequence() override {
    return std::make_unique<Slices>(sequences_);
  }
  Result<std::unique_ptr<ColumnCursor>> OpenKind() override { return nullptr; }

 private:
  class Slices final : public ColumnCursor {
   public:
    explicit Slices(std::shared_ptr<arrow::Array> array) : array_(std::move(array)) {}
    Result<std::shared_ptr<arrow::Array>> Read(int64_t rows) override {
      at_ += rows;
      return array_->Slice(at_ - rows, rows);
    }
    Status Skip(int64_t rows) override {
      at_ += rows;
      return Status::OK();
    }

   private:
    std::shared_ptr<arrow::Array> array_;
    int64_t at_ = 0;
  };

  std::shared_ptr<arrow::RecordBatch> rows_;
  std::shared_ptr<arrow::Array> sequences_;
};

std::vector<std::unique_ptr<SortedRun>> RunsOf(const Workload& workload) {
  std::vector<std::unique_ptr<SortedRun>> runs;
  for (size_t i = 0; i < workload.runs.size(); ++i) {
    runs.push_back(std::make_unique<ArrayRun>(workload.runs[i], workload.sequences[i]));
  }
  return runs;
}

uint64_t Checksum(const arrow::RecordBatch& batch) {
  uint64_t sum = 0;
  for (const auto& column : batch.columns()) {
    const auto& data = *column->data();
    const auto& values = data.buffers.back();
    if (values == nullptr || data.length == 0) continue;
    sum = sum * 31 + static_cast<uint64_t>(column->null_count());
    if (column->type_id() == arrow::Type::INT64) {
      sum += static_cast<uint64_t>(data.GetValues<int64_t>(1)[data.length - 1]);
    }
  }
  return sum;
}

void Report(const Workload& workload, const tarn::base::Context& context) {
  if (workload.rows == 0) return;
  const double order = Best([&] {
    auto runs = RunsOf(workload);
    std::vector<SortedRun*> borrowed;
    for (auto& run : runs) borrowed.push_back(run.get());
    auto reader =
        tarn::merge::OrderReader::Make(context, workload.spec, borrowed).ValueOrDie();
    tarn::merge::MergeOrder merged;
    while (reader->Next(8192, &merged).ValueOrDie()) {
    }
  });
  uint64_t checksum = 0;
  int64_t out_rows = 0, out_bytes = 0;
  const double whole = Best([&] {
    checksum = 0;
    out_rows = out_bytes = 0;
    auto merger =
        tarn::merge::RunMerger::Make(context, workload.spec, RunsOf(workload), {})
            .ValueOrDie();
    while (auto batch = merger->Next().ValueOrDie()) {
      checksum += Checksum(*batch->rows);
      out_rows += batch->rows->num_rows();
      for (const auto& column : batch->rows->columns()) {
        const bool text = column->type_id() == arrow::Type::STRING;
        out_bytes += (column->length() - column->null_count()) * (text ? 14 : 8);
      }
    }
  });
  std::vector<char> from(out_bytes, 1), to(out_bytes, 2);
  const double copy = Best([&] { std::memcpy(to.data(), from.data(), from.size()); });
  const double cells = static_cast<double>(out_rows) * workload.spec.num_columns();
  const double ns = 1e9 / static_cast<double>(workload.rows);
  std::printf(
      "%-34s in %8lld out %8lld | order %6.1f whole %6.1f ns/in-row | after order %5.2f "
      "ns/cell | memcpy %5.1f ns/in-row | %016llx\n",
      workload.name.c_str(), static_cast<long long>(workload.rows),
      static_cast<long long>(out_rows), order * ns, whole * ns,
      (whole - order) * 1e9 / cells, copy * ns,
      static_cast<unsigned long long>(checksum));
}

void ReportSort(int64_t rows, const tarn::base::Context& context) {
  std::mt19937_64 random(1);
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < rows; ++i) {
    (void)builder.Append(static_cast<int64_t>(random() % 100'000'000));
  }
  const Workload shape = MakeWorkload("", {1}, 1, {}, {});
  const auto batch = arrow::RecordBatch::Make(shape.runs[0]->schema(), rows,
                                              {builder.Finish().ValueOrDie()});
  const double best = Best([&] {
    (void)tarn::merge::SortPermutation(context, shape.spec, *batch, nullptr).ValueOrDie();
  });
  std::printf("%-34s in %8lld | %6.1f ns/row\n", "sort bigint keys",
              static_cast<long long>(rows), best * 1e9 / static_cast<double>(rows));
}

std::vector<ColumnShape> Wide() {
  std::vector<ColumnShape> columns;
  for (int i = 0; i < 10; ++i)
    columns.push_back({"l" + std::to_string(i), DataType::BigInt()});
  for (int i = 0; i < 10; ++i)
    columns.push_back({"s" + std::to_string(i), DataType::String()});
  return columns;
}

/// Five streams that own a clock, seven numbers and three texts each.
std::vector<ColumnShape> Streams(std::map<std::string, std::string>* groups) {
  std::vector<ColumnShape> columns;
  for (int stream = 0; stream < 5; ++stream) {
    const std::string prefix = "o" + std::to_string(stream) + "_";
    columns.push_back({prefix + "ts", DataType::BigInt(), stream});
    std::string names;
    for (int i = 0; i < 10; ++i) {
      const std::string name = prefix + std::to_string(i);
      columns.push_back({name, i < 7 ? DataType::BigInt() : DataType::String(), stream});
      names += (i == 0 ? "" : ",") + name;
    }
    (*groups)["fields." + prefix + "ts.sequence-group"] = names;
  }
  return columns;
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t rows = argc > 1 ? std::strtoll(argv[1], nullptr, 10) : 200'000;
  if (argc > 2) g_only = argv[2];
  tarn::base::Context context;
  context.pool = arrow::default_memory_pool();
  const std::vector<ColumnShape> narrow = {{"a", DataType::BigInt()},
                                           {"b", DataType::BigInt()}};
  for (int k : {1, 2, 5, 10}) {
    const std::vector<int64_t> counts(k, rows);
    const std::string fan_in = "k=" + std::to_string(k);
    Report(MakeWorkload("dedup 1+2 bigint " + fan_in, counts, 2 * rows, narrow, {}),
           context);
    Report(
        MakeWorkload("dedup 1+10 bigint+10 text " + fan_in, counts, 2 * rows, Wide(), {}),
        context);
  }
  Report(MakeWorkload("dedup text(24) key k=8", std::vector<int64_t>(8, rows), 2 * rows,
                      narrow, {}, true),
         context);
  for (const int64_t delta : {1000, 100, 10}) {
    Report(MakeWorkload("dedup base + 4 deltas of 1/" + std::to_string(delta),
                        {5 * rows, 5 * rows / delta, 5 * rows / delta, 5 * rows / delta,
                         5 * rows / delta},
                        5 * rows, narrow, {}),
           context);
  }
  std::map<std::string, std::string> plain = {{"merge-engine", "partial-update"}};
  std::map<std::string, std::string> groups = plain, unused;
  const auto streams = Streams(&groups);
  Report(MakeWorkload("partial-update 55 columns k=5", std::vector<int64_t>(5, rows),
                      2 * rows, streams, plain),
         context);
  Report(MakeWorkload("same in 5 sequence groups", std::vector<int64_t>(5, rows),
                      2 * rows, streams, groups),
         context);
  std::map<std::string, std::string> sums = {
      {"merge-engine", "aggregation"}, {"fields.default-aggregate-function", "sum"}};
  std::vector<ColumnShape> numbers = Wide();
  numbers.resize(10);
  Report(MakeWorkload("aggregation 10 sums k=5", std::vector<int64_t>(5, rows), 2 * rows,
                      numbers, sums),
         context);
  if (g_only.empty()) ReportSort(rows * 5, context);
  return 0;
}
