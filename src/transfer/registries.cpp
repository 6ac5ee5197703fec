#include "transfer/registries.hpp"

#include "base/bytes.hpp"
#include "http/client_url.hpp"
#include "image/store/audit_store.hpp"
#include "image/store/remote_registry_store.hpp"
#include "transfer/ca_certificates.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

using Row = store::RemoteRegistryRow;
using Store = store::RemoteRegistryStore;

constexpr std::size_t kResealedAtOnce = 500;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxUser = 255;
constexpr std::size_t kMaxPassword = 8 * 1024; // some registries take tokens for passwords

[[noreturn]] void refuse(std::string message) { throw Error(ErrorKind::invalid_argument, std::move(message)); }

[[noreturn]] void throw_unknown() { throw Error(ErrorKind::not_found, "there is no such registry"); }

bool has_control_character(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

RegistryAddress require_address(const std::string& url) {
    auto address = RegistryAddress::parse(url);
    if (!address)
        refuse("url: " + address.error().reason);
    return std::move(*address);
}

void check_name(const std::string& name) {
    if (name.empty())
        refuse("name is missing");
    if (name.size() > kMaxName)
        refuse(fmt::format("name is longer than {} bytes", kMaxName));
    if (has_control_character(name) || name.starts_with(' ') || name.ends_with(' '))
        refuse("name has a control character, or a space at its begin or end");
}

void check_user(const std::string& user) {
    if (user.size() > kMaxUser)
        refuse(fmt::format("user is longer than {} bytes", kMaxUser));
    // Basic authentication (RFC 7617) cannot send them.
    if (has_control_character(user) || user.find(':') != std::string::npos)
        refuse("user has a colon or a control character");
}

void check_password(const Secret& password) {
    if (password.reveal().size() > kMaxPassword)
        refuse(fmt::format("password is longer than {} bytes", kMaxPassword));
    if (has_control_character(password.reveal()))
        refuse("password has a control character");
}

RegistryAddress address_of(const Row& row) { return {.host = row.host, .plain_http = row.plain_http}; }

// What a password is sealed for: it opens for no other address.
std::string purpose_of(const Row& row) { return "registry password for " + address_of(row).url(); }

// Without the password, sealed or not.
std::string audit_text(const Row& row) {
    boost::json::object document{{"name", row.name},
                                 {"url", address_of(row).url()},
                                 {"user", row.user},
                                 {"hasPassword", !row.sealed_password.empty()},
                                 {"tlsVerify", row.tls_verify},
                                 {"hasCaCertificate", !row.ca_certificate.empty()}};
    return boost::json::serialize(document);
}

void audit(sql::Connection& connection, const Actor& actor, Timestamp now, std::string action, const std::string& name,
           std::string before, std::string after) {
    store::AuditStore(connection)
        .append({.at = now,
                 .actor = actor,
                 .action = std::move(action),
                 .resource = "registry " + name,
                 .before = std::move(before),
                 .after = std::move(after)});
}

boost::json::object stored_object(const std::string& text) {
    boost::system::error_code failure;
    auto value = boost::json::parse(text, failure);
    return failure || !value.is_object() ? boost::json::object() : std::move(value.get_object());
}

RemoteRegistry to_registry(const Row& row) {
    return {.id = row.id,
            .name = row.name,
            .address = address_of(row),
            .user = row.user,
            .has_password = !row.sealed_password.empty(),
            .tls_verify = row.tls_verify,
            .has_ca_certificate = !row.ca_certificate.empty(),
            .created_at = row.created_at,
            .updated_at = row.updated_at,
            .last_test = stored_object(row.last_test)};
}

void apply_ca_certificate(Row& row, const std::optional<std::string>& given) {
    if (!given)
        return;
    row.ca_certificate.clear();
    if (given->empty())
        return;
    auto certificates = parse_ca_certificates(*given);
    if (!certificates)
        refuse("caCertificate: " + certificates.error().reason);
    row.ca_certificate = std::move(*certificates);
}

void apply_password(Row& row, const RegistrySettings& settings, bool moved, const vault::Sealer& sealer) {
    if (settings.password) {
        check_password(*settings.password);
        row.sealed_password =
            settings.password->empty() ? std::string() : sealer.seal(*settings.password, purpose_of(row));
    } else if (settings.user.empty()) {
        row.sealed_password.clear(); // it was the user's
    } else if (moved && !row.sealed_password.empty()) {
        refuse("the stored password belongs to another url; give it again");
    }
    if (settings.user.empty() != row.sealed_password.empty())
        refuse("user and password are given together or not at all");
}

// Makes `row` what `settings` want; what they leave as stored stays.
void apply(Row& row, const RegistrySettings& settings, const vault::Sealer& sealer) {
    auto address = require_address(settings.url);
    check_user(settings.user);
    bool moved = address != address_of(row);
    row.name = settings.name;
    row.host = address.host;
    row.plain_http = address.plain_http;
    row.user = settings.user;
    row.tls_verify = settings.tls_verify;
    row.last_test.clear();
    apply_ca_certificate(row, settings.ca_certificate);
    apply_password(row, settings, moved, sealer);
}

Secret open_password(const Row& row, const vault::Sealer& sealer) {
    if (row.sealed_password.empty())
        return {};
    try {
        return sealer.open(row.sealed_password, purpose_of(row));
    } catch (Error& error) {
        error.during(fmt::format("the password for the registry {}", row.name));
        throw;
    }
}

// "host:port" that a client of this registry asks.
std::string peer_of(const RegistryAddress& address) {
    RegistryAddress asked{.host = distribution::api_authority(address.host), .plain_http = address.plain_http};
    return http::Url::parse(asked.url()).host_and_port();
}

RegistryAccess access_of(const Row& row, const vault::Sealer& sealer,
                         const std::shared_ptr<const http::AddressPolicy>& policy) {
    RegistryAccess access{.address = address_of(row), .options = {}};
    access.options.plain_http = row.plain_http;
    access.options.plain_http_fallback = false; // the address says which
    access.options.tls.verify = row.tls_verify;
    access.options.tls.ca_pem = row.ca_certificate;
    access.options.http.policy = policy;
    access.options.http.named_peer = peer_of(access.address);
    access.options.credentials.username = row.user;
    access.options.credentials.password = open_password(row, sealer);
    return access;
}

// Inside the writer's transaction, so that nobody takes name or host meanwhile.
void require_unique(Store& store, const Row& row) {
    if (auto other = store.find_by_name(row.name); other && other->id != row.id)
        throw Error(ErrorKind::already_exists, fmt::format("there is a registry named {} already", row.name));
    if (auto other = store.find_by_host(row.host); other && other->id != row.id)
        throw Error(ErrorKind::already_exists,
                    fmt::format("the registry {} is here already, as {}", row.host, other->name));
}

Row require_row(Store& store, const std::string& id) {
    auto row = store.find(id);
    if (!row)
        throw_unknown();
    return std::move(*row);
}

awaitable<Row> read_row(sql::Database& database, std::string id) {
    auto look = [id = std::move(id)](sql::Connection& connection) {
        Store store(connection);
        return require_row(store, id);
    };
    co_return co_await database.read(std::move(look));
}

// The names under which the registry of an image name may be kept: a port that the scheme implies is left out there.
std::vector<RegistryAddress> addresses_for(std::string_view host) {
    std::vector<RegistryAddress> found;
    for (const auto* scheme : {"https://", "http://"})
        if (auto address = RegistryAddress::parse(scheme + std::string(host)))
            found.push_back(std::move(*address));
    return found;
}

} // namespace

Registries::Registries(sql::Database& database, vault::Sealer sealer, const Clock& clock,
                       std::shared_ptr<const http::AddressPolicy> policy)
    : database_(database), sealer_(std::move(sealer)), clock_(clock), policy_(std::move(policy)) {}

awaitable<RemoteRegistry> Registries::create(RegistrySettings settings, Actor actor) {
    check_name(settings.name);
    Row row;
    row.id = random_hex(kIdBytes);
    apply(row, settings, sealer_);
    row.created_at = row.updated_at = clock_.now();
    auto add = [row, actor = std::move(actor)](sql::Connection& connection) {
        Store store(connection);
        require_unique(store, row);
        store.create(row);
        audit(connection, actor, row.created_at, "registry.create", row.name, {}, audit_text(row));
    };
    co_await database_.write(std::move(add));
    co_return to_registry(row);
}

awaitable<RemoteRegistry> Registries::get(std::string id) {
    auto row = co_await read_row(database_, std::move(id));
    co_return to_registry(row);
}

awaitable<RegistryPage> Registries::list(RegistryQuery query) {
    auto look = [query](sql::Connection& connection) {
        Store store(connection);
        return std::pair(store.list(query.search, query.cursor, query.limit + 1), store.count(query.search));
    };
    auto [rows, total] = co_await database_.read(std::move(look));
    RegistryPage page{.registries = {}, .total = total, .next = {}};
    bool more = rows.size() > query.limit;
    if (more)
        rows.pop_back();
    for (const auto& row : rows)
        page.registries.push_back(to_registry(row));
    if (more && !rows.empty())
        page.next = rows.back().name;
    co_return page;
}

awaitable<RemoteRegistry> Registries::update(std::string id, RegistrySettings settings, Actor actor) {
    check_name(settings.name);
    auto change = [this, id, settings, actor = std::move(actor)](sql::Connection& connection) {
        Store store(connection);
        auto row = require_row(store, id);
        auto before = audit_text(row);
        apply(row, settings, sealer_);
        require_unique(store, row);
        // Grows with every change: a test tells by it whether it was of these settings.
        row.updated_at = std::max(clock_.now(), row.updated_at + std::chrono::milliseconds(1));
        store.update(row);
        audit(connection, actor, row.updated_at, "registry.update", row.name, std::move(before), audit_text(row));
        return row;
    };
    auto row = co_await database_.write(std::move(change));
    co_return to_registry(row);
}

awaitable<void> Registries::remove(std::string id, Actor actor) {
    auto erase = [id = std::move(id), actor = std::move(actor), now = clock_.now()](sql::Connection& connection) {
        Store store(connection);
        auto row = require_row(store, id);
        store.remove(id);
        audit(connection, actor, now, "registry.delete", row.name, audit_text(row), {});
    };
    co_await database_.write(std::move(erase));
}

awaitable<std::optional<distribution::RegistryOptions>> Registries::find_access(std::string host) {
    auto look = [addresses = addresses_for(host)](sql::Connection& connection) -> std::optional<Row> {
        for (const auto& address : addresses)
            if (auto row = Store(connection).find_by_host(address.host); row && address_of(*row) == address)
                return row;
        return std::nullopt;
    };
    auto row = co_await database_.read(std::move(look));
    if (!row)
        co_return std::nullopt;
    co_return access_of(*row, sealer_, policy_).options;
}

awaitable<distribution::RegistryOptions> Registries::access_to(std::string host) {
    auto known = co_await find_access(std::move(host));
    if (known)
        co_return std::move(*known);
    distribution::RegistryOptions options;
    options.http.policy = policy_;
    co_return options;
}

awaitable<RegistryAccess> Registries::get_access(std::string id) {
    auto row = co_await read_row(database_, std::move(id));
    co_return access_of(row, sealer_, policy_);
}

awaitable<Diagnosis> Registries::test(std::string id) {
    auto row = co_await read_row(database_, id);
    auto access = access_of(row, sealer_, policy_);
    auto diagnosis = co_await diagnose_registry(std::move(access.address), std::move(access.options), clock_);
    auto remember = [id, tested = row.updated_at, text = boost::json::serialize(document_of(diagnosis))](
                        sql::Connection& connection) { Store(connection).set_last_test(id, tested, text); };
    co_await database_.write(std::move(remember));
    co_return diagnosis;
}

awaitable<Diagnosis> Registries::test(RegistrySettings settings, std::string id) {
    Row row;
    if (!id.empty())
        row = co_await read_row(database_, std::move(id));
    if (auto address = RegistryAddress::parse(settings.url); !address)
        co_return bad_address(address.error(), clock_);
    apply(row, settings, sealer_);
    auto access = access_of(row, sealer_, policy_);
    co_return co_await diagnose_registry(std::move(access.address), std::move(access.options), clock_);
}

std::size_t reseal_registries(sql::Database& database, const vault::Sealer& sealer) {
    auto reseal = [&sealer](sql::Connection& connection) {
        Store store(connection);
        std::size_t resealed = 0;
        std::string last;
        for (auto page = store.list("", last, kResealedAtOnce); !page.empty();
             page = store.list("", last, kResealedAtOnce)) {
            for (auto& row : page) {
                last = row.name;
                if (row.sealed_password.empty() || sealer.is_newest(row.sealed_password, purpose_of(row)))
                    continue;
                row.sealed_password = sealer.seal(open_password(row, sealer), purpose_of(row));
                store.update(row);
                ++resealed;
            }
        }
        return resealed;
    };
    return database.write_now(reseal);
}

} // namespace cang::transfer
