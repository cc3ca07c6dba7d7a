# SPDX-License-Identifier: Apache-2.0
# Where scripts/fetch-deps.sh put the prebuilt libraries: the same rule as in that script.
file(GLOB _locks ${PROJECT_SOURCE_DIR}/third_party/*.txt)
list(SORT _locks)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_locks})
set(_text "")
foreach(_lock IN LISTS _locks)
  file(READ ${_lock} _part)
  string(APPEND _text "${_part}")
endforeach()
string(SHA256 _hash "${_text}")
string(SUBSTRING "${_hash}" 0 16 TARN_LOCK_HASH)

if(DEFINED TARN_DEPS AND NOT TARN_DEPS STREQUAL "")
  set(_deps "${TARN_DEPS}")
elseif(NOT "$ENV{TARN_DEPS}" STREQUAL "")
  set(_deps "$ENV{TARN_DEPS}")
elseif(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(_deps "$ENV{XDG_CACHE_HOME}/tarn/deps-${TARN_LOCK_HASH}")
else()
  set(_deps "$ENV{HOME}/.cache/tarn/deps-${TARN_LOCK_HASH}")
endif()
set(TARN_DEPS_DIR "${_deps}")
# Headers alone: each part lies in a folder named after its own lock.
set(_lock ${PROJECT_SOURCE_DIR}/third_party/headers/datasketches.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_lock})
file(SHA256 ${_lock} _hash)
string(SUBSTRING "${_hash}" 0 16 _hash)
set(TARN_DATASKETCHES_DIR "${TARN_DEPS_DIR}/datasketches-${_hash}")
if(NOT EXISTS "${TARN_DEPS_DIR}/stamp-${TARN_LOCK_HASH}" OR
   NOT EXISTS "${TARN_DATASKETCHES_DIR}")
  message(FATAL_ERROR "Prebuilt libraries are missing in ${TARN_DEPS_DIR}: "
                      "run scripts/fetch-deps.sh")
endif()
