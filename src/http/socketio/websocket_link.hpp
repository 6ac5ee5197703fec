// One WebSocket's sending side: a queue bounded in bytes, written without waiting on the event loop of its connection.
//
// Any thread may send; the loop is asked once for all links that have something to write. A peer that does not take
// its bytes in time is cut: it never slows anybody else.
#pragma once

#include "http/socketio/engine_packet.hpp"
#include "http/socketio/websocket_frame.hpp"
#include "http/upgraded_stream.hpp"

#include <atomic>
#include <mutex>
#include <span>
#include <vector>

namespace cang::socketio {

class WebSocketLink;

// The links of one event loop that have something to write.
class LoopOutbox : public std::enable_shared_from_this<LoopOutbox> {
public:
    explicit LoopOutbox(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    // From any thread, while the link's connection is open: that keeps the loop alive.
    void schedule(std::shared_ptr<WebSocketLink> link);

private:
    void drain();

    asio::any_io_executor executor_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<WebSocketLink>> due_;
};

class WebSocketLink : public std::enable_shared_from_this<WebSocketLink> {
public:
    // `stream` is used until detach().
    WebSocketLink(http::UpgradedStream& stream, std::shared_ptr<LoopOutbox> outbox, std::size_t max_queue_bytes)
        : stream_(&stream), outbox_(std::move(outbox)), max_queue_bytes_(max_queue_bytes) {}

    // From any thread. Packets for a link that is over or full are dropped; a full one is cut.
    void send(std::span<const SharedPacket> packets);
    void send(SharedPacket packet) { send(std::span(&packet, 1)); }
    // Sends what is queued and a close frame, as far as the peer takes them at once, then ends the stream.
    void close(std::uint16_t code, std::string_view reason = {});
    void cut() noexcept; // ends the stream at once
    std::size_t queued_bytes();
    // Whether the queue was full at some time.
    bool overflowed() const noexcept { return overflowed_; }

    // On the loop:
    void flush();
    void detach() noexcept; // before the stream is gone

private:
    void enqueue(SharedPacket packet);
    void schedule();
    bool write_queue();
    bool forget_written();
    void drop_queue() noexcept;

    std::mutex mutex_;
    http::UpgradedStream* stream_;
    std::shared_ptr<LoopOutbox> outbox_;
    std::size_t max_queue_bytes_;
    std::vector<SharedPacket> queue_;
    std::size_t head_ = 0;        // the first of the queue not wholly written
    std::size_t head_offset_ = 0; // bytes of it that are
    std::size_t queued_bytes_ = 0;
    bool scheduled_ = false;
    bool waiting_ = false; // for the socket to take more
    bool closing_ = false;
    std::atomic<bool> overflowed_ = false;
};

// What a queued packet costs besides its bytes.
inline constexpr std::size_t kPacketOverheadBytes = 64;

} // namespace cang::socketio
