# `cang version` and the server tell the commit of the last configure; "unknown" outside a clone.
execute_process(COMMAND git rev-parse --short=12 HEAD WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}"
                OUTPUT_VARIABLE CANG_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(CANG_COMMIT)
  set_source_files_properties("${CMAKE_SOURCE_DIR}/src/base/build.cpp"
                              PROPERTIES COMPILE_DEFINITIONS "CANG_COMMIT=\"${CANG_COMMIT}\"")
endif()
