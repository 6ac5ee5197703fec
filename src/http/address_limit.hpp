// How many connections one address has open, so that a single client cannot take them all. Thread-safe.
#pragma once

#include "http/address_ranges.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace cang::http {

class AddressLimit {
public:
    // 0: no limit. Addresses of `exempt` are not counted: a proxy connects for many clients.
    AddressLimit(std::size_t limit, AddressRanges exempt) : limit_(limit), exempt_(std::move(exempt)) {}

    // Counts one connection until it is destroyed; must not outlive the limit.
    class Place {
    public:
        Place() = default; // counts nothing
        Place(AddressLimit& limit, const AddressBytes& client) : limit_(&limit), client_(client) {}
        Place(Place&& other) noexcept : limit_(std::exchange(other.limit_, nullptr)), client_(other.client_) {}
        Place& operator=(Place&&) = delete;
        ~Place();

    private:
        AddressLimit* limit_ = nullptr;
        AddressBytes client_{};
    };
    // nullopt when the address has as many as it may. Of IPv6 a network of 64 bits counts as one client.
    std::optional<Place> admit(std::string_view address);

private:
    void leave(const AddressBytes& client) noexcept;

    std::size_t limit_;
    AddressRanges exempt_;
    std::mutex mutex_;
    std::map<AddressBytes, std::size_t> open_;
};

} // namespace cang::http
