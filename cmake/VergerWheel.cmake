# The wheel's libverger.so needs of the system only glibc and the C++ library: the rest is linked in,
# or lies beside it (VergerInstall.cmake). Why so: docs/decisions/0007-one-wheel.md.

# Archives go in. Debian has none of Highway, so its small library goes along.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)

# With the definition that Debian's shared library has, so that one compiler cache serves both builds.
add_library(verger_fmt STATIC "${CMAKE_CURRENT_LIST_DIR}/fmt.cc")
target_compile_definitions(verger_fmt PUBLIC FMT_SHARED)
set(VERGER_FMT verger_fmt)

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
