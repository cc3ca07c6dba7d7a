// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::format {

/// Kinds of Avro schemas. The format closes this set.
enum class AvroKind : uint8_t {
  kNull,
  kBoolean,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBytes,
  kString,
  kFixed,
  kEnum,
  kArray,
  kMap,
  kUnion,
  kRecord,
};

struct AvroNode;

/// A field of a record, in the order in which its values stand in the bytes.
struct AvroField {
  std::string name;
  const AvroNode* type = nullptr;
};

/// One schema of the tree. Nodes belong to their `AvroSchema`; named types that refer to
/// themselves make it a graph, so every walk bounds its depth.
struct AvroNode {
  AvroKind kind = AvroKind::kNull;
  std::string name;          ///< full name of a record, enum or fixed
  std::string logical_type;  ///< "" = none
  int32_t precision = 0;     ///< of logical type "decimal"
  int32_t scale = 0;
  int64_t fixed_bytes = 0;           ///< of a fixed
  std::vector<std::string> symbols;  ///< of an enum
  std::vector<AvroField> fields;     ///< of a record
  std::vector<const AvroNode*>
      items;  ///< union: its branches; array, map: [0] is the value

  /// Position of the field called `name`, or -1.
  int FieldIndex(std::string_view name) const;
  /// For each field of this record its position in `names`, or -1: how a reader finds
  /// what it knows by name in files of older and newer writers. Shape:
  /// int[fields.size()].
  std::vector<int> MatchFields(std::span<const std::string_view> names) const;
};

/// The schema that a container was written with. Immutable, shared by many.
class AvroSchema {
 public:
  /// Errors: kCorruption (not JSON, not a schema, unknown name, nested deeper than 64).
  static Result<std::shared_ptr<const AvroSchema>> Parse(std::string_view json);

  const AvroNode& root() const { return *root_; }
  /// The text that was parsed, byte for byte.
  const std::string& json() const { return json_; }

 private:
  friend class AvroSchemaParser;
  AvroSchema() = default;

  std::string json_;
  std::vector<std::unique_ptr<AvroNode>> nodes_;
  const AvroNode* root_ = nullptr;
};

}  // namespace tarn::format
