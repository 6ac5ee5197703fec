// A bare HTTP server for load generators: GET /text answers 500 bytes from memory, GET /file/{name} a file of the given
// directory, POST /sink counts a body. http_bench PORT DIRECTORY [THREADS [CERT KEY]]; ends with its standard input.
#include "base/error.hpp"
#include "http/server.hpp"

#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace cang;
using namespace cang::http;

Route route(Method method, std::string pattern, std::string name, Handler handle) {
    Route result{.method = method, .pattern = std::move(pattern), .name = std::move(name)};
    result.handle = std::move(handle);
    result.body_limit = UINT64_MAX;
    return result;
}

Response open_file(const std::string& path) {
    int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status{};
    if (descriptor < 0 || ::fstat(descriptor, &status) != 0)
        throw Error(ErrorKind::not_found, "no such file");
    Response response;
    response.body = FileBody(descriptor, 0, static_cast<std::uint64_t>(status.st_size));
    return response;
}

} // namespace

int main(int count, char** arguments) {
    if (count < 3)
        return 3;
    ServerOptions options;
    options.port = static_cast<std::uint16_t>(std::stoi(arguments[1]));
    std::string directory = arguments[2];
    options.threads = count > 3 ? std::stoul(arguments[3]) : 0;
    if (count > 5) {
        options.tls_cert_file = arguments[4];
        options.tls_key_file = arguments[5];
    }
    auto text = std::make_shared<const std::string>(500, 'm');
    Handler get_text = [text](Request&) -> awaitable<Response> {
        Response response;
        response.headers.add("Content-Type", "application/vnd.oci.image.manifest.v1+json");
        response.body = text;
        co_return response;
    };
    Handler get_file = [directory](Request& request) -> awaitable<Response> {
        co_return open_file(directory + "/" + request.parameter("name"));
    };
    Handler sink = [](Request& request) -> awaitable<Response> {
        auto buffer = std::make_unique<std::byte[]>(256 * KiB);
        MutableBytes room(buffer.get(), 256 * KiB);
        std::uint64_t total = 0;
        for (std::size_t size = 1; size > 0; total += size)
            size = co_await request.body->read(room);
        co_return text_response(200, std::to_string(total));
    };
    Router router;
    router.add({route(Method::get, "/text", "text", get_text), route(Method::get, "/file/{name}", "file", get_file),
                route(Method::get, "/v2/{name...}/manifests/{reference}", "manifest", get_text),
                route(Method::post, "/sink", "sink", sink), route(Method::put, "/sink", "sink.put", sink)});
    Server server(options, router, {});
    server.start();
    std::printf("%u\n", server.port());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    server.stop(std::chrono::seconds(1));
}
