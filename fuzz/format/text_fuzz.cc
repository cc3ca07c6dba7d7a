// SPDX-License-Identifier: Apache-2.0
// Lines of CSV and of JSON, turned into columns.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arrow/api.h>

#include "tarn/format/csv_line.h"
#include "tarn/format/json_column.h"
#include "tarn/format/text_values.h"

namespace {

using tarn::types::DataType;

void ReadCsv(std::string_view line, const tarn::types::CastContext& context) {
  tarn::format::CsvLine parser({});
  arrow::StringBuilder builder;
  for (const auto& field : parser.Parse(line, 8)) {
    if (!(field ? builder.Append(*field) : builder.AppendNull()).ok()) return;
  }
  const auto text = *builder.Finish();
  for (const DataType& type :
       {DataType::TinyInt(), DataType::BigInt(), DataType::Double(), DataType::Bytes(),
        DataType::Decimal(20, 3), DataType::Date(), DataType::Timestamp(6)}) {
    (void)tarn::format::ParseTextValues(context, "c", type, text);
  }
}

void ReadJson(std::string_view line, const tarn::types::CastContext& context) {
  const auto columns = tarn::format::JsonColumns::Make(
      context,
      {{0, "a", DataType::Array(DataType::Int())},
       {1, "m", DataType::Map(DataType::String(), DataType::Array(DataType::Date()))},
       {2, "r", DataType::Row({{3, "s", DataType::String()}})},
       {4, "s", DataType::String()}});
  if (!columns.ok() || !(*columns)->Append(line).ok()) return;
  const auto arrays = (*columns)->Finish();
  if (!arrays.ok()) return;
  for (const auto& array : *arrays) {
    if (!array->Validate().ok()) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const tarn::types::CastContext context{arrow::default_memory_pool(), nullptr};
  ReadCsv(line, context);
  ReadJson(line, context);
  return 0;
}
