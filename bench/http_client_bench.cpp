// Fetches URLs (or uploads zeros to one) with the HTTP client and prints wall and CPU seconds: http_client_bench get
// URL… | http_client_bench put URL BYTES. Compare with `curl -so /dev/null URL`.
#include "base/bytes.hpp"
#include "http/client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <sys/resource.h>
#include <vector>

using namespace cang;

namespace {

class Zeros final : public io::Reader {
public:
    explicit Zeros(std::uint64_t bytes) : left_(bytes) {}
    awaitable<std::size_t> read(MutableBytes buffer) override {
        auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left_));
        left_ -= count;
        co_return count;
    }

private:
    std::uint64_t left_;
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

awaitable<std::uint64_t> get(http::Client& client, std::vector<std::string> urls) {
    std::uint64_t total = 0;
    std::vector<std::byte> buffer(256 * KiB);
    for (std::string& url : urls) {
        http::ClientRequest request;
        request.url = url;
        http::ClientResponse response = co_await client.send(std::move(request));
        while (true) {
            std::size_t count = co_await response.body->read(buffer);
            if (count == 0)
                break;
            total += count;
        }
    }
    co_return total;
}

awaitable<std::uint64_t> put(http::Client& client, std::string url, std::uint64_t bytes) {
    Zeros zeros(bytes);
    http::ClientRequest request;
    request.method = http::Method::put;
    request.url = std::move(url);
    request.body = &zeros;
    request.body_bytes = bytes;
    http::ClientResponse response = co_await client.send(std::move(request));
    co_await io::drain(*response.body);
    co_return bytes;
}

} // namespace

int main(int count, char** words) {
    if (count < 3)
        return 3;
    asio::io_context context(1);
    http::Client client(context.get_executor());
    std::vector<std::string> urls(words + 2, words + count);
    bool upload = std::strcmp(words[1], "put") == 0;
    auto started = std::chrono::steady_clock::now();
    std::uint64_t total = 0;
    auto work = upload ? put(client, urls.at(0), std::stoull(urls.at(1))) : get(client, urls);
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr failure, std::uint64_t bytes) {
        if (failure)
            std::rethrow_exception(failure);
        total = bytes;
    });
    context.run();
    std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started;
    std::printf("%.1f MB, wall %.3f s, cpu %.3f s\n", static_cast<double>(total) / 1e6, wall.count(), cpu_seconds());
}
