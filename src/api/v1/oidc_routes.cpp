// Sign-in at an identity provider, for browsers: off to the provider, and back with a code.

#include "api/v1/input.hpp"
#include "api/v1/routes.hpp"
#include "http/cookie.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

using identity::oidc::Provider;

constexpr std::string_view kCookie = "cang_oidc";
constexpr std::string_view kPurpose = "sign-in at an identity provider";
constexpr std::size_t kMaxNext = 1024;
constexpr std::size_t kMaxCode = 4096;

// Lax: the provider sends the browser back, which a Strict cookie would not survive.
std::string cookie_of(const http::Request& request, std::string_view value, std::chrono::seconds life) {
    return fmt::format("{}={}; Path=/api/v1/oidc; HttpOnly; SameSite=Lax{}; Max-Age={}", kCookie, value,
                       request.scheme == "https" ? "; Secure" : "", life.count());
}

// A path of ours, or the start page: never another site's.
std::string safe_next(const std::string& next) {
    bool ours = next.starts_with('/') && !next.starts_with("//") && next.find('\\') == std::string::npos;
    for (char letter : next)
        ours = ours && static_cast<unsigned char>(letter) > 0x20 && letter != 0x7f;
    return ours ? next : "/";
}

std::string redirect_uri(const Context& context, const http::Request& request) {
    auto base = context.access.external_url();
    return (base.empty() ? fmt::format("{}://{}", request.scheme, request.host) : base) + "/api/v1/oidc/callback";
}

void require_enabled(const Context& context) {
    if (!context.oidc.enabled())
        throw Error(ErrorKind::not_found, "no identity provider is configured");
}

http::Response redirect(std::string location) {
    http::Response response;
    response.status = 302;
    response.headers.set("Location", std::move(location));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

awaitable<http::Response> get_login(Context& context, http::Request& request) {
    require_enabled(context);
    auto next = safe_next(text_query(request, "next", kMaxNext));
    auto begun = co_await context.oidc.begin(redirect_uri(context, request), std::move(next));
    auto sealed = context.sealer.seal(Secret(to_text(begun.sign_in)), kPurpose);
    auto response = redirect(std::move(begun.url));
    response.headers.add("Set-Cookie", cookie_of(request, http::percent_encode(sealed), Provider::life));
    co_return response;
}

// nullopt: none that is ours and still young.
std::optional<identity::oidc::SignIn> find_sign_in(const Context& context, const http::Request& request) {
    for (auto header : request.headers->get_all("Cookie")) {
        auto value = http::find_cookie(header, kCookie);
        auto sealed = value ? http::percent_decode(*value) : std::nullopt;
        if (!sealed)
            continue;
        try {
            auto sign_in = identity::oidc::parse_sign_in(context.sealer.open(*sealed, kPurpose).reveal());
            if (sign_in && sign_in->expires > context.clock.now())
                return sign_in;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::corrupt) // somebody's own invention
                throw;
        }
    }
    return std::nullopt;
}

awaitable<http::Response> get_callback(Context& context, http::Request& request) {
    require_enabled(context);
    auto sign_in = find_sign_in(context, request);
    auto state = text_query(request, "state");
    // Only the browser that began may end it, or somebody could be signed in as somebody else.
    if (!sign_in || state.empty() || !Secret(sign_in->state).equals(state))
        throw Error(ErrorKind::unauthenticated, "this sign-in was not begun here or took too long; start again");
    if (auto problem = text_query(request, "error"); !problem.empty())
        throw Error(ErrorKind::unauthenticated, "the identity provider refused the sign-in");
    auto next = sign_in->next;
    auto code = text_query(request, "code", kMaxCode);
    auto person = co_await context.oidc.finish(std::move(*sign_in), std::move(code), redirect_uri(context, request));
    Actor actor{.name = context.oidc.options().name,
                .via = "oidc",
                .address = request.remote_address,
                .request_id = request.request_id};
    auto user = co_await context.identity.users.ensure_foreign(std::move(person), std::move(actor));
    auto opened = co_await context.access.open_session_for(request, std::move(user), "oidc");
    identity::set_caller(request, opened.caller);
    auto response = redirect(std::move(next));
    response.headers.add("Set-Cookie", registry::auth::AccessControl::session_cookie_field(
                                           request, opened.token, registry::auth::TokenSigner::session_life));
    response.headers.add("Set-Cookie", cookie_of(request, "", std::chrono::seconds(0)));
    co_return response;
}

} // namespace

std::vector<Endpoint> oidc_endpoints(Context& context) {
    auto login = [&context](http::Request& request) { return get_login(context, request); };
    auto callback = [&context](http::Request& request) { return get_callback(context, request); };
    using http::Method;
    constexpr auto group = "session";
    return {
        {.route = {Method::get, "/api/v1/oidc/login", "api.oidc.login", "public", login},
         .summary = "Send a browser to the identity provider",
         .group = group,
         .query = {{"next", R"({"type":"string","maxLength":1024})", "The path to come back to"}},
         .status = 302},
        {.route = {Method::get, "/api/v1/oidc/callback", "api.oidc.callback", "public", callback},
         .summary = "Where the identity provider sends the browser back to",
         .group = group,
         .query = {{"code", R"({"type":"string"})", "What the provider gave"},
                   {"state", R"({"type":"string"})", "What the sign-in began with"},
                   {"error", R"({"type":"string"})", "What went wrong there"}},
         .status = 302},
    };
}

} // namespace cang::api::v1
