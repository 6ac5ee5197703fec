# cang_embed_migrations(ROOM dir): the files NNNN_name.sql of a folder become a table inside the room's library,
# declared in <dir>/migrations.hpp as std::span<const cang::sql::Migration> cang::<ROOM>::migrations().
function(cang_embed_migrations room dir)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${dir}/*.sql")
  list(SORT files)
  set(rows "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    get_filename_component(stem "${file}" NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z_]+)$")
      message(FATAL_ERROR "${file}: a migration is called NNNN_name.sql")
    endif()
    set(name "${CMAKE_MATCH_2}")
    string(REGEX REPLACE "^0+" "" version "${CMAKE_MATCH_1}")
    file(READ "${file}" text)
    string(APPEND rows "    {${version}, \"${name}\", R\"sql(${text})sql\"},\n")
  endforeach()
  set(generated "${CMAKE_BINARY_DIR}/generated/${room}_migrations.cpp")
  file(CONFIGURE OUTPUT "${generated}" @ONLY CONTENT "#include \"@dir@.hpp\"

namespace cang::@room@ {

namespace {

constexpr sql::Migration table[] = {
@rows@};

} // namespace

std::span<const sql::Migration> migrations() { return table; }

} // namespace cang::@room@
")
  target_sources(cang_${room} PRIVATE "${generated}")
endfunction()
