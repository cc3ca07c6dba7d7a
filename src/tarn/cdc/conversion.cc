// SPDX-License-Identifier: Apache-2.0
#include "tarn/cdc/conversion.h"

namespace tarn::cdc {

namespace {

using types::TypeRoot;

// Units of the logical names of Debezium and Connect.
TemporalUnit UnitOfName(std::string_view name) {
  struct Entry {
    std::string_view name;
    TemporalUnit unit;
  };
  static constexpr Entry kEntries[] = {
      {"io.debezium.time.Date", TemporalUnit::kDays},
      {"io.debezium.time.Time", TemporalUnit::kMillis},
      {"io.debezium.time.MicroTime", TemporalUnit::kMicros},
      {"io.debezium.time.NanoTime", TemporalUnit::kNanos},
      {"io.debezium.time.Timestamp", TemporalUnit::kMillis},
      {"io.debezium.time.MicroTimestamp", TemporalUnit::kMicros},
      {"io.debezium.time.NanoTimestamp", TemporalUnit::kNanos},
      {"org.apache.kafka.connect.data.Date", TemporalUnit::kDays},
      {"org.apache.kafka.connect.data.Time", TemporalUnit::kMillis},
      {"org.apache.kafka.connect.data.Timestamp", TemporalUnit::kMillis},
  };
  for (const auto& entry : kEntries) {
    if (entry.name == name) return entry.unit;
  }
  return TemporalUnit::kNone;
}

bool IsTimeOfDay(std::string_view name) {
  return name.ends_with("Time");
}

TemporalUnit UnitByPrecision(int precision) {
  if (precision <= 3) return TemporalUnit::kMillis;
  return precision <= 6 ? TemporalUnit::kMicros : TemporalUnit::kNanos;
}

// Unit of a bare number of a TIME or TIMESTAMP column without a schema.
TemporalUnit UnitByMode(TimeMode mode, bool is_time, int precision, bool mysql) {
  switch (mode) {
    case TimeMode::kAuto:
      if (is_time && mysql) return TemporalUnit::kMicros;
      return UnitByPrecision(precision);
    case TimeMode::kAdaptive:
      return UnitByPrecision(precision);
    case TimeMode::kAdaptiveTime:
      return is_time ? TemporalUnit::kMicros : UnitByPrecision(precision);
    case TimeMode::kConnect:
      return TemporalUnit::kMillis;
    case TimeMode::kIsoString:
      return TemporalUnit::kNone;
    case TimeMode::kMicros:
      return TemporalUnit::kMicros;
    case TimeMode::kNanos:
      return TemporalUnit::kNanos;
  }
  return TemporalUnit::kNone;
}

void ChooseTemporal(const types::DataType& type, const ConnectType* connect,
                    const DecoderOptions& options, bool mysql, Conversion* out) {
  const bool is_date = out->target == Target::kDate;
  const bool is_time = out->target == Target::kTime;
  out->out_unit = UnitByPrecision(type.precision());
  if (connect != nullptr) {
    // A number whose schema does not call it a time is one by accident.
    if (is_time == IsTimeOfDay(connect->name))
      out->number_unit = UnitOfName(connect->name);
    return;
  }
  if (is_date) {
    out->number_unit = options.time_mode == TimeMode::kIsoString ? TemporalUnit::kNone
                                                                 : TemporalUnit::kDays;
    return;
  }
  out->number_unit = UnitByMode(options.time_mode, is_time, type.precision(), mysql);
}

void ChooseDecimal(const types::DataType& type, const ConnectType* connect,
                   const DecoderOptions& options, Conversion* out) {
  out->precision = type.precision();
  out->scale = type.scale();
  out->wire_scale = type.scale();
  out->decimal_mode = options.decimal_mode;
  if (connect == nullptr) return;
  if (connect->kind == ConnectKind::kBytes) {
    out->decimal_mode = DecimalMode::kPrecise;
    out->wire_scale = connect->scale;
  } else if (connect->kind == ConnectKind::kStruct) {
    out->decimal_mode = DecimalMode::kPrecise;
  } else {
    out->decimal_mode = DecimalMode::kString;
  }
}

void ChooseBytes(const types::DataType& type, const ConnectType* connect,
                 const DecoderOptions& options, Conversion* out) {
  out->bytes_mode = options.bytes_mode;
  if (connect != nullptr && connect->kind == ConnectKind::kBytes &&
      out->bytes_mode == BytesMode::kAuto) {
    out->bytes_mode = BytesMode::kBase64;
  }
  if (type.root() == TypeRoot::kBinary) out->bytes_exact = type.length();
  if (type.root() == TypeRoot::kVarBinary && type.length() < types::kMaxLength) {
    out->bytes_max = type.length();
  }
}

Result<Target> TargetOf(const types::DataType& type) {
  switch (type.root()) {
    case TypeRoot::kBoolean:
      return Target::kBoolean;
    case TypeRoot::kTinyInt:
      return Target::kInt8;
    case TypeRoot::kSmallInt:
      return Target::kInt16;
    case TypeRoot::kInt:
      return Target::kInt32;
    case TypeRoot::kBigInt:
      return Target::kInt64;
    case TypeRoot::kFloat:
      return Target::kFloat;
    case TypeRoot::kDouble:
      return Target::kDouble;
    case TypeRoot::kDecimal:
      return Target::kDecimal;
    case TypeRoot::kChar:
    case TypeRoot::kVarChar:
      return Target::kString;
    case TypeRoot::kBinary:
    case TypeRoot::kVarBinary:
    case TypeRoot::kBlob:
      return Target::kBytes;
    case TypeRoot::kDate:
      return Target::kDate;
    case TypeRoot::kTime:
      return Target::kTime;
    case TypeRoot::kTimestamp:
      return Target::kTimestamp;
    case TypeRoot::kLocalZonedTimestamp:
      return Target::kZonedTimestamp;
    case TypeRoot::kArray:
      return Target::kArray;
    case TypeRoot::kMultiset:
    case TypeRoot::kMap:
      return Target::kMap;
    case TypeRoot::kRow:
      return Target::kRow;
    case TypeRoot::kVariant:
    case TypeRoot::kVector:
      break;
  }
  return Unsupported(
      6402, "Change records cannot be read into this type:", V("type", type.ToString()));
}

const ConnectType* ChildOf(const ConnectType* connect, ConnectKind kind, size_t i) {
  if (connect == nullptr || connect->kind != kind) return nullptr;
  return &connect->children[i];
}

}  // namespace

Result<Conversion> ChooseConversion(const types::DataType& type,
                                    const ConnectType* connect,
                                    const DecoderOptions& options, bool mysql) {
  Conversion out;
  ARROW_ASSIGN_OR_RAISE(out.target, TargetOf(type));
  out.type_text = type.WithNullable(true).ToString();
  switch (out.target) {
    case Target::kDate:
    case Target::kTime:
    case Target::kTimestamp:
    case Target::kZonedTimestamp:
      ChooseTemporal(type, connect, options, mysql, &out);
      break;
    case Target::kDecimal:
      ChooseDecimal(type, connect, options, &out);
      break;
    case Target::kBytes:
      ChooseBytes(type, connect, options, &out);
      break;
    case Target::kArray: {
      ARROW_ASSIGN_OR_RAISE(
          auto element,
          ChooseConversion(type.element(), ChildOf(connect, ConnectKind::kArray, 0),
                           options, mysql));
      out.children.push_back(std::move(element));
      break;
    }
    case Target::kMap: {
      const bool multiset = type.root() == TypeRoot::kMultiset;
      const types::DataType& key = multiset ? type.element() : type.key();
      if (!key.IsString()) {
        return Unsupported(6403, "A JSON object only gives maps whose keys are text:",
                           V("type", type.ToString()));
      }
      const types::DataType value = multiset ? types::DataType::Int() : type.element();
      ARROW_ASSIGN_OR_RAISE(
          auto made, ChooseConversion(value, ChildOf(connect, ConnectKind::kMap, 1),
                                      options, mysql));
      out.children.push_back(std::move(made));
      break;
    }
    case Target::kRow:
      for (const auto& field : type.fields()) {
        const ConnectType* member =
            connect != nullptr && connect->kind == ConnectKind::kStruct
                ? connect->Member(field.name)
                : nullptr;
        ARROW_ASSIGN_OR_RAISE(auto made,
                              ChooseConversion(field.type, member, options, mysql));
        out.children.push_back(std::move(made));
        out.names.push_back(field.name);
        out.not_null.push_back(!field.type.nullable());
      }
      break;
    default:
      break;
  }
  return out;
}

}  // namespace tarn::cdc
