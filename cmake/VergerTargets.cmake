# The test programs of core/, and the C program of abi/, are what the sanitizers build and run:
#   cmake --build FOLDER --target core_tests      then      ctest --test-dir FOLDER -L core
# Not those of cli/: Arrow, CLI11 and curl would take most of the time to build, and what they run of
# core/ they reach through libverger.so, as the C program does.
#
# memory_tests, ctest -L memory: those of them that read bytes from outside. CI runs only them under the address
# sanitizer, because Eigen's templates take a quarter of an hour to compile with it. Not model_test: OpenVINO loads
# a library with RTLD_DEEPBIND, which the sanitizer refuses.
#
# thread_tests, ctest -L threads: those of them that start threads, for the thread sanitizer. Not
# extract_test, model_test and tune_test: their threads meet inside OpenVINO and its TBB, which are not built
# for the sanitizer, and so it cannot see that they wait for each other.
set(VERGER_MEMORY_TESTS base_test fuzz_test image_test network_file_test runs_test)
set(VERGER_THREAD_TESTS search_test)
if(VERGER_TESTS)
  add_custom_target(core_tests)
  add_custom_target(memory_tests)
  add_custom_target(thread_tests)
endif()

# verger_test(NAME SOURCES... LINK LIBRARIES...): one GoogleTest program, run by ctest under NAME.
function(verger_test name)
  # cli/ is the same in both builds; tests/install runs the wheel's program.
  if(NOT VERGER_TESTS OR (VERGER_WHEEL AND CMAKE_CURRENT_SOURCE_DIR MATCHES "^${PROJECT_SOURCE_DIR}/(cli|app)"))
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock GTest::gtest_main)
  # A third of the time to compile a test; the library under test is the one that users get.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  add_test(NAME ${name} COMMAND ${name})
  # For one that hangs: a busy machine and a sanitizer make minutes of seconds.
  set_tests_properties(${name} PROPERTIES TIMEOUT 1800)
  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "^${PROJECT_SOURCE_DIR}/core/")
    verger_label_test(${name} ${name})
  endif()
endfunction()

# verger_test_library(NAME SOURCES... LINK LIBRARIES...): what tests of several folders have in common.
function(verger_test_library name)
  if(NOT VERGER_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINK} GTest::gtest)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# verger_label_test(TEST PROGRAM): a test of core/ or abi/, for the targets above.
function(verger_label_test test program)
  set(labels core)
  add_dependencies(core_tests ${program})
  if(test IN_LIST VERGER_MEMORY_TESTS)
    list(APPEND labels memory)
    add_dependencies(memory_tests ${program})
  endif()
  if(test IN_LIST VERGER_THREAD_TESTS)
    list(APPEND labels threads)
    add_dependencies(thread_tests ${program})
  endif()
  set_tests_properties(${test} PROPERTIES LABELS "${labels}")
endfunction()
