#include "http/address_limit.hpp"

#include <algorithm>

namespace cang::http {

namespace {

// Whoever has one IPv6 address has the 2^64 of its network.
AddressBytes client_of(AddressBytes address) {
    constexpr AddressBytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool ipv4 = std::equal(kMapped.begin(), kMapped.begin() + 12, address.begin());
    if (!ipv4)
        std::fill(address.begin() + 8, address.end(), std::uint8_t{0});
    return address;
}

} // namespace

AddressLimit::Place::~Place() {
    if (limit_ != nullptr)
        limit_->leave(client_);
}

std::optional<AddressLimit::Place> AddressLimit::admit(std::string_view text) {
    auto address = parse_address(text);
    if (limit_ == 0 || !address || exempt_.contains(*address))
        return std::optional<Place>(std::in_place);
    auto client = client_of(*address);
    std::lock_guard lock(mutex_);
    auto& open = open_[client];
    if (open >= limit_)
        return std::nullopt;
    ++open;
    return std::optional<Place>(std::in_place, *this, client);
}

void AddressLimit::leave(const AddressBytes& client) noexcept {
    std::lock_guard lock(mutex_);
    auto found = open_.find(client);
    if (found != open_.end() && --found->second == 0)
        open_.erase(found);
}

} // namespace cang::http
