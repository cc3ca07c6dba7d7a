// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/types/data_type.h"

namespace tarn::types {

/// How a file keeps a VARIANT in parts (Paimon `VariantSchema`): beside the dictionary
/// `metadata` a `value` of any type, and a `typed_value` of one type, which for an object
/// or an array has such a pair for each member in turn. Immutable.
class VariantShredding {
 public:
  /// \param stored  what the file has: ROW<metadata, value, typed_value>, in any order
  /// Errors: kUnsupported for a form that Java does not read either.
  static Result<VariantShredding> Make(const DataType& stored);

  /// Put the parts together (Paimon `ShreddingUtils.rebuild`): each variant in the bytes
  /// that Java makes of them. variant[rows], NULL where `parts` is NULL.
  /// \param parts  ToArrow(stored)[rows]
  /// Errors: kCorruption for parts that contradict each other; those of `VariantBuilder`;
  /// kResource above 2 GiB of values.
  Result<std::shared_ptr<arrow::Array>> Rebuild(const arrow::StructArray& parts,
                                                arrow::MemoryPool* pool) const;

 private:
  friend class VariantAssembly;

  /// One pair: positions in its ROW, -1 where it lacks one.
  struct Part {
    int value = -1;
    int typed = -1;
    TypeRoot root = TypeRoot::kVariant;  ///< of `typed_value`
    int32_t scale = 0;                   ///< DECIMAL
    std::vector<std::string> names;      ///< ROW
    std::vector<Part> members;           ///< of each name; of an ARRAY's elements
  };
  static Result<Part> MakePart(const DataType& row, int* metadata, int depth);

  Part root_;
  int metadata_ = -1;
};

}  // namespace tarn::types
