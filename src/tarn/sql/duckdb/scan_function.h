// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: sql/duckdb, the only place that sees DuckDB.
///
/// `duckdb_engine.cc` opens a database in memory with every door to the outside shut;
/// `scan_function.cc` is the table function `tarn_scan(n)` over a `ScanSource`;
/// `result_reader.cc` brings results back to the engine's Arrow types, `arrow_forms.cc`
/// says what differs on the two sides;
/// `flink_functions.cc` and its neighbours are the `tarn_` functions that
/// `emit_duckdb.h` lists.
///
/// Filters that DuckDB offers to a scan are translated to predicates where both agree on
/// the meaning, and stay in DuckDB's plan: pushing down can only save work, never change
/// an answer.

#include <map>
#include <memory>
#include <mutex>

#include <duckdb.hpp>

#include "tarn/sql/query_engine.h"

namespace tarn::sql {

/// The relations of an engine and the first error that one of them met. Thread-safe.
class ScanRegistry {
 public:
  int64_t Add(std::shared_ptr<ScanSource> source);
  std::shared_ptr<ScanSource> Get(int64_t id) const;
  void Clear();
  /// Keep `status` for whoever hears of the failure, and throw what DuckDB passes on.
  [[noreturn]] void Fail(const Status& status);
  /// The error kept, or OK; forgotten afterwards.
  Status TakeError();

 private:
  mutable std::mutex mutex_;
  std::map<int64_t, std::shared_ptr<ScanSource>> sources_;
  int64_t next_ = 0;
  Status error_;
};

/// Named parameter of `tarn_scan`: fine timestamps come as decimals of seconds.
inline constexpr const char* kFineAsDecimal = "fine_as_decimal";

/// `tarn_scan(BIGINT)`.
duckdb::TableFunction MakeScanFunction(std::shared_ptr<ScanRegistry> registry);

}  // namespace tarn::sql
