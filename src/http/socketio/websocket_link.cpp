#include "http/socketio/websocket_link.hpp"

#include "base/error.hpp"

#include <array>
#include <boost/asio/post.hpp>

namespace cang::socketio {

namespace {

// Links written before the loop's other work has its turn.
constexpr std::size_t kLinksPerTurn = 128;
constexpr std::size_t kPiecesPerWrite = http::Transport::kMaxPieces;
// A queue that grew larger than this gives its memory back when it is empty.
constexpr std::size_t kKeptQueueSlots = 16;

} // namespace

void LoopOutbox::schedule(std::shared_ptr<WebSocketLink> link) {
    std::lock_guard lock(mutex_);
    due_.push_back(std::move(link));
    if (due_.size() == 1)
        asio::post(executor_, [self = shared_from_this()] { self->drain(); });
}

void LoopOutbox::drain() {
    std::vector<std::shared_ptr<WebSocketLink>> turn;
    {
        std::lock_guard lock(mutex_);
        if (due_.size() <= kLinksPerTurn) {
            turn.swap(due_);
        } else {
            auto end = due_.begin() + kLinksPerTurn;
            turn.assign(std::make_move_iterator(due_.begin()), std::make_move_iterator(end));
            due_.erase(due_.begin(), end);
            asio::post(executor_, [self = shared_from_this()] { self->drain(); });
        }
    }
    for (const auto& link : turn)
        link->flush();
}

void WebSocketLink::enqueue(SharedPacket packet) {
    queued_bytes_ += packet->frame.size() + kPacketOverheadBytes;
    queue_.push_back(std::move(packet));
}

void WebSocketLink::schedule() {
    if (scheduled_ || waiting_)
        return;
    scheduled_ = true;
    outbox_->schedule(shared_from_this());
}

void WebSocketLink::send(std::span<const SharedPacket> packets) {
    std::lock_guard lock(mutex_);
    if (!stream_ || closing_)
        return;
    // Asked before the packets are added, so that one message may be larger than the bound.
    if (queued_bytes_ > max_queue_bytes_) {
        overflowed_ = true;
        drop_queue();
        stream_->shut();
        return;
    }
    for (const auto& packet : packets)
        enqueue(packet);
    schedule();
}

std::size_t WebSocketLink::queued_bytes() {
    std::lock_guard lock(mutex_);
    return queued_bytes_;
}

void WebSocketLink::close(std::uint16_t code, std::string_view reason) {
    std::lock_guard lock(mutex_);
    if (!stream_ || closing_)
        return;
    auto packet = std::make_shared<OutgoingPacket>();
    packet->frame = encode_close_frame(code, reason);
    enqueue(std::move(packet));
    closing_ = true;
    if (waiting_)
        stream_->shut();
    else
        schedule();
}

void WebSocketLink::cut() noexcept {
    std::lock_guard lock(mutex_);
    if (stream_)
        stream_->shut();
}

void WebSocketLink::detach() noexcept {
    std::lock_guard lock(mutex_);
    stream_ = nullptr;
    drop_queue();
}

void WebSocketLink::drop_queue() noexcept {
    queue_.clear();
    head_ = 0;
    head_offset_ = 0;
    queued_bytes_ = 0;
    closing_ = true;
}

// True when everything is written.
bool WebSocketLink::write_queue() {
    while (head_ < queue_.size()) {
        std::array<ByteView, kPiecesPerWrite> pieces;
        auto count = std::min(queue_.size() - head_, kPiecesPerWrite);
        for (std::size_t i = 0; i < count; ++i)
            pieces[i] = as_bytes(queue_[head_ + i]->frame);
        pieces[0] = pieces[0].subspan(head_offset_);
        bool done = stream_->write_now(std::span(pieces).first(count));
        std::size_t written = 0;
        while (written < count && pieces[written].empty())
            ++written;
        for (std::size_t i = 0; i < written; ++i) {
            queued_bytes_ -= queue_[head_]->frame.size() + kPacketOverheadBytes;
            queue_[head_++].reset();
        }
        head_offset_ = done ? 0 : queue_[head_]->frame.size() - pieces[written].size();
        if (!done)
            return forget_written();
    }
    queue_.clear();
    head_ = 0;
    if (queue_.capacity() > kKeptQueueSlots)
        queue_.shrink_to_fit();
    return true;
}

// A peer that keeps up only just never empties its queue: the written part must not grow.
bool WebSocketLink::forget_written() {
    if (head_ > kKeptQueueSlots && head_ * 2 > queue_.size()) {
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
    return false;
}

void WebSocketLink::flush() {
    std::lock_guard lock(mutex_);
    scheduled_ = false;
    waiting_ = false;
    if (!stream_)
        return;
    try {
        bool done = write_queue();
        if (closing_ && done)
            stream_->stop_receiving();
        else if (closing_)
            stream_->shut();
        else if (!done) {
            waiting_ = true;
            stream_->when_writable([self = shared_from_this()] { self->flush(); });
        }
    } catch (const Error&) {
        stream_->shut(); // the peer is gone; the reading side ends the session
    }
}

} // namespace cang::socketio
