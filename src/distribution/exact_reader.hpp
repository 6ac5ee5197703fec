// A body whose length is known beforehand: gives exactly that many bytes or fails.
#pragma once

#include "io/reader.hpp"

namespace cang::distribution {

// Throws Error{unavailable} when `inner` ends before `bytes`, Error{corrupt} when it goes on after them. `what` begins
// the message, for example "blob sha256:… of registry.example".
io::ReaderPtr exact_reader(io::ReaderPtr inner, std::uint64_t bytes, std::string what);

// Reads and forgets the first `bytes`; throws Error{unavailable} when there are fewer.
awaitable<void> skip_bytes(io::Reader& reader, std::uint64_t bytes, std::string what);

} // namespace cang::distribution
