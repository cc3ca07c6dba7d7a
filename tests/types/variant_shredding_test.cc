// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant_shredding.h"

#include <gtest/gtest.h>

#include <arrow/array.h>
#include <arrow/json/from_string.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/variant.h"

namespace tarn::types {
namespace {

using namespace std::string_literals;  // NOLINT

DataType RowOf(const std::vector<std::pair<std::string, DataType>>& members) {
  std::vector<DataField> fields;
  for (const auto& [name, type] : members) {
    fields.push_back({static_cast<int32_t>(fields.size()), name, type});
  }
  return DataType::Row(fields);
}

/// A pair of a member or an element.
DataType Pair(DataType typed) {
  return RowOf({{"value", DataType::Bytes()}, {"typed_value", std::move(typed)}});
}

DataType Top(DataType typed) {
  return RowOf({{"metadata", DataType::Bytes().NotNull()},
                {"value", DataType::Bytes()},
                {"typed_value", std::move(typed)}});
}

/// The variants as JSON, "null" for NULL; or the code of an error.
std::vector<std::string> Rebuilt(const DataType& stored, const std::string& parts) {
  const auto shredding = VariantShredding::Make(stored);
  if (!shredding.ok()) return {CodeOf(shredding.status())};
  const auto array =
      arrow::json::ArrayFromJSONString(ToArrow(stored).ValueOrDie(), parts).ValueOrDie();
  const auto made = shredding->Rebuild(static_cast<const arrow::StructArray&>(*array),
                                       arrow::default_memory_pool());
  if (!made.ok()) return {CodeOf(made.status())};
  EXPECT_TRUE((*made)->ValidateFull().ok());
  EXPECT_TRUE((*made)->type()->Equals(ToArrow(DataType::Variant()).ValueOrDie()));
  const auto& rows = static_cast<const arrow::StructArray&>(**made);
  std::vector<std::string> out;
  for (int64_t i = 0; i < rows.length(); ++i) {
    std::string text;
    if (rows.IsValid(i)) {
      const Status status = AppendVariantJson(
          static_cast<const arrow::BinaryArray&>(*rows.field(0)).GetView(i),
          static_cast<const arrow::BinaryArray&>(*rows.field(1)).GetView(i), &text);
      if (!status.ok()) text = CodeOf(status);
    }
    out.push_back(rows.IsNull(i) ? "NULL" : text);
  }
  return out;
}

using Lines = std::vector<std::string>;
// A dictionary without names, and one with "a" and "z".
const std::string kNone = R"("\u0001\u0000\u0000")";
const std::string kNames = R"("\u0001\u0002\u0000\u0001\u0002az")";

TEST(VariantShredding, AScalarIsTypedOrAnyValue) {
  EXPECT_EQ(Rebuilt(Top(DataType::Int()),
                    "[[" + kNone + ",null,70000],null,[" + kNone + R"(,"\u0004",null]])"),
            Lines({"70000", "NULL", "true"}));
  EXPECT_EQ(Rebuilt(Top(DataType::Decimal(5, 2)), "[[" + kNone + R"(,null,"1.50"]])"),
            Lines({"1.5"}));
  EXPECT_EQ(Rebuilt(Top(DataType::String()), "[[" + kNone + R"(,null,"x"]])"),
            Lines({"\"x\""}));
  EXPECT_EQ(Rebuilt(Top(DataType::Date()), "[[" + kNone + R"(,null,-1]])"),
            Lines({"\"1969-12-31\""}));
}

TEST(VariantShredding, AnObjectIsItsMembersAndWhatIsLeft) {
  const DataType stored =
      Top(RowOf({{"m", Pair(DataType::BigInt()).NotNull()},
                 {"b", Pair(DataType::Array(Pair(DataType::Boolean()))).NotNull()},
                 {"v", RowOf({{"value", DataType::Bytes()}}).NotNull()}}));
  EXPECT_EQ(
      Rebuilt(stored,
              // What is left: {"z": true}.
              "[[" + kNames +
                  R"(,"\u0002\u0001\u0001\u0000\u0001\u0004",
                    [[null,7],[null,[[null,true],["\u0000",null]]],["\u0008"]]],)"
                  // Nothing is there but a JSON null.
                  "[" +
                  kNames +
                  R"(,null,[["\u0000",null],[null,null],[null]]],)"
                  // Not an object at all.
                  "[" +
                  kNames + R"(,"\u0004",null]])"),
      Lines({R"({"b":[true,null],"m":7,"v":false,"z":true})", R"({"m":null})", "true"}));
}

TEST(VariantShredding, PartsThatContradictEachOtherAreCorrupt) {
  const Lines corrupt = {"TARN-7555"};
  const DataType number = Top(DataType::Int());
  EXPECT_EQ(Rebuilt(number, "[[" + kNone + ",null,null]]"), corrupt);
  const DataType object = Top(RowOf({{"a", Pair(DataType::Int()).NotNull()}}));
  // A member that is shredded and left over as well.
  EXPECT_EQ(
      Rebuilt(object,
              "[[" + kNames + R"(,"\u0002\u0001\u0000\u0000\u0001\u0004",[[null,7]]]])"),
      corrupt);
  // What is left of an object is an object.
  EXPECT_EQ(Rebuilt(object, "[[" + kNames + R"(,"\u0004",[[null,7]]]])"), corrupt);
  const DataType list = Top(DataType::Array(Pair(DataType::Int())));
  EXPECT_EQ(Rebuilt(list, "[[" + kNames + R"(,null,[[null,null]]]])"), corrupt);
  EXPECT_EQ(Rebuilt(list, "[[" + kNames + R"(,null,[null]]])"), corrupt);
  EXPECT_EQ(Rebuilt(list, "[[" + kNames + R"(,null,[]]])"), Lines({"[]"}));
}

TEST(VariantShredding, OtherFormsAreRefused) {
  const Lines refused = {"TARN-6557"};
  EXPECT_EQ(Rebuilt(Top(DataType::Bytes()), "[]"), refused);
  EXPECT_EQ(Rebuilt(Top(DataType::Timestamp(6)), "[]"), refused);
  EXPECT_EQ(Rebuilt(Top(DataType::Array(DataType::Int())), "[]"), refused);
  EXPECT_EQ(Rebuilt(Pair(DataType::Int()), "[]"), refused);
  EXPECT_EQ(
      Rebuilt(RowOf({{"metadata", DataType::Bytes()}, {"other", DataType::Int()}}), "[]"),
      refused);
  EXPECT_EQ(Rebuilt(Top(RowOf({{"a", Top(DataType::Int())}})), "[]"), refused);
}

}  // namespace
}  // namespace tarn::types
