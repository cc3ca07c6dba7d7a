// SPDX-License-Identifier: Apache-2.0
#include "tarn/types/variant_shredding.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/util/bitmap_ops.h>
#include <arrow/util/decimal.h>

#include "tarn/types/arrow_types.h"
#include "tarn/types/variant_builder.h"

namespace tarn::types {
namespace {

Status UnknownForm(const DataType& type) {
  return Unsupported(
      6557, "Variants shredded into this type are not read:", V("type", type.ToString()));
}

bool IsScalar(TypeRoot root) {
  switch (root) {
    case TypeRoot::kBoolean:
    case TypeRoot::kTinyInt:
    case TypeRoot::kSmallInt:
    case TypeRoot::kInt:
    case TypeRoot::kBigInt:
    case TypeRoot::kFloat:
    case TypeRoot::kDouble:
    case TypeRoot::kDecimal:
    case TypeRoot::kVarChar:
    case TypeRoot::kDate:
      return true;
    default:
      return false;
  }
}

template <typename Array>
const Array& As(const arrow::Array& array) {
  return static_cast<const Array&>(array);
}

}  // namespace

Result<VariantShredding::Part> VariantShredding::MakePart(const DataType& row,
                                                          int* metadata, int depth) {
  if (depth > kVariantDepthMax) return DeepVariant();
  if (row.root() != TypeRoot::kRow) return UnknownForm(row);
  Part out;
  for (size_t i = 0; i < row.fields().size(); ++i) {
    const DataField& field = row.fields()[i];
    int* place = field.name == "typed_value" ? &out.typed
                 : field.name == "value"     ? &out.value
                 : field.name == "metadata"  ? metadata
                                             : nullptr;
    if (place == nullptr || *place >= 0) return UnknownForm(row);
    if (place != &out.typed && !field.type.IsBytes()) return UnknownForm(row);
    *place = static_cast<int>(i);
  }
  if (out.typed < 0) return out;
  const DataType& typed = row.fields()[out.typed].type;
  out.root = typed.root();
  // Below the top nothing has a dictionary.
  int none = 0;
  if (out.root == TypeRoot::kRow) {
    for (const DataField& field : typed.fields()) {
      ARROW_ASSIGN_OR_RAISE(Part member, MakePart(field.type, &none, depth + 1));
      out.names.push_back(field.name);
      out.members.push_back(std::move(member));
    }
  } else if (out.root == TypeRoot::kArray) {
    ARROW_ASSIGN_OR_RAISE(Part element, MakePart(typed.element(), &none, depth + 1));
    out.members.push_back(std::move(element));
  } else if (out.root == TypeRoot::kDecimal) {
    out.scale = typed.scale();
  } else if (!IsScalar(out.root)) {
    return UnknownForm(typed);
  }
  return out;
}

Result<VariantShredding> VariantShredding::Make(const DataType& stored) {
  VariantShredding out;
  ARROW_ASSIGN_OR_RAISE(out.root_, MakePart(stored, &out.metadata_, 0));
  if (out.metadata_ < 0) return UnknownForm(stored);
  return out;
}

/// The parts of one batch, and the variants that come of them.
class VariantAssembly {
 public:
  using Part = VariantShredding::Part;

  VariantAssembly(const VariantShredding& shredding, const arrow::StructArray& parts)
      : root_(Bind(shredding.root_, parts)),
        metadata_(parts.field(shredding.metadata_)) {}

  /// The variant of row `i`; `builder()` then holds it.
  Status Build(int64_t i) {
    if (metadata_->IsNull(i)) return MalformedVariant("its dictionary is NULL");
    names_ = As<arrow::BinaryArray>(*metadata_).GetView(i);
    builder_.Clear();
    return Append(root_, i);
  }
  const VariantBuilder& builder() const { return builder_; }

 private:
  /// A part with its arrays: of as many rows as its ROW, or of all elements of lists.
  struct Bound {
    const Part* part = nullptr;
    std::shared_ptr<arrow::Array> row;
    std::shared_ptr<arrow::Array> value;  ///< nullptr where the part lacks it
    std::shared_ptr<arrow::Array> typed;
    std::vector<Bound> members;

    bool HasValue(int64_t i) const { return value != nullptr && value->IsValid(i); }
    bool HasTyped(int64_t i) const { return typed != nullptr && typed->IsValid(i); }
  };

  static Bound Bind(const Part& part, const arrow::StructArray& row) {
    Bound out;
    out.part = &part;
    if (part.value >= 0) out.value = row.field(part.value);
    if (part.typed < 0) return out;
    out.typed = row.field(part.typed);
    for (size_t i = 0; i < part.members.size(); ++i) {
      const std::shared_ptr<arrow::Array> member =
          part.root == TypeRoot::kRow
              ? As<arrow::StructArray>(*out.typed).field(static_cast<int>(i))
              : As<arrow::ListArray>(*out.typed).values();
      out.members.push_back(Bind(part.members[i], As<arrow::StructArray>(*member)));
      out.members.back().row = member;
    }
    return out;
  }

  VariantBytes ValueOf(const Bound& at, int64_t i) const {
    return {As<arrow::BinaryArray>(*at.value).GetView(i), names_};
  }

  Status Append(const Bound& at, int64_t i) {
    if (at.HasTyped(i)) {
      switch (at.part->root) {
        case TypeRoot::kRow:
          return AppendObject(at, i);
        case TypeRoot::kArray:
          return AppendArray(at, i);
        default:
          return AppendScalar(at, i);
      }
    }
    if (!at.HasValue(i)) return MalformedVariant("a value is missing");
    return builder_.AppendVariant(ValueOf(at, i), 0);
  }

  Status AppendObject(const Bound& at, int64_t i) {
    const uint32_t start = builder_.position();
    std::vector<VariantBuilder::Field> fields;
    for (size_t member = 0; member < at.members.size(); ++member) {
      const Bound& bound = at.members[member];
      if (bound.row->IsNull(i)) return MalformedVariant("a shredded member is NULL");
      if (!bound.HasTyped(i) && !bound.HasValue(i)) continue;
      ARROW_ASSIGN_OR_RAISE(const VariantBuilder::Field field,
                            builder_.Member(at.part->names[member], start));
      fields.push_back(field);
      ARROW_RETURN_NOT_OK(Append(bound, i));
    }
    if (at.HasValue(i)) ARROW_RETURN_NOT_OK(AppendRest(at, i, start, &fields));
    return builder_.FinishObject(start, &fields);
  }

  /// The members that are not shredded.
  Status AppendRest(const Bound& at, int64_t i, uint32_t start,
                    std::vector<VariantBuilder::Field>* fields) {
    const VariantBytes rest = ValueOf(at, i);
    ARROW_RETURN_NOT_OK(rest.CheckVersion());
    ARROW_ASSIGN_OR_RAISE(const auto head, rest.Number<uint8_t>(0));
    if (static_cast<VariantBasic>(head & 3) != VariantBasic::kObject) {
      return MalformedVariant("what is left of a shredded object is none");
    }
    ARROW_ASSIGN_OR_RAISE(const VariantBytes::Container object, rest.Object(0, head));
    const std::vector<std::string>& shredded = at.part->names;
    for (uint64_t member = 0; member < object.count; ++member) {
      ARROW_ASSIGN_OR_RAISE(const std::string_view name, rest.Name(object, member));
      ARROW_ASSIGN_OR_RAISE(const uint64_t place, rest.Member(object, member));
      if (std::find(shredded.begin(), shredded.end(), name) != shredded.end()) {
        return MalformedVariant("a shredded member that is left over");
      }
      ARROW_ASSIGN_OR_RAISE(const VariantBuilder::Field field,
                            builder_.Member(name, start));
      fields->push_back(field);
      ARROW_RETURN_NOT_OK(builder_.AppendVariant(rest, place));
    }
    return Status::OK();
  }

  Status AppendArray(const Bound& at, int64_t i) {
    const auto& list = As<arrow::ListArray>(*at.typed);
    const uint32_t start = builder_.position();
    std::vector<uint32_t> offsets;
    for (int64_t j = list.value_offset(i); j < list.value_offset(i + 1); ++j) {
      offsets.push_back(builder_.position() - start);
      if (at.members[0].row->IsNull(j)) return MalformedVariant("an element is missing");
      ARROW_RETURN_NOT_OK(Append(at.members[0], j));
    }
    return builder_.FinishArray(start, offsets);
  }

  Status AppendScalar(const Bound& at, int64_t i) {
    const arrow::Array& typed = *at.typed;
    switch (at.part->root) {
      case TypeRoot::kBoolean:
        builder_.AppendBoolean(As<arrow::BooleanArray>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kTinyInt:
        builder_.AppendInteger(As<arrow::Int8Array>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kSmallInt:
        builder_.AppendInteger(As<arrow::Int16Array>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kInt:
        builder_.AppendInteger(As<arrow::Int32Array>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kBigInt:
        builder_.AppendInteger(As<arrow::Int64Array>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kFloat:
        builder_.AppendFloat(As<arrow::FloatArray>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kDouble:
        builder_.AppendDouble(As<arrow::DoubleArray>(typed).Value(i));
        return Status::OK();
      case TypeRoot::kDecimal:
        builder_.AppendDecimal(
            arrow::Decimal128(As<arrow::Decimal128Array>(typed).GetValue(i)),
            at.part->scale);
        return Status::OK();
      case TypeRoot::kDate:
        builder_.AppendDate(As<arrow::Date32Array>(typed).Value(i));
        return Status::OK();
      default:
        return builder_.AppendText(As<arrow::StringArray>(typed).GetView(i));
    }
  }

  const Bound root_;
  const std::shared_ptr<arrow::Array> metadata_;
  std::string_view names_;  ///< dictionary of the row that is built
  VariantBuilder builder_;
};

Result<std::shared_ptr<arrow::Array>> VariantShredding::Rebuild(
    const arrow::StructArray& parts, arrow::MemoryPool* pool) const {
  VariantAssembly assembly(*this, parts);
  arrow::BinaryBuilder values(pool), dictionaries(pool);
  ARROW_RETURN_NOT_OK(values.Reserve(parts.length()));
  ARROW_RETURN_NOT_OK(dictionaries.Reserve(parts.length()));
  for (int64_t i = 0; i < parts.length(); ++i) {
    if (parts.IsNull(i)) {
      ARROW_RETURN_NOT_OK(values.Append("", 0));
      ARROW_RETURN_NOT_OK(dictionaries.Append("", 0));
      continue;
    }
    ARROW_RETURN_NOT_OK(assembly.Build(i));
    ARROW_ASSIGN_OR_RAISE(const std::string dictionary, assembly.builder().Metadata());
    for (const auto& [builder, bytes] : {std::pair(&values, &assembly.builder().value()),
                                         std::pair(&dictionaries, &dictionary)}) {
      if (builder->value_data_length() + static_cast<int64_t>(bytes->size()) >
          arrow::kBinaryMemoryLimit) {
        return ResourceExhausted(9556, "Variants of one batch exceed 2 GiB.");
      }
      ARROW_RETURN_NOT_OK(builder->Append(*bytes));
    }
  }
  ARROW_ASSIGN_OR_RAISE(const auto type, ToArrow(DataType::Variant()));
  ARROW_ASSIGN_OR_RAISE(const auto value, values.Finish());
  ARROW_ASSIGN_OR_RAISE(const auto dictionary, dictionaries.Finish());
  std::shared_ptr<arrow::Buffer> validity;
  if (parts.null_count() > 0) {
    ARROW_ASSIGN_OR_RAISE(validity,
                          arrow::internal::CopyBitmap(pool, parts.null_bitmap_data(),
                                                      parts.offset(), parts.length()));
  }
  return arrow::MakeArray(
      arrow::ArrayData::Make(type, parts.length(), {std::move(validity)},
                             {value->data(), dictionary->data()}, parts.null_count()));
}

}  // namespace tarn::types
