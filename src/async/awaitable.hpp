// The coroutine type of the house.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cang {

namespace asio = boost::asio;

template <typename T>
using awaitable = asio::awaitable<T>;

} // namespace cang
