#include "http/response.hpp"

#include <unistd.h>

namespace cang::http {

FileBody::FileBody(FileBody&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), offset_(other.offset_), length_(other.length_) {}

FileBody& FileBody::operator=(FileBody&& other) noexcept {
    if (this != &other) {
        if (descriptor_ >= 0)
            ::close(descriptor_);
        descriptor_ = std::exchange(other.descriptor_, -1);
        offset_ = other.offset_;
        length_ = other.length_;
    }
    return *this;
}

FileBody::~FileBody() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

namespace {

Response typed_response(int status, std::string body, const char* content_type) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", content_type);
    response.body = std::move(body);
    return response;
}

} // namespace

Response json_response(int status, std::string body) {
    return typed_response(status, std::move(body), "application/json");
}

Response text_response(int status, std::string body) {
    return typed_response(status, std::move(body), "text/plain; charset=utf-8");
}

} // namespace cang::http
