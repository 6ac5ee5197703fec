#include "transfer/registry_browser.hpp"

#include "base/oci/reference.hpp"

#include <fmt/format.h>

namespace cang::transfer {

namespace {

constexpr std::string_view kDockerHub = "docker.io";

} // namespace

RegistryBrowser::RegistryBrowser(asio::any_io_executor executor, RegistryAccess access)
    : client_(std::make_shared<distribution::RegistryClient>(std::move(executor), std::move(access.address.host),
                                                             std::move(access.options))) {}

awaitable<void>
RegistryBrowser::visit(std::function<awaitable<void>(std::shared_ptr<distribution::RegistryClient>)> work) {
    try {
        co_await work(client_);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::unauthenticated)
            throw;
        Error refused(ErrorKind::permission_denied,
                      error.message() + "; test the registry's settings, or take another user");
        throw refused.with_code(error.code());
    }
}

awaitable<distribution::NamePage> RegistryBrowser::list_repositories(distribution::NameQuery query) {
    if (client_->registry() == kDockerHub)
        throw Error(ErrorKind::unsupported, "Docker Hub has no catalog; open a repository by its name");
    distribution::NamePage page;
    auto work = [&](std::shared_ptr<distribution::RegistryClient> client) -> awaitable<void> {
        page = co_await distribution::page_of_repositories(*client, query);
    };
    co_await visit(work);
    co_return page;
}

awaitable<distribution::NamePage> RegistryBrowser::list_tags(std::string repository, distribution::NameQuery query) {
    auto name = repository_of(repository);
    distribution::NamePage page;
    auto work = [&](std::shared_ptr<distribution::RegistryClient> client) -> awaitable<void> {
        page = co_await distribution::page_of_tags(*client, name, query);
    };
    co_await visit(work);
    co_return page;
}

std::string RegistryBrowser::repository_of(const std::string& name) const {
    if (!oci::is_valid_repository(name))
        throw Error(ErrorKind::invalid_argument, "the repository's name is not one");
    bool official = client_->registry() == kDockerHub && name.find('/') == std::string::npos;
    return official ? "library/" + name : name;
}

} // namespace cang::transfer
