find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url system)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(SQLite3 REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
find_library(SOCI_CORE soci_core REQUIRED)
find_library(SOCI_SQLITE3 soci_sqlite3 REQUIRED)
find_library(SOCI_POSTGRESQL soci_postgresql REQUIRED)
find_package(GTest REQUIRED)

add_library(cang_flags INTERFACE)
target_include_directories(cang_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_definitions(cang_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_DISABLE_VISIBILITY
  CANG_VERSION="${PROJECT_VERSION}")
target_link_libraries(cang_flags INTERFACE
  Threads::Threads Boost::json Boost::url Boost::system fmt::fmt spdlog::spdlog OpenSSL::SSL OpenSSL::Crypto)

# The one translation unit with Asio's implementation (separate compilation).
add_library(cang_asio STATIC "${CMAKE_SOURCE_DIR}/cmake/asio_impl.cpp")
target_link_libraries(cang_asio PUBLIC cang_flags)

# One precompiled header serves every room and every test.
add_library(cang_pch STATIC "${CMAKE_SOURCE_DIR}/cmake/pch.cpp")
target_link_libraries(cang_pch PUBLIC cang_flags)
target_precompile_headers(cang_pch PRIVATE "${CMAKE_SOURCE_DIR}/cmake/pch.hpp")

# A precompiled header holds the path of its clone, so that its bytes differ from clone to clone. ccache takes this file for it
# (CCACHE_PCH_EXTSUM): what the header is made of, which is the system's headers and the compiler.
file(SHA256 "${CMAKE_SOURCE_DIR}/cmake/pch.hpp" pch_text)
file(SHA256 "${CMAKE_CXX_COMPILER}" pch_compiler)
execute_process(COMMAND dpkg-query -W -f "\${Package} \${Version}\\n" libboost1.81-dev libboost-json1.81-dev libfmt-dev
                        libstdc++-12-dev libc6-dev linux-libc-dev
                OUTPUT_VARIABLE pch_packages ERROR_QUIET)
string(SHA256 pch_sum "${pch_text} ${pch_compiler} ${pch_packages} ${CMAKE_CXX_FLAGS} ${CMAKE_BUILD_TYPE} ${CANG_SANITIZE}")
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/CMakeFiles/cang_pch.dir/cmake_pch.hxx.pch.sum" CONTENT "@pch_sum@\n" @ONLY)
