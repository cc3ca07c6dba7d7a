// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reference_merge.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "tests/support/reference_aggregator.h"

namespace tarn::support {
namespace {

using merge::Aggregate;
using merge::AggregateFunction;
using merge::MergeSpec;
using merge::SequenceGroup;
using types::DataType;
using types::RowKind;
using types::TypeRoot;

int CompareColumns(const std::vector<int>& columns, const std::vector<Value>& a,
                   const std::vector<Value>& b) {
  for (int column : columns) {
    const int compared = CompareValues(a[column], b[column]);
    if (compared != 0) return compared;
  }
  return 0;
}

int CompareUserSequence(const MergeSpec& spec, const Record& a, const Record& b) {
  for (int column : spec.sequence_columns) {
    const Value& x = a.values[column];
    const Value& y = b.values[column];
    const int compared = CompareValues(x, y);
    if (compared == 0) continue;
    return spec.sequence_descending && x && y ? -compared : compared;
  }
  return 0;
}

// --- aggregate functions
// -------------------------------------------------------------------

class Last : public Aggregator {
 public:
  explicit Last(bool non_null) : non_null_(non_null) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    return non_null_ && !in ? acc : in;
  }
  Result<Value> Retract(const Value& acc, const Value& in) override {
    return non_null_ && !in ? acc : Value();
  }

 private:
  bool non_null_;
};

class Key : public Aggregator {
 public:
  Result<Value> Agg(const Value&, const Value& in) override { return in; }
  Result<Value> Retract(const Value&, const Value& in) override { return in; }
};

class First : public Aggregator {
 public:
  explicit First(bool non_null) : non_null_(non_null) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (initialized_ || (non_null_ && !in)) return acc;
    initialized_ = true;
    return in;
  }
  void Reset() override { initialized_ = false; }

 private:
  bool non_null_;
  bool initialized_ = false;
};

class Extreme : public Aggregator {
 public:
  explicit Extreme(bool max) : max_(max) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (!acc || !in) return acc ? acc : in;
    const bool less = CompareValues(acc, in) < 0;
    return less == max_ ? in : acc;
  }

 private:
  bool max_;
};

class Logic : public Aggregator {
 public:
  explicit Logic(bool is_and) : is_and_(is_and) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (!acc || !in) return acc ? acc : in;
    const bool a = std::get<bool>(*acc), b = std::get<bool>(*in);
    return Value(is_and_ ? a && b : a || b);
  }

 private:
  bool is_and_;
};

/// Sums and products of integers and floats, and of decimals of up to 18 digits.
class Number : public Aggregator {
 public:
  Number(const DataType& type, bool sum) : type_(type), sum_(sum) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (!acc || !in) return acc ? acc : in;
    return Compute(*acc, *in, sum_ ? '+' : '*');
  }
  Result<Value> Retract(const Value& acc, const Value& in) override {
    if (!in) return acc;
    if (acc) return Compute(*acc, *in, sum_ ? '-' : '/');
    if (!sum_) return acc;
    if (const auto* number = std::get_if<float>(&*in)) return Value(-*number);
    if (const auto* number = std::get_if<double>(&*in)) return Value(-*number);
    if (const auto* number = std::get_if<__int128>(&*in)) return Fit(-*number, true);
    return Fit(-static_cast<__int128>(std::get<int64_t>(*in)), true);
  }

 private:
  using Held = Value::value_type;
  Result<Value> Compute(const Held& a, const Held& b, char op) {
    if (const auto* x = std::get_if<float>(&a))
      return Value(Float(*x, std::get<float>(b), op));
    if (const auto* x = std::get_if<double>(&a)) {
      return Value(Float(*x, std::get<double>(b), op));
    }
    const bool decimal = std::holds_alternative<__int128>(a);
    const __int128 x = decimal ? std::get<__int128>(a) : std::get<int64_t>(a);
    const __int128 y = decimal ? std::get<__int128>(b) : std::get<int64_t>(b);
    if (op == '+') return Fit(x + y, false);
    if (op == '-') return Fit(x - y, false);
    if (!decimal) {
      if (op == '/' && y == 0) return Refuse("division by zero");
      return Fit(op == '*' ? x * y : x / y, false);
    }
    __int128 unit = 1;
    for (int i = 0; i < type_.scale(); ++i) unit *= 10;
    if (op == '*') return Fit(HalfUp(x * y, unit), true);
    if (y == 0) return Refuse("division by zero");
    __int128 divisor = y < 0 ? -y : y, rest = x < 0 ? -x : x;
    for (__int128 g = divisor; rest != 0;) {
      g = g % rest;
      std::swap(g, rest);
      if (rest == 0) divisor /= g;
    }
    if (x == 0) divisor = 1;
    while (divisor % 2 == 0) divisor /= 2;
    while (divisor % 5 == 0) divisor /= 5;
    if (divisor != 1) return Refuse("non-terminating decimal expansion");
    return Fit(HalfUp(x * unit, y), true);
  }
  static __int128 HalfUp(__int128 x, __int128 y) {
    const __int128 quotient = x / y;
    __int128 rest = x % y;
    if (rest < 0) rest = -rest;
    if (2 * rest < (y < 0 ? -y : y)) return quotient;
    return quotient + ((x < 0) == (y < 0) ? 1 : -1);
  }
  template <typename T>
  static T Float(T a, T b, char op) {
    return op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b;
  }
  Result<Value> Fit(__int128 value, bool check_digits) const {
    if (type_.root() == TypeRoot::kDecimal) {
      __int128 bound = 1;
      for (int i = 0; i < type_.precision(); ++i) bound *= 10;
      if (check_digits && (value >= bound || value <= -bound)) return Refuse("overflow");
      return Value(value);
    }
    const int bits = type_.root() == TypeRoot::kTinyInt    ? 8
                     : type_.root() == TypeRoot::kSmallInt ? 16
                     : type_.root() == TypeRoot::kInt      ? 32
                                                           : 64;
    const __int128 bound = static_cast<__int128>(1) << (bits - 1);
    if (value >= bound || value < -bound) return Refuse("overflow");
    return Value(static_cast<int64_t>(value));
  }

  DataType type_;
  bool sum_;
};

class Joined : public Aggregator {
 public:
  explicit Joined(const Aggregate& aggregate) : aggregate_(aggregate) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    if (Blank(in)) return acc;
    if (Blank(acc)) return in;
    const std::string& front = std::get<std::string>(*acc);
    const std::string& back = std::get<std::string>(*in);
    if (!aggregate_.distinct) return Value(front + aggregate_.delimiter + back);
    const auto known = Split(front);
    std::set<std::string> seen(known.begin(), known.end());
    std::string out = front;
    for (const std::string& token : Split(back)) {
      if (Blank(Value(token)) || !seen.insert(token).second) continue;
      out += aggregate_.delimiter + token;
    }
    return Value(out);
  }

 private:
  static bool Blank(const Value& value) {
    return !value ||
           std::get<std::string>(*value).find_first_not_of(" \t\n") == std::string::npos;
  }
  std::vector<std::string> Split(const std::string& text) const {
    std::vector<std::string> tokens;
    size_t begin = 0;
    while (begin < text.size()) {
      const size_t end = std::min(text.find(aggregate_.delimiter, begin), text.size());
      tokens.push_back(text.substr(begin, end - begin));
      begin = end + aggregate_.delimiter.size();
    }
    return tokens;
  }
  Aggregate aggregate_;
};

class IgnoringRetract : public Aggregator {
 public:
  explicit IgnoringRetract(std::unique_ptr<Aggregator> inner)
      : inner_(std::move(inner)) {}
  Result<Value> Agg(const Value& acc, const Value& in) override {
    return inner_->Agg(acc, in);
  }
  Result<Value> Retract(const Value& acc, const Value&) override { return acc; }
  void Reset() override { inner_->Reset(); }

 private:
  std::unique_ptr<Aggregator> inner_;
};

std::unique_ptr<Aggregator> MakeAggregator(const Aggregate& aggregate,
                                           const DataType& type) {
  std::unique_ptr<Aggregator> made;
  switch (aggregate.function) {
    case AggregateFunction::kNone:
      return nullptr;
    case AggregateFunction::kPrimaryKey:
      made = std::make_unique<Key>();
      break;
    case AggregateFunction::kSum:
    case AggregateFunction::kProduct:
      made =
          std::make_unique<Number>(type, aggregate.function == AggregateFunction::kSum);
      break;
    case AggregateFunction::kMax:
    case AggregateFunction::kMin:
      made = std::make_unique<Extreme>(aggregate.function == AggregateFunction::kMax);
      break;
    case AggregateFunction::kLastValue:
    case AggregateFunction::kLastNonNullValue:
      made = std::make_unique<Last>(aggregate.function != AggregateFunction::kLastValue);
      break;
    case AggregateFunction::kFirstValue:
    case AggregateFunction::kFirstNonNullValue:
      made =
          std::make_unique<First>(aggregate.function != AggregateFunction::kFirstValue);
      break;
    case AggregateFunction::kListagg:
      made = std::make_unique<Joined>(aggregate);
      break;
    case AggregateFunction::kBoolAnd:
    case AggregateFunction::kBoolOr:
      made = std::make_unique<Logic>(aggregate.function == AggregateFunction::kBoolAnd);
      break;
    default:
      made = MakeCollectionAggregator(aggregate, type);
  }
  if (!aggregate.ignore_retract) return made;
  return std::make_unique<IgnoringRetract>(std::move(made));
}

// --- merge functions
// -----------------------------------------------------------------------

class MergeFunction {
 public:
  virtual ~MergeFunction() = default;
  virtual void Reset() = 0;
  virtual Status Add(const Record& record) = 0;
  virtual std::optional<Record> Answer() = 0;
};

class DeduplicateFunction : public MergeFunction {
 public:
  explicit DeduplicateFunction(const MergeSpec& spec) : spec_(spec) {}
  void Reset() override { latest_.reset(); }
  Status Add(const Record& record) override {
    if (!(spec_.ignore_delete && IsRetract(record.kind))) latest_ = record;
    return Status::OK();
  }
  std::optional<Record> Answer() override { return latest_; }

 private:
  const MergeSpec& spec_;
  std::optional<Record> latest_;
};

class FirstRowFunction : public MergeFunction {
 public:
  explicit FirstRowFunction(const MergeSpec& spec) : spec_(spec) {}
  void Reset() override { first_.reset(); }
  Status Add(const Record& record) override {
    if (IsRetract(record.kind)) {
      return spec_.ignore_delete ? Status::OK()
                                 : Refuse("first-row takes no retractions");
    }
    if (!first_) first_ = record;
    return Status::OK();
  }
  std::optional<Record> Answer() override { return first_; }

 private:
  const MergeSpec& spec_;
  std::optional<Record> first_;
};

class FieldwiseFunction : public MergeFunction {
 public:
  FieldwiseFunction(const MergeSpec& spec, const std::vector<int>& columns)
      : spec_(spec), columns_(columns) {
    for (int column : columns) {
      aggregators_[column] =
          MakeAggregator(spec.aggregates[column], spec.fields[column].type);
    }
  }
  void Reset() override {
    row_.values.assign(spec_.fields.size(), Value());
    for (auto& [column, aggregator] : aggregators_) {
      if (aggregator != nullptr) aggregator->Reset();
    }
  }

 protected:
  Status CopyRow(const Record& record) {
    for (int column : columns_) {
      if (!record.values[column] && !spec_.fields[column].type.nullable()) {
        return Refuse("Field can not be null");
      }
      row_.values[column] = record.values[column];
    }
    return Status::OK();
  }
  const MergeSpec& spec_;
  const std::vector<int> columns_;
  std::map<int, std::unique_ptr<Aggregator>> aggregators_;
  Record row_;
};

class PartialUpdateFunction : public FieldwiseFunction {
 public:
  using FieldwiseFunction::FieldwiseFunction;
  void Reset() override {
    FieldwiseFunction::Reset();
    row_.sequence = 0;
    insert_seen_ = filled_ = false;
  }
  Status Add(const Record& record) override {
    deleted_ = false;
    if (IsRetract(record.kind)) return Retract(record);
    row_.sequence = record.sequence;
    ARROW_RETURN_NOT_OK(spec_.groups.empty() ? OverwriteNonNull(record)
                                             : UpdateByGroups(record));
    insert_seen_ = filled_ = true;
    return Status::OK();
  }
  std::optional<Record> Answer() override {
    row_.kind = deleted_ || !insert_seen_ ? RowKind::kDelete : RowKind::kInsert;
    return row_;
  }

 private:
  Status OverwriteNonNull(const Record& record) {
    for (int column : columns_) {
      const Value& value = record.values[column];
      if (value) {
        row_.values[column] = value;
      } else if (!spec_.fields[column].type.nullable()) {
        return Refuse("Field can not be null");
      }
    }
    return Status::OK();
  }
  const SequenceGroup* GroupOf(int column) const {
    const int group = spec_.group_of[column];
    return group < 0 ? nullptr : &spec_.groups[group];
  }
  static bool Silent(const SequenceGroup& group, const Record& record) {
    return std::all_of(group.clocks.begin(), group.clocks.end(),
                       [&](int clock) { return !record.values[clock]; });
  }
  static bool IsClock(const SequenceGroup& group, int column) {
    return std::count(group.clocks.begin(), group.clocks.end(), column) > 0;
  }
  Status UpdateByGroups(const Record& record) {
    std::set<int> done;
    for (int column : columns_) {
      Aggregator* aggregator = aggregators_[column].get();
      const Value& in = record.values[column];
      Value& acc = row_.values[column];
      const SequenceGroup* group = GroupOf(column);
      if (group == nullptr) {
        if (in) acc = in;
        continue;
      }
      if (done.count(column) > 0 || Silent(*group, record)) continue;
      if (CompareColumns(group->clocks, record.values, row_.values) >= 0) {
        if (IsClock(*group, column)) {
          for (int clock : group->clocks) {
            row_.values[clock] = record.values[clock];
            done.insert(clock);
          }
        } else if (aggregator == nullptr) {
          acc = in;
        } else {
          ARROW_ASSIGN_OR_RAISE(acc, aggregator->Agg(acc, in));
        }
      } else if (aggregator != nullptr) {
        ARROW_ASSIGN_OR_RAISE(acc, aggregator->AggReversed(acc, in));
      }
    }
    return Status::OK();
  }
  Status Retract(const Record& record) {
    if (!filled_) {
      ARROW_RETURN_NOT_OK(CopyRow(record));
      filled_ = true;
    }
    if (spec_.ignore_delete) return Status::OK();
    row_.sequence = record.sequence;
    if (spec_.grouped) return RetractByGroups(record);
    if (!spec_.remove_record_on_delete) return Refuse("Partial update takes no deletes");
    if (record.kind != RowKind::kDelete) return Status::OK();
    deleted_ = true;
    return CopyRow(record);
  }
  Status RetractByGroups(const Record& record) {
    std::set<int> done;
    for (int column : columns_) {
      const SequenceGroup* group = GroupOf(column);
      if (group == nullptr || done.count(column) > 0 || Silent(*group, record)) continue;
      Aggregator* aggregator = aggregators_[column].get();
      Value& acc = row_.values[column];
      const bool newer = CompareColumns(group->clocks, record.values, row_.values) >= 0;
      if (newer && IsClock(*group, column)) {
        if (record.kind == RowKind::kDelete && group->removes_record) {
          deleted_ = true;
          return CopyRow(record);
        }
        for (int clock : group->clocks) {
          row_.values[clock] = record.values[clock];
          done.insert(clock);
        }
      } else if (aggregator != nullptr) {
        ARROW_ASSIGN_OR_RAISE(acc, aggregator->Retract(acc, record.values[column]));
      } else if (newer) {
        acc.reset();
      }
    }
    return Status::OK();
  }

  bool insert_seen_ = false;
  bool filled_ = false;
  bool deleted_ = false;
};

class AggregateFunctionRow : public FieldwiseFunction {
 public:
  using FieldwiseFunction::FieldwiseFunction;
  Status Add(const Record& record) override {
    row_.sequence = record.sequence;
    row_.kind = RowKind::kInsert;
    if (spec_.remove_record_on_delete && record.kind == RowKind::kDelete) {
      row_.kind = RowKind::kDelete;
      return CopyRow(record);
    }
    for (int column : columns_) {
      Aggregator& aggregator = *aggregators_[column];
      Value& acc = row_.values[column];
      const Value& in = record.values[column];
      ARROW_ASSIGN_OR_RAISE(acc, IsRetract(record.kind) ? aggregator.Retract(acc, in)
                                                        : aggregator.Agg(acc, in));
    }
    return Status::OK();
  }
  std::optional<Record> Answer() override { return row_; }
};

/// Only one record above level 0 counts: the first of the lowest such level.
Status AddLookedUp(const std::vector<Record>& records, MergeFunction* function) {
  const Record* high = nullptr;
  for (const Record& record : records) {
    if (record.level > 0 && (high == nullptr || record.level < high->level))
      high = &record;
  }
  for (const Record& record : records) {
    if (record.level <= 0 || &record == high) ARROW_RETURN_NOT_OK(function->Add(record));
  }
  return Status::OK();
}

std::unique_ptr<MergeFunction> MakeFunction(const MergeSpec& spec,
                                            const std::vector<int>& columns) {
  switch (spec.engine) {
    case merge::Engine::kDeduplicate:
      return std::make_unique<DeduplicateFunction>(spec);
    case merge::Engine::kFirstRow:
      return std::make_unique<FirstRowFunction>(spec);
    case merge::Engine::kPartialUpdate:
      return std::make_unique<PartialUpdateFunction>(spec, columns);
    case merge::Engine::kAggregation:
      return std::make_unique<AggregateFunctionRow>(spec, columns);
  }
  return nullptr;
}

}  // namespace

std::vector<Record> ReferenceInterleave(const MergeSpec& spec,
                                        const std::vector<std::vector<Record>>& runs) {
  std::vector<Record> all;
  for (const auto& run : runs) all.insert(all.end(), run.begin(), run.end());
  std::stable_sort(all.begin(), all.end(), [&](const Record& a, const Record& b) {
    int compared = CompareColumns(spec.key_columns, a.values, b.values);
    if (compared == 0) compared = CompareUserSequence(spec, a, b);
    if (compared != 0) return compared < 0;
    if (a.sequence != b.sequence) return a.sequence < b.sequence;
    return IsRetract(a.kind) && IsAdd(b.kind);
  });
  return all;
}

Result<std::vector<Record>> ReferenceMerge(const MergeSpec& table,
                                           const std::vector<std::vector<Record>>& runs,
                                           const std::vector<int>& columns) {
  const MergeSpec spec = table.Projected(columns);
  const std::vector<Record> all = ReferenceInterleave(spec, runs);
  auto function = MakeFunction(spec, columns);
  std::vector<Record> out;
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin + 1;
    while (end < all.size() &&
           CompareColumns(spec.key_columns, all[begin].values, all[end].values) == 0) {
      ++end;
    }
    const std::vector<Record> records(all.begin() + begin, all.begin() + end);
    begin = end;
    std::optional<Record> answer = records.front();
    if (records.size() > 1) {
      function->Reset();
      if (spec.lookup) {
        ARROW_RETURN_NOT_OK(AddLookedUp(records, function.get()));
      } else {
        for (const Record& record : records) ARROW_RETURN_NOT_OK(function->Add(record));
      }
      answer = function->Answer();
    }
    if (!answer) continue;
    for (int column = 0; column < spec.num_columns(); ++column) {
      if (std::count(columns.begin(), columns.end(), column) == 0) {
        answer->values[column].reset();
      }
    }
    answer->level = 0;
    out.push_back(std::move(*answer));
  }
  return out;
}

}  // namespace tarn::support
