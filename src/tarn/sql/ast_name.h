// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tarn/sql/source_text.h"
#include "tarn/types/data_type.h"

namespace tarn::sql {

/// One name as the user spelled it, without back-ticks. Case counts.
struct Identifier {
  std::string name;
  Span span;
  bool quoted = false;
};

/// `[catalog.][database.]object`; one to three parts when it names a table, and system
/// tables keep their `$` in the last part ("t$audit_log").
struct ObjectName {
  std::vector<Identifier> parts;
  Span span;

  /// The parts joined with dots, quoted where Flink needs it.
  std::string ToString() const;
  const std::string& object() const { return parts.back().name; }
};

/// `'key' = 'value'` of WITH, OPTIONS(...) or SET.
struct Property {
  std::string key;
  std::string value;
  Span key_span;
  Span value_span;
};

/// A data type with its place; Flink's defaults are filled in (VARCHAR is STRING, DECIMAL
/// is DECIMAL(10, 0), TIMESTAMP is TIMESTAMP(6)).
struct TypeRef {
  types::DataType type;
  Span span;
};

/// `/*+ NAME('k'='v', ...) */` or `/*+ NAME(word, ...) */`.
struct Hint {
  Identifier name;
  std::vector<Property> options;
  std::vector<Identifier> arguments;
  Span span;
};

}  // namespace tarn::sql
