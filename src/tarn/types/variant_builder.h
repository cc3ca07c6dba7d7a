// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/status.h"
#include "tarn/types/variant_bytes.h"

namespace tarn::types {

/// Builds the bytes of variants one after the other, as Paimon's `GenericVariantBuilder`
/// does: the narrowest integers, names in the order of their coming, members of an object
/// in the order of their names as Java compares them. One caller at a time.
/// Errors: kCorruption (a name that comes twice, text that is not UTF-8, bytes of a
/// variant that is none), kUnsupported (nested too deeply), kResource (a variant above
/// 128 MiB, Java's bound).
class VariantBuilder {
 public:
  /// A member of the object that is being written.
  struct Field {
    std::string_view name;
    uint32_t id = 0;
    uint32_t offset = 0;
  };

  /// Begin the next variant. Names that were added must outlive it.
  void Clear();

  void AppendBoolean(bool value);
  void AppendInteger(int64_t value);
  void AppendFloat(float value);
  void AppendDouble(double value);
  void AppendDecimal(const arrow::Decimal128& unscaled, int32_t scale);
  void AppendDate(int32_t days);
  Status AppendText(std::string_view text);
  /// The value at `at` of another variant, its names added to this one's.
  Status AppendVariant(const VariantBytes& from, uint64_t at);

  /// Objects and arrays: remember the position, append the members, finish.
  uint32_t position() const { return static_cast<uint32_t>(value_.size()); }
  /// A member that begins here of the object that began at `start`.
  Result<Field> Member(std::string_view name, uint32_t start);
  Status FinishObject(uint32_t start, std::vector<Field>* fields);
  Status FinishArray(uint32_t start, const std::vector<uint32_t>& offsets);

  /// What was built; valid until the next call.
  const std::string& value() const { return value_; }
  Result<std::string> Metadata() const;

 private:
  void AppendHead(VariantPrimitive type);
  Status AppendFrom(const VariantBytes& from, uint64_t at, int depth);
  Status AppendObject(const VariantBytes& from, uint64_t at, uint8_t head, int depth);
  Status AppendArray(const VariantBytes& from, uint64_t at, uint8_t head, int depth);

  std::string value_;
  uint64_t left_ = 0;  ///< values that `AppendVariant` may still append
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, uint32_t> ids_;
};

}  // namespace tarn::types
