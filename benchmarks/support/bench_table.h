// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/table/table.h"
#include "tarn/types/table_schema.h"

namespace tarn::benchmarks {

/// Services of a normal process over local files.
std::shared_ptr<base::Context> BenchContext();

/// Create table db.`name` with one bucket, write-only, zstd 1, buffers and files large
/// enough for one file per commit; `options` on top.
std::shared_ptr<table::Table> CreateTable(std::shared_ptr<base::Context> context,
                                          const std::string& warehouse,
                                          const std::string& name,
                                          std::vector<types::DataField> fields,
                                          std::vector<std::string> keys,
                                          std::map<std::string, std::string> options);

/// Write all batches as inserts and commit them once.
Status WriteAndCommit(const table::Table& table, const std::string& user,
                      const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);

/// Paths of all live data files.
std::vector<std::string> DataFiles(const table::Table& table);

/// Random hexadecimal texts, and random numbers.
std::shared_ptr<arrow::Array> RandomTexts(int64_t rows, int length, uint64_t seed);
std::shared_ptr<arrow::Array> RandomNumbers(int64_t rows, uint64_t seed);

/// Rows in batches as a stream would bring them.
std::vector<std::shared_ptr<arrow::RecordBatch>> Sliced(
    const std::shared_ptr<arrow::RecordBatch>& rows, int64_t batch_rows);

}  // namespace tarn::benchmarks
