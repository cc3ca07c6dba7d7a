# SPDX-License-Identifier: Apache-2.0
# Third-party targets, precompiled headers, and the rule that makes a folder a library.
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(zstd REQUIRED)
find_package(Snappy REQUIRED)
find_package(ZLIB REQUIRED)
find_package(roaring REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)

# simdjson under a name of our own: libparquet exports the symbols of another simdjson, and two
# of them in one process rebind to each other.
add_library(tarn_simdjson STATIC ${TARN_DEPS_DIR}/simdjson/simdjson.cpp)
target_compile_definitions(tarn_simdjson PUBLIC simdjson=tarn_simdjson)
target_include_directories(tarn_simdjson SYSTEM PUBLIC ${TARN_DEPS_DIR}/simdjson)
# Also optimised where our own code is not: a parser at -O0 tells nothing.
target_compile_options(tarn_simdjson PRIVATE -O2 -fvisibility=hidden -w)
if(TARN_SANITIZE MATCHES "undefined")
  # Its kernels take a minute to compile under UBSan, and are not ours to check.
  target_compile_options(tarn_simdjson PRIVATE -fno-sanitize=undefined)
endif()

# Headers of Apache DataSketches, for the few files that include them.
add_library(tarn_datasketches INTERFACE)
target_include_directories(tarn_datasketches SYSTEM INTERFACE ${TARN_DATASKETCHES_DIR})

# What every Tarn target sees: the include root, Arrow, fmt.
add_library(tarn_common INTERFACE)
target_include_directories(tarn_common INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(tarn_common INTERFACE TarnArrow::arrow TarnArrow::compute fmt::fmt
                      Threads::Threads)

# One precompiled header for the engine, one for tests, one for the DuckDB folder.
function(tarn_add_pch name)
  file(WRITE ${PROJECT_BINARY_DIR}/pch/${name}.cc.in "// Carries a precompiled header.\n")
  configure_file(${PROJECT_BINARY_DIR}/pch/${name}.cc.in ${PROJECT_BINARY_DIR}/pch/${name}.cc
                 COPYONLY)
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/pch/${name}.cc)
  target_link_libraries(${name} PUBLIC tarn_common)
  target_link_libraries(${name} PRIVATE tarn_warnings)
  target_precompile_headers(${name} PRIVATE <algorithm> <array> <atomic> <bit> <chrono>
    <cstdint> <cstring> <deque> <functional> <limits> <map> <memory> <mutex> <numeric>
    <optional> <set> <span> <sstream> <string> <string_view> <type_traits> <unordered_map>
    <unordered_set> <utility> <variant> <vector> <arrow/api.h> <fmt/format.h> ${ARGN})
endfunction()

function(tarn_reuse_pch target pch)
  if(TARN_PCH)
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
endfunction()

if(TARN_PCH)
  tarn_add_pch(tarn_pch)
endif()

# tarn_add_library(<folder> [EXCLUDE <regex>] DEPENDS <targets>): src/tarn/<folder>, recursive,
# as target tarn_<folder>; a folder of headers only becomes an interface library.
function(tarn_add_library folder)
  cmake_parse_arguments(arg "" "EXCLUDE" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/src/tarn/${folder}/*.cc)
  if(arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${arg_EXCLUDE}")
  endif()
  set(target tarn_${folder})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC tarn_common ${arg_DEPENDS})
    target_link_libraries(${target} PRIVATE tarn_warnings)
    tarn_reuse_pch(${target} tarn_pch)
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE tarn_common ${arg_DEPENDS})
  endif()
endfunction()
