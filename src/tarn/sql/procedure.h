// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tarn/catalog/catalog.h"
#include "tarn/sql/ast_statement.h"
#include "tarn/sql/source_text.h"
#include "tarn/table/listing.h"
#include "tarn/table/table.h"

namespace tarn::sql {

/// `CALL sys.<name>(...)`: one table says what there is, which arguments it takes and
/// what runs it. Binding, `SHOW PROCEDURES` and the reference page are made from it.

enum class ArgumentType : uint8_t { kString, kInt, kBigInt, kBoolean };

struct ProcedureArgument {
  std::string_view name;  ///< as Flink's procedure spells it
  ArgumentType type = ArgumentType::kString;
  bool required = false;
  /// As Spark's procedure spells it, where that differs; both are understood.
  std::string_view spark_name = "";
  /// Between values given one after another, of a last argument that may be repeated; 0 =
  /// one value.
  char separator = 0;
};

/// Values by Flink's name. What is NULL or was left out is absent.
class ProcedureArguments {
 public:
  struct Value {
    std::string text;    ///< booleans "true" or "false"
    int64_t number = 0;  ///< of kInt and kBigInt
    Span span;
  };

  void Set(std::string_view name, Value value);
  const Value* Find(std::string_view name) const;
  /// Of a required argument.
  const std::string& Text(std::string_view name) const;
  /// Absent also for blank text, as in Java.
  std::optional<std::string> TextIfAny(std::string_view name) const;
  std::optional<int64_t> NumberIfAny(std::string_view name) const;
  bool Flag(std::string_view name) const;  ///< false when absent
  /// Of "a=b,c=d" (Paimon `ParameterUtils.parseCommaSeparatedKeyValues`); empty when
  /// absent. Errors: kInvalidInput.
  Result<std::map<std::string, std::string>> Options(std::string_view name) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

/// What a procedure works on: the table that its first argument names.
struct ProcedureCall {
  catalog::Catalog& catalog;
  catalog::TableName name;
  const table::Table& table;
  const ProcedureArguments& arguments;
};

struct ProcedureAnswer {
  table::Listing rows;  ///< what Flink's procedure answers
  std::string message;  ///< for people, or empty
  std::vector<std::string> notices = {};
};

struct Procedure {
  std::string_view name;
  /// The table comes first and is not among them.
  std::vector<ProcedureArgument> arguments;
  Result<ProcedureAnswer> (*run)(const ProcedureCall& call);
  std::string_view says;  ///< one line of the reference

  /// "sys.name(`table` => STRING, ..)", optional arguments in brackets.
  std::string Form() const;
};

/// All procedures, by name.
const std::vector<Procedure>& Procedures();
/// nullptr for a name that is not there.
const Procedure* FindProcedure(std::string_view name);
/// Whether Paimon has a procedure of that name, in Flink or Spark.
bool IsPaimonProcedure(std::string_view name);
/// The rows of the reference's table of procedures.
std::string ProceduresMarkdown();

/// Chapters of the table.
std::vector<Procedure> TagProcedures();
std::vector<Procedure> BranchProcedures();
std::vector<Procedure> RollbackProcedures();
std::vector<Procedure> PartitionProcedures();
std::vector<Procedure> UpkeepProcedures();

/// One row and column `result`, as procedures of Flink's without a better answer have it.
ProcedureAnswer SayResult(const table::Table& table, std::string text = "Success");

/// Values of a call's arguments, named or in Flink's order. Errors: kInvalidInput with
/// the place, naming an argument that is unknown, missing, of another type or given
/// twice, and the procedure's form.
Result<ProcedureArguments> BindArguments(const CallProcedure& node,
                                         const Procedure& procedure,
                                         const SourceText& source);

}  // namespace tarn::sql
