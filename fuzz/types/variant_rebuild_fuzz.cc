// SPDX-License-Identifier: Apache-2.0
// Parts of a shredded variant of any bytes. The first bytes choose which parts there are;
// the others are shared out as dictionary, value and what is left of an object.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <arrow/api.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/variant.h"
#include "tarn/types/variant_shredding.h"

namespace {

using tarn::types::DataField;
using tarn::types::DataType;

DataType Pair(DataType typed) {
  return DataType::Row(
      {{0, "value", DataType::Bytes()}, {1, "typed_value", std::move(typed)}});
}

/// ROW<metadata, value, typed_value: ROW<n: INT, l: ARRAY<STRING>, v: any>>.
const DataType& Stored() {
  static const auto* type = new DataType(DataType::Row(
      {{0, "metadata", DataType::Bytes()},
       {1, "value", DataType::Bytes()},
       {2, "typed_value",
        DataType::Row({{3, "n", Pair(DataType::Int())},
                       {4, "l", Pair(DataType::Array(Pair(DataType::String())))},
                       {5, "v", DataType::Row({{6, "value", DataType::Bytes()}})}})}}));
  return *type;
}

class Parts {
 public:
  Parts(const uint8_t* data, size_t size)
      : bytes_(reinterpret_cast<const char*>(data), size) {}

  uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(bytes_[0]);
    bytes_.remove_prefix(1);
    return byte;
  }
  std::string_view Some() {
    const uint8_t wanted = Byte();
    const size_t size = std::min<size_t>(wanted, bytes_.size());
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  /// One more value of any kind.
  void Fill(arrow::ArrayBuilder* builder) {
    if (Byte() % 8 == 7) {
      (void)builder->AppendNull();
      return;
    }
    switch (builder->type()->id()) {
      case arrow::Type::BINARY:
      case arrow::Type::STRING:
        (void)static_cast<arrow::BinaryBuilder*>(builder)->Append(Some());
        return;
      case arrow::Type::INT32:
        (void)static_cast<arrow::Int32Builder*>(builder)->Append(Byte() - 7);
        return;
      case arrow::Type::LIST: {
        auto* list = static_cast<arrow::ListBuilder*>(builder);
        (void)list->Append();
        for (int left = Byte() % 4; left > 0; --left) Fill(list->value_builder());
        return;
      }
      default: {
        auto* row = static_cast<arrow::StructBuilder*>(builder);
        (void)row->Append();
        for (int i = 0; i < row->num_children(); ++i) Fill(row->child_builder(i).get());
      }
    }
  }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto type = tarn::types::ToArrow(Stored()).ValueOrDie();
  std::unique_ptr<arrow::ArrayBuilder> builder;
  if (!arrow::MakeBuilder(arrow::default_memory_pool(), type, &builder).ok()) return 0;
  Parts parts(data, size);
  for (int rows = 0; rows < 3; ++rows) parts.Fill(builder.get());
  const auto array = builder->Finish().ValueOrDie();
  const auto shredding = tarn::types::VariantShredding::Make(Stored()).ValueOrDie();
  const auto made = shredding.Rebuild(static_cast<const arrow::StructArray&>(*array),
                                      arrow::default_memory_pool());
  if (!made.ok()) return 0;
  // What was put together is a variant, but for what only printing looks at.
  const auto& rows = static_cast<const arrow::StructArray&>(**made);
  for (int64_t i = 0; i < rows.length(); ++i) {
    if (rows.IsNull(i)) continue;
    std::string text;
    (void)tarn::types::AppendVariantJson(
        static_cast<const arrow::BinaryArray&>(*rows.field(0)).GetView(i),
        static_cast<const arrow::BinaryArray&>(*rows.field(1)).GetView(i), &text);
  }
  if (!(*made)->ValidateFull().ok()) std::abort();
  return 0;
}
