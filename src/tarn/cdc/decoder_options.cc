// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/decoder_options.h"

#include <algorithm>
#include <array>

namespace tarn::cdc {

namespace {

template <typename E>
struct Named {
  std::string_view name;
  E value;
};

constexpr std::array kDecimalModes = {
    Named{std::string_view("auto"), DecimalMode::kAuto},
    Named{std::string_view("precise"), DecimalMode::kPrecise},
    Named{std::string_view("string"), DecimalMode::kString},
    Named{std::string_view("double"), DecimalMode::kDouble}};
constexpr std::array kTimeModes = {
    Named{std::string_view("auto"), TimeMode::kAuto},
    Named{std::string_view("adaptive"), TimeMode::kAdaptive},
    Named{std::string_view("adaptive_time_microseconds"), TimeMode::kAdaptiveTime},
    Named{std::string_view("connect"), TimeMode::kConnect},
    Named{std::string_view("isostring"), TimeMode::kIsoString},
    Named{std::string_view("microseconds"), TimeMode::kMicros},
    Named{std::string_view("nanoseconds"), TimeMode::kNanos}};
constexpr std::array kBytesModes = {
    Named{std::string_view("auto"), BytesMode::kAuto},
    Named{std::string_view("bytes"), BytesMode::kBase64},
    Named{std::string_view("base64"), BytesMode::kBase64},
    Named{std::string_view("base64-url-safe"), BytesMode::kBase64UrlSafe},
    Named{std::string_view("hex"), BytesMode::kHex}};
constexpr std::array kBeforeImages = {
    Named{std::string_view("auto"), BeforeImage::kAuto},
    Named{std::string_view("full"), BeforeImage::kFull},
    Named{std::string_view("key"), BeforeImage::kKeyOnly}};
constexpr std::array kChangelogModes = {
    Named{std::string_view("all"), ChangelogMode::kAll},
    Named{std::string_view("upsert"), ChangelogMode::kUpsert}};
constexpr std::array kLineForms = {
    Named{std::string_view("auto"), LineForm::kAuto},
    Named{std::string_view("value"), LineForm::kValue},
    Named{std::string_view("message"), LineForm::kMessage}};
constexpr std::array kBooleans = {Named{std::string_view("true"), true},
                                  Named{std::string_view("false"), false}};

template <typename E, size_t N>
Status Choose(const std::string& key, const std::string& text,
              const std::array<Named<E>, N>& choices, E* out) {
  std::string allowed;
  for (const auto& choice : choices) {
    if (choice.name == text) {
      *out = choice.value;
      return Status::OK();
    }
    if (!allowed.empty()) allowed += "|";
    allowed += choice.name;
  }
  return InvalidInput(1410, "A format option has a value that it does not take:",
                      V("option", key), V("value", text), V("allowed", allowed));
}

// Options of Flink's that steer writing or spellings which we always accept.
bool HasNoEffect(std::string_view name) {
  return name == "map-null-key.mode" || name == "map-null-key.literal" ||
         name == "encode.decimal-as-plain-number" ||
         name == "encode.ignore-null-fields" || name == "timestamp-format.standard" ||
         name == "decode.json-parser.enabled" || name == "schema-include";
}

Status ReadOne(const std::string& key, std::string_view name, const std::string& value,
               DecoderOptions* out) {
  if (HasNoEffect(name)) return Status::OK();
  if (name == "ignore-parse-errors") {
    return Choose(key, value, kBooleans, &out->ignore_parse_errors);
  }
  if (name == "fail-on-missing-field") {
    return Choose(key, value, kBooleans, &out->fail_on_missing_field);
  }
  if (name == "decimal-handling-mode") {
    return Choose(key, value, kDecimalModes, &out->decimal_mode);
  }
  if (name == "time-precision-mode") {
    return Choose(key, value, kTimeModes, &out->time_mode);
  }
  if (name == "binary-handling-mode") {
    return Choose(key, value, kBytesModes, &out->bytes_mode);
  }
  if (name == "skip-redelivered") {
    return Choose(key, value, kBooleans, &out->skip_redelivered);
  }
  if (out->format == MessageFormat::kDebeziumJson) {
    if (name == "before-image") {
      return Choose(key, value, kBeforeImages, &out->before_image);
    }
    if (name == "changelog-mode") {
      return Choose(key, value, kChangelogModes, &out->changelog_mode);
    }
    if (name == "unavailable-value-placeholder") {
      if (value.empty()) {
        return InvalidInput(1411, "A format option must not be empty:", V("option", key));
      }
      out->placeholder = value;
      return Status::OK();
    }
  }
  return InvalidInput(1412, "The format has no such option:", V("option", key));
}

}  // namespace

Result<MessageFormat> MessageFormatFromName(std::string_view name) {
  if (name == "json") return MessageFormat::kJson;
  if (name == "debezium-json") return MessageFormat::kDebeziumJson;
  for (const std::string_view known :
       {"canal-json", "maxwell-json", "ogg-json", "debezium-avro-confluent",
        "debezium-avro", "debezium-bson", "aws-dms-json", "aliyun-json", "avro",
        "avro-confluent", "csv", "raw", "protobuf", "parquet", "orc"}) {
    if (name == known) {
      return Unsupported(
          6405, "Change records of this format are not implemented:", V("format", name));
    }
  }
  return InvalidInput(1413, "Unknown format:", V("format", name),
                      V("known", "debezium-json, json"));
}

const std::vector<DecoderOption>& DecoderOptionTable() {
  static const std::vector<DecoderOption> table = {
      {"line-format", "auto",
       "What a line of a file is: a bare value, or a recorded message with topic, "
       "partition, "
       "offset, timestamp, key, value and headers (also as `kcat -J` prints it)."},
      {"debezium-json.schema-include", "false",
       "Accepted as Flink's; whether a message carries its schema is seen in the "
       "message."},
      {"debezium-json.ignore-parse-errors", "false",
       "Send records that cannot be read to a dead-letter file instead of failing."},
      {"debezium-json.fail-on-missing-field", "false",
       "Reject rows that lack a declared column; otherwise it is NULL (a column that was "
       "added to the source later is missing in older records)."},
      {"debezium-json.decimal-handling-mode", "auto",
       "The connector's decimal.handling.mode, for messages without a schema: precise, "
       "string or double. auto refuses text that may be either."},
      {"debezium-json.time-precision-mode", "auto",
       "The connector's time.precision.mode, for messages without a schema."},
      {"debezium-json.binary-handling-mode", "auto",
       "The connector's binary.handling.mode: bytes (base64), base64-url-safe or hex. "
       "auto "
       "is base64 and refuses text that looks like hex."},
      {"debezium-json.before-image", "auto",
       "What before images hold: full rows, or only the key (PostgreSQL's default "
       "replica "
       "identity fills the other columns of a delete with type defaults)."},
      {"debezium-json.changelog-mode", "all",
       "all: updates give -U and +U; upsert: only the new row, deletes by key."},
      {"debezium-json.skip-redelivered", "true",
       "Skip events that a restarted connector delivered again, known by their "
       "position."},
      {"debezium-json.unavailable-value-placeholder", "__debezium_unavailable_value",
       "The connector's unavailable.value.placeholder: a cell that holds it is absent."},
      {"json.ignore-parse-errors", "false", "As for debezium-json."},
      {"json.fail-on-missing-field", "false", "As for debezium-json."},
      {"json.decimal-handling-mode", "auto", "As for debezium-json."},
      {"json.time-precision-mode", "auto", "As for debezium-json."},
      {"json.binary-handling-mode", "auto", "As for debezium-json."},
      {"json.skip-redelivered", "true",
       "As for debezium-json, for values that are envelopes of Debezium."},
  };
  return table;
}

Result<DecoderOptions> ReadDecoderOptions(
    MessageFormat format, const std::map<std::string, std::string>& options) {
  DecoderOptions out;
  out.format = format;
  const std::string_view prefix =
      format == MessageFormat::kJson ? "json." : "debezium-json.";
  for (const auto& [key, value] : options) {
    if (key == "line-format") {
      ARROW_RETURN_NOT_OK(Choose(key, value, kLineForms, &out.line_form));
      continue;
    }
    std::string_view name = key;
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    ARROW_RETURN_NOT_OK(ReadOne(key, name, value, &out));
  }
  return out;
}

}  // namespace tarn::cdc
