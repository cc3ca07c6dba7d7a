// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/record.h"

#include <gtest/gtest.h>

namespace tarn::cdc {
namespace {

TEST(RecordReader, TakesALineThatIsNoMessageAsABareValue) {
  RecordReader reader(LineForm::kAuto);
  Message message;
  for (const char* line : {"{\"a\":1}", "garbage", "{\"topic\":\"t\",\"value\":1}",
                           "{\"topics\":[]}", " [1]"}) {
    ASSERT_TRUE(reader.Read({line, "f", 7}, &message)) << line;
    EXPECT_EQ(message.value, line);
    EXPECT_TRUE(message.has_value);
    EXPECT_FALSE(message.has_place);
    EXPECT_EQ(message.line, 7);
  }
}

TEST(RecordReader, ReadsRecordedMessages) {
  RecordReader reader(LineForm::kAuto);
  Message message;
  const std::string line =
      R"({"topic":"t","partition":2,"offset":9,"timestamp":17,"key":"{\"id\":1}",)"
      R"("value":"{\"a\":\"\\u00e9\\n\"}","headers":{"h":"x"}})";
  ASSERT_TRUE(reader.Read({line, "f", 1}, &message));
  EXPECT_EQ(message.topic, "t");
  EXPECT_EQ(message.partition, 2);
  EXPECT_EQ(message.offset, 9);
  EXPECT_EQ(message.timestamp_millis, 17);
  EXPECT_EQ(message.key, R"({"id":1})");
  EXPECT_EQ(message.value, R"({"a":"\u00e9\n"})");
  EXPECT_EQ(message.headers, R"({"h":"x"})");
  EXPECT_TRUE(message.has_place && message.has_value && message.has_key);
}

TEST(RecordReader, TellsNullFromTextAndTakesObjectsAsTheyAre) {
  RecordReader reader(LineForm::kAuto);
  Message message;
  ASSERT_TRUE(reader.Read(
      {R"({"topic":"t","partition":0,"offset":0,"key":null,"value":null})", "f", 1},
      &message));
  EXPECT_FALSE(message.has_key);
  EXPECT_FALSE(message.has_value);
  ASSERT_TRUE(reader.Read(
      {R"({"topic":"t","partition":0,"offset":0,"key":"","value":{"a": [1]} })", "f", 1},
      &message));
  EXPECT_TRUE(message.has_key);
  EXPECT_EQ(message.value, R"({"a": [1]})");
}

TEST(RecordReader, ReadsWhatKcatPrints) {
  RecordReader reader(LineForm::kAuto);
  Message message;
  const std::string line =
      R"({"topic":"t","partition":0,"offset":3,"tstype":"create","ts":5,"broker":1,)"
      R"("headers":["a","b"],"key":"k","payload":"{}"})";
  ASSERT_TRUE(reader.Read({line, "f", 1}, &message));
  EXPECT_EQ(message.value, "{}");
  EXPECT_EQ(message.timestamp_type, "CreateTime");
  EXPECT_EQ(message.headers, R"(["a","b"])");
}

TEST(RecordReader, RefusesBrokenMessages) {
  RecordReader reader(LineForm::kAuto);
  Message message;
  for (const char* line :
       {R"({"topic":"t","partition":0,"offset":0,"value":"x"} x)",
        R"({"topic":"t","part)", R"({"topic":5,"partition":0,"offset":0,"value":"x"})",
        R"({"topic":"t","partition":1.5,"offset":0,"value":"x"})",
        R"({"topic":"t","partition":0,"offset":-1,"value":"x"})",
        R"({"topic":"t","partition":99999999999,"offset":0,"value":"x"})",
        R"({"topic":"t","partition":0,"offset":0,"value":"x","payload":"y"})"}) {
    EXPECT_FALSE(reader.Read({line, "f", 1}, &message)) << line;
    EXPECT_FALSE(reader.error().empty());
  }
}

TEST(RecordReader, DoesAsItIsTold) {
  Message message;
  const std::string recorded = R"({"topic":"t","partition":0,"offset":0,"value":"x"})";
  RecordReader values(LineForm::kValue);
  ASSERT_TRUE(values.Read({recorded, "f", 1}, &message));
  EXPECT_EQ(message.value, recorded);
  RecordReader messages(LineForm::kMessage);
  ASSERT_TRUE(messages.Read({recorded, "f", 1}, &message));
  EXPECT_EQ(message.value, "x");
  EXPECT_FALSE(messages.Read({"{\"a\":1}", "f", 1}, &message));
  EXPECT_FALSE(messages.Read({"{\"topic\":\"t\"}", "f", 1}, &message));
}

}  // namespace
}  // namespace tarn::cdc
