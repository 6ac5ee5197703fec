// The course of all operations, in one room for those who may see all and one for each person who sees their own: each
// change is encoded once, however many watch.
#pragma once

#include "http/socketio/socket.hpp"
#include "operation/runner.hpp"

namespace cang::api::live {

class OperationCourse {
public:
    // `owner` empty: everybody's.
    static std::string room(const std::string& owner) {
        return owner.empty() ? "operations" : "operations of " + owner;
    }

    // `runner` outlives this.
    OperationCourse(operation::Runner& runner, std::shared_ptr<socketio::Namespace> name_space)
        : runner_(runner), namespace_(std::move(name_space)) {}

    // Until the runner stops. Emits "operation" with the document of an operation, without its result, when its state
    // or progress changed; "operations.missed" when there was too much to tell: watchers then read the list again.
    awaitable<void> run();

private:
    awaitable<void> tell(operation::EventPtr event);

    operation::Runner& runner_;
    const std::shared_ptr<socketio::Namespace> namespace_;
    std::map<std::string, operation::Operation> running_; // those that were told of, as they were told
};

} // namespace cang::api::live
