// SPDX-License-Identifier: Apache-2.0
// One value into one column: every encoding that sources have.
#include <gtest/gtest.h>

#include "tests/cdc/decode.h"

namespace tarn::cdc {
namespace {

using types::DataType;

bool Rejected(const std::string& cell) {
  return cell.starts_with("! ");
}

TEST(CellDecoder, ReadsWholeNumbersWithinTheirRange) {
  EXPECT_EQ(Cell(DataType::TinyInt(), "-128"), "-128");
  EXPECT_EQ(Cell(DataType::SmallInt(), "32767"), "32767");
  EXPECT_EQ(Cell(DataType::Int(), "\" 42 \""), "42");
  EXPECT_EQ(Cell(DataType::BigInt(), "-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(Cell(DataType::Int(), "null"), "NULL");
  EXPECT_EQ(Cell(DataType::Int(), "true"), "1");
  EXPECT_EQ(Cell(DataType::TinyInt(), "128"),
            "! column x: 128 is out of range for TINYINT");
  for (const char* bad : {"2147483648", "1.5", "1.0", "1e3", "\"\"", "\"x\"", "[1]", "{}",
                          "99999999999999999999"}) {
    EXPECT_TRUE(Rejected(Cell(DataType::Int(), bad))) << bad;
  }
  EXPECT_TRUE(Rejected(Cell(DataType::BigInt(), "9223372036854775808")));
}

TEST(CellDecoder, ReadsBooleansFromZeroAndOne) {
  EXPECT_EQ(Cell(DataType::Boolean(), "true"), "true");
  EXPECT_EQ(Cell(DataType::Boolean(), "0"), "false");
  EXPECT_EQ(Cell(DataType::Boolean(), "1"), "true");
  EXPECT_EQ(Cell(DataType::Boolean(), "\"FALSE\""), "false");
  for (const char* bad : {"2", "-1", "\"yes\"", "\"\"", "[]"}) {
    EXPECT_TRUE(Rejected(Cell(DataType::Boolean(), bad))) << bad;
  }
}

TEST(CellDecoder, ReadsFloatingNumbersNaNAndInfinities) {
  EXPECT_EQ(Cell(DataType::Double(), "0.1"), "0.1");
  EXPECT_EQ(Cell(DataType::Double(), "\"NaN\""), "NaN");
  EXPECT_EQ(Cell(DataType::Double(), "\"Infinity\""), "Infinity");
  EXPECT_EQ(Cell(DataType::Double(), "\"-Infinity\""), "-Infinity");
  EXPECT_EQ(Cell(DataType::Double(), "1.2345678901225E11"), "123456789012.25");
  EXPECT_EQ(Cell(DataType::Double(), "1e-400"), "0");
  EXPECT_EQ(Cell(DataType::Double(), "\"2.5\""), "2.5");
  EXPECT_EQ(Cell(DataType::Float(), "0.5"), "0.5");
  EXPECT_TRUE(Rejected(Cell(DataType::Double(), "1e400")));
  EXPECT_TRUE(Rejected(Cell(DataType::Float(), "1e39")));
  EXPECT_TRUE(Rejected(Cell(DataType::Double(), "\"nan\"")));
  EXPECT_TRUE(Rejected(Cell(DataType::Double(), "NaN")));
}

TEST(CellDecoder, ReadsDecimalsInEveryMode) {
  const DataType price = DataType::Decimal(10, 2);
  DecoderOptions precise, text;
  precise.decimal_mode = DecimalMode::kPrecise;
  text.decimal_mode = DecimalMode::kString;
  // Base64 of the unscaled value, the column's scale.
  EXPECT_EQ(Cell(price, "\"AICf\"", precise), "329.27");
  EXPECT_EQ(Cell(price, "\"AICf\""), "329.27");
  // Text, and numbers with their digits as written.
  EXPECT_EQ(Cell(price, "\"329.27\"", text), "329.27");
  EXPECT_EQ(Cell(price, "\"329.27\""), "329.27");
  EXPECT_EQ(Cell(DataType::Decimal(38, 18), "0.000000000000000001"),
            "0.000000000000000001");
  EXPECT_EQ(Cell(DataType::Decimal(38, 2), "123456789012345678901234567890123456.78"),
            "123456789012345678901234567890123456.78");
  // A struct with a scale of its own, row by row.
  const DataType rate = DataType::Decimal(38, 18);
  EXPECT_EQ(Cell(rate, "{\"scale\":5,\"value\":\"Betc\"}"), "3.87932");
  EXPECT_EQ(Cell(rate, "{\"value\":\"+w==\",\"scale\":1}"), "-0.5");
  EXPECT_EQ(Cell(rate, "{\"scale\":-3,\"value\":\"AQ==\"}"), "1000");
  // Under a schema everything is known.
  EXPECT_EQ(
      CellWithSchema(DataType::Decimal(10, 3),
                     R"({"type":"bytes","name":"org.apache.kafka.connect.data.Decimal",
                               "parameters":{"scale":"2"}})",
                     "\"AICf\""),
      "329.27");
  EXPECT_EQ(CellWithSchema(price, R"({"type":"string"})", "\"1234\""), "1234");
  EXPECT_EQ(CellWithSchema(price, R"({"type":"double"})", "1.5E2"), "150");
  EXPECT_EQ(
      CellWithSchema(rate,
                     R"({"type":"struct","name":"io.debezium.data.VariableScaleDecimal",
                               "fields":[{"type":"int32","field":"scale"},
                                         {"type":"bytes","field":"value"}]})",
                     "{\"scale\":0,\"value\":\"AQ==\"}"),
      "1");
}

TEST(CellDecoder, RefusesDecimalTextThatMayBeBase64) {
  const std::string cell = Cell(DataType::Decimal(10, 2), "\"1234\"");
  EXPECT_TRUE(Rejected(cell));
  EXPECT_NE(cell.find("decimal-handling-mode"), std::string::npos) << cell;
  DecoderOptions options;
  options.decimal_mode = DecimalMode::kString;
  EXPECT_EQ(Cell(DataType::Decimal(10, 2), "\"1234\"", options), "1234");
  options.decimal_mode = DecimalMode::kPrecise;
  EXPECT_EQ(Cell(DataType::Decimal(10, 2), "\"1234\"", options), "-26588.24");
}

TEST(CellDecoder, RefusesDecimalsThatDoNotFit) {
  const DataType price = DataType::Decimal(4, 2);
  for (const char* bad :
       {"100", "\"100.00\"", "{\"scale\":0,\"value\":\"ZA==\"}", "\"\"", "\"abc!\"",
        "true", "[]", "{}", "{\"scale\":1}", "{\"scale\":\"x\",\"value\":\"AQ==\"}"}) {
    EXPECT_TRUE(Rejected(Cell(price, bad))) << bad;
  }
}

TEST(CellDecoder, ReadsDatesAsDayNumbersAndText) {
  EXPECT_EQ(Cell(DataType::Date(), "21002"), "2027-07-03");
  EXPECT_EQ(Cell(DataType::Date(), "-719162"), "0001-01-01");
  EXPECT_EQ(Cell(DataType::Date(), "2932896"), "9999-12-31");
  EXPECT_EQ(Cell(DataType::Date(), "\"2027-02-02Z\""), "2027-02-02");
  EXPECT_EQ(Cell(DataType::Date(), "\"2027-02-02\""), "2027-02-02");
  EXPECT_TRUE(Rejected(Cell(DataType::Date(), "2932897")));
  EXPECT_TRUE(Rejected(Cell(DataType::Date(), "99999999999")));
  EXPECT_TRUE(Rejected(Cell(DataType::Date(), "\"2027-02-30\"")));
  EXPECT_TRUE(Rejected(Cell(DataType::Date(), "\"2027-02-02 10:00:00\"")));
  DecoderOptions iso;
  iso.time_mode = TimeMode::kIsoString;
  EXPECT_TRUE(Rejected(Cell(DataType::Date(), "21002", iso)));
}

TEST(CellDecoder, ReadsTimestampsByPrecisionOrByTheSchema) {
  EXPECT_EQ(Cell(DataType::Timestamp(3), "1777703132825"), "2026-05-02 06:25:32.825");
  EXPECT_EQ(Cell(DataType::Timestamp(0), "-1000"), "1969-12-31 23:59:59");
  EXPECT_EQ(Cell(DataType::Timestamp(6), "1777775991519287"),
            "2026-05-03 02:39:51.519287");
  // Fine ones are decimals of seconds, and hold every year.
  EXPECT_EQ(Cell(DataType::Timestamp(9), "-1"), "-0.000000001");
  EXPECT_EQ(Cell(DataType::Timestamp(9), "\"1500-01-01T00:00:00.5\""), "-14831769599.5");
  const auto with = [](const char* name, const DataType& type, const char* value) {
    return CellWithSchema(type, std::string(R"({"type":"int64","name":")") + name + "\"}",
                          value);
  };
  EXPECT_EQ(with("io.debezium.time.MicroTimestamp", DataType::Timestamp(3), "-1"),
            "1969-12-31 23:59:59.999");
  EXPECT_EQ(with("io.debezium.time.Timestamp", DataType::Timestamp(6), "1777703132825"),
            "2026-05-02 06:25:32.825");
  EXPECT_EQ(with("io.debezium.time.NanoTimestamp", DataType::Timestamp(6), "1000"),
            "1970-01-01 00:00:00.000001");
  EXPECT_EQ(with("org.apache.kafka.connect.data.Timestamp", DataType::Timestamp(6), "5"),
            "1970-01-01 00:00:00.005");
  EXPECT_EQ(with("io.debezium.time.Date", DataType::Timestamp(3), "1"),
            "1970-01-02 00:00:00");
  // A plain number is no moment, and PostgreSQL's infinity is none that fits.
  EXPECT_TRUE(
      Rejected(CellWithSchema(DataType::Timestamp(3), R"({"type":"int64"})", "5")));
  EXPECT_TRUE(Rejected(with("io.debezium.time.MicroTimestamp", DataType::Timestamp(6),
                            "9223372036825200000")));
  DecoderOptions connect;
  connect.time_mode = TimeMode::kConnect;
  EXPECT_EQ(Cell(DataType::Timestamp(6), "5", connect), "1970-01-01 00:00:00.005");
}

TEST(CellDecoder, ReadsTimestampText) {
  for (const char* text :
       {"\"2024-01-01 00:00:00.123\"", "\"2024-01-01T00:00:00.123\"",
        "\"2024-01-01T00:00:00.123Z\"", "\"2024-01-01T01:00:00.123000+01:00\""}) {
    EXPECT_EQ(Cell(DataType::Timestamp(3), text), "2024-01-01 00:00:00.123") << text;
  }
  EXPECT_EQ(Cell(DataType::LocalZonedTimestamp(6), "\"2026-05-02T07:15:22.5387Z\""),
            "2026-05-02 07:15:22.5387");
  EXPECT_TRUE(
      Rejected(Cell(DataType::LocalZonedTimestamp(3), "\"2024-01-01 00:00:00\"")));
  EXPECT_TRUE(Rejected(Cell(DataType::Timestamp(3), "\"yesterday\"")));
  EXPECT_TRUE(Rejected(Cell(DataType::Timestamp(3), "true")));
}

TEST(CellDecoder, ReadsTimesOfDay) {
  EXPECT_EQ(Cell(DataType::Time(3), "45296789"), "12:34:56.789");
  EXPECT_EQ(Cell(DataType::Time(6), "45296789000"), "12:34:56.789");
  EXPECT_EQ(Cell(DataType::Time(6), "\"12:34:56.789Z\""), "12:34:56.789");
  EXPECT_EQ(CellWithSchema(DataType::Time(0),
                           R"({"type":"int64","name":"io.debezium.time.MicroTime"})",
                           "45296789000"),
            "12:34:56.789");
  EXPECT_TRUE(Rejected(Cell(DataType::Time(3), "86400000")));
  EXPECT_TRUE(Rejected(Cell(DataType::Time(3), "-1")));
  EXPECT_TRUE(Rejected(Cell(DataType::Time(6), "\"24:00:00\"")));
  EXPECT_TRUE(Rejected(
      CellWithSchema(DataType::Time(3),
                     R"({"type":"int64","name":"io.debezium.time.Timestamp"})", "5")));
}

TEST(CellDecoder, TimesOfMariaDbAreMicrosecondsWhateverTheirPrecision) {
  const DecoderOptions options = Columns({{"x", DataType::Time(0)}});
  const auto line = [](const char* connector) {
    return std::string(R"({"after":{"x":45296000000},"op":"c","source":{"connector":")") +
           connector + R"("}})";
  };
  EXPECT_EQ(Decode(options, {line("mariadb"), line("mysql")}).rows,
            (std::vector<std::string>{"+I 12:34:56", "+I 12:34:56"}));
  EXPECT_FALSE(Decode(options, {line("postgresql")}).status.ok());
}

TEST(CellDecoder, ReadsBytesAndRefusesHexReadAsBase64) {
  EXPECT_EQ(Cell(DataType::Bytes(), "\"h45Y3R/nD9s=\""), "878e58dd1fe70fdb");
  EXPECT_EQ(Cell(DataType::Bytes(), "\"\""), "");
  const std::string hex = Cell(DataType::Bytes(), "\"878e58dd1fe70fdb\"");
  EXPECT_NE(hex.find("binary-handling-mode"), std::string::npos) << hex;
  DecoderOptions options;
  options.bytes_mode = BytesMode::kHex;
  EXPECT_EQ(Cell(DataType::Bytes(), "\"878E58dd1fe70fdb\"", options), "878e58dd1fe70fdb");
  EXPECT_TRUE(Rejected(Cell(DataType::Bytes(), "\"h45Y3R/nD9s=\"", options)));
  options.bytes_mode = BytesMode::kBase64UrlSafe;
  EXPECT_EQ(Cell(DataType::Bytes(), "\"h45Y3R_nD9s=\"", options), "878e58dd1fe70fdb");
  EXPECT_TRUE(Rejected(Cell(DataType::Binary(4), "\"h45Y3R/nD9s=\"")));
  EXPECT_TRUE(Rejected(Cell(DataType::VarBinary(4), "\"h45Y3R/nD9s=\"")));
  EXPECT_TRUE(Rejected(Cell(DataType::Bytes(), "12")));
}

TEST(CellDecoder, ReadsTextAsItIs) {
  EXPECT_EQ(Cell(DataType::String(), R"("\u0041\"\\\n\ud83d\ude00 \u2028")"),
            "A\"\\\n\U0001F600 \u2028");
  EXPECT_EQ(Cell(DataType::String(), R"("null")"), "null");
  EXPECT_EQ(Cell(DataType::String(), R"("")"), "");
  EXPECT_EQ(Cell(DataType::String(), "null"), "NULL");
  EXPECT_EQ(Cell(DataType::String(), "1.50"), "1.50");
  EXPECT_EQ(Cell(DataType::String(), "true"), "true");
  EXPECT_EQ(Cell(DataType::String(), R"({"a": [1, null]})"), R"({"a": [1, null]})");
  EXPECT_EQ(Cell(DataType::Char(3), R"("EUR")"), "EUR");
  EXPECT_TRUE(Rejected(Cell(DataType::String(), R"("\ud800")")));
  EXPECT_TRUE(Rejected(Cell(DataType::String(), "\"\xff\"")));
}

TEST(CellDecoder, ReadsArraysMapsAndRows) {
  EXPECT_EQ(Cell(DataType::Array(DataType::String()), R"(["a",null,"b"])"),
            R"(["a",null,"b"])");
  EXPECT_EQ(Cell(DataType::Array(DataType::Int()), "[]"), "[]");
  EXPECT_EQ(Cell(DataType::Array(DataType::Int()), R"([1,"x"])"),
            "! column x: \"x\" is not a INT");
  EXPECT_TRUE(Rejected(Cell(DataType::Array(DataType::Int()), "[1,]")));
  EXPECT_TRUE(Rejected(Cell(DataType::Array(DataType::Int()), "3")));
  const std::string map =
      Cell(DataType::Map(DataType::String(), DataType::Int()), R"({"a":1,"b":null})");
  EXPECT_NE(map.find("key:string = a, value:int32 = 1"), std::string::npos) << map;
  const DataType row = DataType::Row(
      {{0, "a", DataType::Int(), {}, {}}, {1, "b", DataType::Decimal(5, 1), {}, {}}});
  EXPECT_NE(Cell(row, R"({"b":1.25,"other":[{}],"a":7})").find("1.3"), std::string::npos);
  EXPECT_TRUE(Rejected(Cell(row, R"({"a":7,"a":8})")));
  EXPECT_TRUE(Rejected(Cell(row, "[]")));
  const DataType strict = DataType::Row({{0, "a", DataType::Int().NotNull(), {}, {}}});
  EXPECT_TRUE(Rejected(Cell(strict, "{}")));
}

TEST(CellDecoder, RefusesTypesThatJsonCannotGive) {
  const auto make = [](const DataType& type) {
    return KindOf(
        Decoder::Make(arrow::default_memory_pool(), Columns({{"x", type}})).status());
  };
  EXPECT_EQ(make(DataType::Variant()), ErrorKind::kUnsupported);
  EXPECT_EQ(make(DataType::Map(DataType::Int(), DataType::Int())),
            ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace tarn::cdc
