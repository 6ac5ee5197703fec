#include "http/upgraded_stream.hpp"

#include <sys/socket.h>

namespace cang::http {

void UpgradedStream::stop_receiving() noexcept { ::shutdown(channel_.transport().socket().native_handle(), SHUT_RD); }

} // namespace cang::http
