# cang_embed_files(ROOM dir function): every file of a folder becomes part of the room's library, as the table that
# `std::span<const cang::http::StaticFile> function()` returns; declare it in a header of the room. Made anew when a
# file of the folder changes, comes or goes; the table is empty when there is no such folder.
function(cang_embed_files room dir function)
  set(folder "${CMAKE_SOURCE_DIR}/${dir}")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${folder}/*")
  string(REGEX REPLACE "[^a-z0-9]+" "_" name "${function}")
  set(generated "${CMAKE_BINARY_DIR}/generated/${name}.cpp")
  set(script "${CMAKE_SOURCE_DIR}/tools/embed_files.py")
  # The list of names is an argument of no use but to be compared: a file that goes away is a change too.
  string(SHA256 names "${files}")
  add_custom_command(
    OUTPUT "${generated}" BYPRODUCTS "${CMAKE_BINARY_DIR}/generated/${name}.bin"
    COMMAND python3 "${script}" "${folder}" "${generated}" "${function}" "${names}"
    DEPENDS ${files} "${script}"
    VERBATIM)
  target_sources(cang_${room} PRIVATE "${generated}")
  set_source_files_properties("${generated}" PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
