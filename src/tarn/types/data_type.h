// SPDX-License-Identifier: Apache-2.0
#pragma once

/// \file
/// Chapter: types, the shape of data.
///
/// Paimon's logical types and fields (`data_type.h`), a table's schema
/// (`table_schema.h`), their Arrow form (`arrow_types.h`), rows as bytes (`binary_row.h`)
/// with the hash that routes them to buckets (`bucket.h`), partition folder names
/// (`partition_path.h`), casts of columns that an older schema wrote (`cast.h`), row
/// kinds and batches of changes (`row_kind.h`, `change_batch.h`), and the canonical text
/// of a row (`canonical_json.h`). Keys as comparable numbers and bytes are merging's own
/// (`merge/key_codes.h`).
///
/// Words: a *field* has an id that never changes, a name that may; the *trimmed primary
/// key* is the primary key without partition columns: the key of the LSM tree.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/status.h"

namespace tarn::types {

/// Root of a logical type (Paimon `DataTypeRoot`). The format closes this set.
enum class TypeRoot : uint8_t {
  kBoolean,
  kTinyInt,
  kSmallInt,
  kInt,
  kBigInt,
  kFloat,
  kDouble,
  kDecimal,
  kChar,
  kVarChar,
  kBinary,
  kVarBinary,
  kDate,
  kTime,
  kTimestamp,
  kLocalZonedTimestamp,
  kArray,
  kMultiset,
  kMap,
  kRow,
  kVariant,
  kBlob,
  kVector,
};

inline constexpr int32_t kMaxLength = 2147483647;

struct DataField;

/// A logical type: a small value with shared immutable children. Immutable.
class DataType {
 public:
  DataType() = default;  ///< nullable INT; a placeholder for containers

  static DataType Boolean() { return DataType(TypeRoot::kBoolean); }
  static DataType TinyInt() { return DataType(TypeRoot::kTinyInt); }
  static DataType SmallInt() { return DataType(TypeRoot::kSmallInt); }
  static DataType Int() { return DataType(TypeRoot::kInt); }
  static DataType BigInt() { return DataType(TypeRoot::kBigInt); }
  static DataType Float() { return DataType(TypeRoot::kFloat); }
  static DataType Double() { return DataType(TypeRoot::kDouble); }
  static DataType Decimal(int32_t precision, int32_t scale);
  static DataType Char(int32_t length);
  static DataType VarChar(int32_t length);
  static DataType String() { return VarChar(kMaxLength); }
  static DataType Binary(int32_t length);
  static DataType VarBinary(int32_t length);
  static DataType Bytes() { return VarBinary(kMaxLength); }
  static DataType Date() { return DataType(TypeRoot::kDate); }
  static DataType Time(int32_t precision);
  static DataType Timestamp(int32_t precision);
  static DataType LocalZonedTimestamp(int32_t precision);
  static DataType Array(DataType element);
  static DataType Multiset(DataType element);
  static DataType Map(DataType key, DataType value);
  static DataType Row(std::vector<DataField> fields);
  static DataType Variant() { return DataType(TypeRoot::kVariant); }
  static DataType Blob() { return DataType(TypeRoot::kBlob); }
  static DataType Vector(DataType element, int32_t length);

  TypeRoot root() const { return root_; }
  bool nullable() const { return nullable_; }
  int32_t length() const { return length_; }        ///< CHAR .. VARBINARY, VECTOR
  int32_t precision() const { return precision_; }  ///< DECIMAL, TIME, TIMESTAMP
  int32_t scale() const { return scale_; }          ///< DECIMAL
  const DataType& element() const;               ///< ARRAY, MULTISET, VECTOR; MAP's value
  const DataType& key() const;                   ///< MAP
  const std::vector<DataField>& fields() const;  ///< ROW

  DataType WithNullable(bool nullable) const;
  DataType NotNull() const { return WithNullable(false); }

  bool IsNested() const { return root_ >= TypeRoot::kArray && root_ != TypeRoot::kBlob; }
  bool IsString() const {
    return root_ == TypeRoot::kChar || root_ == TypeRoot::kVarChar;
  }
  bool IsBytes() const {
    return root_ == TypeRoot::kBinary || root_ == TypeRoot::kVarBinary;
  }
  bool IsNumeric() const {
    return root_ >= TypeRoot::kTinyInt && root_ <= TypeRoot::kDecimal;
  }

  /// Equal with nullability, field ids and names.
  bool operator==(const DataType& other) const;
  /// Equal but for the outer nullability.
  bool EqualsIgnoringNullable(const DataType& other) const;

  /// SQL text as Paimon writes it in schema files for atomic types ("DECIMAL(10, 2) NOT
  /// NULL"), and a readable SQL form for nested ones ("ARRAY<INT>").
  std::string ToString() const;

 private:
  explicit DataType(TypeRoot root) : root_(root) {}

  TypeRoot root_ = TypeRoot::kInt;
  bool nullable_ = true;
  int32_t length_ = 0;
  int32_t precision_ = 0;
  int32_t scale_ = 0;
  std::shared_ptr<const std::vector<DataType>> children_;
  std::shared_ptr<const std::vector<DataField>> fields_;
};

/// A column, or a member of a ROW.
struct DataField {
  int32_t id = 0;
  std::string name;
  DataType type;
  std::optional<std::string> description;
  std::optional<std::string> default_value;
  bool operator==(const DataField& other) const = default;
};

/// Parse an atomic type's SQL text as Paimon's schema files hold it, all spellings that
/// `DataTypeJsonParser` accepts. Errors: kInvalidInput with the text and position.
Result<DataType> ParseAtomicType(std::string_view text);

/// Index of the field called `name` (case-sensitive), or -1.
int FieldIndex(const std::vector<DataField>& fields, std::string_view name);

}  // namespace tarn::types
