#include "http/socketio/hub.hpp"

#include "base/error.hpp"

namespace cang::socketio {

Hub::Hub(HubOptions options) : namespaces_(std::make_shared<Namespaces>()) {
    auto timeout = options.connect_timeout;
    Engine::Listen listen = [namespaces = namespaces_, timeout](const std::shared_ptr<EngineSession>& session) {
        return std::make_shared<Client>(namespaces, session, std::chrono::steady_clock::now() + timeout);
    };
    engine_ = std::make_unique<Engine>(std::move(options.engine), std::move(listen));
}

std::shared_ptr<Namespace> Hub::add(std::string name, NamespaceHandlers handlers) {
    if (serving_ || !name.starts_with('/') || name.size() > kMaxNamespaceBytes || name.find(',') != std::string::npos)
        throw Error(ErrorKind::internal, "the namespace " + name + " cannot be added");
    auto added = std::make_shared<Namespace>(name, std::move(handlers));
    if (!namespaces_->emplace(std::move(name), added).second)
        throw Error(ErrorKind::internal, "the namespace " + added->name() + " exists already");
    return added;
}

std::vector<http::Route> Hub::routes(const std::string& name, std::string_view permission) {
    serving_ = true;
    return engine_->routes(name, permission);
}

} // namespace cang::socketio
