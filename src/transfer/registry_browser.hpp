// Looks around in a remote registry for somebody who is signed in here. What the registry says of our credentials there
// is not what we say of theirs: its 401 is Error{permission_denied} from here on.
//
// On one executor; connections and tokens last as long as the browser.
#pragma once

#include "distribution/name_page.hpp"
#include "transfer/registries.hpp"

namespace cang::transfer {

class RegistryBrowser {
public:
    RegistryBrowser(asio::any_io_executor executor, RegistryAccess access);

    // Throws Error{unsupported} where there is no catalog.
    awaitable<distribution::NamePage> list_repositories(distribution::NameQuery query);
    // Throws Error{not_found} when there is no such repository.
    awaitable<distribution::NamePage> list_tags(std::string repository, distribution::NameQuery query);

    // Runs `work` on the registry.
    awaitable<void> visit(std::function<awaitable<void>(std::shared_ptr<distribution::RegistryClient>)> work);
    // The repository that people mean: "nginx" is library/nginx on Docker Hub. Throws Error{invalid_argument}.
    std::string repository_of(const std::string& name) const;

private:
    std::shared_ptr<distribution::RegistryClient> client_;
};

} // namespace cang::transfer
