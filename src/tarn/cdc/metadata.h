// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/cdc/column_buffer.h"
#include "tarn/cdc/conversion.h"
#include "tarn/cdc/envelope.h"
#include "tarn/cdc/record.h"
#include "tarn/types/row_kind.h"

namespace tarn::cdc {

/// Metadata that a source column may read (`METADATA FROM 'key'`), Flink's spellings
/// first.
enum class Metadata : uint8_t {
  kTopic,
  kPartition,
  kOffset,
  kTimestamp,
  kTimestampType,
  kHeaders,
  kKey,
  kFilePath,
  kFileName,
  kFileLine,
  kSourceTimestamp,
  kSourceDatabase,
  kSourceSchema,
  kSourceTable,
  kSourceProperties,
  kIngestionTimestamp,
  kValueSchema,
  kEventPosition,
  kOperation,
  kRowKind,
};

/// One of them, for listings and messages.
struct MetadataKey {
  std::string_view key;
  Metadata metadata;
  std::string_view type;  ///< its own type; others are accepted where they are safe
  bool needs_source;      ///< only an envelope of Debezium has it
  std::string_view description;
};
const std::vector<MetadataKey>& MetadataKeyTable();

/// The metadata called `key`. Errors: kUnsupported for a key of Flink's that we lack,
/// kInvalidInput for an unknown one, with the known ones.
Result<Metadata> MetadataFromKey(std::string_view key);

/// What the metadata columns of a message's rows are read from.
struct MetadataInput {
  const Message* message = nullptr;
  const SourceInfo* source = nullptr;
  const Envelope* envelope = nullptr;
  JsonDocument* document = nullptr;  ///< the value's
  std::string_view position;         ///< "" = there is none
  std::string_view value_schema;     ///< "" = the message carries none
};

/// Writes metadata columns, one row per row of the message. One caller at a time.
class MetadataWriter {
 public:
  /// Errors: those of `MetadataFromKey`; kInvalidInput for a type that the metadata
  /// cannot become.
  static Result<std::unique_ptr<MetadataWriter>> Make(
      const std::vector<SourceColumn>& columns, arrow::MemoryPool* pool);

  /// Append one row. False with `reason()` set when the message lacks what a column
  /// declared NOT NULL needs, or with `failure()` set when memory is short.
  bool Append(const MetadataInput& input, types::RowKind kind);
  void Truncate(int64_t rows);
  int64_t bytes() const;

  bool needs_source() const { return needs_source_; }
  bool needs_position() const { return needs_position_; }
  size_t column_count() const { return columns_.size(); }
  ColumnBuffer* column(size_t i) { return columns_[i].buffer.get(); }
  const std::string& reason() const { return reason_; }
  const Status& failure() const { return failure_; }

 private:
  struct Column {
    Metadata metadata;
    std::string key;
    bool nullable = true;
    Target target;
    TemporalUnit out_unit;
    bool bytes_values = false;  // headers: MAP<STRING, BYTES>
    std::unique_ptr<ColumnBuffer> buffer;
  };

  Status AppendCell(Column* column, const MetadataInput& input, types::RowKind kind);
  Status AppendSource(Column* column, const MetadataInput& input);
  Status AppendMillis(Column* column, bool present, int64_t millis);
  Status AppendInteger(Column* column, bool present, int64_t value);
  Status AppendHeaders(Column* column, std::string_view headers);
  Status AppendProperties(Column* column, const MetadataInput& input);

  std::vector<Column> columns_;
  bool needs_source_ = false;
  bool needs_position_ = false;
  JsonDocument headers_;
  std::string reason_;
  Status failure_;
};

}  // namespace tarn::cdc
