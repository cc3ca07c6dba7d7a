// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/metadata.h"

namespace tarn::cdc {

namespace {

using Token = JsonDocument::Token;
using types::TypeRoot;

// Families of types that a piece of metadata may become.
enum class Family : uint8_t {
  kText,
  kInteger,
  kMillis,
  kTextMap,
  kBytesMap,
  kTextOrBytes
};

Family FamilyOf(Metadata metadata) {
  switch (metadata) {
    case Metadata::kPartition:
    case Metadata::kOffset:
    case Metadata::kFileLine:
      return Family::kInteger;
    case Metadata::kTimestamp:
    case Metadata::kSourceTimestamp:
    case Metadata::kIngestionTimestamp:
      return Family::kMillis;
    case Metadata::kHeaders:
      return Family::kBytesMap;
    case Metadata::kSourceProperties:
      return Family::kTextMap;
    case Metadata::kKey:
      return Family::kTextOrBytes;
    default:
      return Family::kText;
  }
}

bool Suits(Family family, Metadata metadata, const types::DataType& type) {
  const bool is_map = type.root() == TypeRoot::kMap && type.key().IsString();
  switch (family) {
    case Family::kText:
      return type.IsString();
    case Family::kTextOrBytes:
      return type.IsString() || type.IsBytes();
    case Family::kInteger:
      return type.root() == TypeRoot::kBigInt ||
             (type.root() == TypeRoot::kInt && metadata == Metadata::kPartition);
    case Family::kMillis:
      return type.root() == TypeRoot::kTimestamp ||
             type.root() == TypeRoot::kLocalZonedTimestamp ||
             type.root() == TypeRoot::kBigInt;
    case Family::kTextMap:
      return is_map && type.element().IsString();
    case Family::kBytesMap:
      return is_map && (type.element().IsBytes() || type.element().IsString());
  }
  return false;
}

const MetadataKey& EntryOf(Metadata metadata) {
  for (const auto& entry : MetadataKeyTable()) {
    if (entry.metadata == metadata) return entry;
  }
  return MetadataKeyTable().front();
}

}  // namespace

const std::vector<MetadataKey>& MetadataKeyTable() {
  static const std::vector<MetadataKey> table = {
      {"topic", Metadata::kTopic, "STRING", false, "Topic of the recorded message."},
      {"partition", Metadata::kPartition, "INT", false, "Its partition."},
      {"offset", Metadata::kOffset, "BIGINT", false, "Its offset in the partition."},
      {"timestamp", Metadata::kTimestamp, "TIMESTAMP_LTZ(3)", false, "Its timestamp."},
      {"timestamp-type", Metadata::kTimestampType, "STRING", false,
       "CreateTime, LogAppendTime or NoTimestampType."},
      {"headers", Metadata::kHeaders, "MAP<STRING, BYTES>", false, "Its headers."},
      {"key", Metadata::kKey, "STRING", false, "The bytes of its key."},
      {"file.path", Metadata::kFilePath, "STRING", false,
       "File that the line stands in."},
      {"file.name", Metadata::kFileName, "STRING", false, "The last part of its path."},
      {"file.line", Metadata::kFileLine, "BIGINT", false, "Number of the line, from 1."},
      {"value.source.timestamp", Metadata::kSourceTimestamp, "TIMESTAMP_LTZ(3)", true,
       "When the change was made in the source (source.ts_ms)."},
      {"value.source.database", Metadata::kSourceDatabase, "STRING", true, "source.db."},
      {"value.source.schema", Metadata::kSourceSchema, "STRING", true, "source.schema."},
      {"value.source.table", Metadata::kSourceTable, "STRING", true, "source.table."},
      {"value.source.properties", Metadata::kSourceProperties, "MAP<STRING, STRING>",
       true, "All members of source."},
      {"value.ingestion-timestamp", Metadata::kIngestionTimestamp, "TIMESTAMP_LTZ(3)",
       true, "When the connector saw the change (ts_ms)."},
      {"value.schema", Metadata::kValueSchema, "STRING", true,
       "The schema that the message carries, as JSON."},
      {"event-position", Metadata::kEventPosition, "STRING", true,
       "Where the change stood in its source: text that sorts in the order of changes."},
      {"op", Metadata::kOperation, "STRING", true, "r, c, u or d."},
      {"row-kind", Metadata::kRowKind, "STRING", false, "+I, -U, +U or -D."},
  };
  return table;
}

Result<Metadata> MetadataFromKey(std::string_view key) {
  std::string known;
  for (const auto& entry : MetadataKeyTable()) {
    if (entry.key == key) return entry.metadata;
    if (!known.empty()) known += ", ";
    known += entry.key;
  }
  for (const std::string_view of_flink :
       {"leader-epoch", "file.size", "file.modification-time", "value.database",
        "value.table", "value.sql-type", "value.pk-names"}) {
    if (key == of_flink) {
      return Unsupported(6404, "This metadata is not implemented:", V("key", key));
    }
  }
  return InvalidInput(1415, "A source has no such metadata:", V("key", key),
                      V("known", known));
}

Result<std::unique_ptr<MetadataWriter>> MetadataWriter::Make(
    const std::vector<SourceColumn>& columns, arrow::MemoryPool* pool) {
  auto writer = std::make_unique<MetadataWriter>();
  for (const auto& declared : columns) {
    if (declared.metadata_key.empty()) continue;
    ARROW_ASSIGN_OR_RAISE(const Metadata metadata,
                          MetadataFromKey(declared.metadata_key));
    const MetadataKey& entry = EntryOf(metadata);
    const types::DataType& type = declared.field.type;
    if (!Suits(FamilyOf(metadata), metadata, type)) {
      return InvalidInput(1416, "A metadata column has a type that it cannot take:",
                          V("column", declared.field.name), V("key", entry.key),
                          V("declared", type.ToString()), V("expected", entry.type));
    }
    Column column;
    column.metadata = metadata;
    column.key = declared.metadata_key;
    column.nullable = type.nullable();
    ARROW_ASSIGN_OR_RAISE(const Conversion conversion,
                          ChooseConversion(type, nullptr, DecoderOptions(), false));
    column.target = conversion.target;
    column.out_unit = conversion.out_unit;
    column.bytes_values = type.root() == TypeRoot::kMap && type.element().IsBytes();
    ARROW_ASSIGN_OR_RAISE(column.buffer, ColumnBuffer::Make(type, pool));
    writer->columns_.push_back(std::move(column));
    writer->needs_source_ |= entry.needs_source && metadata != Metadata::kOperation;
    writer->needs_position_ |= metadata == Metadata::kEventPosition;
  }
  return writer;
}

int64_t MetadataWriter::bytes() const {
  int64_t bytes = 0;
  for (const auto& column : columns_) bytes += column.buffer->bytes();
  return bytes;
}

void MetadataWriter::Truncate(int64_t rows) {
  for (auto& column : columns_) column.buffer->Truncate(rows);
}

bool MetadataWriter::Append(const MetadataInput& input, types::RowKind kind) {
  for (auto& column : columns_) {
    failure_ = AppendCell(&column, input, kind);
    if (!failure_.ok()) return false;
    if (!column.nullable && column.buffer->last_is_null()) {
      reason_ =
          fmt::format("the message has no {}, which is declared NOT NULL", column.key);
      return false;
    }
    if (column.metadata == Metadata::kEventPosition && input.position.empty()) {
      reason_ =
          "the message has no event position: its source is none that is known, and "
          "it has no partition and offset";
      return false;
    }
  }
  return true;
}

Status MetadataWriter::AppendMillis(Column* column, bool present, int64_t millis) {
  if (!present) return column->buffer->AppendNull();
  if (column->target == Target::kInt64) return column->buffer->Append(millis);
  Moment moment;
  int64_t value;
  if (!MomentFromNumber(millis, TemporalUnit::kMillis, &moment)) {
    return column->buffer->AppendNull();
  }
  if (column->out_unit == TemporalUnit::kNanos) {
    return column->buffer->Append(FineNanosOf(moment));
  }
  if (!MomentTo(moment, column->out_unit, &value)) return column->buffer->AppendNull();
  return column->buffer->Append(value);
}

Status MetadataWriter::AppendInteger(Column* column, bool present, int64_t value) {
  if (!present) return column->buffer->AppendNull();
  if (column->target == Target::kInt32) {
    return column->buffer->Append(static_cast<int32_t>(value));
  }
  return column->buffer->Append(value);
}

Status MetadataWriter::AppendHeaders(Column* column, std::string_view headers) {
  if (headers.empty()) return column->buffer->AppendNull();
  // The reader of the line has checked this text.
  if (!headers_.Parse(headers)) return column->buffer->AppendNull();
  ColumnBuffer* names = column->buffer->child(0);
  ColumnBuffer* values = column->buffer->child(1);
  Token token = 0;
  bool first = true;
  std::string_view name, value;
  const auto append_value = [&]() -> Status {
    if (headers_.Null(&token)) return values->AppendNull();
    if (headers_.At(token) == '"' && headers_.String(&token, &value)) {
      return values->AppendBytes(value);
    }
    const Token begin = token;
    if (!headers_.Jump(&token)) token = headers_.token_count();
    return values->AppendBytes(headers_.Span(begin, token));
  };
  if (headers_.At(token) == '{') {
    ++token;
    while (headers_.NextMember(&token, &first, &name) == 1) {
      ARROW_RETURN_NOT_OK(names->AppendBytes(name));
      ARROW_RETURN_NOT_OK(append_value());
    }
  } else if (headers_.At(token) == '[') {
    ++token;
    while (headers_.NextElement(&token, &first) == 1) {
      if (headers_.At(token) != '"' || !headers_.String(&token, &name)) break;
      ARROW_RETURN_NOT_OK(names->AppendBytes(name));
      if (headers_.NextElement(&token, &first) != 1) {
        ARROW_RETURN_NOT_OK(values->AppendNull());
        break;
      }
      ARROW_RETURN_NOT_OK(append_value());
    }
  }
  return column->buffer->CloseNested();
}

Status MetadataWriter::AppendProperties(Column* column, const MetadataInput& input) {
  if (input.envelope == nullptr || input.envelope->source == 0) {
    return column->buffer->AppendNull();
  }
  JsonDocument& document = *input.document;
  Token token = input.envelope->source + 1;
  bool first = true;
  std::string_view name, text;
  // `ReadSource` has checked this object.
  while (document.NextMember(&token, &first, &name) == 1) {
    ARROW_RETURN_NOT_OK(column->buffer->child(0)->AppendBytes(name));
    ColumnBuffer* values = column->buffer->child(1);
    const Token begin = token;
    if (document.Null(&token)) {
      ARROW_RETURN_NOT_OK(values->AppendNull());
    } else if (document.At(token) == '"' && document.String(&token, &text)) {
      ARROW_RETURN_NOT_OK(values->AppendBytes(text));
    } else {
      if (!document.Jump(&token)) break;
      ARROW_RETURN_NOT_OK(values->AppendBytes(document.Span(begin, token)));
    }
  }
  return column->buffer->CloseNested();
}

Status MetadataWriter::AppendSource(Column* column, const MetadataInput& input) {
  const SourceInfo& source = *input.source;
  const auto text = [&](std::string_view value) {
    // A member that is missing or null is a view of nothing; "" is a value.
    return value.data() == nullptr ? column->buffer->AppendNull()
                                   : column->buffer->AppendBytes(value);
  };
  switch (column->metadata) {
    case Metadata::kSourceTimestamp:
      return AppendMillis(column, source.ts_ms.has_value(), source.ts_ms.value_or(0));
    case Metadata::kSourceDatabase:
      return text(source.database);
    case Metadata::kSourceSchema:
      return text(source.schema);
    case Metadata::kSourceTable:
      return text(source.table);
    case Metadata::kSourceProperties:
      return AppendProperties(column, input);
    case Metadata::kIngestionTimestamp:
      return AppendMillis(column, input.envelope->ts_ms.has_value(),
                          input.envelope->ts_ms.value_or(0));
    case Metadata::kValueSchema:
      return text(input.value_schema.empty() ? std::string_view() : input.value_schema);
    case Metadata::kEventPosition:
      return text(input.position.empty() ? std::string_view() : input.position);
    case Metadata::kOperation:
      return text(input.envelope->op);
    default:
      return column->buffer->AppendNull();
  }
}

Status MetadataWriter::AppendCell(Column* column, const MetadataInput& input,
                                  types::RowKind kind) {
  const Message& message = *input.message;
  const auto text = [&](bool present, std::string_view value) {
    return present ? column->buffer->AppendBytes(value) : column->buffer->AppendNull();
  };
  switch (column->metadata) {
    case Metadata::kTopic:
      return text(message.has_place, message.topic);
    case Metadata::kPartition:
      return AppendInteger(column, message.has_place, message.partition);
    case Metadata::kOffset:
      return AppendInteger(column, message.has_place, message.offset);
    case Metadata::kTimestamp:
      return AppendMillis(column, message.has_timestamp, message.timestamp_millis);
    case Metadata::kTimestampType:
      if (!message.has_place) return column->buffer->AppendNull();
      if (!message.has_timestamp) return column->buffer->AppendBytes("NoTimestampType");
      return column->buffer->AppendBytes(
          message.timestamp_type.empty() ? "CreateTime" : message.timestamp_type);
    case Metadata::kHeaders:
      return AppendHeaders(column, message.headers);
    case Metadata::kKey:
      return text(message.has_key, message.key);
    case Metadata::kFilePath:
      return text(!message.file.empty(), message.file);
    case Metadata::kFileName:
      return text(!message.file.empty(),
                  message.file.substr(message.file.rfind('/') + 1));
    case Metadata::kFileLine:
      return AppendInteger(column, message.line > 0, message.line);
    case Metadata::kRowKind:
      return column->buffer->AppendBytes(types::ShortName(kind));
    default:
      return AppendSource(column, input);
  }
}

}  // namespace tarn::cdc
