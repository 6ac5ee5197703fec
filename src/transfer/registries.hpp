// The remote registries that this server knows: where they are, how they are trusted and who we are there.
//
// An administrator named their hosts: those may be private addresses. Where they redirect to, and every registry that
// is not kept here, is under the policy alone.
//
// Passwords are sealed for the URL they were given for. They leave this class only inside RegistryOptions, on their way
// to that URL.
#pragma once

#include "base/actor.hpp"
#include "sql/database.hpp"
#include "transfer/diagnosis_document.hpp"
#include "vault/sealer.hpp"

namespace cang::transfer {

struct RemoteRegistry {
    std::string id;
    std::string name;
    RegistryAddress address;
    std::string user; // empty: nobody signs in
    bool has_password = false;
    bool tls_verify = true;
    bool has_ca_certificate = false;
    Timestamp created_at;
    Timestamp updated_at;
    boost::json::object last_test; // of these settings, as document_of() made it; empty: none
};

// What somebody wants a registry to be.
struct RegistrySettings {
    std::string name;
    std::string url;
    std::string user;
    std::optional<Secret> password;            // nullopt: as stored; empty: none
    bool tls_verify = true;                    // false: the certificate is not looked at
    std::optional<std::string> ca_certificate; // PEM, trusted besides the system's; nullopt: as stored; empty: none
};

struct RegistryQuery {
    std::string search; // part of name or host, whatever the case of its letters
    std::string cursor; // `next` of the page before
    std::size_t limit = 50;
};

struct RegistryPage {
    std::vector<RemoteRegistry> registries; // by name
    std::uint64_t total = 0;                // that match, on all pages
    std::string next;                       // empty on the last page
};

// A registry to talk to: distribution::RegistryClient(executor, address.host, options).
struct RegistryAccess {
    RegistryAddress address;
    distribution::RegistryOptions options;
};

// All methods may be called from any thread and any event loop. Settings that cannot be are Error{invalid_argument}; a
// name or host that another registry has is Error{already_exists}; an id that is none is Error{not_found}.
class Registries {
public:
    // `database` and `clock` must outlive it. Without a policy every address is connected to.
    Registries(sql::Database& database, vault::Sealer sealer, const Clock& clock,
               std::shared_ptr<const http::AddressPolicy> policy);

    awaitable<RemoteRegistry> create(RegistrySettings settings, Actor actor = {});
    awaitable<RemoteRegistry> get(std::string id);
    awaitable<RegistryPage> list(RegistryQuery query);
    // A stored password is only kept for the URL it was given for.
    awaitable<RemoteRegistry> update(std::string id, RegistrySettings settings, Actor actor = {});
    awaitable<void> remove(std::string id, Actor actor = {});

    // Credentials, TLS and scheme for the registry of an image name ("host[:port]"); nullopt when it is not known here.
    awaitable<std::optional<distribution::RegistryOptions>> find_access(std::string host);
    // The same for every registry: one that is not known here is reached by https and anonymously.
    awaitable<distribution::RegistryOptions> access_to(std::string host);
    awaitable<RegistryAccess> get_access(std::string id);

    // What happens on the way to the registry. Remembered, unless the settings change meanwhile.
    awaitable<Diagnosis> test(std::string id);
    // The same for settings that are not stored; what they leave as stored comes from the registry `id`, when given.
    awaitable<Diagnosis> test(RegistrySettings settings, std::string id);

private:
    sql::Database& database_;
    vault::Sealer sealer_;
    const Clock& clock_;
    std::shared_ptr<const http::AddressPolicy> policy_;
};

// Seals every stored password again that not the newest key sealed, in one transaction; how many. Blocks.
std::size_t reseal_registries(sql::Database& database, const vault::Sealer& sealer);

} // namespace cang::transfer
