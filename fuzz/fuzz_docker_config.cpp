// Docker's config.json and a token server's answer: what is written can be read again and says the same.
#include "distribution/docker_config.hpp"
#include "distribution/token_response.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto token = distribution::TokenResponse::parse(text);
    if (token)
        fuzz::require(!token->token.empty() && token->token.find_first_of("\r\n ") == std::string::npos,
                      "a token fits a header field");
    auto config = distribution::DockerConfig::parse(text);
    if (!config)
        return 0;
    (void)config->find("docker.io");
    (void)config->helper_for("registry.example:5000");
    config->put("registry.example:5000", distribution::Credentials{.username = "u", .password = Secret("p:q")});
    auto again = distribution::DockerConfig::parse(config->to_text());
    fuzz::require(again.has_value(), "what is written can be read");
    auto found = again->find("registry.example:5000");
    fuzz::require(found && found->username == "u" && found->password.reveal() == "p:q", "credentials survive");
    fuzz::require(again->erase("registry.example:5000") && !again->find("registry.example:5000"), "erased is gone");
    return 0;
}
