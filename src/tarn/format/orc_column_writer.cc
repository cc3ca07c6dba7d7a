// SPDX-License-Identifier: Apache-2.0
#include "tarn/format/orc_column_writer.h"

#include <arrow/api.h>

#include "tarn/format/nested_field_ids.h"
#include "tarn/format/orc_columns.h"

namespace tarn::format {
namespace {

using types::DataType;
using types::TypeRoot;

constexpr uint64_t kPresent = 0;

OrcKind KindOf(const DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return OrcKind::kBoolean;
    case TypeRoot::kTinyInt:
      return OrcKind::kByte;
    case TypeRoot::kSmallInt:
      return OrcKind::kShort;
    case TypeRoot::kBigInt:
      return OrcKind::kLong;
    case TypeRoot::kFloat:
      return OrcKind::kFloat;
    case TypeRoot::kDouble:
      return OrcKind::kDouble;
    case TypeRoot::kDecimal:
      return OrcKind::kDecimal;
    case TypeRoot::kChar:
      return OrcKind::kChar;
    case TypeRoot::kVarChar:
      return type.length() == types::kMaxLength ? OrcKind::kString : OrcKind::kVarchar;
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
      return OrcKind::kBinary;
    case TypeRoot::kDate:
      return OrcKind::kDate;
    case TypeRoot::kTimestamp:
      return OrcKind::kTimestamp;
    case TypeRoot::kLocalZonedTimestamp:
      return OrcKind::kTimestampInstant;
    case TypeRoot::kArray:
      return OrcKind::kList;
    case TypeRoot::kMap:
    case TypeRoot::kMultiset:
      return OrcKind::kMap;
    case TypeRoot::kRow:
      return OrcKind::kStruct;
    default:
      return OrcKind::kInt;  // INT, TIME
  }
}

}  // namespace

/// Builds the tree of writers of one column, and the types beside it.
class OrcColumnFactory {
 public:
  OrcColumnFactory(const OrcColumnOptions& options, std::vector<OrcType>* types)
      : options_(options), types_(types) {}

  /// \param id        what the type itself is called by
  /// \param field_id  the field that ids of nested types derive from, `depth` below it
  Result<std::unique_ptr<OrcColumnWriter>> Make(const std::string& name, int32_t id,
                                                int32_t field_id, int32_t depth,
                                                const DataType& type) {
    auto column = NewOrcColumn(type, options_);
    if (column == nullptr) {
      return Unsupported(6537, "Type has no ORC form here:", V("column", name),
                         V("type", type.ToString()));
    }
    const size_t number = types_->size();
    column->number_ = static_cast<uint32_t>(number);
    OrcType stored;
    stored.kind = KindOf(type);
    stored.field_id = std::to_string(id);
    if (stored.kind == OrcKind::kChar || stored.kind == OrcKind::kVarchar) {
      stored.length = type.length();
    }
    if (stored.kind == OrcKind::kDecimal) {
      stored.precision = type.precision();
      stored.scale = type.scale();
    }
    types_->push_back(std::move(stored));
    const auto nest = [&](const std::string& child, int32_t child_id, int32_t base,
                          int32_t child_depth, const DataType& child_type) -> Status {
      (*types_)[number].children.push_back(static_cast<uint32_t>(types_->size()));
      ARROW_ASSIGN_OR_RAISE(auto writer,
                            Make(child, child_id, base, child_depth, child_type));
      column->children_.push_back(std::move(writer));
      return Status::OK();
    };
    const int32_t below = depth + 1;
    const int32_t element_id = NestedElementId(field_id, below);
    const int32_t key_id = NestedKeyId(field_id, below);
    switch (type.root()) {
      case TypeRoot::kArray:
        ARROW_RETURN_NOT_OK(nest(name, element_id, field_id, below, type.element()));
        break;
      case TypeRoot::kMap:
        ARROW_RETURN_NOT_OK(nest(name, key_id, field_id, below, type.key()));
        ARROW_RETURN_NOT_OK(nest(name, element_id, field_id, below, type.element()));
        break;
      case TypeRoot::kMultiset:
        ARROW_RETURN_NOT_OK(nest(name, key_id, field_id, below, type.element()));
        ARROW_RETURN_NOT_OK(nest(name, element_id, field_id, below, DataType::Int()));
        break;
      case TypeRoot::kRow:
        for (const types::DataField& field : type.fields()) {
          (*types_)[number].names.push_back(field.name);
          ARROW_RETURN_NOT_OK(nest(field.name, field.id, field.id, 0, field.type));
        }
        break;
      default:
        break;
    }
    return column;
  }

 private:
  const OrcColumnOptions& options_;
  std::vector<OrcType>* types_;
};

Result<std::unique_ptr<OrcColumnWriter>> OrcColumnWriter::Make(
    const types::DataField& field, const OrcColumnOptions& options,
    std::vector<OrcType>* types) {
  return OrcColumnFactory(options, types)
      .Make(field.name, field.id, field.id, 0, field.type);
}

Status OrcColumnWriter::Add(const arrow::Array& array, int64_t begin, int64_t end) {
  if (begin == end) return Status::OK();
  const bool nulls = array.null_count() != 0;
  for (int64_t i = begin; i < end; ++i) {
    const bool value = !nulls || array.IsValid(i);
    counts_.values += value ? 1 : 0;
    stripe_has_null_ |= !value;
    ARROW_RETURN_NOT_OK(present_.Add(value));
  }
  return AddValues(array, begin, end);
}

Status OrcColumnWriter::FinishStripe(std::vector<OrcStoredStream>* streams,
                                     std::vector<uint64_t>* encodings) {
  ARROW_ASSIGN_OR_RAISE(std::string present, present_.Finish());
  // A stripe without NULLs needs no bits that say so.
  if (stripe_has_null_) Store(kPresent, std::move(present), streams);
  counts_.has_null |= stripe_has_null_;
  stripe_has_null_ = false;
  encodings->push_back(encoding());
  ARROW_RETURN_NOT_OK(FinishValues(streams));
  for (const auto& child : children_) {
    ARROW_RETURN_NOT_OK(child->FinishStripe(streams, encodings));
  }
  return Status::OK();
}

int64_t OrcColumnWriter::bytes() const {
  int64_t out = present_.bytes() + value_bytes();
  for (const auto& child : children_) out += child->bytes();
  return out;
}

void OrcColumnWriter::AppendCounts(std::vector<Counts>* out) const {
  out->push_back(counts_);
  for (const auto& child : children_) child->AppendCounts(out);
}

void OrcColumnWriter::Store(uint64_t kind, std::string bytes,
                            std::vector<OrcStoredStream>* streams) const {
  streams->push_back({kind, number_, std::move(bytes)});
}

std::string_view OrcText(std::string_view text, const DataType& type,
                         std::string* scratch) {
  if (!type.IsString() || type.length() == types::kMaxLength) return text;
  const auto length = static_cast<size_t>(type.length());
  size_t characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<uint8_t>(text[i]) & 0xc0) == 0x80) continue;
    if (characters++ == length) return text.substr(0, i);
  }
  if (type.root() != TypeRoot::kChar || characters >= length) return text;
  scratch->assign(text);
  scratch->append(length - characters, ' ');
  return *scratch;
}

}  // namespace tarn::format
