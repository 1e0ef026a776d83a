# The wheel's libverger.so and program need of the system only glibc and the C++ library: the rest is linked
# in, lies beside them (VergerInstall.cmake), or is pyarrow's. Why so: docs/decisions/0007-one-wheel.md.

# Archives go in. Debian has none of Highway, so its small library goes along.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)

# With the definition that Debian's shared library has, so that one compiler cache serves both builds.
add_library(verger_fmt STATIC "${CMAKE_CURRENT_LIST_DIR}/fmt.cc")
target_compile_definitions(verger_fmt PUBLIC FMT_SHARED)
add_library(fmt::fmt ALIAS verger_fmt)

# Debian's archive of pugixml is not the default of its CMake files.
find_library(VERGER_LIB_pugixml pugixml REQUIRED)
add_library(pugixml::pugixml STATIC IMPORTED)
set_target_properties(pugixml::pugixml PROPERTIES IMPORTED_LOCATION "${VERGER_LIB_pugixml}")

# libcurl with HTTP alone: Debian's archive needs libraries that have none (Kerberos).
set(VERGER_CURL "${PROJECT_SOURCE_DIR}/.cache/curl" CACHE PATH "Where tools/build_curl.sh put libcurl.")
if(NOT EXISTS "${VERGER_CURL}/lib/libcurl.a")
  message(FATAL_ERROR "no libcurl.a in ${VERGER_CURL}: run 'make setup-wheel' first.")
endif()
find_library(VERGER_LIB_ssl ssl REQUIRED)
find_library(VERGER_LIB_crypto crypto REQUIRED)
add_library(CURL::libcurl STATIC IMPORTED)
set_target_properties(CURL::libcurl PROPERTIES
  IMPORTED_LOCATION "${VERGER_CURL}/lib/libcurl.a"
  INTERFACE_INCLUDE_DIRECTORIES "${VERGER_CURL}/include"
  INTERFACE_COMPILE_DEFINITIONS CURL_STATICLIB
  INTERFACE_LINK_LIBRARIES "${VERGER_LIB_ssl};${VERGER_LIB_crypto};Threads::Threads;${CMAKE_DL_LIBS}")

# What the archives themselves need: pkg-config tells of shared libraries, which bring it along.
# As files, not as targets: only among files does CMake keep the order that archives ask for.
function(verger_link_archives)
  foreach(name z sz aec)
    find_library(VERGER_LIB_${name} ${name} REQUIRED)
  endforeach()
  target_link_libraries(PkgConfig::PNG INTERFACE "${VERGER_LIB_z}")
  target_link_libraries(PkgConfig::HDF5 INTERFACE
    "${VERGER_LIB_sz}" "${VERGER_LIB_aec}" "${VERGER_LIB_z}")
endfunction()
