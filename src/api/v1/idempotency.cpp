#include "api/v1/idempotency.hpp"

#include "api/v1/input.hpp"
#include "base/oci/digest.hpp"
#include "image/store/idempotency_store.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace cang::api::v1 {

namespace {

constexpr std::size_t kLongestKey = 200;
constexpr std::size_t kMaxKept = 256 * 1024; // bytes of an answer; longer ones are not kept
constexpr std::chrono::hours kLife{24};

// Null when the answer is not one to keep.
const std::string* text_of(const http::Response& response) {
    static const std::string nothing;
    if (response.status >= 300)
        return nullptr;
    if (std::holds_alternative<std::monostate>(response.body))
        return &nothing;
    const auto* text = std::get_if<std::string>(&response.body);
    return text != nullptr && text->size() <= kMaxKept ? text : nullptr;
}

http::Response replay(store::IdempotentAnswerRow kept) {
    http::Response response;
    response.status = kept.status;
    if (!kept.location.empty())
        response.headers.set("Location", std::move(kept.location));
    if (!kept.content_type.empty())
        response.headers.set("Content-Type", std::move(kept.content_type));
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("Idempotency-Replayed", "true");
    if (!kept.body.empty())
        response.body = std::move(kept.body);
    return response;
}

} // namespace

std::optional<std::string> idempotency_key(const http::Request& request) {
    if (!request.headers->has("Idempotency-Key"))
        return std::nullopt;
    auto key = request.header("Idempotency-Key");
    auto printable = [](char c) { return c >= ' ' && c <= '~'; };
    if (key.empty() || key.size() > kLongestKey || !std::ranges::all_of(key, printable))
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("Idempotency-Key must be 1 to {} printable ASCII characters", kLongestKey));
    return std::string(key);
}

struct Idempotency::Asked {
    std::string requested_by;
    std::string key;
    std::string fingerprint;
};

// Held while a request is being answered.
class Idempotency::Claim {
public:
    Claim(Idempotency& owner, std::pair<std::string, std::string> name) : owner_(owner), name_(std::move(name)) {
        std::lock_guard lock(owner_.mutex_);
        if (owner_.in_progress_.insert(name_).second)
            return;
        Error error(ErrorKind::conflict, "a request with this Idempotency-Key is still being answered");
        error.with_retry_after(std::chrono::seconds(1));
        throw error;
    }
    ~Claim() {
        std::lock_guard lock(owner_.mutex_);
        owner_.in_progress_.erase(name_);
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

private:
    Idempotency& owner_;
    std::pair<std::string, std::string> name_;
};

std::string Idempotency::fingerprint_of(const http::Request& request, std::string_view body) const {
    auto text = fmt::format("{}\n{} {}\n{}\n{}", key_.reveal(), http::to_string(request.method), request.target,
                            request.header("Content-Type"), body);
    return oci::Digest::of(std::string_view(text)).to_string();
}

http::Handler Idempotency::protect(const http::Route& route) {
    bool compare_body = route.body_limit <= kMaxBody;
    return [this, handle = route.handle, compare_body](http::Request& request) {
        return answer(handle, request, compare_body);
    };
}

awaitable<http::Response> Idempotency::answer(const http::Handler& handle, http::Request& request, bool compare_body) {
    auto key = idempotency_key(request);
    if (!key)
        co_return co_await handle(request);
    Claim claim(*this, {request.principal.name, *key});
    std::string body;
    io::ReaderPtr copy;
    if (compare_body) {
        body = co_await io::read_all(*request.body, kMaxBody);
        copy = io::memory_reader(body);
        request.body = copy.get();
    }
    Asked asked{request.principal.name, std::move(*key), fingerprint_of(request, body)};
    auto kept = co_await find_answer(asked);
    if (kept)
        co_return std::move(*kept);
    auto response = co_await handle(request);
    co_await keep(std::move(asked), response);
    co_return response;
}

awaitable<std::optional<http::Response>> Idempotency::find_answer(Asked asked) {
    auto find = [asked](sql::Connection& connection) {
        return store::IdempotencyStore(connection).find(asked.requested_by, asked.key);
    };
    auto kept = co_await database_.read(std::move(find));
    if (!kept || kept->created_at < clock_.now() - kLife)
        co_return std::nullopt;
    if (kept->fingerprint != asked.fingerprint)
        throw Error(ErrorKind::conflict, "this Idempotency-Key was used for another request; take a new one");
    co_return replay(std::move(*kept));
}

awaitable<void> Idempotency::keep(Asked asked, const http::Response& response) {
    const auto* text = text_of(response);
    if (text == nullptr)
        co_return;
    auto now = clock_.now();
    store::IdempotentAnswerRow row{.requested_by = std::move(asked.requested_by),
                                   .key = std::move(asked.key),
                                   .fingerprint = std::move(asked.fingerprint),
                                   .status = response.status,
                                   .location = std::string(response.headers.get("Location")),
                                   .content_type = std::string(response.headers.get("Content-Type")),
                                   .body = *text,
                                   .created_at = now};
    auto write = [row = std::move(row), cutoff = now - kLife](sql::Connection& connection) {
        store::IdempotencyStore answers(connection);
        answers.remove_old(cutoff);
        answers.create(row);
    };
    co_await database_.write(std::move(write));
}

} // namespace cang::api::v1
