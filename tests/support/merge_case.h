// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/merge/merge_spec.h"
#include "tarn/merge/run_merger.h"
#include "tarn/types/table_schema.h"
#include "tests/support/record_run.h"

namespace tarn::support {

/// A context that only lends memory.
base::Context MemoryContext();

/// A type of its SQL text: atomic ones, "ARRAY<T>", "MAP<K, V>", "ROW<a T, b T>".
types::DataType TypeOf(const std::string& text);

/// A table of columns ("name", "SQL type") with a primary key.
types::TableSchema MakeTable(
    const std::vector<std::pair<std::string, std::string>>& columns,
    const std::vector<std::string>& keys, std::map<std::string, std::string> options);

/// Short forms for literals.
inline Value N() {
  return std::nullopt;
}
inline Value I(int64_t number) {
  return number;
}
inline Value S(std::string text) {
  return text;
}
inline Value L(std::vector<Value> items) {
  return NestedOf(std::move(items));
}
Record Row(const char* kind, int64_t sequence, std::vector<Value> values,
           int32_t level = 0);

/// Merge runs of records with the columnar engine; results have all columns of the table,
/// those outside the projection NULL. The level of a run is that of its first record.
Result<std::vector<Record>> MergeRecords(const merge::MergeSpec& spec,
                                         const std::vector<std::vector<Record>>& runs,
                                         merge::RunMergerOptions options = {});
/// The same without folding.
Result<std::vector<Record>> InterleaveRecords(
    const merge::MergeSpec& spec, const std::vector<std::vector<Record>>& runs,
    merge::RunMergerOptions options = {});

/// One line per record: for comparing and for reading.
std::string Text(const std::vector<Record>& records);

}  // namespace tarn::support
