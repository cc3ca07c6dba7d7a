# SPDX-License-Identifier: Apache-2.0
# DuckDB: the prebuilt library with the headers of the same commit. Target TarnDuckDB::duckdb.
set(TarnDuckDB_ROOT "${TARN_DEPS_DIR}/duckdb")
find_file(TarnDuckDB_LIBRARY libduckdb.so PATHS "${TarnDuckDB_ROOT}/lib" NO_DEFAULT_PATH
          NO_CACHE)
find_path(TarnDuckDB_INCLUDE_DIR duckdb.hpp PATHS "${TarnDuckDB_ROOT}/include"
          NO_DEFAULT_PATH NO_CACHE)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(TarnDuckDB REQUIRED_VARS TarnDuckDB_LIBRARY
                                  TarnDuckDB_INCLUDE_DIR)

if(TarnDuckDB_FOUND AND NOT TARGET TarnDuckDB::duckdb)
  add_library(TarnDuckDB::duckdb SHARED IMPORTED GLOBAL)
  set_target_properties(TarnDuckDB::duckdb PROPERTIES
    IMPORTED_LOCATION "${TarnDuckDB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${TarnDuckDB_INCLUDE_DIR}"
    INTERFACE_COMPILE_FEATURES cxx_std_20)
endif()
