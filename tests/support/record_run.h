// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"
#include "tarn/merge/sorted_run.h"
#include "tarn/types/data_type.h"
#include "tarn/types/row_kind.h"

namespace tarn::support {

/// Elements of an ARRAY, fields of a ROW, or entries of a MAP, each of a key and a value.
struct NestedItems;
struct Nested {
  std::shared_ptr<const NestedItems> items;
  bool operator==(const Nested& other) const;
  bool operator<(const Nested& other) const;
};

/// A cell: NULL, or a value. Integers, dates, times and timestamps are int64, decimals
/// their unscaled number.
using Value = std::optional<
    std::variant<bool, int64_t, float, double, __int128, std::string, Nested>>;

struct NestedItems {
  std::vector<Value> values;
};
Value NestedOf(std::vector<Value> items);
/// Items of a nested value, which is not NULL.
const std::vector<Value>& ItemsOf(const Value& value);

/// A row with what decides its place.
struct Record {
  std::vector<Value> values;
  types::RowKind kind = types::RowKind::kInsert;
  int64_t sequence = 0;
  int32_t level = 0;
  bool operator==(const Record& other) const = default;
};

/// Paimon's order of two values of one type; NULL first.
int CompareValues(const Value& a, const Value& b);

std::string ToString(const Value& value);
std::string ToString(const Record& record);

Result<std::shared_ptr<arrow::Array>> ToArray(const types::DataType& type,
                                              const std::vector<Value>& values);
Value FromArray(const types::DataType& type, const arrow::Array& array, int64_t row);

/// What cursors of a run were asked for.
struct RunCounts {
  std::vector<int64_t> rows_read;  ///< per column
};

/// A sorted run over records. With `counts`, reads of value columns are added up.
Result<std::unique_ptr<merge::SortedRun>> MakeRecordRun(
    const std::vector<types::DataField>& fields, const std::vector<Record>& records,
    int32_t level = 0, RunCounts* counts = nullptr);

}  // namespace tarn::support
