# For 64-bit ARM, on Debian for x86-64: its cross compiler, and what tools/setup_arm64.sh put in .cache/arm64:
# Debian's libraries for that processor in root, OpenVINO's and pyarrow's wheels in wheels, libcurl in curl.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

get_filename_component(folder "${CMAKE_CURRENT_LIST_DIR}/../.cache/arm64" ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH "${folder}/root")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
set(ENV{PKG_CONFIG_LIBDIR} "${folder}/root/usr/lib/aarch64-linux-gnu/pkgconfig:${folder}/root/usr/share/pkgconfig")
set(ENV{PKG_CONFIG_SYSROOT_DIR} "${folder}/root")
foreach(language C CXX)
  set(CMAKE_${language}_FLAGS_INIT
      "-isystem ${folder}/root/usr/include/aarch64-linux-gnu -isystem ${folder}/root/usr/include")
endforeach()
# What the shared libraries of root need is there, too.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,-rpath-link,${folder}/root/usr/lib/aarch64-linux-gnu")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "${CMAKE_EXE_LINKER_FLAGS_INIT}")

set(VERGER_WHEELS "${folder}/wheels" CACHE PATH "Where the wheels of openvino and pyarrow are unpacked.")
set(VERGER_CURL "${folder}/curl" CACHE PATH "Where tools/build_curl.sh put libcurl.")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L "${folder}/root")
