// SPDX-License-Identifier: Apache-2.0
// Hostile file indexes: whole containers, whose columns are called c0, c1, ... of each
// type, and single indexes: the first byte says which, the second of what type.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "tarn/index/file_index.h"
#include "tarn/index/file_index_reader.h"
#include "tarn/types/arrow_types.h"

namespace {

using tarn::expr::CompareOp;
using tarn::types::DataType;

constexpr int64_t kRows = 60;  // as in the golden tables of the corpus

const std::vector<DataType>& Types() {
  static const std::vector<DataType> types = {
      DataType::String(),       DataType::BigInt(),     DataType::Int(),
      DataType::SmallInt(),     DataType::TinyInt(),    DataType::Boolean(),
      DataType::Float(),        DataType::Double(),     DataType::Date(),
      DataType::Decimal(10, 2), DataType::Timestamp(3), DataType::Timestamp(6),
      DataType::Timestamp(9),   DataType::Bytes()};
  return types;
}

const tarn::types::TableSchema& Schema() {
  static const auto schema = [] {
    tarn::types::TableSchema out;
    for (size_t i = 0; i < Types().size(); ++i) {
      out.fields.push_back(
          {static_cast<int32_t>(i), "c" + std::to_string(i), Types()[i]});
    }
    // The columns of the golden tables that the corpus is taken from.
    out.fields.push_back({100, "s", DataType::String()});
    out.fields.push_back({101, "n", DataType::BigInt()});
    out.fields.push_back({102, "d", DataType::Date()});
    return out;
  }();
  return schema;
}

void Require(bool condition) {
  if (!condition) std::abort();
}

void AskOne(tarn::index::ColumnIndex* index, const DataType& type) {
  const bool text = type.IsString() || type.IsBytes();
  for (const int64_t number : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{7}}) {
    const tarn::index::IndexKey key{text ? 0 : number, text ? "s3" : ""};
    for (const CompareOp op : {CompareOp::kEqual, CompareOp::kLess,
                               CompareOp::kLessOrEqual, CompareOp::kGreaterOrEqual}) {
      const auto rows = index->Compare(op, key);
      if (!rows.ok())
        Require(tarn::KindOf(rows.status()) == tarn::ErrorKind::kCorruption);
    }
  }
  const auto values = index->Values();
  const auto nulls = index->Nulls();
  if (values.ok() && *values && nulls.ok() && *nulls) {
    Require(((**values) & (**nulls)).isEmpty());
  }
}

void AskContainer(const std::string& bytes) {
  tarn::base::Context context;
  static const auto paths = *tarn::io::TablePaths::Make("/t");
  static const std::string no_partition;
  tarn::meta::DataFileMeta file;
  file.file_name = "f";
  file.row_count = kRows;
  file.embedded_file_index = bytes;
  const tarn::index::IndexedFile indexed{context, paths,    no_partition, 0,
                                         file,    Schema(), Schema()};
  for (const auto& field : Schema().fields) {
    const auto type = *tarn::types::ToArrow(field.type);
    const auto zero = arrow::MakeScalar(type, 0);
    std::vector<std::shared_ptr<arrow::Scalar>> constants = {
        zero.ok() ? *zero : arrow::MakeNullScalar(type)};
    if (field.type.IsString()) constants = {std::make_shared<arrow::StringScalar>("s3")};
    for (const CompareOp op : {CompareOp::kEqual, CompareOp::kNotEqual, CompareOp::kLess,
                               CompareOp::kIsNull}) {
      const auto leaf = tarn::expr::Leaf(
          field.name, op, op == CompareOp::kIsNull ? decltype(constants){} : constants);
      const auto rows =
          tarn::index::SelectRowsOf(indexed, *leaf, tarn::index::IndexUse::kSkipFile);
      if (rows.ok() && !rows->all && !rows->rows.isEmpty()) {
        Require(rows->rows.maximum() < kRows);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  AskContainer(bytes);
  if (size < 2) return 0;
  const std::string_view kinds[] = {tarn::index::kBloomFilter, tarn::index::kBitmap,
                                    tarn::index::kBitSlices, tarn::index::kRangeBitmap};
  const DataType& type = Types()[data[1] % Types().size()];
  const auto index = tarn::index::OpenColumnIndex(
      kinds[data[0] % 4], std::string_view(bytes).substr(2), type, kRows);
  if (index.ok() && *index != nullptr) AskOne(index->get(), type);
  return 0;
}
