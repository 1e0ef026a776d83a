# Adds plan_before to the build of a checkout before this one, whose sources stay as they are:
#
#   cmake -S CHECKOUT -B CHECKOUT/build -DCMAKE_PROJECT_verger_INCLUDE=$PWD/bench/scale/before.cmake
#   cmake --build CHECKOUT/build --target plan_before
get_filename_component(VERGER_BENCH_ROOT "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)

function(verger_add_plan_before)
  # Headers of the checkout first; of this tree only bench/ is not there.
  add_executable(plan_before "${VERGER_BENCH_ROOT}/bench/scale/plan_before.cc")
  target_include_directories(plan_before PRIVATE "${CMAKE_SOURCE_DIR}" "${VERGER_BENCH_ROOT}")
  target_link_libraries(plan_before PRIVATE verger_cli_runs fmt::fmt)
  set_target_properties(plan_before PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
endfunction()
cmake_language(DEFER CALL verger_add_plan_before)
