// SPDX-License-Identifier: Apache-2.0
#include "tools/tarn/sql_command.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>

#include <unistd.h>

#include "tarn/base/context.h"
#include "tarn/base/units.h"
#include "tarn/io/local_file_system.h"
#include "tarn/sql/parser.h"
#include "tarn/sql/session.h"
#include "tools/tarn/live_view.h"
#include "tools/tarn/output.h"

namespace tarn::tool {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void OnInterrupt(int) {
  interrupted = 1;
}

bool Coloured() {
  return isatty(STDERR_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

int Fail(const Status& status) {
  const std::string code = CodeOf(status);
  const std::string head = Coloured() ? "\x1b[31merror\x1b[0m" : "error";
  std::fflush(stdout);
  std::fprintf(stderr, "%s%s: %s\n", head.c_str(),
               code.empty() ? "" : ("[" + code + "]").c_str(), MessageOf(status).c_str());
  return ExitCodeOf(KindOf(status));
}

/// `text` with `${name}` replaced where `variables` has the name.
std::string Substituted(std::string text,
                        const std::map<std::string, std::string>& variables) {
  for (const auto& [name, value] : variables) {
    const std::string reference = "${" + name + "}";
    for (size_t at = text.find(reference); at != std::string::npos;
         at = text.find(reference, at + value.size())) {
      text.replace(at, reference.size(), value);
    }
  }
  return text;
}

/// `--define`d variables, and `dir`: the folder of the script.
std::map<std::string, std::string> VariablesOf(const SqlOptions& options) {
  std::map<std::string, std::string> variables = options.variables;
  const size_t slash = options.file.rfind('/');
  variables.try_emplace("dir",
                        slash == std::string::npos ? "." : options.file.substr(0, slash));
  return variables;
}

Result<std::string> ReadInput(const base::Context& context, const SqlOptions& options) {
  if (options.file.empty()) return options.text;
  if (options.file != "-") {
    return context.files->ReadAll(options.file,
                                  static_cast<int64_t>(sql::SourceText::kMaxBytes));
  }
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

std::string JobName(const SqlOptions& options) {
  if (!options.job_name.empty()) return options.job_name;
  if (options.file.empty() || options.file == "-") return "sql";
  std::string name = options.file.substr(options.file.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

Result<std::shared_ptr<base::Context>> MakeContext(const SqlOptions& options) {
  int64_t memory = 0;
  if (!options.memory.empty()) {
    ARROW_ASSIGN_OR_RAISE(const base::MemorySize size,
                          base::MemorySize::Parse(options.memory));
    memory = size.bytes;
  }
  return base::MakeSystemContext(io::MakeLocalFileSystem(), memory);
}

/// Runs the statements of one text.
class ScriptRunner {
 public:
  ScriptRunner(const SqlOptions& options, OutputForm form)
      : options_(options), form_(form), progress_(options.quiet) {}

  Status Run(std::shared_ptr<base::Context> context) {
    ARROW_ASSIGN_OR_RAISE(std::string text, ReadInput(*context, options_));
    text = Substituted(std::move(text), VariablesOf(options_));
    sql::SourceText source(std::move(text), options_.file.empty() ? "-e" : options_.file);
    sql::SessionOptions session_options;
    session_options.warehouse = options_.warehouse;
    session_options.job_name = JobName(options_);
    session_options.progress = [this](const stream::JobProgress& p) {
      progress_.Show(p);
    };
    session_options.stop = [] { return interrupted != 0; };
    ARROW_ASSIGN_OR_RAISE(
        auto session, sql::Session::Make(std::move(context), std::move(session_options)));
    sql::ScriptParser parser(source);
    while (true) {
      ARROW_ASSIGN_OR_RAISE(auto statement, parser.Next());
      if (!statement) return Status::OK();
      ARROW_RETURN_NOT_OK(RunOne(session.get(), *statement, source));
      if (interrupted != 0) return Status::OK();
    }
  }

 private:
  Status RunOne(sql::Session* session, const sql::Statement& statement,
                const sql::SourceText& source) {
    auto result = session->Execute(statement, source);
    progress_.End();
    ARROW_RETURN_NOT_OK(result.status());
    for (const std::string& notice : result->notices) {
      std::fprintf(stderr, "notice: %s\n", notice.c_str());
    }
    if (result->kind == sql::ResultKind::kRows) {
      ARROW_ASSIGN_OR_RAISE(const int64_t rows,
                            PrintRows(form_, result->fields, result->rows.get()));
      if (form_ == OutputForm::kTable && !options_.quiet) {
        std::fprintf(stderr, "%lld row%s\n", static_cast<long long>(rows),
                     rows == 1 ? "" : "s");
      }
    }
    if (options_.quiet) return Status::OK();
    if (result->job) PrintReport(*result->job);
    if (result->kind == sql::ResultKind::kAffected && !result->job) {
      std::fprintf(stderr, "%lld rows written.\n",
                   static_cast<long long>(result->affected));
    }
    if (!result->message.empty()) std::fprintf(stderr, "%s\n", result->message.c_str());
    return Status::OK();
  }

  const SqlOptions& options_;
  OutputForm form_;
  LiveView progress_;
};

}  // namespace

int RunSql(const SqlOptions& options) {
  OutputForm form = isatty(STDOUT_FILENO) != 0 ? OutputForm::kTable : OutputForm::kJsonl;
  if (!options.output.empty()) {
    const auto chosen = OutputFormOf(options.output);
    if (!chosen) {
      std::fprintf(stderr, "--output takes table, csv, json, jsonl or markdown\n");
      return 2;
    }
    form = *chosen;
  }
  std::signal(SIGINT, OnInterrupt);
  std::signal(SIGTERM, OnInterrupt);
  auto context = MakeContext(options);
  if (!context.ok()) return Fail(context.status());
  ScriptRunner runner(options, form);
  const Status status = runner.Run(*context);
  if (!status.ok()) return Fail(status);
  return interrupted != 0 ? 130 : 0;
}

int RunCompact(const SqlOptions& options, const std::string& table,
               const std::string& partition) {
  const auto quoted = [](const std::string& text) {
    std::string out = "'";
    for (char c : text) {
      out += c;
      if (c == '\'') out += c;
    }
    return out + "'";
  };
  SqlOptions call = options;
  call.file.clear();
  call.text = "CALL sys.compact(`table` => " + quoted(table);
  if (!partition.empty()) call.text += ", partitions => " + quoted(partition);
  call.text += ")";
  return RunSql(call);
}

}  // namespace tarn::tool
