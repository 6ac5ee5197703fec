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
    "  /v2/           OCI Distribution 1.1       /v2/token   distribution token protocol\n"
    "  /api/v1/       storage, gc, repositories  /metrics    Prometheus\n"
    "  /socket.io/    live events (Socket.IO)    /readyz     the server can serve\n"
    "  /livez         the process answers\n"
    "\n"
    "Every option has a variable: --gc-interval is CANG_GC_INTERVAL.\n";

void add_listen_options(CLI::App& command, ServeOptions& options) {
    constexpr const char* group = "Server";
    command.add_option("--data", options.data, "Directory that keeps everything; made when missing.")
        ->required()
        ->type_name("DIR")
        ->envname("CANG_DATA")
        ->group(group);
    command
        .add_option("--listen", options.listen,
                    "Address to listen on; default 127.0.0.1:5000, port 0 takes a free one.")
        ->type_name("HOST:PORT")
        ->envname("CANG_LISTEN")
        ->group(group);
    command
        .add_option("--external-url", options.external_url,
                    "URL that clients reach the server under, when a proxy "
                    "hides it; default is what the request says.")
        ->type_name("URL")
        ->envname("CANG_EXTERNAL_URL")
        ->group(group);
    command
        .add_option("--tls-cert", options.tls_cert, "Certificate chain (PEM); turns TLS on. Reloaded when it changes.")
        ->type_name("FILE")
        ->envname("CANG_TLS_CERT")
        ->group(group);
    command.add_option("--tls-key", options.tls_key, "Private key of the certificate (PEM).")
        ->type_name("FILE")
        ->envname("CANG_TLS_KEY")
        ->group(group);
    command
        .add_flag("--trust-proxy", options.trust_proxy,
                  "Believe X-Forwarded-Proto and X-Forwarded-For: only behind a "
                  "proxy that sets them.")
        ->envname("CANG_TRUST_PROXY")
        ->group(group);
    command.add_option("--threads", options.threads, "Event loops; default one a core.")
        ->check(CLI::Range(0, 256))
        ->type_name("N")
        ->envname("CANG_THREADS")
        ->group(group);
    command
        .add_option("--shutdown-grace", options.shutdown_grace, "Time that running requests get to end; default 10s.")
        ->type_name("TIME")
        ->envname("CANG_SHUTDOWN_GRACE")
        ->group(group);
}

void add_access_options(CLI::App& command, ServeOptions& options) {
    constexpr const char* group = "Access";
    command
        .add_option("--auth", options.auth, "token (default): Bearer tokens and Basic; basic; none: no sign-in at all.")
        ->type_name("MODE")
        ->envname("CANG_AUTH")
        ->group(group);
    command.add_option("--anonymous", options.anonymous, "What needs no sign-in: none (default), pull, or push.")
        ->type_name("WHAT")
        ->envname("CANG_ANONYMOUS")
        ->group(group);
    command.add_option("--admin-password-file", options.admin_password_file, "File with the administrator's password.")
        ->type_name("FILE")
        ->envname("CANG_ADMIN_PASSWORD_FILE")
        ->group(group);
}

void add_storage_options(CLI::App& command, ServeOptions& options) {
    constexpr const char* group = "Storage";
    command
        .add_option("--gc-interval", options.gc_interval, "Time between garbage collections; default 1h, 0 for none.")
        ->type_name("TIME")
        ->envname("CANG_GC_INTERVAL")
        ->group(group);
    command
        .add_option("--gc-grace", options.gc_grace, "What was pushed within this time is never collected; default 1h.")
        ->type_name("TIME")
        ->envname("CANG_GC_GRACE")
        ->group(group);
    command
        .add_flag("--gc-untagged", options.gc_untagged, "Collect manifests that no tag, index or subject reaches too.")
        ->envname("CANG_GC_UNTAGGED")
        ->group(group);
    command.add_option("--upload-expiry", options.upload_expiry, "Unfinished uploads are kept this long; default 24h.")
        ->type_name("TIME")
        ->envname("CANG_UPLOAD_EXPIRY")
        ->group(group);
}

void add_log_options(CLI::App& command, ServeOptions& options) {
    constexpr const char* group = "Log";
    command
        .add_option("--log-level", options.log_level, "debug, info (default), warn, error or off; on standard error.")
        ->type_name("LEVEL")
        ->envname("CANG_LOG_LEVEL")
        ->group(group);
    command
        .add_flag("--no-access-log", options.no_access_log,
                  "Print no line per request on standard output; nor do --log-level warn and above.")
        ->envname("CANG_NO_ACCESS_LOG")
        ->group(group);
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
        add_listen_options(command, *options);
        add_access_options(command, *options);
        add_storage_options(command, *options);
        add_log_options(command, *options);
        return [options] { return serve(*options); };
    };
    return {.name = "serve", .description = kDescription, .footer = kFooter, .attach = std::move(attach)};
}

} // namespace cang::app
