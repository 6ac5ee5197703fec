// What the conversation tests of this room share: a registry client that talks to a scripted server.
#pragma once

#include "base/error_kind.hpp"
#include "distribution/registry_client.hpp"
#include "testing/fake_clock.hpp"
#include "testing/run_async.hpp"
#include "testing/scripted_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cang::distribution {

using testing::Exchange;
using testing::run_async;
using testing::ScriptedServer;

inline RegistryOptions plain_options() {
    RegistryOptions options;
    options.plain_http = true;
    return options;
}

// Runs `body` with a client of the server's registry; returns "kind: message" of the Error it threw, or "".
inline std::string talk(ScriptedServer& server, RegistryOptions options,
                        std::function<awaitable<void>(RegistryClient&)> body) {
    try {
        run_async([&]() -> awaitable<void> {
            auto executor = co_await asio::this_coro::executor;
            RegistryClient client(executor, server.authority(), options);
            co_await body(client);
        });
        return {};
    } catch (const Error& error) {
        return fmt::format("{}: {}", error_kind_row(error.kind()).name, error.message());
    }
}

} // namespace cang::distribution
