// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

int main(int argc, char** argv) {
  CLI::App app{"Tarn: a native engine whose tables are Apache Paimon tables"};
  app.set_version_flag("--version", "tarn " TARN_VERSION);
  CLI11_PARSE(app, argc, argv);
  return 0;
}
