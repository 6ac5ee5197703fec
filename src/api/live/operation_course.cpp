#include "api/live/operation_course.hpp"

#include "operation/document.hpp"

namespace cang::api::live {

awaitable<void> OperationCourse::run() {
    auto subscription = runner_.subscribe(std::nullopt);
    for (;;) {
        bool missed = false;
        try {
            auto event = co_await subscription->next();
            if (!event)
                co_return;
            co_await tell(std::move(event));
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::cancelled)
                throw;
            missed = true;
        }
        if (missed)
            namespace_->emit({.name = "operations.missed", .arguments = {}, .attachments = {}});
    }
}

// Only a change of state is worth a look into the history; progress changes nothing else.
awaitable<void> OperationCourse::tell(operation::EventPtr event) {
    bool progress = event->kind == operation::EventKind::progress;
    auto known = running_.find(event->operation);
    if (!progress || known == running_.end()) {
        auto found = co_await runner_.history().find(event->operation);
        if (!found)
            co_return;
        known = running_.insert_or_assign(event->operation, std::move(*found)).first;
    }
    auto& operation = known->second;
    const auto& owner = operation.spec.requested_by;
    bool watched = namespace_->has_room(room("")) || (!owner.empty() && namespace_->has_room(room(owner)));
    if (progress)
        operation.progress = event->payload;
    operation.result.reset();
    std::optional<socketio::Event> message;
    if (watched)
        message = {.name = "operation", .arguments = {document_of(operation)}, .attachments = {}};
    auto own_room = room(owner);
    if (operation::is_final(operation.state))
        running_.erase(known);
    if (!message)
        co_return;
    namespace_->emit_to(room(""), *message);
    if (own_room != room(""))
        namespace_->emit_to(own_room, *message);
}

} // namespace cang::api::live
