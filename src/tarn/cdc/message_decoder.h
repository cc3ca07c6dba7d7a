// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tarn/cdc/batch_builder.h"
#include "tarn/cdc/decoder.h"
#include "tarn/cdc/event_position.h"

namespace tarn::cdc {

/// The decoder of the formats `debezium-json` and `json`.
///
/// debezium-json: r and c give +I; u gives -U (where a before image came) and +U; d gives
/// -D of the before image, or of the message's key where there is none; t is recorded as
/// a truncate; m, tombstones, and messages of transaction and schema change topics are
/// skipped. Members that a row lacks are NULL: the column did not exist yet when the row
/// was written.
///
/// json: every value is a +I row. A value that is {"schema", "payload"} is unwrapped
/// unless a column has one of these names (more than Flink does). Values that are
/// Debezium's envelopes have metadata and are recognised when they are delivered twice.
class MessageDecoder final : public Decoder {
 public:
  static Result<std::unique_ptr<Decoder>> Make(arrow::MemoryPool* pool,
                                               DecoderOptions options,
                                               RedeliveryFilter* filter,
                                               TruncateHorizon* horizon);

  Status DecodeLines(std::span<const Line> lines) override;
  Status DecodeMessages(std::span<const Message> messages) override;
  int64_t rows() const override { return builder_->rows(); }
  int64_t bytes() const override { return builder_->bytes(); }
  Result<DecodedBatch> Finish() override;
  const std::shared_ptr<arrow::Schema>& schema() const override {
    return builder_->schema();
  }

 private:
  using Token = JsonDocument::Token;
  enum class Outcome : uint8_t { kApplied, kSkipped, kRejected, kFailed };

  /// Conversions for the messages of one Connect schema.
  struct SchemaPlan {
    std::string prefix;  ///< the message's bytes up to the payload
    std::string schema;  ///< the schema alone
    std::vector<Conversion> conversions;
  };

  explicit MessageDecoder(DecoderOptions options)
      : options_(std::move(options)), reader_(options_.line_form) {}
  Status MakePlans(arrow::MemoryPool* pool);
  Result<std::vector<Conversion>> PlanFor(const ConnectType* row, bool mysql) const;

  Outcome Decode(const Message& message);
  Outcome DecodeJson(const Message& message);
  Outcome DecodeDebezium(const Message& message);
  /// Envelope, source and conversions of the value.
  bool Open(const Message& message);
  bool OpenKnownSchema(std::string_view value);
  bool LearnSchema(std::string_view value);
  /// Sorts out messages without op.
  Outcome WithoutOperation();
  /// Position, redelivery, truncates. kApplied = go on.
  Outcome Sift(const Message& message, Operation operation);
  Outcome AppendImages(const Message& message, Operation operation);
  RowOutcome AppendUpdate();
  RowOutcome AppendDelete(const Message& message);
  RowOutcome AppendKey(const Message& message);
  Outcome Close(const Message& message, RowOutcome outcome);
  Outcome Skip(SkipReason reason);
  Outcome Reject(int code, std::string_view reason);
  Status Account(const Message& message, Outcome outcome, std::string_view bytes);

  DecoderOptions options_;
  RecordReader reader_;
  RedeliveryFilter* filter_ = nullptr;
  TruncateHorizon* horizon_ = nullptr;
  std::unique_ptr<BatchBuilder> builder_;
  std::vector<Conversion> plain_;                     // messages without a schema
  std::vector<Conversion> plain_mysql_;               // the same from MySQL and MariaDB
  std::vector<std::unique_ptr<SchemaPlan>> schemas_;  // the last one used first
  bool unwrap_ = true;
  bool reads_source_ = true;
  bool reads_position_ = false;

  // Of the message at hand.
  JsonDocument document_;
  JsonDocument key_document_;
  Envelope envelope_;
  SourceInfo source_;
  const std::vector<Conversion>* conversions_ = nullptr;
  const SchemaPlan* schema_plan_ = nullptr;
  std::string position_;
  PositionKind position_kind_ = PositionKind::kNone;
  SkipReason skip_reason_ = SkipReason::kTombstone;
  int reject_code_ = 0;
  std::string reject_reason_;
  Status failure_;

  // Since the last Finish.
  DecodeCounts counts_;
  std::vector<TruncateEvent> truncates_;
  std::vector<Rejection> rejections_;
};

}  // namespace tarn::cdc
