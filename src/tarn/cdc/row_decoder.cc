// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/row_decoder.h"

namespace tarn::cdc {

Result<std::unique_ptr<RowDecoder>> RowDecoder::Make(
    const std::vector<types::DataField>& fields, std::vector<int> key_columns,
    bool fail_on_missing_field, std::shared_ptr<const Placeholder> placeholder,
    arrow::MemoryPool* pool) {
  std::unique_ptr<RowDecoder> decoder(new RowDecoder());
  decoder->fail_on_missing_field_ = fail_on_missing_field;
  decoder->placeholder_ = std::move(placeholder);
  decoder->is_key_.assign(fields.size(), false);
  for (const int key : key_columns) decoder->is_key_[key] = true;
  decoder->key_columns_ = std::move(key_columns);
  decoder->names_.reserve(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto column, ColumnBuffer::Make(fields[i].type, pool));
    decoder->columns_.push_back(std::move(column));
    decoder->names_.push_back(fields[i].name);
    if (!fields[i].type.nullable() && !decoder->is_key_[i]) {
      decoder->not_null_columns_.push_back(static_cast<int>(i));
    }
  }
  for (size_t i = 0; i < decoder->names_.size(); ++i) {
    if (!decoder->by_name_.emplace(decoder->names_[i], static_cast<int>(i)).second) {
      return InvalidInput(
          1414, "A source table has a column twice:", V("column", decoder->names_[i]));
    }
  }
  return decoder;
}

int64_t RowDecoder::bytes() const {
  int64_t bytes = 0;
  for (const auto& column : columns_) bytes += column->bytes();
  return bytes;
}

void RowDecoder::Truncate(int64_t rows) {
  for (auto& column : columns_) column->Truncate(rows);
  rows_ = rows;
}

bool RowDecoder::Checked(const Status& status) {
  if (status.ok()) [[likely]]
    return true;
  failure_ = status;
  return false;
}

bool RowDecoder::Malformed(const JsonDocument& document) {
  reason_ = document.error();
  return false;
}

bool RowDecoder::Reject(const JsonDocument& document, Token token,
                        const Conversion& conversion, std::string_view why) {
  std::string_view text;
  if (token < document.token_count()) {
    Token end = token;
    text = document.Jump(&end) ? document.Span(token, end) : document.Text(token);
  }
  constexpr size_t kShown = 60;
  reason_ = fmt::format("{}{} {} {}", text.substr(0, kShown),
                        text.size() > kShown ? "..." : "", why, conversion.type_text);
  return false;
}

int RowDecoder::ColumnOf(std::string_view name, size_t member) {
  if (member < order_.size() && order_[member].name == name) return order_[member].column;
  const auto found = by_name_.find(name);
  const int column = found == by_name_.end() ? -1 : found->second;
  // Objects of one source have their members in one order: remember this one.
  constexpr size_t kMembersMax = 4096;
  if (member < kMembersMax) {
    if (member >= order_.size()) order_.resize(member + 1);
    order_[member].name.assign(name);
    order_[member].column = column;
  }
  return column;
}

bool RowDecoder::AppendMember(JsonDocument* document, Token* token,
                              const Conversion& conversion, size_t i) {
  ColumnBuffer* column = columns_[i].get();
  if (column->rows() > rows_) {
    reason_ = fmt::format("column {} comes twice", names_[i]);
    return false;
  }
  if (placeholder_ != nullptr && placeholder_->Matches(*document, *token)) [[unlikely]] {
    document->Jump(token);
    return Checked(column->AppendAbsent());
  }
  if (AppendCell(document, token, conversion, column)) [[likely]]
    return true;
  if (failure_.ok()) reason_ = fmt::format("column {}: {}", names_[i], reason_);
  return false;
}

bool RowDecoder::AppendMembers(JsonDocument* document, Token* token,
                               const std::vector<Conversion>& conversions, RowRole role) {
  if (!document->BeginObject(token)) return Malformed(*document);
  bool first = true;
  std::string_view name;
  size_t member = 0;
  int more;
  while ((more = document->NextMember(token, &first, &name)) == 1) {
    const int column = ColumnOf(name, member++);
    if (column < 0 || (role == RowRole::kKey && !is_key_[column])) {
      if (!document->Skip(token)) return Malformed(*document);
    } else if (!AppendMember(document, token, conversions[column],
                             static_cast<size_t>(column))) {
      return false;
    }
  }
  return more == 0 || Malformed(*document);
}

bool RowDecoder::FinishRow(RowRole role) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i]->rows() > rows_) continue;
    if (role == RowRole::kKey && !is_key_[i]) {
      if (!Checked(columns_[i]->AppendAbsent())) return false;
      continue;
    }
    if (fail_on_missing_field_ && role == RowRole::kNew) {
      reason_ = fmt::format("column {} is missing", names_[i]);
      return false;
    }
    if (!Checked(columns_[i]->AppendNull())) return false;
  }
  for (const int key : key_columns_) {
    if (columns_[key]->last_is_null()) {
      reason_ =
          fmt::format("key column {} is {}", names_[key],
                      columns_[key]->last_is_absent() ? "absent" : "NULL or missing");
      return false;
    }
  }
  if (role != RowRole::kNew) return true;
  for (const int column : not_null_columns_) {
    if (columns_[column]->last_is_null() && !columns_[column]->last_is_absent()) {
      reason_ = fmt::format("column {} is NULL or missing but declared NOT NULL",
                            names_[column]);
      return false;
    }
  }
  return true;
}

RowOutcome RowDecoder::AppendRow(JsonDocument* document, Token* token,
                                 const std::vector<Conversion>& conversions,
                                 RowRole role) {
  if (AppendMembers(document, token, conversions, role) && FinishRow(role)) [[likely]] {
    ++rows_;
    return RowOutcome::kAppended;
  }
  Truncate(rows_);
  return failure_.ok() ? RowOutcome::kRejected : RowOutcome::kFailed;
}

}  // namespace tarn::cdc
