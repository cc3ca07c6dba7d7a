# SPDX-License-Identifier: Apache-2.0
# Flags of every target: language level, warnings, sanitizers, linker, ccache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")

find_package(Threads REQUIRED)

find_program(TARN_MOLD mold)
if(TARN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(TARN_CCACHE_PROGRAM ccache)
if(TARN_CCACHE AND TARN_CCACHE_PROGRAM)
  # Paths inside the checkout become relative, so that all build trees and all checkouts share
  # the cache; the sloppiness is what precompiled headers need.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${TARN_CCACHE_PROGRAM})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  else()
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()

if(TARN_SANITIZE)
  add_compile_options(-fsanitize=${TARN_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TARN_SANITIZE})
  if(TARN_SANITIZE MATCHES "undefined")
    # A finding ends the program, so that a test cannot pass over it. Null pointers are left to
    # the address sanitizer, which stops at them, too: their checks cost a quarter of the build.
    add_compile_options(-fno-sanitize-recover=undefined -fno-sanitize=null)
  endif()
endif()
if(TARN_LIBFUZZER)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Warnings for our own code: linked by every Tarn target, by nothing of others.
add_library(tarn_warnings INTERFACE)
target_compile_options(tarn_warnings INTERFACE -Wall -Wextra -Werror
  # Designated initialisers leave fields out on purpose.
  -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside inlined library code that is right (GCC bugs 105329, 105651).
  target_compile_options(tarn_warnings INTERFACE -Wno-restrict -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-maybe-uninitialized
    -Wno-dangling-pointer)
endif()
