// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <arrow/type_fwd.h>

#include "tarn/base/context.h"
#include "tarn/types/data_type.h"

namespace tarn::write {

/// Columns with a default value: a NULL that is written becomes it, whatever the merge
/// engine (Paimon `DefaultValueRow`). In a partial-update table NULL then never means "no
/// opinion". Immutable.
class DefaultColumns {
 public:
  /// Errors: kInvalidInput for a default that is no value of its column, kUnsupported for
  /// nested types.
  static Result<DefaultColumns> Make(arrow::MemoryPool* pool, base::Clock* clock,
                                     const std::vector<types::DataField>& fields);

  /// The rows with their NULLs replaced; the same batch where there are none.
  Result<std::shared_ptr<arrow::RecordBatch>> Fill(
      const std::shared_ptr<arrow::RecordBatch>& rows) const;

 private:
  struct Default {
    int column = 0;
    std::shared_ptr<arrow::Array> value;  ///< type[1]
  };

  arrow::MemoryPool* pool_ = nullptr;
  std::vector<Default> defaults_;
};

}  // namespace tarn::write
