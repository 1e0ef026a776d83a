# Everything Verger is built from: Debian packages, and the libraries inside two pinned wheels.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3.11 REQUIRED)
if(VERGER_WHEEL)
  include(VergerWheel)  # first: it says which kind of library to look for, and has some of its own
else()
  find_package(fmt REQUIRED)
  find_package(CURL REQUIRED)
  find_package(pugixml REQUIRED)
endif()
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers alone: Asio and Beast, for cli/serve
pkg_check_modules(HWY REQUIRED IMPORTED_TARGET libhwy)
# The kernels keep arrays of vectors, which vectors of unknown length cannot be in: processors that have those
# run the NEON or scalar kernels.
target_compile_definitions(PkgConfig::HWY INTERFACE
  "HWY_DISABLED_TARGETS=(HWY_SVE|HWY_SVE2|HWY_SVE_256|HWY_SVE2_128|HWY_RVV)")
pkg_check_modules(JPEG REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(PNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp libwebpdemux)
pkg_check_modules(HDF5 REQUIRED IMPORTED_TARGET hdf5)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
if(VERGER_WHEEL)
  verger_link_archives()
endif()

if(VERGER_FUZZ)
  # What of cli/ is fuzzed needs these; the engine and Arrow are not: no wheel is looked for.
  find_package(CURL REQUIRED)
  find_package(Boost 1.81 REQUIRED)
  find_package(pugixml REQUIRED)
  return()
endif()

# Asks VERGER_PYTHON for the folder of an installed package; for another processor, it is in VERGER_WHEELS.
function(verger_wheel_folder package result)
  if(VERGER_WHEELS)
    set(${result} "${VERGER_WHEELS}/${package}" PARENT_SCOPE)
    return()
  endif()
  execute_process(
    COMMAND "${VERGER_PYTHON}" -c
            "import importlib.util as u; print(u.find_spec('${package}').submodule_search_locations[0])"
    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE status ERROR_QUIET)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${VERGER_PYTHON} has no package '${package}': run 'make setup' first, "
                        "or set VERGER_PYTHON to a Python that has it.")
  endif()
  set(${result} "${folder}" PARENT_SCOPE)
endfunction()

# verger_link_beside(FOLDER NAME RESULT): links the one library of FOLDER that is NAME, versioned or not,
# into lib/ of the build, beside libverger.so as in an installed tree. So no run path names a folder of
# this machine, and two builds in two folders are equal (make reproduce).
function(verger_link_beside folder name result)
  file(GLOB path "${folder}/${name}.so" "${folder}/${name}.so.[0-9]*")
  list(LENGTH path count)
  if(NOT count EQUAL 1)
    message(FATAL_ERROR "expected one ${name}.so in ${folder}, found: ${path}")
  endif()
  get_filename_component(file "${path}" NAME)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
  file(CREATE_LINK "${path}" "${PROJECT_BINARY_DIR}/lib/${file}" SYMBOLIC)
  set(${result} "${PROJECT_BINARY_DIR}/lib/${file}" PARENT_SCOPE)
endfunction()
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

verger_wheel_folder(openvino VERGER_OPENVINO_WHEEL)
find_package(OpenVINO REQUIRED COMPONENTS Runtime
             PATHS "${VERGER_OPENVINO_WHEEL}/cmake" NO_DEFAULT_PATH)
# Opened by name while running: the CPU plugin, the ONNX frontend (the embedded models), the IR frontend
# (compiled networks that an earlier run saved), tbbbind with hwloc (which cores to use). Plugins for other
# devices and other frontends stay behind: 78 MB of 170.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
  set(cpu_plugin libopenvino_arm_cpu_plugin)
else()
  set(cpu_plugin libopenvino_intel_cpu_plugin)
endif()
set(VERGER_BUNDLED_LIBRARIES)
foreach(name libopenvino ${cpu_plugin} libopenvino_onnx_frontend
             libopenvino_ir_frontend libtbb libtbbmalloc libtbbbind_2_5 libhwloc)
  verger_link_beside("${VERGER_OPENVINO_WHEEL}/libs" ${name} path)
  list(APPEND VERGER_BUNDLED_LIBRARIES "${path}")
  if(name STREQUAL libopenvino)
    set_target_properties(openvino::runtime PROPERTIES IMPORTED_LOCATION_RELEASE "${path}")
  endif()
endforeach()
# Its assertions name their files: not by where they lie on the machine that builds.
add_compile_options("-ffile-prefix-map=${VERGER_OPENVINO_WHEEL}/include=openvino"
                    "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")

# pyarrow's wheel has headers and versioned libraries but no CMake files. Our wheel carries none of them:
# it asks for pyarrow.
verger_wheel_folder(pyarrow VERGER_PYARROW_WHEEL)
foreach(library arrow parquet)
  verger_link_beside("${VERGER_PYARROW_WHEEL}" lib${library} path)
  if(NOT VERGER_WHEEL)
    list(APPEND VERGER_BUNDLED_LIBRARIES "${path}")
  endif()
  add_library(Arrow::${library} SHARED IMPORTED)
  set_target_properties(Arrow::${library} PROPERTIES
    IMPORTED_LOCATION "${path}"
    INTERFACE_INCLUDE_DIRECTORIES "${VERGER_PYARROW_WHEEL}/include")
endforeach()
target_link_libraries(Arrow::parquet INTERFACE Arrow::arrow)

if(VERGER_TESTS)
  find_package(GTest REQUIRED)
endif()
if(VERGER_BENCH)
  find_package(benchmark REQUIRED)
endif()
