// SPDX-License-Identifier: Apache-2.0
#include "tarn/merge/aggregate.h"

#include <algorithm>
#include <array>

namespace tarn::merge {
namespace {

using types::DataField;
using types::DataType;
using types::TypeRoot;

struct FunctionName {
  std::string_view name;
  AggregateFunction function;
};
constexpr std::array kNames = {
    FunctionName{"bool_and", AggregateFunction::kBoolAnd},
    FunctionName{"bool_or", AggregateFunction::kBoolOr},
    FunctionName{"collect", AggregateFunction::kCollect},
    FunctionName{"first_non_null_value", AggregateFunction::kFirstNonNullValue},
    FunctionName{"first_not_null_value", AggregateFunction::kFirstNonNullValue},
    FunctionName{"first_value", AggregateFunction::kFirstValue},
    FunctionName{"hll_sketch", AggregateFunction::kHllSketch},
    FunctionName{"last_non_null_value", AggregateFunction::kLastNonNullValue},
    FunctionName{"last_value", AggregateFunction::kLastValue},
    FunctionName{"listagg", AggregateFunction::kListagg},
    FunctionName{"max", AggregateFunction::kMax},
    FunctionName{"merge_map", AggregateFunction::kMergeMap},
    FunctionName{"merge_map_with_keytime", AggregateFunction::kMergeMapWithKeyTime},
    FunctionName{"min", AggregateFunction::kMin},
    FunctionName{"nested_partial_update", AggregateFunction::kNestedPartialUpdate},
    FunctionName{"nested_update", AggregateFunction::kNestedUpdate},
    FunctionName{"primary-key", AggregateFunction::kPrimaryKey},
    FunctionName{"product", AggregateFunction::kProduct},
    FunctionName{"rbm32", AggregateFunction::kRoaringBitmap32},
    FunctionName{"rbm64", AggregateFunction::kRoaringBitmap64},
    FunctionName{"sum", AggregateFunction::kSum},
    FunctionName{"theta_sketch", AggregateFunction::kThetaSketch},
};

/// What the function wants, or nothing where the type fits.
std::string_view Unfit(AggregateFunction function, const DataType& type) {
  const TypeRoot root = type.root();
  switch (function) {
    case AggregateFunction::kSum:
    case AggregateFunction::kProduct:
      return type.IsNumeric() ? "" : "a number";
    case AggregateFunction::kMax:
    case AggregateFunction::kMin:
      return root != TypeRoot::kBoolean && root < TypeRoot::kArray
                 ? ""
                 : "a type that can be ordered";
    case AggregateFunction::kListagg:
      return root == TypeRoot::kVarChar && type.length() == types::kMaxLength ? ""
                                                                              : "STRING";
    case AggregateFunction::kBoolAnd:
    case AggregateFunction::kBoolOr:
      return root == TypeRoot::kBoolean ? "" : "BOOLEAN";
    case AggregateFunction::kCollect:
      return root == TypeRoot::kArray ? "" : "an ARRAY";
    case AggregateFunction::kNestedUpdate:
    case AggregateFunction::kNestedPartialUpdate:
      return root == TypeRoot::kArray && type.element().root() == TypeRoot::kRow
                 ? ""
                 : "an ARRAY of ROW";
    case AggregateFunction::kMergeMap:
      return root == TypeRoot::kMap ? "" : "a MAP";
    case AggregateFunction::kMergeMapWithKeyTime:
      return root == TypeRoot::kMap && type.element().root() == TypeRoot::kRow &&
                     type.element().fields().size() >= 2
                 ? ""
                 : "a MAP whose values are a ROW of two or more fields";
    case AggregateFunction::kRoaringBitmap32:
    case AggregateFunction::kRoaringBitmap64:
    case AggregateFunction::kHllSketch:
    case AggregateFunction::kThetaSketch:
      return root == TypeRoot::kVarBinary ? "" : "VARBINARY";
    default:
      return "";
  }
}

Result<AggregateFunction> FunctionOf(std::string_view name, const std::string& column) {
  for (const FunctionName& entry : kNames) {
    if (entry.name == name) return entry.function;
  }
  std::string known;
  for (const FunctionName& entry : kNames) {
    known += known.empty() ? "" : ", ";
    known += entry.name;
  }
  return InvalidInput(1203, "Aggregate function is unknown:", V("function", name),
                      V("column", column), V("known", known));
}

Result<std::vector<int>> NestedFields(const DataField& column,
                                      const std::vector<std::string>& names,
                                      std::string_view option) {
  std::vector<int> fields;
  for (const std::string& name : names) {
    fields.push_back(types::FieldIndex(column.type.element().fields(), name));
    if (fields.back() >= 0) continue;
    return InvalidInput(1650, "Option names a field that the nested rows lack:",
                        V("option", fmt::format("fields.{}.{}", column.name, option)),
                        V("field", name), V("type", column.type.ToString()));
  }
  return fields;
}

Status NeedsKey(const DataField& column, std::string_view option) {
  return InvalidInput(
      1651, "Aggregate of nested rows needs their key:", V("because of", option),
      V("missing", fmt::format("fields.{}.nested-key", column.name)));
}

Status ReadNested(const DataField& column, const options::AggregateOptions& options,
                  Aggregate* out) {
  ARROW_ASSIGN_OR_RAISE(out->nested_key,
                        NestedFields(column, options.nested_key, "nested-key"));
  if (out->function == AggregateFunction::kNestedUpdate) {
    ARROW_ASSIGN_OR_RAISE(
        out->nested_sequence,
        NestedFields(column, options.nested_sequence_field, "nested-sequence-field"));
    for (int field : out->nested_sequence) {
      const DataType& type = column.type.element().fields()[field].type;
      if (!type.IsNested() && type.root() != TypeRoot::kBlob) continue;
      return Unsupported(6650, "Nested rows are not ordered by a field of this type:",
                         V("column", column.name), V("type", type.ToString()));
    }
    out->count_limit = options.count_limit;
  }
  const std::string& strategy = options.nested_key_null_strategy.value_or("merge");
  out->null_keys = strategy == "ignore"  ? NullKeys::kIgnore
                   : strategy == "error" ? NullKeys::kError
                                         : NullKeys::kMerge;
  if (!out->nested_key.empty()) return Status::OK();
  if (out->function == AggregateFunction::kNestedPartialUpdate) {
    return NeedsKey(column, "nested_partial_update");
  }
  if (options.nested_key_null_strategy)
    return NeedsKey(column, "nested-key-null-strategy");
  if (!out->nested_sequence.empty()) return NeedsKey(column, "nested-sequence-field");
  return Status::OK();
}

Status ReadTimeField(const DataField& column, const options::AggregateOptions& options,
                     Aggregate* out) {
  const std::vector<DataField>& fields = column.type.element().fields();
  out->time_field = static_cast<int>(fields.size()) - 1;
  if (options.ts_field) {
    ARROW_ASSIGN_OR_RAISE(const std::vector<int> found,
                          NestedFields(column, {*options.ts_field}, "ts-field"));
    out->time_field = found[0];
  }
  const DataType& type = fields[out->time_field].type;
  if (type.IsString()) return Status::OK();
  return InvalidInput(
      1652, "merge_map_with_keytime compares times as text:", V("column", column.name),
      V("field", fields[out->time_field].name), V("type", type.ToString()));
}

/// Java tells these values apart by the identity of objects.
Status CheckIdentity(const DataField& column, const Aggregate& aggregate) {
  const bool is_map = aggregate.function == AggregateFunction::kMergeMap ||
                      aggregate.function == AggregateFunction::kMergeMapWithKeyTime;
  if (!is_map &&
      !(aggregate.function == AggregateFunction::kCollect && aggregate.distinct)) {
    return Status::OK();
  }
  const DataType& compared = is_map ? column.type.key() : column.type.element();
  if (!compared.IsBytes() && !(is_map && compared.IsNested())) return Status::OK();
  return Unsupported(6651,
                     "Java compares these values by the identity of objects, so that its "
                     "answer cannot be foretold:",
                     V("function", NameOf(aggregate.function)), V("column", column.name),
                     V("type", compared.ToString()));
}

}  // namespace

std::string_view NameOf(AggregateFunction function) {
  for (const FunctionName& entry : kNames) {
    if (entry.function == function) return entry.name;
  }
  return "none";
}

const std::vector<std::string_view>& AggregateFunctionNames() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> out;
    for (const FunctionName& entry : kNames) out.push_back(entry.name);
    return out;
  }();
  return names;
}

Result<Aggregate> MakeAggregate(const DataField& field, std::string_view name,
                                const options::AggregateOptions& options) {
  Aggregate aggregate;
  ARROW_ASSIGN_OR_RAISE(aggregate.function, FunctionOf(name, field.name));
  const std::string_view wanted = Unfit(aggregate.function, field.type);
  if (!wanted.empty()) {
    return InvalidInput(
        1204, fmt::format("The aggregate function '{}' needs {}, but column {} is {}.",
                          name, wanted, field.name, field.type.ToString()));
  }
  aggregate.ignore_retract = options.ignore_retract;
  switch (aggregate.function) {
    case AggregateFunction::kListagg:
      aggregate.delimiter = options.list_agg_delimiter;
      [[fallthrough]];
    case AggregateFunction::kCollect:
      aggregate.distinct = options.distinct;
      break;
    case AggregateFunction::kNestedUpdate:
    case AggregateFunction::kNestedPartialUpdate:
      ARROW_RETURN_NOT_OK(ReadNested(field, options, &aggregate));
      break;
    case AggregateFunction::kMergeMapWithKeyTime:
      ARROW_RETURN_NOT_OK(ReadTimeField(field, options, &aggregate));
      break;
    default:
      break;
  }
  ARROW_RETURN_NOT_OK(CheckIdentity(field, aggregate));
  return aggregate;
}

bool CanRetract(const Aggregate& aggregate) {
  if (aggregate.ignore_retract) return true;
  switch (aggregate.function) {
    case AggregateFunction::kNone:
    case AggregateFunction::kPrimaryKey:
    case AggregateFunction::kSum:
    case AggregateFunction::kProduct:
    case AggregateFunction::kLastValue:
    case AggregateFunction::kLastNonNullValue:
    case AggregateFunction::kCollect:
    case AggregateFunction::kMergeMap:
    case AggregateFunction::kNestedUpdate:
      return true;
    default:
      return false;
  }
}

}  // namespace tarn::merge
