// SPDX-License-Identifier: Apache-2.0
// Reading a table of k overlapping sorted runs, from plan to batches of Arrow columns,
// CPU nanoseconds per row in the files; beside it the limit from the same run: Arrow's
// own reader over the same files, all their columns, nothing merged.
//
//   deduplicate     21 columns: key BIGINT, 10 BIGINT, 10 texts of 10 characters
//   partial-update  56 columns: key, five sequence groups of a clock, 7 BIGINT and 3
//   texts;
//                   each run fills one group and leaves the others NULL
//
// Runs have 500 000 rows with different keys out of 1 000 000; a tenth with --small.
#include <arrow/api.h>

#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "benchmarks/support/bench_table.h"
#include "benchmarks/support/meter.h"
#include "tarn/types/arrow_types.h"

namespace tarn::benchmarks {
namespace {

using types::DataField;
using types::DataType;

constexpr int kGroups = 5;

struct Shape {
  std::string name;
  std::vector<DataField> fields;
  std::vector<int> group_of;  ///< per field; -1 = every run fills it
  std::map<std::string, std::string> options;

  void Add(const std::string& field, DataType type, int group = -1) {
    const auto id = static_cast<int32_t>(fields.size());
    fields.push_back({id, field, std::move(type), {}, {}});
    group_of.push_back(group);
  }
};

Shape Deduplicate() {
  Shape shape;
  shape.name = "deduplicate";
  shape.Add("k", DataType::BigInt().NotNull());
  for (int i = 0; i < 10; ++i) shape.Add("l" + std::to_string(i), DataType::BigInt());
  for (int i = 0; i < 10; ++i) shape.Add("s" + std::to_string(i), DataType::String());
  return shape;
}

Shape PartialUpdate() {
  Shape shape;
  shape.name = "partial-update, 5 groups";
  shape.options["merge-engine"] = "partial-update";
  shape.Add("k", DataType::BigInt().NotNull());
  for (int group = 0; group < kGroups; ++group) {
    const std::string prefix = "g" + std::to_string(group) + "_";
    shape.Add(prefix + "clock", DataType::BigInt(), group);
    std::string names;
    for (int i = 0; i < 10; ++i) {
      const std::string name = prefix + std::to_string(i);
      shape.Add(name, i < 7 ? DataType::BigInt() : DataType::String(), group);
      names += (i == 0 ? "" : ",") + name;
    }
    shape.options["fields." + prefix + "clock.sequence-group"] = names;
  }
  return shape;
}

/// `rows` different keys out of twice as many.
std::shared_ptr<arrow::Array> Keys(int64_t rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  arrow::Int64Builder builder;
  int64_t left = rows;
  for (int64_t key = 0, space = 2 * rows; left > 0; ++key) {
    if (static_cast<int64_t>(random() % static_cast<uint64_t>(space - key)) >= left) {
      continue;
    }
    CheckOk(builder.Append(key));
    --left;
  }
  return ValueOf(builder.Finish());
}

std::shared_ptr<arrow::RecordBatch> RunOf(const Shape& shape, int run, int64_t rows) {
  const auto schema = ValueOf(types::ToArrow(shape.fields));
  arrow::ArrayVector columns = {Keys(rows, static_cast<uint64_t>(run))};
  for (size_t i = 1; i < shape.fields.size(); ++i) {
    const uint64_t seed = static_cast<uint64_t>(run) * 1000 + i;
    if (shape.group_of[i] >= 0 && shape.group_of[i] != run % kGroups) {
      columns.push_back(ValueOf(
          arrow::MakeArrayOfNull(schema->field(static_cast<int>(i))->type(), rows)));
    } else if (shape.fields[i].type.IsString()) {
      columns.push_back(RandomTexts(rows, 10, seed));
    } else {
      columns.push_back(RandomNumbers(rows, seed));
    }
  }
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

void Report(const std::string& warehouse, const Shape& shape, int runs, int64_t rows,
            int passes) {
  const auto context = BenchContext();
  const std::string table_name =
      (shape.options.empty() ? "dedup_" : "partial_") + std::to_string(runs);
  const auto table =
      CreateTable(context, warehouse, table_name, shape.fields, {"k"}, shape.options);
  for (int run = 0; run < runs; ++run) {
    CheckOk(WriteAndCommit(*table, "run-" + std::to_string(run),
                           Sliced(RunOf(shape, run, rows), 65536)));
  }
  const std::vector<std::string> files = DataFiles(*table);
  const auto measure = [&](const std::string& what, std::vector<std::string> columns,
                           std::vector<std::string> stored) {
    table::ScanRequest scan;
    scan.columns = std::move(columns);
    int64_t in = 0, out = 0;
    Measured ours, limit;
    MeasureInTurn(
        passes,
        [&]() -> Result<uint64_t> {
          ARROW_ASSIGN_OR_RAISE(auto reader, table->Scan(scan));
          return TouchAll(reader.get(), &out);
        },
        [&] { return ReadWithArrow(files, stored, &in); }, &ours, &limit);
    // What is compared between versions is all cells, not those that were touched.
    auto reader = ValueOf(table->Scan(scan));
    ours.checksum = ValueOf(ChecksumOf(reader.get()));
    PrintBesideLimit(shape.name + " k=" + std::to_string(runs) + what, in, ours,
                     "Arrow reads the files", limit);
  };
  measure("", {}, {});
  const std::string& first = shape.fields[1].name;
  measure(", 2 columns", {"k", first},
          {"_KEY_k", "_SEQUENCE_NUMBER", "_VALUE_KIND", first});
}

}  // namespace
}  // namespace tarn::benchmarks

int main(int argc, char** argv) {
  using namespace tarn::benchmarks;
  const bool small = IsSmall(argc, argv);
  const int64_t rows = small ? 50'000 : 500'000;
  const std::string folder = MakeFolder();
  for (const int runs : {1, 5, 10}) Report(folder, Deduplicate(), runs, rows, 3);
  for (const int runs : {1, 5, 10}) Report(folder, PartialUpdate(), runs, rows, 3);
  RemoveFolder(folder);
  return 0;
}
