#include "distribution/docker_config.hpp"

#include "base/bytes.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace cang::distribution {

namespace json = boost::json;

namespace {

constexpr std::string_view kDockerHubKey = "https://index.docker.io/v1/";
constexpr std::array<std::string_view, 4> kDockerHubNames{"docker.io", "index.docker.io", "registry-1.docker.io",
                                                          "registry.hub.docker.com"};

// "https://host:port/v1/" and "host:port/namespace" -> "host:port".
std::string_view host_of_key(std::string_view key) {
    for (std::string_view scheme : {std::string_view("https://"), std::string_view("http://")})
        if (key.starts_with(scheme))
            key.remove_prefix(scheme.size());
    return key.substr(0, key.find('/'));
}

bool is_docker_hub(std::string_view host) { return std::ranges::find(kDockerHubNames, host) != kDockerHubNames.end(); }

std::string text_member(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    const json::string* text = member != nullptr ? member->if_string() : nullptr;
    return text != nullptr ? std::string(*text) : std::string();
}

const json::object* object_member(const json::object& object, std::string_view name) {
    const json::value* member = object.if_contains(name);
    return member != nullptr ? member->if_object() : nullptr;
}

// An exact key goes before one that only names the same host.
const json::value* find_key(const json::object& keys, std::string_view registry) {
    std::string exact = credentials_key(registry);
    if (const json::value* found = keys.if_contains(exact))
        return found;
    for (const auto& [key, value] : keys)
        if (credentials_key(host_of_key(key)) == exact)
            return &value;
    return nullptr;
}

Credentials read_entry(const json::object& entry) {
    Credentials credentials;
    credentials.username = text_member(entry, "username");
    credentials.password = Secret(text_member(entry, "password"));
    credentials.identity_token = Secret(text_member(entry, "identitytoken"));
    auto decoded = from_base64(text_member(entry, "auth"));
    if (!decoded)
        return credentials;
    auto colon = decoded->find(':');
    if (colon != std::string::npos) {
        credentials.username = decoded->substr(0, colon);
        std::string password = decoded->substr(colon + 1);
        while (!password.empty() && password.back() == '\0') // old versions of Docker padded it
            password.pop_back();
        credentials.password = Secret(std::move(password));
    }
    return credentials;
}

std::optional<ParseError> check_shape(const json::object& document) {
    for (std::string_view name : {"auths", "credHelpers"}) {
        const json::value* member = document.if_contains(name);
        if (member != nullptr && !member->is_object() && !member->is_null())
            return ParseError{std::string(name) + " is not an object", 0};
    }
    return std::nullopt;
}

} // namespace

std::string credentials_key(std::string_view registry) {
    return std::string(is_docker_hub(registry) ? kDockerHubKey : registry);
}

std::expected<DockerConfig, ParseError> DockerConfig::parse(std::string_view text) {
    DockerConfig config;
    if (text.empty())
        return config;
    if (text.size() > max_bytes)
        return std::unexpected(ParseError{"too long", max_bytes});
    json::parse_options options;
    options.max_depth = 16;
    json::error_code failure;
    json::value document = json::parse(text, failure, {}, options);
    if (failure)
        return std::unexpected(ParseError{"not JSON: " + failure.message(), 0});
    if (!document.is_object())
        return std::unexpected(ParseError{"not a JSON object", 0});
    if (auto wrong = check_shape(document.get_object()))
        return std::unexpected(*wrong);
    config.document_ = std::move(document.get_object());
    return config;
}

std::optional<Credentials> DockerConfig::find(std::string_view registry) const {
    const json::object* auths = object_member(document_, "auths");
    const json::value* entry = auths != nullptr ? find_key(*auths, registry) : nullptr;
    if (entry == nullptr || !entry->is_object())
        return std::nullopt;
    Credentials credentials = read_entry(entry->get_object());
    if (credentials.anonymous())
        return std::nullopt; // Docker leaves an empty entry where a helper keeps the secret
    return credentials;
}

std::string DockerConfig::helper_for(std::string_view registry) const {
    if (const json::object* helpers = object_member(document_, "credHelpers"))
        if (const json::value* name = find_key(*helpers, registry); name != nullptr && name->is_string())
            return std::string(name->get_string());
    return text_member(document_, "credsStore");
}

void DockerConfig::put(std::string_view registry, const Credentials& credentials) {
    erase(registry);
    json::value& auths = document_["auths"];
    if (!auths.is_object())
        auths.emplace_object();
    json::object entry;
    if (!credentials.identity_token.empty())
        entry["identitytoken"] = credentials.identity_token.reveal();
    std::string pair = credentials.username + ":" + credentials.password.reveal();
    entry["auth"] = to_base64(as_bytes(pair));
    auths.get_object()[credentials_key(registry)] = std::move(entry);
}

bool DockerConfig::erase(std::string_view registry) {
    json::value* auths = document_.if_contains("auths");
    if (auths == nullptr || !auths->is_object())
        return false;
    bool erased = false;
    while (const json::value* entry = find_key(auths->get_object(), registry)) {
        auto& keys = auths->get_object();
        auto position = std::ranges::find_if(keys, [entry](const auto& pair) { return &pair.value() == entry; });
        keys.stable_erase(position);
        erased = true;
    }
    return erased;
}

std::string DockerConfig::to_text() const { return json::serialize(document_) + "\n"; }

} // namespace cang::distribution
