#include "app/serve_command.hpp"

#include "app/banner.hpp"
#include "app/server.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <malloc.h>
#include <sys/resource.h>

namespace cang::app {

namespace {

constexpr const char* kDescription =
    "Serve images: the embedded OCI registry at /v2/ over one data directory.\n\n"
    "Docker, podman, buildah, skopeo and every OCI client push and pull here. Everything is kept under --data: blobs "
    "by "
    "digest, facts in an embedded database. On the first start an administrator named admin is made; the password is "
    "generated and printed once, unless --admin-password-file names one.\n\n"
    "The server listens on loopback until told otherwise. SIGTERM and SIGINT let running requests end for "
    "--shutdown-grace; a second signal ends the process at once, and nothing acknowledged is lost.";

constexpr const char* kFooter =
    "Examples:\n"
    "  cang serve --data /var/lib/cang\n"
    "  cang serve --data /var/lib/cang --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem\n"
    "  cang serve --data /var/lib/cang --admin-password-file /run/secrets/cang --anonymous pull\n"
    "  cang serve --data ./data --auth none                 # everybody may do everything: for tests\n"
    "\n"
    "Files in the data directory:\n"
    "  admin.hash     argon2id hash of the administrator's password; remove it to get a new password\n"
    "  token.key      key that signs tokens and names uploads; remove it to void all tokens\n"
    "\n"
    "Paths served:\n"
    "  /              the web UI                 /metrics    Prometheus\n"
    "  /v2/           OCI Distribution 1.1       /v2/token   distribution token protocol\n"
    "  /api/v1/       the API                    /api/v1/docs  its documentation\n"
    "  /socket.io/    live events (Socket.IO)\n"
    "  /livez         the process answers        /readyz     the server can serve\n"
    "\n"
    "Every option has a variable: --gc-interval is CANG_GC_INTERVAL.\n";

constexpr const char* kServer = "Server";
constexpr const char* kAccess = "Access";
constexpr const char* kOidc = "Sign-in at an identity provider";
constexpr const char* kStorage = "Storage";
constexpr const char* kLog = "Log";

// The options, in the order of --help.
struct TextOption {
    const char* group;
    const char* name;
    const char* value_name;
    std::string ServeOptions::* value;
    const char* help;
};
constexpr TextOption kTextOptions[] = {
    {kServer, "--data", "DIR", &ServeOptions::data, "Directory that keeps everything; made when missing."},
    {kServer, "--listen", "HOST:PORT", &ServeOptions::listen,
     "Address to listen on; default 127.0.0.1:5000, port 0 takes a free one."},
    {kServer, "--external-url", "URL", &ServeOptions::external_url,
     "URL that clients reach the server under, when a proxy hides it; default is what the request says."},
    {kServer, "--tls-cert", "FILE", &ServeOptions::tls_cert,
     "Certificate chain (PEM); turns TLS on. Reloaded when it changes."},
    {kServer, "--tls-key", "FILE", &ServeOptions::tls_key, "Private key of the certificate (PEM)."},
    {kServer, "--shutdown-grace", "TIME", &ServeOptions::shutdown_grace,
     "Time that running requests get to end; default 10s."},
    {kAccess, "--auth", "MODE", &ServeOptions::auth,
     "token (default): Bearer tokens and Basic; basic; none: no sign-in at all."},
    {kAccess, "--anonymous", "WHAT", &ServeOptions::anonymous, "What needs no sign-in: none (default), pull, or push."},
    {kAccess, "--admin-password-file", "FILE", &ServeOptions::admin_password_file,
     "File with the administrator's password."},
    {kOidc, "--oidc-issuer", "URL", &ServeOptions::oidc_issuer,
     "OpenID Connect provider at which people may sign in; as its configuration names itself."},
    {kOidc, "--oidc-client-id", "ID", &ServeOptions::oidc_client_id,
     "What the provider knows this server as; its redirect URI is EXTERNAL-URL/api/v1/oidc/callback."},
    {kOidc, "--oidc-client-secret-file", "FILE", &ServeOptions::oidc_client_secret_file,
     "File with the client's secret; none for a public client."},
    {kOidc, "--oidc-name", "TEXT", &ServeOptions::oidc_name, "What the sign-in button says."},
    {kOidc, "--oidc-scopes", "LIST", &ServeOptions::oidc_scopes,
     "Scopes to ask for; default \"openid profile email groups\"."},
    {kOidc, "--oidc-groups-claim", "NAME", &ServeOptions::oidc_groups_claim,
     "Claim that has a person's groups; default groups."},
    {kOidc, "--oidc-admin-group", "GROUP", &ServeOptions::oidc_admin_group,
     "Its members, and nobody else from there, are administrators."},
    {kOidc, "--oidc-group-roles", "LIST", &ServeOptions::oidc_group_roles,
     "Roles that groups give: devs=team:operator,ops=team:admin."},
    {kStorage, "--gc-interval", "TIME", &ServeOptions::gc_interval,
     "Time between garbage collections; default 1h, 0 for none."},
    {kStorage, "--gc-grace", "TIME", &ServeOptions::gc_grace,
     "What was pushed within this time is never collected; default 1h."},
    {kStorage, "--upload-expiry", "TIME", &ServeOptions::upload_expiry,
     "Unfinished uploads are kept this long; default 24h."},
    {kLog, "--log-level", "LEVEL", &ServeOptions::log_level,
     "debug, info (default), warn, error or off; on standard error."},
};

struct FlagOption {
    const char* group;
    const char* name;
    bool ServeOptions::* value;
    const char* help;
};
constexpr FlagOption kFlagOptions[] = {
    {kServer, "--trust-proxy", &ServeOptions::trust_proxy,
     "Believe X-Forwarded-Proto and X-Forwarded-For: only behind a proxy that sets them."},
    {kStorage, "--gc-untagged", &ServeOptions::gc_untagged,
     "Collect manifests that no tag, index or subject reaches too."},
    {kLog, "--no-access-log", &ServeOptions::no_access_log,
     "Print no line per request on standard output; nor do --log-level warn and above."},
};

// --gc-interval is CANG_GC_INTERVAL.
std::string variable_of(std::string_view option) {
    std::string name = "CANG_";
    for (char c : option.substr(2))
        name.push_back(c == '-' ? '_' : static_cast<char>(c - 'a' + 'A'));
    return name;
}

void add_options(CLI::App& command, ServeOptions& options) {
    for (const auto& row : kTextOptions)
        command.add_option(row.name, options.*row.value, row.help)
            ->type_name(row.value_name)
            ->envname(variable_of(row.name))
            ->group(row.group);
    command.get_option("--data")->required();
    command.add_option("--threads", options.threads, "Event loops; default one a core.")
        ->check(CLI::Range(0, 256))
        ->type_name("N")
        ->envname("CANG_THREADS")
        ->group(kServer);
    for (const auto& row : kFlagOptions)
        command.add_flag(row.name, options.*row.value, row.help)->envname(variable_of(row.name))->group(row.group);
}

// Every thread with an arena of its own would keep megabytes that it once used; two serve as well and stay small.
void keep_memory_small() {
    ::mallopt(M_ARENA_MAX, 2);
    ::mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
}

// Thousands of idle connections are cheap, but each is a descriptor.
void raise_descriptor_limit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace

int serve(const ServeOptions& options) {
    keep_memory_small();
    raise_descriptor_limit();
    Server server(make_config(options));
    print_banner(server.url(), server.generated_password());
    server.run();
    return 0;
}

cli::ExtraCommand serve_command() {
    auto options = std::make_shared<ServeOptions>();
    auto attach = [options](CLI::App& command) -> std::function<int()> {
        add_options(command, *options);
        return [options] { return serve(*options); };
    };
    return {.name = "serve", .description = kDescription, .footer = kFooter, .attach = std::move(attach)};
}

} // namespace cang::app
