// SPDX-License-Identifier: Apache-2.0
// One writer or compactor of races_test, a process of its own. It says "ready", waits for
// the end of its stdin, works, and says a line for every commit that was acknowledged.
//
//   races_writer write WAREHOUSE TABLE NUMBER COMMITS   "ack IDENTIFIER SNAPSHOT RETRIES"
//   races_writer compact WAREHOUSE TABLE                "compacted SNAPSHOT..." until
//   killed
#include <arrow/api.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "tarn/base/context.h"
#include "tarn/catalog/catalog.h"
#include "tarn/io/local_file_system.h"
#include "tarn/table/maintenance.h"
#include "tarn/types/arrow_types.h"
#include "tests/races/rows.h"

namespace tarn::races {
namespace {

void Say(const std::string& line) {
  // One call, so that a kill leaves whole lines.
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::exit(3);
}

void WaitForStart() {
  Say("ready");
  char byte;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

/// Rows of one commit: one of every shared key, and one that only this commit has.
Result<types::ChangeBatch> RowsOf(const types::TableSchema& schema, int64_t writer,
                                  int64_t identifier) {
  arrow::Int64Builder keys, at, numbers;
  for (int64_t i = 0; i <= kSharedKeys; ++i) {
    ARROW_RETURN_NOT_OK(keys.Append(i < kSharedKeys ? i : OwnKey(writer, identifier)));
    ARROW_RETURN_NOT_OK(at.Append(identifier));
    ARROW_RETURN_NOT_OK(numbers.Append(1));
  }
  arrow::ArrayVector columns(3);
  ARROW_ASSIGN_OR_RAISE(columns[0], keys.Finish());
  ARROW_ASSIGN_OR_RAISE(columns[1], at.Finish());
  ARROW_ASSIGN_OR_RAISE(columns[2], numbers.Finish());
  ARROW_ASSIGN_OR_RAISE(auto arrow_schema, types::ToArrow(schema.fields));
  types::ChangeBatch out;
  out.rows = arrow::RecordBatch::Make(arrow_schema, kSharedKeys + 1, std::move(columns));
  return out;
}

Status Write(const table::Table& table, int64_t writer, int64_t commits) {
  ARROW_ASSIGN_OR_RAISE(auto write, table.NewWrite({}));
  commit::TableCommitOptions options;
  options.commit_user = "writer-" + std::to_string(writer);
  ARROW_ASSIGN_OR_RAISE(auto commit, table.NewCommit(options));
  table::Maintenance maintenance(table);
  WaitForStart();
  for (int64_t identifier = 1; identifier <= commits; ++identifier) {
    ARROW_ASSIGN_OR_RAISE(auto rows, RowsOf(*table.schema(), writer, identifier));
    ARROW_RETURN_NOT_OK(write->Write(rows));
    meta::Committable committable;
    committable.identifier = identifier;
    ARROW_ASSIGN_OR_RAISE(committable.messages, write->PrepareCommit());
    ARROW_ASSIGN_OR_RAISE(const auto outcome, commit->Commit(committable));
    if (outcome.result == commit::CommitResult::kNothingToCommit ||
        outcome.snapshot_ids.size() != 1) {
      return MakeStatus(ErrorKind::kInternal, 0,
                        "A commit of rows made not one snapshot");
    }
    Say("ack " + std::to_string(identifier) + " " +
        std::to_string(outcome.snapshot_ids[0]) + " " + std::to_string(outcome.retries));
    ARROW_RETURN_NOT_OK(maintenance.RunUnlessWriteOnly(/*end_of_input=*/false));
  }
  return Status::OK();
}

Status CompactForever(const table::Table& table) {
  WaitForStart();
  table::CompactRequest request;
  request.commit_user = "compactor";
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const auto report, table.Compact(request));
    std::string line = "compacted";
    for (const int64_t id : report.snapshot_ids) line += " " + std::to_string(id);
    Say(line);
  }
}

Status Main(int argc, char** argv) {
  if (argc < 4) return MakeStatus(ErrorKind::kInvalidInput, 0, "Too few arguments");
  const std::string role = argv[1];
  auto context = base::MakeSystemContext(io::MakeLocalFileSystem(), 64 << 20);
  ARROW_ASSIGN_OR_RAISE(auto catalog, catalog::MakeFileSystemCatalog(context, argv[2]));
  ARROW_ASSIGN_OR_RAISE(auto table, catalog->GetTable({"db", argv[3]}));
  if (role == "compact") return CompactForever(*table);
  if (argc < 6) return MakeStatus(ErrorKind::kInvalidInput, 0, "Too few arguments");
  return Write(*table, std::atoll(argv[4]), std::atoll(argv[5]));
}

}  // namespace
}  // namespace tarn::races

int main(int argc, char** argv) {
  const auto status = tarn::races::Main(argc, argv);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return status.ok() ? 0 : 1;
}
