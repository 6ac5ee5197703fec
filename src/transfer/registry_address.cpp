#include "transfer/registry_address.hpp"

#include "base/oci/reference.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace cang::transfer {

namespace {

// A host name has at most 253 bytes; scheme and port come on top.
constexpr std::size_t kLongestUrl = 280;

using Result = std::expected<RegistryAddress, ParseError>;

// The text is not repeated: it may hold a password.
std::unexpected<ParseError> fail(std::string reason, std::size_t position = 0) {
    return std::unexpected(ParseError{std::move(reason), position});
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// Whether "HOST/name" is an image of a registry, and of this one.
bool names_a_registry(const std::string& host) {
    auto image = oci::Reference::parse(host + "/name");
    return image && image->registry == host;
}

bool is_docker_hub(std::string_view host) {
    return host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io";
}

Result from_parts(const boost::urls::url_view& url, bool plain_http) {
    std::string_view default_port = plain_http ? "80" : "443";
    auto host = lower(std::string_view(url.encoded_host()));
    auto port = std::string(std::string_view(url.port()));
    bool implied = port.empty() || port == default_port;
    auto written = implied ? host : host + ":" + port;
    if (implied && !names_a_registry(written))
        written = host + ":" + std::string(default_port); // "registry" alone would be a repository
    if (!names_a_registry(written))
        return fail("the host or port is none that an image name can have");
    RegistryAddress address{.host = registry_host(written), .plain_http = plain_http};
    if (address.host == "docker.io" && plain_http)
        return fail("Docker Hub is reached by https only; write https://docker.io");
    return address;
}

} // namespace

std::string registry_host(std::string_view registry) {
    auto host = lower(registry);
    return is_docker_hub(host) ? "docker.io" : host;
}

Result RegistryAddress::parse(std::string_view text) {
    if (text.size() > kLongestUrl)
        return fail("it is longer than any host name", kLongestUrl);
    if (text.find("://") == std::string_view::npos)
        return fail("it has no scheme; write https://HOST[:PORT], or http:// where there is no TLS");
    auto parsed = boost::urls::parse_uri(text);
    if (!parsed)
        return fail("it is not a URL; write https://HOST[:PORT] or http://HOST[:PORT]");
    auto scheme = lower(std::string_view(parsed->scheme()));
    if (scheme != "http" && scheme != "https")
        return fail("a registry is reached by http or https");
    if (parsed->has_userinfo())
        return fail("it holds a user or password; give them apart");
    auto path = std::string_view(parsed->encoded_path());
    if (path != "" && path != "/")
        return fail("it has a path; write scheme, host and port only", text.find(path));
    if (parsed->has_query() || parsed->has_fragment())
        return fail("it has a query; write scheme, host and port only", text.find_first_of("?#"));
    return from_parts(*parsed, scheme == "http");
}

std::string RegistryAddress::url() const { return (plain_http ? "http://" : "https://") + host; }

} // namespace cang::transfer
