// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/cdc/record.h"
#include "tarn/types/data_type.h"

namespace tarn::cdc {

/// Formats of messages.
enum class MessageFormat : uint8_t { kJson, kDebeziumJson };

/// Errors: kUnsupported naming a format of change records that is not implemented
/// (canal-json,
/// ...), kInvalidInput for an unknown name.
Result<MessageFormat> MessageFormatFromName(std::string_view name);

/// How strings and bare numbers are meant where no Connect schema says so.
enum class DecimalMode : uint8_t {
  kAuto,  ///< text where it can only be a number, base64 where it can only be that, else
          ///< refused
  kPrecise,  ///< base64 of the unscaled value, of the column's own scale; or {scale,
             ///< value}
  kString,
  kDouble,
};
enum class TimeMode : uint8_t {
  kAuto,          ///< as the connector does by default
  kAdaptive,      ///< TIME and TIMESTAMP by precision: 0-3 ms, 4-6 us, 7-9 ns
  kAdaptiveTime,  ///< the same, but TIME always us (MySQL's and MariaDB's default)
  kConnect,       ///< ms throughout
  kIsoString,     ///< text; a bare number is an error
  kMicros,
  kNanos,
};
enum class BytesMode : uint8_t {
  kAuto,  ///< base64; what looks like hex is refused
  kBase64,
  kBase64UrlSafe,
  kHex,
};
/// What the before image of an update or delete holds.
enum class BeforeImage : uint8_t {
  kAuto,     ///< what is there is taken as it is
  kFull,     ///< the whole row (REPLICA IDENTITY FULL, binlog_row_image=FULL)
  kKeyOnly,  ///< only the key: updates give no -U, other columns of a -D are absent
};
enum class ChangelogMode : uint8_t {
  kAll,     ///< u = -U and +U, d = -D with its image
  kUpsert,  ///< u = +U, d = -D: kinds per key, no before images
};

/// A column of a source table: a member of the row, or one of the metadata of
/// `metadata.h`.
struct SourceColumn {
  types::DataField field;
  std::string metadata_key;  ///< "" = the member of the row called `field.name`
};

/// All that a decoder is told. `columns` and `key_columns` (indexes into them) come from
/// the table's declaration, the rest from its options.
struct DecoderOptions {
  MessageFormat format = MessageFormat::kDebeziumJson;
  std::vector<SourceColumn> columns;
  std::vector<int> key_columns;
  LineForm line_form = LineForm::kAuto;
  DecimalMode decimal_mode = DecimalMode::kAuto;
  TimeMode time_mode = TimeMode::kAuto;
  BytesMode bytes_mode = BytesMode::kAuto;
  BeforeImage before_image = BeforeImage::kAuto;
  ChangelogMode changelog_mode = ChangelogMode::kAll;
  std::string placeholder = "__debezium_unavailable_value";
  bool ignore_parse_errors =
      false;  ///< for the caller: dead-letter file instead of an error
  bool fail_on_missing_field = false;
  bool skip_redelivered = true;  ///< for the caller: give the decoder a RedeliveryFilter
};

/// One option of the formats, for listings and for finding mistyped keys.
struct DecoderOption {
  std::string_view key;
  std::string_view default_value;
  std::string_view description;
};
const std::vector<DecoderOption>& DecoderOptionTable();

/// Read the options of `format` ("debezium-json.*", "json.*", "line-format") out of a
/// source table's options. Keys of other prefixes are left alone. Errors: kInvalidInput
/// for an unknown key of this format or a bad value, kUnsupported where a value of
/// Flink's is not implemented.
Result<DecoderOptions> ReadDecoderOptions(
    MessageFormat format, const std::map<std::string, std::string>& options);

}  // namespace tarn::cdc
