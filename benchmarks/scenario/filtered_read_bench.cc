// SPDX-License-Identifier: Apache-2.0
// Reading few rows of a table with a predicate, CPU nanoseconds per row in the files:
// with all prunings, and beside it without any. One run of 500 000 rows, which is read as
// it is stored, and five that overlap and are merged; a tenth with --small.
//
//   k     BIGINT, the key, every second number
//   time  BIGINT, ascending with the key
//   v     BIGINT, one of 1000, anywhere
//   and 20 more columns, half of them text
#include <arrow/api.h>

#include <string>
#include <vector>

#include "benchmarks/support/bench_table.h"
#include "benchmarks/support/meter.h"
#include "tarn/types/arrow_types.h"

namespace tarn::benchmarks {
namespace {

using expr::CompareOp;
using types::DataField;
using types::DataType;

std::vector<DataField> Fields() {
  std::vector<DataField> fields = {{0, "k", DataType::BigInt().NotNull()},
                                   {1, "time", DataType::BigInt()},
                                   {2, "v", DataType::BigInt()}};
  for (int32_t id = 3; id < 23; ++id) {
    fields.push_back({id, "c" + std::to_string(id),
                      id % 2 == 0 ? DataType::BigInt() : DataType::String()});
  }
  return fields;
}

std::shared_ptr<arrow::Array> Ascending(int64_t rows, int64_t first, int64_t step) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < rows; ++i) CheckOk(builder.Append(first + i * step));
  return ValueOf(builder.Finish());
}

std::shared_ptr<arrow::Array> OneOfThousand(int64_t rows, uint64_t seed) {
  const auto random = RandomNumbers(rows, seed);
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t value = static_cast<const arrow::Int64Array&>(*random).Value(i);
    CheckOk(builder.Append((value % 1000 + 1000) % 1000));
  }
  return ValueOf(builder.Finish());
}

std::shared_ptr<arrow::RecordBatch> RunOf(int run, int64_t rows) {
  const std::vector<DataField> fields = Fields();
  const auto seed = static_cast<uint64_t>(run) * 100;
  arrow::ArrayVector columns = {Ascending(rows, run % 2, 2),
                                Ascending(rows, int64_t{run} * rows, 1),
                                OneOfThousand(rows, seed)};
  for (size_t i = 3; i < fields.size(); ++i) {
    columns.push_back(fields[i].type.IsString() ? RandomTexts(rows, 10, seed + i)
                                                : RandomNumbers(rows, seed + i));
  }
  return arrow::RecordBatch::Make(ValueOf(types::ToArrow(fields)), rows,
                                  std::move(columns));
}

expr::PredicatePtr Is(const std::string& column, CompareOp op, int64_t value) {
  return expr::Leaf(column, op, {arrow::MakeScalar(value)});
}

void Report(const std::string& warehouse, int runs, int64_t rows, int passes) {
  const auto table = CreateTable(BenchContext(), warehouse, "t" + std::to_string(runs),
                                 Fields(), {"k"}, {});
  for (int run = 0; run < runs; ++run) {
    CheckOk(WriteAndCommit(*table, "run-" + std::to_string(run),
                           Sliced(RunOf(run, rows), 65536)));
  }
  const auto measure = [&](const std::string& what, expr::PredicatePtr predicate) {
    table::ScanRequest scan;
    scan.predicate = std::move(predicate);
    const auto pass = [&](bool prune) -> Result<uint64_t> {
      table::ScanRequest request = scan;
      request.prune = prune;
      ARROW_ASSIGN_OR_RAISE(auto reader, table->Scan(request));
      return ChecksumOf(reader.get());
    };
    Measured pruned, whole;
    MeasureInTurn(
        passes, [&] { return pass(true); }, [&] { return pass(false); }, &pruned, &whole);
    PrintBesideLimit("k=" + std::to_string(runs) + " " + what, rows * runs, pruned,
                     "without pruning", whole);
  };
  measure("one key", Is("k", CompareOp::kEqual, rows));
  measure("0.1 % of the keys", expr::And({Is("k", CompareOp::kGreaterOrEqual, rows),
                                          Is("k", CompareOp::kLess, rows + rows / 500)}));
  measure("0.1 % of the times",
          expr::And({Is("time", CompareOp::kGreaterOrEqual, rows / 2),
                     Is("time", CompareOp::kLess, rows / 2 + rows / 1000)}));
  measure("0.1 % anywhere", Is("v", CompareOp::kEqual, 7));
  measure("10 % anywhere", Is("v", CompareOp::kLess, 100));
}

}  // namespace
}  // namespace tarn::benchmarks

int main(int argc, char** argv) {
  using namespace tarn::benchmarks;
  const int64_t rows = IsSmall(argc, argv) ? 50'000 : 500'000;
  const std::string folder = MakeFolder();
  for (const int runs : {1, 5}) Report(folder, runs, rows, 3);
  RemoveFolder(folder);
  return 0;
}
