// SPDX-License-Identifier: Apache-2.0
#include <duckdb.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace tarn {
namespace {

// The commit of the release, which only the library knows. It changes with the pins in
// third_party/duckdb*.txt: the internal interface may change between builds of one
// version.
constexpr char kSourceId[] = "069cc9f9b5";

/// The release that the distribution names out of which the headers were taken.
std::string HeaderRelease() {
  std::ifstream file(TARN_DEPS_DIR "/duckdb/share/duckdb_version.txt");
  std::string release;
  file >> release;
  return release;
}

std::string AskLibrary(const char* sql) {
  duckdb_database database;
  duckdb_connection connection;
  if (duckdb_open(nullptr, &database) == DuckDBError) return "";
  if (duckdb_connect(database, &connection) == DuckDBError) return "";
  duckdb_result result;
  std::string answer;
  if (duckdb_query(connection, sql, &result) == DuckDBSuccess) {
    char* value = duckdb_value_varchar(&result, 0, 0);
    answer = value == nullptr ? "" : value;
    duckdb_free(value);
  }
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return answer;
}

TEST(DuckDB, LibraryAndHeadersAreOneRelease) {
  ASSERT_FALSE(HeaderRelease().empty());
  EXPECT_EQ(duckdb_library_version(), HeaderRelease());
}

TEST(DuckDB, LibraryIsTheCommitThatWasChecked) {
  EXPECT_EQ(AskLibrary("SELECT source_id FROM pragma_version()"), kSourceId);
}

}  // namespace
}  // namespace tarn
