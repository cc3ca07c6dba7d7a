// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "tarn/options/options.h"
#include "tools/tarn/inspect_command.h"
#include "tools/tarn/sql_command.h"

int main(int argc, char** argv) {
  CLI::App app{"Tarn: a native engine whose tables are Apache Paimon tables"};
  app.set_version_flag("--version", "tarn " TARN_VERSION);
  app.require_subcommand(1);
  tarn::tool::SqlOptions sql;
  int exit_code = 0;
  const auto common = [&](CLI::App* command) {
    command->add_option("--warehouse", sql.warehouse, "Folder of the default catalog");
    command->add_option("--memory", sql.memory, "Memory budget, for instance 2gb");
    command->add_option("--output", sql.output, "table, csv, json, jsonl or markdown");
    command->add_flag("--quiet", sql.quiet, "Rows and errors only");
    command->add_option_function<std::vector<std::string>>(
        "--define",
        [&](const std::vector<std::string>& definitions) {
          for (const auto& definition : definitions) {
            const size_t equals = definition.find('=');
            if (equals == std::string::npos) {
              throw CLI::ValidationError("--define", "takes name=value");
            }
            sql.variables[definition.substr(0, equals)] = definition.substr(equals + 1);
          }
        },
        "name=value: replaces ${name} in the text; ${dir} is the script's folder");
  };

  CLI::App* statements = app.add_subcommand("sql", "Run SQL statements");
  common(statements);
  auto* text = statements->add_option("-e", sql.text, "Statements separated by ;");
  auto* file = statements->add_option("-f", sql.file, "File of statements; - for stdin");
  text->excludes(file);
  statements->callback([&] {
    if (sql.text.empty() && sql.file.empty()) sql.file = "-";
    exit_code = tarn::tool::RunSql(sql);
  });

  CLI::App* run = app.add_subcommand("run", "Run a script with sources and jobs");
  common(run);
  run->add_option("script", sql.file, "File of statements")->required();
  run->callback([&] { exit_code = tarn::tool::RunSql(sql); });

  CLI::App* compact = app.add_subcommand("compact", "Fully compact a table");
  common(compact);
  std::string table;
  std::string partition;
  compact->add_option("table", table, "database.table")->required();
  compact->add_option("--partition", partition, "column=value[,column=value][;...]");
  compact->callback([&] { exit_code = tarn::tool::RunCompact(sql, table, partition); });

  CLI::App* inspect = app.add_subcommand("inspect", "Print any stored file");
  std::string path;
  int64_t records = 1000;
  inspect->add_option("file", path, "Snapshot, schema, manifest, data file, ...")
      ->required();
  inspect->add_option("--records", records, "Records of a container that are printed");
  inspect->callback([&] { exit_code = tarn::tool::RunInspect(path, records); });

  CLI::App* options = app.add_subcommand("options", "List the options of tables");
  bool markdown = false;
  options->add_flag("--markdown", markdown, "As a page of documentation");
  options->callback([&] {
    const std::string page = tarn::options::OptionsMarkdown();
    std::fwrite(page.data(), 1, page.size(), stdout);
  });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  return exit_code;
}
