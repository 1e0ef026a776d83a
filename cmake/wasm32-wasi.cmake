# The toolchain of what runs in a browser: Debian's clang 19 and its libraries for wasm32-wasi.
set(CMAKE_SYSTEM_NAME Generic)  # CMake 3.25 does not know WASI
set(CMAKE_SYSTEM_PROCESSOR wasm32)
find_program(VERGER_WASM_CLANG clang++-19 REQUIRED)
set(CMAKE_CXX_COMPILER "${VERGER_WASM_CLANG}")
set(CMAKE_CXX_COMPILER_TARGET wasm32-wasi)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .wasm)
