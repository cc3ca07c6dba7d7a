// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/message_decoder.h"

#include <algorithm>

namespace tarn::cdc {

namespace {

// Codes of records that are rejected.
constexpr int kMalformed = 1401;         // not JSON, or not a recorded message
constexpr int kNotAnEnvelope = 1402;     // JSON, but no event of Debezium
constexpr int kUnknownOperation = 1403;  // an event whose op is none of r, c, u, d, t, m
constexpr int kBadRow = 1404;   // a value does not fit its column, a key is missing
constexpr int kNoImage = 1405;  // an event without the image that its op needs

constexpr size_t kSchemasMax = 16;

bool IsBlankText(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
}

}  // namespace

Result<std::unique_ptr<Decoder>> MessageDecoder::Make(arrow::MemoryPool* pool,
                                                      DecoderOptions options,
                                                      RedeliveryFilter* filter,
                                                      TruncateHorizon* horizon) {
  std::unique_ptr<MessageDecoder> decoder(new MessageDecoder(std::move(options)));
  decoder->filter_ = filter;
  decoder->horizon_ = horizon;
  ARROW_RETURN_NOT_OK(decoder->MakePlans(pool));
  return std::unique_ptr<Decoder>(std::move(decoder));
}

Status MessageDecoder::MakePlans(arrow::MemoryPool* pool) {
  const bool debezium = options_.format == MessageFormat::kDebeziumJson;
  std::shared_ptr<const Placeholder> placeholder;
  if (debezium) placeholder = std::make_shared<Placeholder>(options_.placeholder);
  ARROW_ASSIGN_OR_RAISE(builder_,
                        BatchBuilder::Make(options_, std::move(placeholder), pool));
  ARROW_ASSIGN_OR_RAISE(plain_, PlanFor(nullptr, false));
  ARROW_ASSIGN_OR_RAISE(plain_mysql_, PlanFor(nullptr, true));
  if (!debezium) {
    for (const auto& field : builder_->row_fields()) {
      if (field.name == "schema" || field.name == "payload") unwrap_ = false;
    }
  }
  const MetadataWriter& metadata = builder_->metadata();
  reads_position_ =
      metadata.needs_position() || filter_ != nullptr || horizon_ != nullptr;
  reads_source_ = debezium || metadata.needs_source() || reads_position_;
  return Status::OK();
}

Result<std::vector<Conversion>> MessageDecoder::PlanFor(const ConnectType* row,
                                                        bool mysql) const {
  std::vector<Conversion> plan;
  for (const auto& field : builder_->row_fields()) {
    const ConnectType* member = row == nullptr ? nullptr : row->Member(field.name);
    ARROW_ASSIGN_OR_RAISE(auto conversion,
                          ChooseConversion(field.type, member, options_, mysql));
    plan.push_back(std::move(conversion));
  }
  return plan;
}

MessageDecoder::Outcome MessageDecoder::Skip(SkipReason reason) {
  skip_reason_ = reason;
  return Outcome::kSkipped;
}

MessageDecoder::Outcome MessageDecoder::Reject(int code, std::string_view reason) {
  reject_code_ = code;
  reject_reason_.assign(reason);
  return Outcome::kRejected;
}

Status MessageDecoder::Account(const Message& message, Outcome outcome,
                               std::string_view bytes) {
  ++counts_.read;
  switch (outcome) {
    case Outcome::kApplied:
      ++counts_.applied;
      return Status::OK();
    case Outcome::kSkipped:
      ++counts_.skipped[static_cast<size_t>(skip_reason_)];
      return Status::OK();
    case Outcome::kFailed:
      return failure_;
    case Outcome::kRejected:
      break;
  }
  ++counts_.rejected;
  Rejection rejection;
  rejection.code = reject_code_;
  rejection.reason = reject_reason_;
  rejection.bytes = bytes;
  rejection.file = message.file;
  rejection.line = message.line;
  rejection.topic = message.topic;
  rejection.has_place = message.has_place;
  rejection.partition = message.partition;
  rejection.offset = message.offset;
  if (!options_.ignore_parse_errors) return rejection.ToStatus();
  rejections_.push_back(std::move(rejection));
  return Status::OK();
}

Status MessageDecoder::DecodeLines(std::span<const Line> lines) {
  Message message;
  for (const Line& line : lines) {
    Outcome outcome;
    if (IsBlankText(line.bytes)) {
      outcome = Skip(SkipReason::kBlankLine);
    } else if (reader_.Read(line, &message)) {
      outcome = Decode(message);
    } else {
      outcome = Reject(kMalformed, reader_.error());
    }
    ARROW_RETURN_NOT_OK(Account(message, outcome, line.bytes));
  }
  return Status::OK();
}

Status MessageDecoder::DecodeMessages(std::span<const Message> messages) {
  for (const Message& message : messages) {
    const Outcome outcome = Decode(message);
    ARROW_RETURN_NOT_OK(Account(message, outcome, message.value));
  }
  return Status::OK();
}

MessageDecoder::Outcome MessageDecoder::Decode(const Message& message) {
  if (!message.has_value) return Skip(SkipReason::kTombstone);
  if (!Open(message)) return failure_.ok() ? Outcome::kRejected : Outcome::kFailed;
  if (envelope_.payload_null) return Skip(SkipReason::kTombstone);
  return options_.format == MessageFormat::kJson ? DecodeJson(message)
                                                 : DecodeDebezium(message);
}

bool MessageDecoder::OpenKnownSchema(std::string_view value) {
  for (size_t i = 0; i < schemas_.size(); ++i) {
    const SchemaPlan& plan = *schemas_[i];
    if (plan.prefix.empty() || !value.starts_with(plan.prefix) || value.back() != '}')
      continue;
    // The payload alone: what stands before it has been checked once.
    const std::string_view payload =
        value.substr(plan.prefix.size(), value.size() - plan.prefix.size() - 1);
    if (!document_.Parse(payload) || document_.At(0) != '{') return false;
    envelope_ = Envelope();
    if (!ReadEnvelope(&document_, /*unwrap=*/false, &envelope_)) return false;
    envelope_.has_payload = true;
    if (i != 0) std::swap(schemas_[0], schemas_[i]);
    schema_plan_ = schemas_[0].get();
    conversions_ = &schema_plan_->conversions;
    return true;
  }
  return false;
}

bool MessageDecoder::LearnSchema(std::string_view value) {
  ConnectType root;
  Token token = envelope_.schema;
  if (!ReadConnectType(&document_, &token, &root)) {
    Reject(kMalformed, document_.error());
    return false;
  }
  const std::string_view text = document_.Span(envelope_.schema, token);
  const auto known = std::find_if(schemas_.begin(), schemas_.end(),
                                  [&](const auto& plan) { return plan->schema == text; });
  if (known != schemas_.end()) {
    schema_plan_ = known->get();
    conversions_ = &schema_plan_->conversions;
    return true;
  }
  const ConnectType* row = &root;
  if (options_.format == MessageFormat::kDebeziumJson) {
    row = root.Member("after");
    if (row == nullptr) row = root.Member("before");
  }
  auto plan = std::make_unique<SchemaPlan>();
  auto conversions = PlanFor(row, /*mysql=*/false);
  if (!conversions.ok()) {
    failure_ = conversions.status();
    return false;
  }
  plan->conversions = conversions.MoveValueUnsafe();
  plan->schema = text;
  // The payload stands last only if nothing else follows the schema.
  if (envelope_.schema < envelope_.begin) {
    plan->prefix = value.substr(0, document_.PositionOf(envelope_.begin));
  }
  if (schemas_.size() == kSchemasMax) schemas_.pop_back();
  schemas_.insert(schemas_.begin(), std::move(plan));
  schema_plan_ = schemas_[0].get();
  conversions_ = &schema_plan_->conversions;
  return true;
}

bool MessageDecoder::Open(const Message& message) {
  const std::string_view value = message.value;
  source_ = SourceInfo();
  schema_plan_ = nullptr;
  conversions_ = &plain_;
  position_.clear();
  position_kind_ = PositionKind::kNone;
  const bool known = unwrap_ && !schemas_.empty() && OpenKnownSchema(value);
  if (!known) {
    schema_plan_ = nullptr;
    envelope_ = Envelope();
    if (!document_.Parse(value) || !ReadEnvelope(&document_, unwrap_, &envelope_)) {
      Reject(kMalformed, document_.error());
      return false;
    }
    if (envelope_.payload_null) return true;
    if (envelope_.schema != 0 && !LearnSchema(value)) return false;
  }
  if (envelope_.source != 0 && reads_source_) {
    if (document_.At(envelope_.source) != '{') {
      // Plain rows may have a column of this name.
      if (options_.format == MessageFormat::kJson) return true;
      Reject(kNotAnEnvelope, "source is not an object");
      return false;
    }
    if (!ReadSource(&document_, envelope_.source, &source_)) {
      if (options_.format == MessageFormat::kJson) {
        source_ = SourceInfo();
        return true;
      }
      Reject(kMalformed, document_.error());
      return false;
    }
    if (schema_plan_ == nullptr && source_.is_mysql()) conversions_ = &plain_mysql_;
  }
  return true;
}

MessageDecoder::Outcome MessageDecoder::WithoutOperation() {
  if (envelope_.has_status && envelope_.after == 0 && envelope_.source == 0) {
    return Skip(SkipReason::kTransaction);
  }
  if (envelope_.has_ddl) return Skip(SkipReason::kSchemaChange);
  if (envelope_.member_count == 1 && envelope_.ts_ms.has_value()) {
    return Skip(SkipReason::kHeartbeat);
  }
  return Reject(kNotAnEnvelope, "no op: the value is not an envelope of Debezium");
}

MessageDecoder::Outcome MessageDecoder::Sift(const Message& message,
                                             Operation operation) {
  if (!reads_position_ && operation != Operation::kTruncate) return Outcome::kApplied;
  position_kind_ = EventPosition(source_, message, &position_);
  if (position_kind_ != PositionKind::kSource) return Outcome::kApplied;
  if (filter_ != nullptr && options_.skip_redelivered) {
    std::string_view identity = message.key;
    if (!message.has_key) {
      Token end = envelope_.after != 0 ? envelope_.after : envelope_.before;
      const Token begin = end;
      if (begin != 0 && document_.Jump(&end)) identity = document_.Span(begin, end);
    }
    if (filter_->IsRedelivered(message, source_, operation, position_, identity)) {
      return Skip(SkipReason::kRedelivered);
    }
  }
  if (horizon_ != nullptr && operation != Operation::kTruncate &&
      horizon_->Covers(source_, position_)) {
    return Skip(SkipReason::kBeforeTruncate);
  }
  return Outcome::kApplied;
}

MessageDecoder::Outcome MessageDecoder::DecodeDebezium(const Message& message) {
  if (!envelope_.has_op) return WithoutOperation();
  const char code = envelope_.op.size() == 1 ? envelope_.op[0] : '\0';
  if (std::string_view("rcudtm").find(code) == std::string_view::npos || code == '\0') {
    return Reject(kUnknownOperation, fmt::format("unknown op \"{}\"", envelope_.op));
  }
  const auto operation = static_cast<Operation>(code);
  if (operation == Operation::kMessage) return Skip(SkipReason::kLogicalMessage);
  const Outcome sifted = Sift(message, operation);
  if (sifted != Outcome::kApplied) return sifted;
  if (operation == Operation::kTruncate) {
    if (horizon_ != nullptr && position_kind_ == PositionKind::kSource) {
      horizon_->Raise(source_, position_);
    }
    ++counts_.truncates;
    truncates_.push_back({builder_->rows(), position_, std::string(message.topic),
                          message.partition, message.offset});
    return Outcome::kApplied;
  }
  return AppendImages(message, operation);
}

RowOutcome MessageDecoder::AppendUpdate() {
  const bool wants_before = options_.changelog_mode == ChangelogMode::kAll &&
                            options_.before_image != BeforeImage::kKeyOnly;
  if (envelope_.before == 0) {
    ++counts_.updates_without_before;
  } else if (wants_before) {
    const RowOutcome before =
        builder_->Append(&document_, envelope_.before, *conversions_, RowRole::kBefore,
                         types::RowKind::kUpdateBefore);
    if (before != RowOutcome::kAppended) return before;
  }
  return builder_->Append(&document_, envelope_.after, *conversions_, RowRole::kNew,
                          types::RowKind::kUpdateAfter);
}

RowOutcome MessageDecoder::AppendDelete(const Message& message) {
  if (envelope_.before == 0) return AppendKey(message);
  const RowRole role =
      options_.before_image == BeforeImage::kKeyOnly ? RowRole::kKey : RowRole::kBefore;
  return builder_->Append(&document_, envelope_.before, *conversions_, role,
                          types::RowKind::kDelete);
}

RowOutcome MessageDecoder::AppendKey(const Message& message) {
  Token token = 0;
  if (!key_document_.Parse(message.key) || !FindPayload(&key_document_, &token)) {
    Reject(kMalformed, fmt::format("key: {}", key_document_.error()));
    return RowOutcome::kRejected;
  }
  return builder_->Append(&key_document_, token, *conversions_, RowRole::kKey,
                          types::RowKind::kDelete);
}

MessageDecoder::Outcome MessageDecoder::AppendImages(const Message& message,
                                                     Operation operation) {
  const bool is_delete = operation == Operation::kDelete;
  if (!is_delete && envelope_.after == 0) {
    return Reject(kNoImage, fmt::format("op {} without an after image", envelope_.op));
  }
  if (is_delete && envelope_.before == 0) {
    if (!message.has_key) {
      return Reject(kNoImage, "op d without a before image and without a key");
    }
    if (options_.key_columns.empty()) {
      return Reject(kNoImage,
                    "op d without a before image: the source table declares no "
                    "PRIMARY KEY to delete by");
    }
  }
  // An image that gives no row is still read to its end.
  Token unused = 0;
  if (is_delete) {
    unused = envelope_.after;
  } else if (operation != Operation::kUpdate ||
             options_.changelog_mode == ChangelogMode::kUpsert ||
             options_.before_image == BeforeImage::kKeyOnly) {
    unused = envelope_.before;
  }
  if (unused != 0 && !document_.Skip(&unused))
    return Reject(kMalformed, document_.error());
  builder_->Begin();
  reject_code_ = kBadRow;
  reject_reason_.clear();
  RowOutcome outcome;
  if (is_delete) {
    outcome = AppendDelete(message);
  } else if (operation == Operation::kUpdate) {
    outcome = AppendUpdate();
  } else {
    outcome = builder_->Append(&document_, envelope_.after, *conversions_, RowRole::kNew,
                               types::RowKind::kInsert);
  }
  return Close(message, outcome);
}

MessageDecoder::Outcome MessageDecoder::Close(const Message& message,
                                              RowOutcome outcome) {
  if (outcome == RowOutcome::kAppended) [[likely]] {
    MetadataInput input;
    input.message = &message;
    input.source = &source_;
    input.envelope = &envelope_;
    input.document = &document_;
    input.position = position_;
    if (schema_plan_ != nullptr) input.value_schema = schema_plan_->schema;
    outcome = builder_->Close(input);
    if (outcome == RowOutcome::kAppended) [[likely]]
      return Outcome::kApplied;
  }
  if (outcome == RowOutcome::kFailed) {
    failure_ = builder_->failure();
    return Outcome::kFailed;
  }
  if (reject_reason_.empty()) reject_reason_ = builder_->reason();
  return Outcome::kRejected;
}

MessageDecoder::Outcome MessageDecoder::DecodeJson(const Message& message) {
  const bool is_event = envelope_.has_op && envelope_.op.size() == 1 && source_.present;
  if (is_event || reads_position_) {
    const auto operation =
        is_event ? static_cast<Operation>(envelope_.op[0]) : Operation::kRead;
    const Outcome sifted = Sift(message, operation);
    if (sifted != Outcome::kApplied) return sifted;
  }
  builder_->Begin();
  reject_code_ = kBadRow;
  reject_reason_.clear();
  return Close(message, builder_->Append(&document_, envelope_.begin, *conversions_,
                                         RowRole::kNew, types::RowKind::kInsert));
}

Result<DecodedBatch> MessageDecoder::Finish() {
  DecodedBatch batch;
  counts_.rows = builder_->rows();
  ARROW_ASSIGN_OR_RAISE(batch.changes, builder_->Finish());
  batch.truncates = std::move(truncates_);
  batch.rejections = std::move(rejections_);
  batch.counts = counts_;
  truncates_.clear();
  rejections_.clear();
  counts_ = DecodeCounts();
  return batch;
}

}  // namespace tarn::cdc
