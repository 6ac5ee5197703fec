// Forms, and what a browser brings back from a sign-in: what is read is never longer than what came.
#include "http/form.hpp"
#include "identity/oidc/provider.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    for (const auto& [name, value] : http::parse_form(text)) {
        fuzz::require(name.size() + value.size() <= size, "decoding makes nothing longer");
        fuzz::require(!http::form_values(http::parse_form(text), name).empty(), "what is there is found");
    }
    if (auto sign_in = identity::oidc::parse_sign_in(text))
        fuzz::require(identity::oidc::parse_sign_in(identity::oidc::to_text(*sign_in)).has_value(),
                      "it is read as it was written");
    try {
        identity::oidc::parse_group_roles(text);
    } catch (const Error& error) {
        fuzz::require(error.kind() == ErrorKind::invalid_argument, "a wrong list is refused as one");
    }
    return 0;
}
