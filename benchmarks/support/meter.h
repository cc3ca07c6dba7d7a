// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"

namespace tarn::benchmarks {

/// What one kind of work took, best of its passes.
struct Measured {
  double cpu_seconds = 0;   ///< of all threads of this process
  double wall_seconds = 0;  ///< of the pass with the least CPU time
  uint64_t checksum = 0;
};

/// One pass of some work; answers a checksum that must be the same in every pass.
using Pass = std::function<Result<uint64_t>()>;

/// Run `ours` and `limit` in turn, `passes` times each after one unmeasured pass, so that
/// whatever else the machine does meets both. Ends the program on an error, or when a
/// checksum changes.
void MeasureInTurn(int passes, const Pass& ours, const Pass& limit, Measured* our_time,
                   Measured* limit_time);

/// One line: CPU ns per row of ours and of its limit, and the limit's share of ours (1 =
/// at the limit). \param rows  that the figures are divided by
void PrintBesideLimit(const std::string& name, int64_t rows, const Measured& ours,
                      const std::string& limit_name, const Measured& limit);

/// Sum over all values of fixed width and all bytes of all texts, the order of rows
/// aside; NULLs are counted.
uint64_t ChecksumOf(const arrow::RecordBatch& batch);
/// The same of everything that a reader answers; `rows` (if any) gets their number.
Result<uint64_t> ChecksumOf(arrow::RecordBatchReader* reader, int64_t* rows = nullptr);

/// Read files one after another with Arrow's own reader, one thread: every 512th value of
/// each column is touched. \param columns  empty = all
Result<uint64_t> ReadWithArrow(const std::vector<std::string>& files,
                               const std::vector<std::string>& columns, int64_t* rows);
/// The same touch for a reader of ours.
Result<uint64_t> TouchAll(arrow::RecordBatchReader* reader, int64_t* rows);

/// Write rows with Arrow's own writer: zstd level 1, one row group, statistics, and no
/// dictionaries, which cost it time where values are random.
Status WriteWithArrow(const arrow::Table& rows, const std::string& path);
Result<std::shared_ptr<arrow::Table>> ReadTable(const std::vector<std::string>& files);

/// "--small" is among the arguments.
bool IsSmall(int argc, char** argv);
/// A fresh folder under TMPDIR or /tmp.
std::string MakeFolder();
void RemoveFolder(const std::string& path);

/// Ends the program with the error.
void CheckOk(const Status& status);
template <typename T>
T ValueOf(Result<T> result) {
  CheckOk(result.status());
  return std::move(result).ValueUnsafe();
}

}  // namespace tarn::benchmarks
