// SPDX-License-Identifier: Apache-2.0
#include "tarn/options/options.h"
#include "tarn/sql/procedure.h"
#include "tarn/table/branches.h"

namespace tarn::sql {
namespace {

using Answer = Result<ProcedureAnswer>;

Answer CreateBranch(const ProcedureCall& call) {
  ARROW_RETURN_NOT_OK(table::CreateBranch(call.table, call.arguments.Text("branch"),
                                          call.arguments.TextIfAny("tag"),
                                          call.arguments.Flag("ignoreIfExists")));
  return SayResult(call.table);
}

Answer DeleteBranches(const ProcedureCall& call) {
  for (const std::string& branch : options::SplitList(call.arguments.Text("branch"))) {
    ARROW_RETURN_NOT_OK(table::DropBranch(call.table, branch));
  }
  return SayResult(call.table);
}

Answer RenameBranch(const ProcedureCall& call) {
  ARROW_RETURN_NOT_OK(table::RenameBranch(call.table, call.arguments.Text("from_branch"),
                                          call.arguments.Text("to_branch")));
  return SayResult(call.table);
}

Answer FastForward(const ProcedureCall& call) {
  ARROW_RETURN_NOT_OK(table::FastForward(call.table, call.arguments.Text("branch")));
  return SayResult(call.table);
}

}  // namespace

std::vector<Procedure> BranchProcedures() {
  const ProcedureArgument branch{.name = "branch", .required = true};
  return {
      {"create_branch",
       {branch,
        {.name = "tag"},
        {.name = "ignoreIfExists", .type = ArgumentType::kBoolean}},
       CreateBranch,
       "from a tag, or empty"},
      {"delete_branch",
       {{.name = "branch", .required = true, .separator = ','}},
       DeleteBranches,
       "several names with commas between"},
      {"fast_forward",
       {branch},
       FastForward,
       "the table goes on where the branch stands"},
      {"rename_branch",
       {{.name = "from_branch", .required = true},
        {.name = "to_branch", .required = true}},
       RenameBranch,
       "the same branch under another name"},
  };
}

}  // namespace tarn::sql
