// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tarn/cdc/connect_schema.h"
#include "tarn/cdc/decoder_options.h"
#include "tarn/cdc/temporal_text.h"

namespace tarn::cdc {

/// What a JSON value becomes.
enum class Target : uint8_t {
  kBoolean,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFloat,
  kDouble,
  kDecimal,
  kString,
  kBytes,
  kDate,
  kTime,
  kTimestamp,
  kZonedTimestamp,
  kArray,
  kMap,
  kRow,
};

/// How one column reads its values: chosen once per schema of messages, never per row.
struct Conversion {
  Target target = Target::kString;
  std::string type_text;  ///< the declared type, for reasons of rejection

  // Numbers that mean dates and times; kNone = bare numbers are refused.
  TemporalUnit number_unit = TemporalUnit::kNone;
  TemporalUnit out_unit = TemporalUnit::kMillis;  ///< of a TIMESTAMP's Arrow type

  // DECIMAL.
  DecimalMode decimal_mode = DecimalMode::kAuto;
  int precision = 0;
  int scale = 0;
  int wire_scale = 0;  ///< of base64 bytes

  // BINARY, VARBINARY.
  BytesMode bytes_mode = BytesMode::kAuto;
  int bytes_exact = 0;  ///< BINARY(n): n, else 0
  int bytes_max = 0;    ///< VARBINARY(n): n, else 0

  /// ARRAY: the element. MAP: the value. ROW: the members, named by `names`.
  std::vector<Conversion> children;
  std::vector<std::string> names;
  std::vector<bool> not_null;  ///< ROW: members declared NOT NULL
};

/// The conversion of values into `type`.
/// \param connect what the message's schema says of the value, or nullptr
/// \param mysql the connector is MySQL's or MariaDB's (their default for TIME differs)
/// Errors: kUnsupported for types that JSON values cannot become (VARIANT, VECTOR; maps
/// whose keys are not text).
Result<Conversion> ChooseConversion(const types::DataType& type,
                                    const ConnectType* connect,
                                    const DecoderOptions& options, bool mysql);

}  // namespace tarn::cdc
