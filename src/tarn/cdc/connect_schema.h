// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/cdc/json_document.h"

namespace tarn::cdc {

/// Primitive of a Connect schema.
enum class ConnectKind : uint8_t {
  kInteger,  ///< int8 .. int64
  kFloat,    ///< float, double
  kBoolean,
  kString,
  kBytes,
  kArray,
  kMap,
  kStruct,
};

/// What a Kafka Connect schema says of one value, as far as reading it needs.
struct ConnectType {
  ConnectKind kind = ConnectKind::kString;
  std::string name;   ///< logical name, for instance "io.debezium.time.MicroTimestamp"
  std::string field;  ///< name of the member it describes
  int scale = 0;      ///< parameter of org.apache.kafka.connect.data.Decimal
  /// Members of a struct; the element of an array; key and value of a map.
  std::vector<ConnectType> children;

  /// The member called `name`, or nullptr.
  const ConnectType* Member(std::string_view member) const;
};

/// Read the schema at `*token` and move past it. False with `document->error()` set.
bool ReadConnectType(JsonDocument* document, JsonDocument::Token* token,
                     ConnectType* out);

}  // namespace tarn::cdc
