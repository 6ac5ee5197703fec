#include "cli/registry_access.hpp"

#include "base/error.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

constexpr std::uint64_t kNoChunks = 0; // one streamed request a blob; a broken one resumes where the registry stopped

// The files of Docker's certs.d: *.crt is the authority, NAME.cert and NAME.key are the client's.
void read_cert_dir(http::TlsOptions& tls, const std::filesystem::path& directory) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error))
        files.push_back(entry.path());
    if (error)
        throw system_error(error.value(), fmt::format("reading --cert-dir {}", directory.string()));
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        if (file.extension() == ".crt" && tls.ca_file.empty())
            tls.ca_file = file.string();
        if (file.extension() == ".cert" && tls.client_cert.empty()) {
            tls.client_cert = file.string();
            tls.client_key = std::filesystem::path(file).replace_extension(".key").string();
        }
    }
}

http::TlsOptions tls_options(const AccessOptions& access) {
    http::TlsOptions tls;
    tls.verify = access.tls_verify.value_or(true);
    tls.ca_file = access.ca_file;
    tls.client_cert = access.client_cert;
    tls.client_key = access.client_key;
    if (tls.client_cert.empty() != tls.client_key.empty())
        throw Error(ErrorKind::invalid_argument, "--cert and --key are given together or not at all");
    if (!access.cert_dir.empty())
        read_cert_dir(tls, access.cert_dir);
    return tls;
}

} // namespace

distribution::CredentialStore credential_store(const PlaceOptions& options, const Console& console) {
    if (!options.authfile.empty())
        return distribution::CredentialStore::from_environment(options.authfile);
    auto file = console.environment("REGISTRY_AUTH_FILE");
    return distribution::CredentialStore::from_environment(file);
}

distribution::RegistryOptions registry_options(const std::string& registry, const PlaceOptions& options,
                                               const Console& console) {
    distribution::RegistryOptions result;
    result.tls = tls_options(options.access);
    result.http.user_agent = fmt::format("cang/{}", CANG_VERSION);
    result.http.proxy = options.proxy;
    result.chunk_bytes = kNoChunks;
    if (auto given = parse_credentials(options.access.credentials, console))
        result.credentials = {given->user, given->password, {}};
    else
        result.credentials = credential_store(options, console).find(registry);
    return result;
}

ServerAddress parse_server(const std::string& url) {
    auto parsed = boost::urls::parse_uri(url);
    bool plain = parsed && parsed->scheme() == "http";
    if (!parsed || (!plain && parsed->scheme() != "https") || parsed->host().empty() || parsed->has_userinfo() ||
        parsed->has_query() || (!parsed->encoded_path().empty() && parsed->encoded_path() != "/"))
        throw Error(ErrorKind::invalid_argument,
                    "--server is not a URL of a server\nwrite http://HOST:PORT or https://HOST[:PORT]; credentials go "
                    "into --creds");
    return {std::string(parsed->encoded_host_and_port()), plain};
}

} // namespace cang::cli
