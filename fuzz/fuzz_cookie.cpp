// The Cookie header: a value lies in the header, belongs to the name, and ends before the next cookie.
#include "http/cookie.hpp"
#include "http/origin.hpp"
#include "require.hpp"

#include <cstdint>

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (auto value = http::find_cookie(text, "cang_session")) {
        fuzz::require(value->empty() || (value->data() >= text.data() && value->end() <= text.end()),
                      "the value lies in the header");
        fuzz::require(value->find(';') == std::string_view::npos, "the value ends before the next cookie");
        fuzz::require(text.find("cang_session") != std::string_view::npos, "the name stands in the header");
    }
    auto half = text.size() / 2;
    if (http::is_origin_of(text.substr(0, half), text.substr(half)))
        fuzz::require(text.substr(0, half).find("://") != std::string_view::npos, "an origin has a scheme");
    return 0;
}
