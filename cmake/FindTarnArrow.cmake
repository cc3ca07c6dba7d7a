# SPDX-License-Identifier: Apache-2.0
# Arrow C++ out of the prebuilt wheel: TarnArrow::arrow, compute, parquet, acero, dataset.
set(TarnArrow_ROOT "${TARN_DEPS_DIR}/arrow")
set(_config "${TarnArrow_ROOT}/include/arrow/util/config.h")
if(EXISTS "${_config}")
  file(STRINGS "${_config}" _lines REGEX "#define ARROW_(SO_VERSION|VERSION_STRING) ")
  string(REGEX MATCH "ARROW_SO_VERSION \"([0-9]+)\"" _ "${_lines}")
  set(_so "${CMAKE_MATCH_1}")
  string(REGEX MATCH "ARROW_VERSION_STRING \"([0-9.]+)\"" _ "${_lines}")
  set(TarnArrow_VERSION "${CMAKE_MATCH_1}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(TarnArrow REQUIRED_VARS _config _so
                                  VERSION_VAR TarnArrow_VERSION)

function(_tarn_arrow name lib)
  add_library(TarnArrow::${name} SHARED IMPORTED GLOBAL)
  set_target_properties(TarnArrow::${name} PROPERTIES
    IMPORTED_LOCATION "${TarnArrow_ROOT}/lib/lib${lib}.so.${_so}"
    IMPORTED_SONAME "lib${lib}.so.${_so}"
    INTERFACE_INCLUDE_DIRECTORIES "${TarnArrow_ROOT}/include"
    INTERFACE_COMPILE_FEATURES cxx_std_20
    INTERFACE_LINK_LIBRARIES "${ARGN}")
endfunction()

if(TarnArrow_FOUND AND NOT TARGET TarnArrow::arrow)
  _tarn_arrow(arrow arrow)
  _tarn_arrow(compute arrow_compute TarnArrow::arrow)
  _tarn_arrow(parquet parquet TarnArrow::arrow)
  _tarn_arrow(acero arrow_acero TarnArrow::compute)
  _tarn_arrow(dataset arrow_dataset TarnArrow::acero TarnArrow::parquet)
endif()
