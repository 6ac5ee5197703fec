// What a client asks to watch: whatever is accepted is bounded.
#include "api/live/watch_request.hpp"
#include "http/socketio/socket_packet.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto packet = socketio::parse_socket_packet({reinterpret_cast<const char*>(bytes), size});
    if (!packet || !packet->payload.is_array())
        return 0;
    auto request = api::live::parse_watch_request(packet->payload.get_array());
    if (!request) {
        fuzz::require(!request.error().reason.empty(), "a refusal has a reason");
        return 0;
    }
    fuzz::require(!request->operation.empty() && request->operation.size() <= 64, "the name is bounded");
    fuzz::require(request->after <= static_cast<std::uint64_t>(INT64_MAX), "the database knows such a number");
    return 0;
}
