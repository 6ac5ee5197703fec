// X-Forwarded-For: who asks, as far as proxies that we trust tell it. Pure.
#pragma once

#include "http/address_ranges.hpp"

#include <span>

namespace cang::http {

// The client's address, told by a trusted `peer`. Each proxy appends the address it saw, so the list is read from its
// end: the first address that is no trusted proxy's is the client, and what stands before it is only the client's word.
// Where an entry is no address ("unknown"), the proxy that wrote it is the nearest that is known. `fields` are all
// fields of that name, in order.
std::string forwarded_client(std::string_view peer, std::span<const std::string_view> fields,
                             const AddressRanges& trusted);

} // namespace cang::http
