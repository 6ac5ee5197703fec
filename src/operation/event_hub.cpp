#include "operation/event_hub.hpp"

#include <algorithm>

namespace cang::operation {

bool Mailbox::replace_progress(const EventPtr& event) {
    if (event->kind != EventKind::progress)
        return false;
    auto older = std::ranges::find_if(content_.events, [&event](const EventPtr& waiting) {
        return waiting->kind == EventKind::progress && waiting->operation == event->operation;
    });
    if (older == content_.events.end())
        return false;
    content_.events.erase(older);
    content_.events.push_back(event);
    return true;
}

void Mailbox::wake_up() {
    if (auto wake = std::exchange(wake_, nullptr))
        wake();
}

void Mailbox::put(const EventPtr& event) {
    bool of_course = event->kind == EventKind::state || event->kind == EventKind::progress;
    if (operation_ ? *operation_ != event->operation : !of_course)
        return;
    std::lock_guard lock(mutex_);
    if (content_.overflown || replace_progress(event))
        return;
    if (content_.events.size() == capacity) {
        content_.events.clear();
        content_.overflown = true;
    } else {
        content_.events.push_back(event);
    }
    wake_up();
}

void Mailbox::close() {
    std::lock_guard lock(mutex_);
    content_.closed = true;
    wake_up();
}

Mailbox::Taken Mailbox::take() {
    std::lock_guard lock(mutex_);
    Taken taken = std::move(content_);
    content_ = {.events = {}, .overflown = false, .closed = taken.closed};
    return taken;
}

void Mailbox::notify(std::function<void()> wake) {
    std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
    if (!content_.events.empty() || content_.overflown || content_.closed)
        wake_up();
}

std::shared_ptr<Mailbox> EventHub::subscribe(std::optional<std::string> operation) {
    auto mailbox = std::make_shared<Mailbox>(std::move(operation));
    std::lock_guard lock(mutex_);
    if (closed_)
        mailbox->close();
    mailboxes_.push_back(mailbox);
    return mailbox;
}

void EventHub::publish(const EventPtr& event) {
    std::lock_guard lock(mutex_);
    std::erase_if(mailboxes_, [&event](const std::weak_ptr<Mailbox>& weak) {
        auto mailbox = weak.lock();
        if (mailbox)
            mailbox->put(event);
        return !mailbox;
    });
}

void EventHub::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    for (const auto& weak : mailboxes_)
        if (auto mailbox = weak.lock())
            mailbox->close();
}

} // namespace cang::operation
