// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/message_decoder.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cdc/decode.h"

namespace tarn::cdc {
namespace {

using types::DataType;
using Rows = std::vector<std::string>;

DecoderOptions Products() {
  return Columns({{"id", DataType::BigInt().NotNull()},
                  {"name", DataType::String()},
                  {"price", DataType::Decimal(10, 2)}},
                 {0});
}

std::string Event(const std::string& op, const std::string& before,
                  const std::string& after,
                  const std::string& source = "{\"connector\":\"test\"}") {
  return "{\"before\":" + before + ",\"after\":" + after + ",\"source\":" + source +
         ",\"op\":\"" + op + "\",\"ts_ms\":1}";
}

int64_t Skipped(const Decoded& decoded, SkipReason reason) {
  return decoded.batch.counts.skipped[static_cast<size_t>(reason)];
}

// The reason why a single line is rejected.
std::string ReasonOf(const std::string& line, DecoderOptions options = Products()) {
  options.ignore_parse_errors = true;
  const Decoded decoded = Decode(options, {line});
  EXPECT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_TRUE(decoded.rows.empty());
  EXPECT_EQ(decoded.batch.counts.rejected, 1);
  return decoded.batch.rejections.empty() ? "" : decoded.batch.rejections[0].reason;
}

TEST(MessageDecoder, GivesEveryOperationItsKinds) {
  const Decoded decoded =
      Decode(Products(), {Event("r", "null", R"({"id":1,"name":"a","price":"1.00"})"),
                          Event("c", "null", R"({"id":2,"name":"b","price":null})"),
                          Event("u", R"({"id":2,"name":"b","price":null})",
                                R"({"id":2,"name":"c","price":"2.50"})"),
                          Event("d", R"({"id":1,"name":"a","price":"1.00"})", "null")});
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_EQ(decoded.rows,
            (Rows{"+I 1,a,1", "+I 2,b,NULL", "-U 2,b,NULL", "+U 2,c,2.5", "-D 1,a,1"}));
  EXPECT_EQ(decoded.batch.counts.applied, 4);
  EXPECT_EQ(decoded.batch.counts.rows, 5);
}

TEST(MessageDecoder, UpdatesWithoutABeforeImageGiveOnlyTheNewRow) {
  const Decoded decoded =
      Decode(Products(), {Event("u", "null", R"({"id":7,"name":"x","price":null})")});
  EXPECT_EQ(decoded.rows, (Rows{"+U 7,x,NULL"}));
  EXPECT_EQ(decoded.batch.counts.updates_without_before, 1);
}

TEST(MessageDecoder, UpsertModeGivesNoBeforeImages) {
  DecoderOptions options = Products();
  options.changelog_mode = ChangelogMode::kUpsert;
  const std::string row = R"({"id":1,"name":"a","price":null})";
  EXPECT_EQ(Decode(options, {Event("u", row, row), Event("d", row, "null")}).rows,
            (Rows{"+U 1,a,NULL", "-D 1,a,NULL"}));
}

TEST(MessageDecoder, KeyOnlyBeforeImagesLeaveTheOtherColumnsAbsent) {
  // PostgreSQL's default replica identity fills NOT NULL columns with type defaults.
  DecoderOptions options = Products();
  const std::string line = Event("d", R"({"id":1,"name":"","price":null})", "null");
  EXPECT_EQ(Decode(options, {line}).rows, (Rows{"-D 1,,NULL"}));
  options.before_image = BeforeImage::kKeyOnly;
  EXPECT_EQ(Decode(options, {line}).rows, (Rows{"-D 1,-,-"}));
  const std::string row = R"({"id":1,"name":"a","price":null})";
  EXPECT_EQ(Decode(options, {Event("u", row, row)}).rows, (Rows{"+U 1,a,NULL"}));
}

TEST(MessageDecoder, DeletesWithoutABeforeImageGoByTheMessageKey) {
  const std::string event = Event("d", "null", "null");
  EXPECT_EQ(Decode(Products(), {Recorded(0, 1, R"({"id":9})", event)}).rows,
            (Rows{"-D 9,-,-"}));
  EXPECT_EQ(Decode(Products(),
                   {Recorded(0, 1, R"({"schema":{"type":"struct"},"payload":{"id":9}})",
                             event)})
                .rows,
            (Rows{"-D 9,-,-"}));
  EXPECT_EQ(ReasonOf(event), "op d without a before image and without a key");
  EXPECT_NE(ReasonOf(Recorded(0, 1, "9", event)).find("key: expected an object"),
            std::string::npos);
  EXPECT_EQ(ReasonOf(Recorded(0, 1, R"({"other":9})", event)),
            "key column id is NULL or missing");
  DecoderOptions keyless = Products();
  keyless.key_columns = {};
  EXPECT_NE(ReasonOf(Recorded(0, 1, R"({"id":9})", event), keyless).find("PRIMARY KEY"),
            std::string::npos);
}

TEST(MessageDecoder, ColumnsAddedMidwayAreNullBeforeAndReadAfter) {
  const Decoded decoded =
      Decode(Products(), {Event("c", "null", R"({"id":1,"name":"a"})"),
                          Event("c", "null",
                                R"({"id":2,"name":"b","price":"5.00",)"
                                R"("newer":[{"a":1}]})")});
  EXPECT_EQ(decoded.rows, (Rows{"+I 1,a,NULL", "+I 2,b,5"}));
  DecoderOptions strict = Products();
  strict.fail_on_missing_field = true;
  EXPECT_EQ(ReasonOf(Event("c", "null", R"({"id":1,"name":"a"})"), strict),
            "column price is missing");
}

TEST(MessageDecoder, SkipsWhatHoldsNoChange) {
  const Decoded decoded = Decode(
      Products(),
      {Recorded(0, 1, R"({"id":1})", ""),
       R"({"op":"m","message":{"prefix":"p"},"source":{}})",
       R"({"status":"BEGIN","id":"1","event_count":null,"ts_ms":1})",
       R"({"source":{"connector":"mariadb"},"databaseName":"d","ddl":"CREATE TABLE t",)"
       R"("tableChanges":[]})",
       R"({"ts_ms":1})", "", "  ", R"({"schema":{"type":"struct"},"payload":null})"});
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_TRUE(decoded.rows.empty());
  EXPECT_EQ(Skipped(decoded, SkipReason::kTombstone), 2);
  EXPECT_EQ(Skipped(decoded, SkipReason::kLogicalMessage), 1);
  EXPECT_EQ(Skipped(decoded, SkipReason::kTransaction), 1);
  EXPECT_EQ(Skipped(decoded, SkipReason::kSchemaChange), 1);
  EXPECT_EQ(Skipped(decoded, SkipReason::kHeartbeat), 1);
  EXPECT_EQ(Skipped(decoded, SkipReason::kBlankLine), 2);
  EXPECT_EQ(decoded.batch.counts.read, 8);
}

TEST(MessageDecoder, ThePlaceholderIsAbsentInEveryForm) {
  const DecoderOptions options =
      Columns({{"id", DataType::Int().NotNull()},
               {"s", DataType::String()},
               {"b", DataType::Bytes()},
               {"a", DataType::Array(DataType::String())},
               {"n", DataType::Array(DataType::Int())},
               {"d", DataType::Decimal(10, 2)},
               {"m", DataType::Map(DataType::String(), DataType::String())}},
              {0});
  const std::string text = "__debezium_unavailable_value";
  nlohmann::json numbers = nlohmann::json::array();
  for (const char c : text) numbers.push_back(static_cast<int>(c));
  nlohmann::ordered_json row;
  row["id"] = 1;
  row["s"] = text;
  row["b"] = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==";
  row["a"] = {text};
  row["n"] = numbers;
  row["d"] = text;
  row["m"] = {{text, text}};
  EXPECT_EQ(Decode(options, {Event("u", "null", row.dump())}).rows,
            (Rows{"+U 1,-,-,-,-,-,-"}));
  row["b"] = "5f5f646562657a69756d5f756e617661696c61626c655f76616c7565";
  row["a"] = {"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=="};
  row["m"] = "{\"" + text + "\":\"" + text + "\"}";
  row["d"] = "X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==";
  EXPECT_EQ(Decode(options, {Event("u", "null", row.dump())}).rows,
            (Rows{"+U 1,-,-,-,-,-,-"}));
  row["a"] = {"b68a35a7-17ad-35b3-af2a-ae46edb4545a"};
  EXPECT_EQ(Decode(options, {Event("u", "null", row.dump())}).rows,
            (Rows{"+U 1,-,-,-,-,-,-"}));
  // Text that only holds it, or two elements, are data.
  nlohmann::ordered_json data;
  data["id"] = 2;
  data["s"] = text + " ";
  data["a"] = {text, text};
  EXPECT_EQ(Decode(options, {Event("u", "null", data.dump())}).rows,
            (Rows{"+U 2," + text + " ,NULL,[\"" + text + "\",\"" + text +
                  "\"],NULL,NULL,NULL"}));
}

TEST(MessageDecoder, ThePlaceholderCanBeNamedAndIsNeverAKey) {
  DecoderOptions options =
      Columns({{"id", DataType::String().NotNull()}, {"s", DataType::String()}}, {0});
  options.placeholder = "@gone";
  EXPECT_EQ(Decode(options, {Event("u", "null", R"({"id":"1","s":"@gone"})")}).rows,
            (Rows{"+U 1,-"}));
  EXPECT_EQ(ReasonOf(Event("u", "null", R"({"id":"@gone","s":"x"})"), options),
            "key column id is absent");
}

TEST(MessageDecoder, RejectsEveryMalformedMessageWithItsReason) {
  const std::string good = R"({"id":1,"name":"a","price":"1.00"})";
  const auto contains = [](const std::string& reason, std::string_view part) {
    EXPECT_NE(reason.find(part), std::string::npos) << reason;
  };
  contains(ReasonOf("not json"), "expected an object");
  contains(ReasonOf(R"({"before":null,"after":{"id":1,"na)"), "ends inside a string");
  contains(ReasonOf(R"({"before":null,"after":{"id":1)"), "the text ends early");
  contains(ReasonOf("{\"after\":{\"name\":\"\xff\"}}"), "invalid UTF-8");
  contains(ReasonOf(Event("x", "null", good)), "unknown op \"x\"");
  contains(ReasonOf(Event("", "null", good)), "unknown op \"\"");
  contains(ReasonOf(Event("cc", "null", good)), "unknown op");
  contains(ReasonOf(R"({"after":)" + good + "}"), "no op");
  contains(ReasonOf("{}"), "no op");
  contains(ReasonOf("[1]"), "expected an object");
  contains(ReasonOf("3"), "expected an object");
  contains(ReasonOf(Event("c", "null", "null")), "without an after image");
  contains(ReasonOf(Event("u", good, "null")), "without an after image");
  contains(ReasonOf(Event("c", "null", "[1]")), "expected an object");
  contains(ReasonOf(Event("c", "null", R"({"name":"a"})")), "key column id");
  contains(ReasonOf(Event("c", "null", R"({"id":null})")), "key column id");
  contains(ReasonOf(Event("c", "null", R"({"id":"one"})")),
           "column id: \"one\" is not a BIGINT");
  contains(ReasonOf(Event("c", "null", R"({"id":1,"id":2})")), "comes twice");
  contains(ReasonOf(Event("c", "null", R"({"id":99999999999999999999})")),
           "out of range");
  contains(ReasonOf(Event("c", "null", good, "[]")), "source is not an object");
  contains(ReasonOf(Event("c", "null", good, R"({"ts_ms":"x"})")), "expected an integer");
  contains(ReasonOf(Event("c", "null", good) + " {}"), "text after the value");
  contains(ReasonOf(Event("c", "null", R"({"id":1,"other":tru})")), "expected a value");
  contains(ReasonOf(Event("c", R"({"id":[}})", good)), "");
  contains(ReasonOf(R"({"op":"c","op":"d","after":)" + good + "}"), "op comes twice");
  contains(ReasonOf(R"({"topic":"t","partition":0,"offset":1,"value":"{\"a")"),
           "the text ends early");
  contains(ReasonOf(R"({"topic":"t","partition":-1,"offset":1,"value":null})"),
           "partition is out of range");
}

TEST(MessageDecoder, AnUpdateWithABadSecondImageLeavesNothing) {
  DecoderOptions options = Products();
  options.ignore_parse_errors = true;
  const std::string good = R"({"id":1,"name":"a","price":"1.00"})";
  const Decoded decoded =
      Decode(options, {Event("c", "null", good),
                       Event("u", good, R"({"id":1,"name":"b","price":"x.y"})"),
                       Event("c", "null", R"({"id":2,"name":"c","price":"2.00"})")});
  EXPECT_EQ(decoded.rows, (Rows{"+I 1,a,1", "+I 2,c,2"}));
  EXPECT_EQ(decoded.batch.counts.read, 3);
  EXPECT_EQ(decoded.batch.counts.applied, 2);
  EXPECT_EQ(decoded.batch.counts.rejected, 1);
}

TEST(MessageDecoder, StopsAtTheFirstBadRecordWithItsPlaceUnlessTold) {
  const std::string good = Event("c", "null", R"({"id":1})");
  const Decoded decoded = Decode(
      Products(), {good, Recorded(2, 77, "", Event("c", "null", R"({"id":"x"})")), good});
  EXPECT_EQ(KindOf(decoded.status), ErrorKind::kInvalidInput);
  const std::string message = decoded.status.message();
  for (const char* part : {"file=topic.jsonl", "line=2", "topic=t", "partition=2",
                           "offset=77", "is not a BIGINT", "TARN-1404"}) {
    EXPECT_NE((message + CodeOf(decoded.status)).find(part), std::string::npos)
        << part << " in " << message;
  }
}

TEST(MessageDecoder, DeadLettersAreJsonLinesWithTheWholeRecord) {
  DecoderOptions options = Products();
  options.ignore_parse_errors = true;
  const std::string bad = "{\"op\":\"\xff\n\"\\";
  const Decoded decoded = Decode(options, {bad});
  ASSERT_EQ(decoded.batch.rejections.size(), 1u);
  const std::string line = decoded.batch.rejections[0].ToJson();
  const auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["file"], "topic.jsonl");
  EXPECT_EQ(object["line"], 1);
  EXPECT_EQ(object["code"], "TARN-1401");
  EXPECT_EQ(object["text"], "{\"op\":\"\xc3\xbf\n\"\\");
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(MessageDecoder, NotNullColumnsAreNeededInNewRowsOnly) {
  const DecoderOptions options = Columns(
      {{"id", DataType::Int().NotNull()}, {"name", DataType::String().NotNull()}}, {0});
  EXPECT_EQ(ReasonOf(Event("c", "null", R"({"id":1})"), options),
            "column name is NULL or missing but declared NOT NULL");
  EXPECT_EQ(Decode(options, {Event("d", R"({"id":1,"name":null})", "null")}).rows,
            (Rows{"-D 1,NULL"}));
}

TEST(MessageDecoder, TruncatesStandBetweenTheRows) {
  TruncateHorizon horizon;
  RedeliveryFilter filter;
  const auto source = [](int commit, int lsn) {
    return R"({"connector":"postgresql","name":"n","snapshot":"false","db":"d","schema":"s",)"
           R"("table":"t","sequence":"[\")" +
           std::to_string(commit) + R"(\",\")" + std::to_string(lsn) + R"(\"]","lsn":)" +
           std::to_string(lsn) + "}";
  };
  const auto row = [](int id) { return "{\"id\":" + std::to_string(id) + "}"; };
  const Decoded decoded =
      Decode(Products(),
             {Recorded(1, 0, row(1), Event("c", "null", row(1), source(10, 20))),
              Recorded(0, 0, "", Event("t", "null", "null", source(30, 40))),
              // Another partition comes later with what happened earlier.
              Recorded(2, 0, row(2), Event("c", "null", row(2), source(20, 30))),
              Recorded(2, 1, row(3), Event("c", "null", row(3), source(40, 50))),
              // The truncate once more: a restarted connector.
              Recorded(0, 1, "", Event("t", "null", "null", source(30, 40)))},
             &filter, &horizon);
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_EQ(decoded.rows, (Rows{"+I 1,NULL,NULL", "+I 3,NULL,NULL"}));
  ASSERT_EQ(decoded.batch.truncates.size(), 1u);
  EXPECT_EQ(decoded.batch.truncates[0].row, 1);
  EXPECT_EQ(decoded.batch.truncates[0].position,
            "00000000000000000030.00000000000000000040");
  EXPECT_EQ(Skipped(decoded, SkipReason::kBeforeTruncate), 1);
  EXPECT_EQ(Skipped(decoded, SkipReason::kRedelivered), 1);
  EXPECT_EQ(decoded.batch.counts.applied, 3);
}

TEST(MessageDecoder, SchemaAndPayloadMayComeInAnyOrderAndChange) {
  const std::string schema =
      R"({"type":"struct","fields":[{"type":"struct","field":"after","fields":[)"
      R"({"type":"int64","field":"id"},{"type":"bytes","field":"price",)"
      R"("name":"org.apache.kafka.connect.data.Decimal","parameters":{"scale":"SCALE"}}]}]})";
  const auto with_scale = [&](const char* scale) {
    std::string text = schema;
    return text.replace(text.find("SCALE"), 5, scale);
  };
  const std::string payload = Event("c", "null", R"({"id":1,"price":"AICf"})");
  const Decoded decoded =
      Decode(Products(),
             {"{\"schema\":" + with_scale("2") + ",\"payload\":" + payload + "}",
              "{\"schema\":" + with_scale("3") + ",\"payload\":" + payload + "}",
              "{\"schema\":" + with_scale("2") + ",\"payload\":" + payload + "}",
              "{\"payload\":" + payload + ",\"schema\":" + with_scale("1") + "}",
              " {\"schema\" : " + with_scale("1") + ", \"payload\" : " + payload + "} ",
              "{\"schema\":null,\"payload\":" + payload + "}", payload});
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  EXPECT_EQ(decoded.rows, (Rows{"+I 1,NULL,329.27", "+I 1,NULL,32.93", "+I 1,NULL,329.27",
                                "+I 1,NULL,3292.7", "+I 1,NULL,3292.7",
                                "+I 1,NULL,329.27", "+I 1,NULL,329.27"}));
  EXPECT_NE(ReasonOf("{\"schema\":{\"type\":\"strange\"},\"payload\":" + payload + "}")
                .find("unknown schema type"),
            std::string::npos);
  // A known schema before a broken payload.
  const std::string known = "{\"schema\":" + with_scale("2") + ",\"payload\":";
  DecoderOptions options = Products();
  options.ignore_parse_errors = true;
  const Decoded broken =
      Decode(options, {known + payload + "}", known + "{\"op\":\"c\"", known + payload,
                       known + payload + "}}", known + payload + ",\"x\":1}",
                       known + "null}", known + payload + "}"});
  EXPECT_EQ(broken.rows.size(), 2u);
  EXPECT_EQ(broken.batch.counts.rejected, 4);
  EXPECT_EQ(Skipped(broken, SkipReason::kTombstone), 1);
}

TEST(MessageDecoder, ReadsPlainRowsAndEnvelopesAsJson) {
  DecoderOptions options =
      Columns({{"before", DataType::Row({{0, "id", DataType::Int(), {}, {}}})},
               {"after", DataType::Row({{0, "id", DataType::Int(), {}, {}}})},
               {"op", DataType::String()},
               {"source", DataType::Row({{0, "ts_ms", DataType::BigInt(), {}, {}}})}});
  options.format = MessageFormat::kJson;
  const std::string event =
      Event("u", R"({"id":1})", R"({"id":2})", R"({"connector":"x","ts_ms":5})");
  const Decoded decoded =
      Decode(options, {event, R"({"schema":null,"payload":)" + event + "}",
                       Recorded(0, 1, "", ""), R"({"other":1})"});
  ASSERT_TRUE(decoded.status.ok()) << decoded.status;
  ASSERT_EQ(decoded.rows.size(), 3u);
  EXPECT_EQ(decoded.rows[0], decoded.rows[1]);
  EXPECT_EQ(decoded.rows[0].substr(0, 2), "+I");
  EXPECT_EQ(decoded.rows[2], "+I NULL,NULL,NULL,NULL");
  EXPECT_EQ(decoded.batch.changes.kinds_data(), nullptr);
}

TEST(MessageDecoder, EnvelopesReadAsJsonAreRecognisedWhenDeliveredTwice) {
  DecoderOptions options = Columns({{"op", DataType::String()}});
  options.format = MessageFormat::kJson;
  RedeliveryFilter filter;
  const std::string event = Event(
      "u", R"({"id":1})", R"({"id":2})",
      R"({"connector":"mariadb","name":"n","file":"binlog.000001","pos":5,"row":0})");
  const Decoded decoded =
      Decode(options,
             {Recorded(0, 1, "k", event), Recorded(0, 2, "k", event),
              Recorded(0, 3, "other", event), Recorded(1, 1, "k", event)},
             &filter);
  EXPECT_EQ(decoded.rows.size(), 3u);
  EXPECT_EQ(Skipped(decoded, SkipReason::kRedelivered), 1);
}

TEST(MessageDecoder, ColumnsNamedSchemaOrPayloadAreNotUnwrapped) {
  DecoderOptions options =
      Columns({{"schema", DataType::String()}, {"payload", DataType::Int()}});
  options.format = MessageFormat::kJson;
  EXPECT_EQ(Decode(options, {R"({"schema":"s","payload":5})"}).rows, (Rows{"+I s,5"}));
}

}  // namespace
}  // namespace tarn::cdc
