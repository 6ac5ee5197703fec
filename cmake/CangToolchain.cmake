# Flags shared by every preset. CANG_SANITIZE is set by the presets: "", "address", "thread" or "fuzzer".
set(CANG_SANITIZE "" CACHE STRING "Sanitizer build: empty, address, thread or fuzzer")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
                    -Werror=return-type -fno-omit-frame-pointer)
add_compile_options("SHELL:-Xclang -fno-pch-timestamp") # lets ccache share precompiled headers
# In the form that ccache understands, so that clones in different folders share its cache too; see CangDependencies.cmake.
set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -include-pch <PCH_FILE>)

if(CANG_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-sanitize=vptr,alignment)
  add_link_options(-fsanitize=address,undefined)
elseif(CANG_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(CANG_SANITIZE STREQUAL "fuzzer")
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
                      -fno-sanitize=vptr,alignment)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(CANG_MOLD mold)
if(CANG_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Every library that is loaded but not used costs a command line program its start-up time.
add_link_options(LINKER:--as-needed)

# Debug information costs more than half of a sanitizer build's time; line tables are enough for a stack trace.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -gline-tables-only")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -march=x86-64-v2 -gline-tables-only")
if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -gline-tables-only")
endif()
