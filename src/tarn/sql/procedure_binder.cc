// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <utility>

#include "tarn/base/units.h"
#include "tarn/sql/diagnostic.h"
#include "tarn/sql/procedure.h"

namespace tarn::sql {
namespace {

constexpr ProcedureArgument kTable{.name = "table", .required = true};

class ArgumentBinder {
 public:
  ArgumentBinder(const CallProcedure& node, const Procedure& procedure,
                 const SourceText& source)
      : node_(node), procedure_(procedure), source_(source) {
    arguments_.push_back(kTable);
    arguments_.insert(arguments_.end(), procedure.arguments.begin(),
                      procedure.arguments.end());
  }

  Result<ProcedureArguments> Bind() {
    for (const CallArgument& argument : node_.arguments) {
      const Literal* literal = argument.value->As<Literal>();
      if (literal == nullptr) {
        return Refuse("An argument of sys.{} is a literal", "", argument.value->span);
      }
      ARROW_ASSIGN_OR_RAISE(const ProcedureArgument* found, Find(argument, *literal));
      ARROW_RETURN_NOT_OK(Take(*found, argument, *literal));
    }
    for (const ProcedureArgument& argument : arguments_) {
      if (!argument.required || out_.Find(argument.name) != nullptr) continue;
      return Refuse("sys.{} needs the argument {}", argument.name, node_.procedure.span);
    }
    return std::move(out_);
  }

 private:
  /// \param sentence  with places for the procedure and the argument
  Status Refuse(std::string_view sentence, std::string_view argument, Span span) const {
    return ToStatus({ErrorKind::kInvalidInput, kBadArguments,
                     fmt::format(fmt::runtime(sentence), procedure_.name, argument), span,
                     "", "It is called as " + procedure_.Form()},
                    source_);
  }

  /// The parameter that an argument is for, by either spelling or by its place.
  Result<const ProcedureArgument*> Find(const CallArgument& argument,
                                        const Literal& literal) {
    if (argument.name) {
      const std::string& name = argument.name->name;
      for (const ProcedureArgument& candidate : arguments_) {
        if (candidate.name == name || candidate.spark_name == name) return &candidate;
      }
      return Refuse("sys.{} has no argument {}", name, argument.name->span);
    }
    // A flag may stand where text was left out, as Flink's overloads have it.
    const bool flag = IsFlag(literal);
    while (flag && next_ < arguments_.size() && !arguments_[next_].required &&
           arguments_[next_].type != ArgumentType::kBoolean) {
      ++next_;
    }
    if (next_ == arguments_.size()) {
      if (arguments_.back().separator != 0) return &arguments_.back();
      return Refuse("sys.{} has no so many arguments", "", argument.value->span);
    }
    return &arguments_[next_++];
  }

  Status Take(const ProcedureArgument& parameter, const CallArgument& argument,
              const Literal& literal) {
    if (literal.kind == LiteralKind::kNull && !parameter.required) return Status::OK();
    ProcedureArguments::Value value;
    value.span = argument.value->span;
    if (!Read(parameter, literal, &value)) {
      return Refuse(TypeSentence(parameter.type), parameter.name, value.span);
    }
    if (const auto* known = out_.Find(parameter.name)) {
      if (parameter.separator == 0 || argument.name) {
        return Refuse("sys.{} is given the argument {} twice", parameter.name,
                      value.span);
      }
      value.text = known->text + parameter.separator + value.text;
    }
    out_.Set(parameter.name, std::move(value));
    return Status::OK();
  }

  static bool IsFlag(const Literal& literal) {
    return literal.kind == LiteralKind::kTrue || literal.kind == LiteralKind::kFalse;
  }

  static std::string_view TypeSentence(ArgumentType type) {
    switch (type) {
      case ArgumentType::kString:
        return "sys.{} takes a string as {}";
      case ArgumentType::kInt:
        return "sys.{} takes a whole number of 32 bits as {}";
      case ArgumentType::kBigInt:
        return "sys.{} takes a whole number as {}";
      case ArgumentType::kBoolean:
        return "sys.{} takes TRUE or FALSE as {}";
    }
    return "";
  }

  static bool Read(const ProcedureArgument& parameter, const Literal& literal,
                   ProcedureArguments::Value* value) {
    switch (parameter.type) {
      case ArgumentType::kString:
        value->text = literal.text;
        return literal.kind == LiteralKind::kString;
      case ArgumentType::kBoolean: {
        // Spark's procedures have some flags as text.
        const std::string text = base::ToLower(literal.text);
        const bool written =
            literal.kind == LiteralKind::kString && (text == "true" || text == "false");
        value->text = IsFlag(literal)
                          ? (literal.kind == LiteralKind::kTrue ? "true" : "false")
                          : text;
        return IsFlag(literal) || written;
      }
      case ArgumentType::kInt:
      case ArgumentType::kBigInt: {
        value->text = literal.text;
        const char* end = literal.text.data() + literal.text.size();
        const auto [stop, error] =
            std::from_chars(literal.text.data(), end, value->number);
        return literal.kind == LiteralKind::kInteger && error == std::errc() &&
               stop == end &&
               (parameter.type == ArgumentType::kBigInt || value->number <= INT32_MAX);
      }
    }
    return false;
  }

  const CallProcedure& node_;
  const Procedure& procedure_;
  const SourceText& source_;
  std::vector<ProcedureArgument> arguments_;
  ProcedureArguments out_;
  size_t next_ = 0;
};

}  // namespace

Result<ProcedureArguments> BindArguments(const CallProcedure& node,
                                         const Procedure& procedure,
                                         const SourceText& source) {
  return ArgumentBinder(node, procedure, source).Bind();
}

}  // namespace tarn::sql
