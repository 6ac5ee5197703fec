// Private to this room: hands events to whoever subscribed, never waiting for anybody. Thread-safe.
#pragma once

#include "operation/operation.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace cang::operation {

using EventPtr = std::shared_ptr<const Event>;

// The bounded queue of one subscriber.
class Mailbox {
public:
    // A viewer that is behind by more reads the history again.
    static constexpr std::size_t capacity = 256;

    explicit Mailbox(std::optional<std::string> operation) : operation_(std::move(operation)) {}

    // Keeps of an operation's progress only the newest, and of all operations only state and progress: the log of one
    // must not push out the others. When full, everything is dropped and take() says so.
    void put(const EventPtr& event);
    void close();

    struct Taken {
        std::deque<EventPtr> events;
        bool overflown = false;
        bool closed = false;
    };
    Taken take();
    // Calls `wake` once, as soon as take() has something to tell, maybe now and from any thread; it must not block.
    // Null takes it back: it is not running and not called afterwards.
    void notify(std::function<void()> wake);

private:
    bool replace_progress(const EventPtr& event);
    void wake_up();

    const std::optional<std::string> operation_; // empty: all
    std::mutex mutex_;
    Taken content_;
    std::function<void()> wake_;
};

class EventHub {
public:
    std::shared_ptr<Mailbox> subscribe(std::optional<std::string> operation);
    void publish(const EventPtr& event);
    void close();

private:
    std::mutex mutex_;
    std::vector<std::weak_ptr<Mailbox>> mailboxes_;
    bool closed_ = false;
};

} // namespace cang::operation
