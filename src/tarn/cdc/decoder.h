// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/base/context.h"
#include "tarn/cdc/decoder_options.h"
#include "tarn/cdc/record.h"
#include "tarn/cdc/redelivery.h"
#include "tarn/types/change_batch.h"

namespace tarn::cdc {

/// Why a message holds no change for the table.
enum class SkipReason : uint8_t {
  kBlankLine,
  kTombstone,       ///< no value: marks a deleted key for compaction of the topic
  kLogicalMessage,  ///< op m
  kTransaction,     ///< BEGIN or END of a transaction topic
  kSchemaChange,    ///< DDL of a schema change topic
  kHeartbeat,
  kRedelivered,     ///< delivered twice by a restarted connector
  kBeforeTruncate,  ///< older than a truncate of its table that has been read
};
inline constexpr size_t kSkipReasonCount = 8;
std::string_view SkipReasonName(SkipReason reason);

/// What became of messages. read == applied + sum(skipped) + rejected.
struct DecodeCounts {
  int64_t read = 0;
  int64_t applied = 0;  ///< truncates among them
  std::array<int64_t, kSkipReasonCount> skipped{};
  int64_t rejected = 0;
  int64_t rows = 0;
  int64_t truncates = 0;
  /// Updates that came without a before image: the source's before images are not whole
  /// rows (PostgreSQL's default replica identity), so a delete's other columns cannot be
  /// trusted.
  int64_t updates_without_before = 0;

  int64_t skipped_total() const;
  DecodeCounts& operator+=(const DecodeCounts& other);
};

/// A message that could not be read.
struct Rejection {
  int code = 0;  ///< number of the TARN code
  std::string reason;
  std::string bytes;  ///< the whole line, or the message's value
  std::string file;
  int64_t line = 0;
  std::string topic;
  bool has_place = false;
  int32_t partition = 0;
  int64_t offset = 0;

  /// kInvalidInput with file, line, topic, partition, offset, reason and a piece of the
  /// text.
  Status ToStatus() const;
  /// One line of a dead-letter file: a JSON object of the members above.
  std::string ToJson() const;
};

/// A truncate: rows of the batch from `row` on came after it.
struct TruncateEvent {
  int64_t row = 0;
  std::string position;  ///< "" when its source has none
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
};

/// What was decoded since the last `Finish`.
struct DecodedBatch {
  /// Columns in the order of `DecoderOptions::columns`, nullable but for key columns:
  /// images of deletes may lack the others. -U and +U of an update are neighbours.
  types::ChangeBatch changes;
  std::vector<TruncateEvent> truncates;
  std::vector<Rejection> rejections;  ///< with ignore_parse_errors only
  DecodeCounts counts;
};

/// Decodes messages of one source into batches. One caller at a time.
class Decoder {
 public:
  virtual ~Decoder() = default;

  /// \param filter   recognises redelivered events, or nullptr; the caller stores its
  /// state
  ///                 with the positions that it has read up to
  /// \param horizon  remembers truncates, or nullptr (events older than one then pass)
  /// Errors: kInvalidInput, kUnsupported for columns and options that do not go together.
  static Result<std::unique_ptr<Decoder>> Make(arrow::MemoryPool* pool,
                                               DecoderOptions options,
                                               RedeliveryFilter* filter = nullptr,
                                               TruncateHorizon* horizon = nullptr);

  /// Decode lines or messages one after the other. Commits may fall between any two
  /// calls. Errors: kInvalidInput for the first one that cannot be read, unless
  /// ignore_parse_errors; kResource. After an error the decoder is of no more use.
  virtual Status DecodeLines(std::span<const Line> lines) = 0;
  virtual Status DecodeMessages(std::span<const Message> messages) = 0;

  /// Rows and bytes held since the last `Finish`.
  virtual int64_t rows() const = 0;
  virtual int64_t bytes() const = 0;
  virtual Result<DecodedBatch> Finish() = 0;

  /// Schema of the batches.
  virtual const std::shared_ptr<arrow::Schema>& schema() const = 0;
};

}  // namespace tarn::cdc
