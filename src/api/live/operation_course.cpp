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
            namespace_->emit_to(room, {.name = "operations.missed", .arguments = {}, .attachments = {}});
    }
}

// Only a change of state is worth a look into the history; progress changes nothing else.
awaitable<void> OperationCourse::tell(operation::EventPtr event) {
    if (!namespace_->has_room(room)) {
        running_.clear();
        co_return;
    }
    bool progress = event->kind == operation::EventKind::progress;
    auto known = running_.find(event->operation);
    if (!progress || known == running_.end()) {
        auto found = co_await runner_.history().find(event->operation);
        if (!found)
            co_return;
        known = running_.insert_or_assign(event->operation, std::move(*found)).first;
    }
    auto& operation = known->second;
    if (progress)
        operation.progress = event->payload;
    operation.result.reset();
    socketio::Event message{.name = "operation", .arguments = {document_of(operation)}, .attachments = {}};
    if (operation::is_final(operation.state))
        running_.erase(known);
    namespace_->emit_to(room, message);
}

} // namespace cang::api::live
