// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/canonical_json.h"

#include <cstring>
#include <limits>
#include <random>

#include <arrow/api.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/canonical_text.h"

namespace tarn::types {
namespace {

std::string Double(double value) {
  std::string out;
  AppendDouble(value, &out);
  return out;
}

std::string Float(float value) {
  std::string out;
  AppendFloat(value, &out);
  return out;
}

std::string Decimal(std::string_view digits, int32_t scale) {
  std::string out;
  AppendDecimal(digits, scale, &out);
  return out;
}

std::string Date(int64_t days) {
  std::string out;
  AppendDate(days, &out);
  return out;
}

std::string Timestamp(int64_t value, int64_t per_second, int32_t precision) {
  std::string out;
  AppendTimestamp(value, per_second, precision, &out);
  return out;
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

TEST(CanonicalText, DoublesAreLaidOutAsPythonPrintsThem) {
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(0.0), "0.0");
  EXPECT_EQ(Double(-0.0), "-0.0");
  EXPECT_EQ(Double(1), "1.0");
  EXPECT_EQ(Double(-1234.5), "-1234.5");
  EXPECT_EQ(Double(1e15), "1000000000000000.0");
  EXPECT_EQ(Double(9007199254740993e0), "9007199254740992.0");
  EXPECT_EQ(Double(1e16), "1e+16");
  EXPECT_EQ(Double(2e23), "2e+23");
  EXPECT_EQ(Double(1.5e300), "1.5e+300");
  EXPECT_EQ(Double(0.0001), "0.0001");
  EXPECT_EQ(Double(0.00012345), "0.00012345");
  EXPECT_EQ(Double(0.00001), "1e-05");
  EXPECT_EQ(Double(5e-324), "5e-324");
  EXPECT_EQ(Double(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(Double(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(Double(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(Double(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
}

TEST(CanonicalText, FloatsKeepTheirOwnShortestDigits) {
  EXPECT_EQ(Float(0.1f), "0.1");
  EXPECT_EQ(Float(3.4028235e38f), "3.4028235e+38");
  EXPECT_EQ(Float(16777216.0f), "16777216.0");
  EXPECT_EQ(Float(1.17549435e-38f), "1.1754944e-38");
}

TEST(CanonicalText, EveryDoubleReadsBackToItself) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (value != value || value - value != 0) continue;
    const std::string text = Double(value);
    EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
  }
}

TEST(CanonicalText, DecimalsShowTheirScale) {
  EXPECT_EQ(Decimal("12345", 2), "123.45");
  EXPECT_EQ(Decimal("-5", 2), "-0.05");
  EXPECT_EQ(Decimal("0", 2), "0.00");
  EXPECT_EQ(Decimal("7", 0), "7");
  EXPECT_EQ(Decimal("100", 3), "0.100");
  EXPECT_EQ(Decimal("1", 18), "0.000000000000000001");
}

TEST(CanonicalText, DatesAreProleptic) {
  EXPECT_EQ(Date(0), "1970-01-01");
  EXPECT_EQ(Date(-1), "1969-12-31");
  EXPECT_EQ(Date(19'782), "2024-02-29");
  EXPECT_EQ(Date(-719'162), "0001-01-01");
  EXPECT_EQ(Date(-719'163), "0000-12-31");
  EXPECT_EQ(Date(-719'529), "-0001-12-31");
  EXPECT_EQ(Date(2'932'896), "9999-12-31");
  EXPECT_EQ(Date(2'932'897), "+10000-01-01");
}

TEST(CanonicalText, TimestampsBeforeTheEpochCountUpwardWithinTheirSecond) {
  EXPECT_EQ(Timestamp(-1, 1'000, 3), "1969-12-31T23:59:59.999");
  EXPECT_EQ(Timestamp(-1, 1'000'000'000, 9), "1969-12-31T23:59:59.999999999");
  EXPECT_EQ(Timestamp(1'704'067'200'123, 1'000, 3), "2024-01-01T00:00:00.123");
  EXPECT_EQ(Timestamp(1'704'067'200'000, 1'000, 0), "2024-01-01T00:00:00");
  EXPECT_EQ(Timestamp(1'704'067'200'500'000, 1'000'000, 6), "2024-01-01T00:00:00.500000");
}

TEST(CanonicalText, AFractionThatThePrecisionHidesIsShownWhole) {
  EXPECT_EQ(Timestamp(1'704'067'200'123, 1'000, 0), "2024-01-01T00:00:00.123000000");
  EXPECT_EQ(Timestamp(1'704'067'200'123'456, 1'000'000, 3),
            "2024-01-01T00:00:00.123456000");
}

TEST(CanonicalText, OnlyQuotesBackslashesAndControlCharactersAreEscaped) {
  EXPECT_EQ(Quoted("a\"b\\c/d"), R"("a\"b\\c/d")");
  EXPECT_EQ(Quoted("\n\r\t\x01\x1f"), R"("\n\r\t\u0001\u001f")");
  EXPECT_EQ(Quoted("\x7f\u2028\xF0\x9F\x98\x80"), "\"\x7f\u2028\xF0\x9F\x98\x80\"");
  EXPECT_EQ(Quoted(std::string_view("\0", 1)), R"("\u0000")");
  EXPECT_EQ(Quoted(""), "\"\"");
}

std::shared_ptr<arrow::Array> Column(const std::shared_ptr<arrow::DataType>& type,
                                     std::string_view json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

DataField Field(std::string name, DataType type) {
  DataField out;
  out.name = std::move(name);
  out.type = std::move(type);
  return out;
}

std::shared_ptr<arrow::RecordBatch> Batch(const arrow::ArrayVector& columns) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(arrow::field("f" + std::to_string(i), columns[i]->type()));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), columns[0]->length(), columns);
}

TEST(CanonicalRows, ColumnsStandInOrderWithOneLinePerRow) {
  const auto batch =
      Batch({Column(arrow::int32(), "[1, null, -3]"),
             Column(arrow::utf8(), R"(["a", "", null])"),
             Column(arrow::boolean(), "[true, null, false]"),
             Column(arrow::decimal128(10, 2), R"(["1.50", null, "-0.05"])")});
  const std::vector<DataField> fields = {
      Field("k", DataType::Int()), Field("say \"hi\"", DataType::String()),
      Field("b", DataType::Boolean()), Field("d", DataType::Decimal(10, 2))};
  std::string out;
  ASSERT_TRUE(AppendCanonicalRows(*batch, fields, &out).ok());
  EXPECT_EQ(out, R"({"k":1,"say \"hi\"":"a","b":true,"d":"1.50"})"
                 "\n"
                 R"({"k":null,"say \"hi\"":"","b":null,"d":null})"
                 "\n"
                 R"({"k":-3,"say \"hi\"":null,"b":false,"d":"-0.05"})"
                 "\n");
  EXPECT_EQ(CanonicalRow(*batch, 2, fields).ValueOrDie(),
            R"({"k":-3,"say \"hi\"":null,"b":false,"d":"-0.05"})");
}

TEST(CanonicalRows, TimesBytesAndZones) {
  const auto batch = Batch(
      {Column(arrow::date32(), "[19782]"),
       Column(arrow::time32(arrow::TimeUnit::MILLI), "[45296789]"),
       Column(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), "[1704067200123456]"),
       Column(arrow::binary(), R"(["abc"])"), Column(arrow::float32(), "[0.1]")});
  const std::vector<DataField> fields = {
      Field("d", DataType::Date()), Field("t", DataType::Time(3)),
      Field("z", DataType::LocalZonedTimestamp(6)), Field("y", DataType::Bytes()),
      Field("f", DataType::Float())};
  EXPECT_EQ(CanonicalRow(*batch, 0, fields).ValueOrDie(),
            R"({"d":"2024-02-29","t":"12:34:56.789","z":"2024-01-01T00:00:00.123456Z",)"
            R"("y":"YWJj","f":0.1})");
}

TEST(CanonicalRows, NestedValuesOfASlicedBatch) {
  const auto row_type = arrow::struct_(
      {arrow::field("x", arrow::int32()), arrow::field("y", arrow::utf8())});
  const auto batch = Batch(
      {Column(arrow::list(arrow::int32()), "[[9], [1, null], null, []]"),
       Column(arrow::map(arrow::utf8(), arrow::int32()),
              R"([[["z", 0]], [["b", 2], ["a", null]], [], null])"),
       Column(row_type,
              R"([{"x": 0, "y": "o"}, {"x": 1, "y": null}, null, {"x": 2, "y": "p"}])")});
  const std::vector<DataField> fields = {
      Field("a", DataType::Array(DataType::Int())),
      Field("m", DataType::Map(DataType::String(), DataType::Int())),
      Field("r", DataType::Row(
                     {Field("x", DataType::Int()), Field("y", DataType::String())}))};
  std::string out;
  ASSERT_TRUE(AppendCanonicalRows(*batch->Slice(1), fields, &out).ok());
  EXPECT_EQ(out, R"({"a":[1,null],"m":[["a",null],["b",2]],"r":{"x":1,"y":null}})"
                 "\n"
                 R"({"a":null,"m":[],"r":null})"
                 "\n"
                 R"({"a":[],"m":null,"r":{"x":2,"y":"p"}})"
                 "\n");
}

TEST(CanonicalRows, AMultisetIsAMapToCounts) {
  const auto column =
      Column(arrow::map(arrow::utf8(), arrow::int32()), R"([[["q", 2], ["p", 1]]])");
  EXPECT_EQ(CanonicalValues(*column, DataType::Multiset(DataType::String())).ValueOrDie(),
            std::vector<std::string>{R"([["p",1],["q",2]])"});
}

TEST(CanonicalRows, AColumnOfAnotherTypeIsAnInternalError) {
  const auto column = Column(arrow::int64(), "[1]");
  EXPECT_EQ(KindOf(CanonicalValues(*column, DataType::Int()).status()),
            ErrorKind::kInternal);
  EXPECT_EQ(KindOf(CanonicalValues(*Column(arrow::decimal128(10, 3), "[null]"),
                                   DataType::Decimal(10, 2))
                       .status()),
            ErrorKind::kInternal);
}

TEST(CanonicalRows, ATimeBeyondItsDayIsCorruption) {
  const auto column = Column(arrow::time32(arrow::TimeUnit::MILLI), "[86400000]");
  EXPECT_EQ(KindOf(CanonicalValues(*column, DataType::Time(3)).status()),
            ErrorKind::kCorruption);
}

TEST(CanonicalRows, AVariantIsItsJsonTextInAString) {
  arrow::BinaryBuilder values;
  arrow::BinaryBuilder metadata;
  for (const std::string& value : {std::string("\x09h\n"), std::string("\x0c\x07")}) {
    ASSERT_TRUE(values.Append(value).ok());
    ASSERT_TRUE(metadata.Append(std::string("\x01\x00\x00", 3)).ok());
  }
  const auto type = ToArrow(DataType::Variant()).ValueOrDie();
  const arrow::StructArray column(
      type, 2, {values.Finish().ValueOrDie(), metadata.Finish().ValueOrDie()});
  EXPECT_EQ(CanonicalValues(column, DataType::Variant()).ValueOrDie(),
            (std::vector<std::string>{R"("\"h\\n\"")", R"("7")"}));
  EXPECT_EQ(
      KindOf(CanonicalValues(*Column(arrow::binary(), R"(["x"])"), DataType::Variant())
                 .status()),
      ErrorKind::kInternal);
}

TEST(CanonicalRows, AVectorIsRefusedByName) {
  const auto column = Column(arrow::binary(), R"(["x"])");
  EXPECT_EQ(
      KindOf(CanonicalValues(*column, DataType::Vector(DataType::Float(), 2)).status()),
      ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace tarn::types
