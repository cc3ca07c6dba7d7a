// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/decoder_options.h"

#include <gtest/gtest.h>

namespace tarn::cdc {
namespace {

TEST(DecoderOptions, ReadsTheOptionsOfItsFormat) {
  const auto options =
      ReadDecoderOptions(MessageFormat::kDebeziumJson,
                         {{"connector", "filesystem"},
                          {"line-format", "message"},
                          {"debezium-json.schema-include", "true"},
                          {"debezium-json.ignore-parse-errors", "true"},
                          {"debezium-json.timestamp-format.standard", "ISO-8601"},
                          {"debezium-json.decimal-handling-mode", "string"},
                          {"debezium-json.time-precision-mode", "isostring"},
                          {"debezium-json.binary-handling-mode", "hex"},
                          {"debezium-json.before-image", "key"},
                          {"debezium-json.changelog-mode", "upsert"},
                          {"debezium-json.skip-redelivered", "false"},
                          {"debezium-json.unavailable-value-placeholder", "gone"},
                          {"json.decimal-handling-mode", "of another format"}});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->line_form, LineForm::kMessage);
  EXPECT_TRUE(options->ignore_parse_errors);
  EXPECT_EQ(options->decimal_mode, DecimalMode::kString);
  EXPECT_EQ(options->time_mode, TimeMode::kIsoString);
  EXPECT_EQ(options->bytes_mode, BytesMode::kHex);
  EXPECT_EQ(options->before_image, BeforeImage::kKeyOnly);
  EXPECT_EQ(options->changelog_mode, ChangelogMode::kUpsert);
  EXPECT_FALSE(options->skip_redelivered);
  EXPECT_EQ(options->placeholder, "gone");
}

TEST(DecoderOptions, EveryListedOptionIsTaken) {
  for (const auto& entry : DecoderOptionTable()) {
    const MessageFormat format = entry.key.starts_with("json.")
                                     ? MessageFormat::kJson
                                     : MessageFormat::kDebeziumJson;
    const auto options = ReadDecoderOptions(
        format, {{std::string(entry.key), std::string(entry.default_value)}});
    EXPECT_TRUE(options.ok()) << options.status();
  }
}

TEST(DecoderOptions, RefusesUnknownKeysAndValues) {
  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"debezium-json.ignore-parse-error", "true"},
           {"debezium-json.decimal-handling-mode", "exact"},
           {"debezium-json.ignore-parse-errors", "yes"},
           {"line-format", "csv"},
           {"debezium-json.unavailable-value-placeholder", ""}}) {
    const auto options = ReadDecoderOptions(MessageFormat::kDebeziumJson, {{key, value}});
    EXPECT_EQ(KindOf(options.status()), ErrorKind::kInvalidInput) << key;
    EXPECT_NE(options.status().message().find(key), std::string::npos);
  }
  EXPECT_EQ(
      KindOf(ReadDecoderOptions(MessageFormat::kJson, {{"json.before-image", "key"}})
                 .status()),
      ErrorKind::kInvalidInput);
}

TEST(DecoderOptions, KnowsFormatsByName) {
  EXPECT_EQ(*MessageFormatFromName("debezium-json"), MessageFormat::kDebeziumJson);
  EXPECT_EQ(*MessageFormatFromName("json"), MessageFormat::kJson);
  EXPECT_EQ(KindOf(MessageFormatFromName("canal-json").status()),
            ErrorKind::kUnsupported);
  EXPECT_EQ(KindOf(MessageFormatFromName("jsn").status()), ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace tarn::cdc
