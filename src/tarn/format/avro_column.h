// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/type_fwd.h>

#include "tarn/format/avro_decoder.h"
#include "tarn/format/avro_schema.h"
#include "tarn/types/data_type.h"

namespace tarn::format {

/// Turns values of one field of Avro records into an array of the column's engine type
/// (Paimon `FieldReaderFactory`). A union of null and something is a value that may be
/// NULL; members that a stored record lacks are NULL, those that it has more are passed
/// over. One caller at a time.
class AvroColumn {
 public:
  /// \param name  the column, for messages \param stored  the field's schema in the file;
  /// must outlive the column. Errors: kCorruption for a stored type that is not the form
  /// of `type`, kUnsupported for a union of other things.
  static Result<std::unique_ptr<AvroColumn>> Make(const std::string& name,
                                                  const AvroNode& stored,
                                                  const types::DataType& type,
                                                  arrow::MemoryPool* pool);
  ~AvroColumn();

  /// Decode the value that follows and append it. Broken bytes make the decoder fail, not
  /// this; errors: kUnsupported (a NULL key of a map, an instant out of range),
  /// kCorruption (a number that its type cannot hold, NULL in a MULTISET's counts),
  /// kResource.
  Status Append(AvroDecoder* decoder);
  /// What was appended since the last call: type[values].
  Result<std::shared_ptr<arrow::Array>> Finish();

 private:
  struct Node;
  class Plan;
  explicit AvroColumn(std::unique_ptr<Plan> plan);
  std::unique_ptr<Plan> plan_;
};

}  // namespace tarn::format
