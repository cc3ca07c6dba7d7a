// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/metadata.h"

#include <gtest/gtest.h>

#include "tests/cdc/decode.h"

namespace tarn::cdc {
namespace {

using types::DataType;
using Rows = std::vector<std::string>;

const char* const kEvent =
    R"({"before":null,"after":{"id":1},"source":{"version":"3","connector":"postgresql",)"
    R"("name":"shop","ts_ms":1700000000123,"snapshot":"false","db":"shop","sequence":)"
    R"("[\"5\",\"9\"]","schema":"","table":"t","lsn":9,"xmin":null},"op":"c","ts_ms":17})";

std::string Read(const std::string& key, const DataType& type, const std::string& line,
                 MessageFormat format = MessageFormat::kDebeziumJson) {
  DecoderOptions options = Columns({{"m", type}}, {}, {{"m", key}});
  options.format = format;
  options.ignore_parse_errors = true;
  const Decoded decoded = Decode(options, {line});
  if (!decoded.status.ok()) return decoded.status.ToString();
  if (decoded.rows.empty()) return "! " + decoded.batch.rejections.at(0).reason;
  return decoded.rows[0].substr(3);
}

TEST(Metadata, ReadsWhatTheMessageAndItsSourceSay) {
  const std::string line = Recorded(3, 44, R"({"id":1})", kEvent);
  const DataType text = DataType::String();
  const DataType zoned = DataType::LocalZonedTimestamp(3);
  EXPECT_EQ(Read("topic", text, line), "t");
  EXPECT_EQ(Read("partition", DataType::Int(), line), "3");
  EXPECT_EQ(Read("offset", DataType::BigInt(), line), "44");
  EXPECT_EQ(Read("timestamp", zoned, line), "2023-11-14 22:13:20");
  EXPECT_EQ(Read("timestamp-type", text, line), "CreateTime");
  EXPECT_EQ(Read("key", text, line), R"({"id":1})");
  EXPECT_EQ(Read("key", DataType::Bytes(), line), "7b226964223a317d");
  EXPECT_EQ(Read("file.path", text, line), "topic.jsonl");
  EXPECT_EQ(Read("file.name", text, line), "topic.jsonl");
  EXPECT_EQ(Read("file.line", DataType::BigInt(), line), "1");
  EXPECT_EQ(Read("value.source.timestamp", zoned, line), "2023-11-14 22:13:20.123");
  EXPECT_EQ(Read("value.source.timestamp", DataType::Timestamp(6), line),
            "2023-11-14 22:13:20.123");
  EXPECT_EQ(Read("value.source.timestamp", DataType::BigInt(), line), "1700000000123");
  EXPECT_EQ(Read("value.source.database", text, line), "shop");
  EXPECT_EQ(Read("value.source.schema", text, line), "");
  EXPECT_EQ(Read("value.source.table", text, line), "t");
  EXPECT_EQ(Read("value.ingestion-timestamp", zoned, line), "1970-01-01 00:00:00.017");
  EXPECT_EQ(Read("value.schema", text, line), "NULL");
  EXPECT_EQ(Read("event-position", text, line),
            "00000000000000000005.00000000000000000009");
  EXPECT_EQ(Read("op", text, line), "c");
  EXPECT_EQ(Read("row-kind", text, line), "+I");
  const std::string headers =
      Read("headers", DataType::Map(text, DataType::Bytes()), line);
  EXPECT_NE(headers.find("h"), std::string::npos) << headers;
  const std::string properties =
      Read("value.source.properties", DataType::Map(text, text), line);
  for (const char* part : {"connector", "postgresql", "xmin", "null", "lsn", "9"}) {
    EXPECT_NE(properties.find(part), std::string::npos) << part << " in " << properties;
  }
}

TEST(Metadata, IsNullWhereTheMessageHasNone) {
  const DataType text = DataType::String();
  EXPECT_EQ(Read("topic", text, kEvent), "NULL");
  EXPECT_EQ(Read("partition", DataType::Int(), kEvent), "NULL");
  EXPECT_EQ(Read("timestamp", DataType::LocalZonedTimestamp(3), kEvent), "NULL");
  EXPECT_EQ(Read("value.source.table", text, R"({"after":{},"op":"c"})"), "NULL");
  EXPECT_EQ(Read("headers", DataType::Map(text, DataType::Bytes()), kEvent), "NULL");
  EXPECT_EQ(Read("topic", text.NotNull(), kEvent),
            "! the message has no topic, which is declared NOT NULL");
}

TEST(Metadata, AnEventWithoutAPositionIsRejectedWhereOneIsAsked) {
  // A NULL clock would drop the row from its sequence group without a word.
  const std::string plain = R"({"after":{},"op":"c"})";
  EXPECT_TRUE(Read("event-position", DataType::String(), plain).starts_with("! "));
  EXPECT_EQ(Read("event-position", DataType::String(), Recorded(1, 2, "", plain)),
            "00000000000000000001.00000000000000000002");
  EXPECT_EQ(Read("event-position", DataType::String(), Recorded(1, 2, "", R"({"a":1})"),
                 MessageFormat::kJson),
            "00000000000000000001.00000000000000000002");
}

TEST(Metadata, TheSchemaOfAMessageIsItsText) {
  const std::string schema = R"({"type":"struct","fields":[],"name":"x"})";
  const std::string line = R"({"schema":)" + schema + R"(,"payload":)" + kEvent + "}";
  EXPECT_EQ(Read("value.schema", DataType::String(), line), schema);
}

TEST(Metadata, ReadsHeadersOfKcat) {
  const std::string line =
      R"({"topic":"t","partition":0,"offset":1,"tstype":"logappend","ts":17,"broker":1,)"
      R"("headers":["a","1","b",null],"key":"k","payload":"{\"after\":{},\"op\":\"c\"}"})";
  EXPECT_EQ(Read("timestamp-type", DataType::String(), line), "LogAppendTime");
  EXPECT_EQ(Read("timestamp", DataType::BigInt(), line), "17");
  const std::string headers =
      Read("headers", DataType::Map(DataType::String(), DataType::String()), line);
  for (const char* part : {"a", "1", "b", "null"}) {
    EXPECT_NE(headers.find(part), std::string::npos) << headers;
  }
}

TEST(Metadata, UnknownKeysAndTypesAreRefusedByName) {
  const auto make = [](const std::string& key, const DataType& type) {
    return Decoder::Make(arrow::default_memory_pool(),
                         Columns({{"m", type}}, {}, {{"m", key}}))
        .status();
  };
  EXPECT_EQ(KindOf(make("nothing", DataType::String())), ErrorKind::kInvalidInput);
  EXPECT_NE(make("nothing", DataType::String()).message().find("event-position"),
            std::string::npos);
  EXPECT_EQ(KindOf(make("leader-epoch", DataType::Int())), ErrorKind::kUnsupported);
  EXPECT_EQ(KindOf(make("offset", DataType::Int())), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(make("value.source.timestamp", DataType::String())),
            ErrorKind::kInvalidInput);
  for (const auto& entry : MetadataKeyTable()) {
    EXPECT_TRUE(MetadataFromKey(entry.key).ok()) << entry.key;
  }
}

TEST(Metadata, BothRowsOfAnUpdateHaveIt) {
  DecoderOptions options = Columns({{"id", DataType::Int()}, {"k", DataType::String()}},
                                   {}, {{"k", "row-kind"}});
  EXPECT_EQ(Decode(options, {R"({"before":{"id":1},"after":{"id":2},"op":"u"})"}).rows,
            (Rows{"-U 1,-U", "+U 2,+U"}));
}

}  // namespace
}  // namespace tarn::cdc
