#include "image/verify.hpp"

#include "io/hash.hpp"

#include <fmt/format.h>

namespace cang::image {

namespace {

class VerifyingReader final : public io::Reader {
public:
    VerifyingReader(io::ReaderPtr inner, const oci::Descriptor& descriptor)
        : inner_(std::move(inner)), digest_(descriptor.digest), size_(descriptor.size),
          hash_(descriptor.digest.algorithm()) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        auto length = co_await inner_->read(buffer);
        hash_.update(buffer.first(length));
        if (hash_.bytes() > size_)
            fail(fmt::format("blob {} has more than {} bytes", digest_.to_string(), size_));
        if (length == 0)
            check_whole();
        co_return length;
    }

private:
    void check_whole() const {
        if (hash_.bytes() < size_)
            fail(fmt::format("blob {} ended after {} of {} bytes", digest_.to_string(), hash_.bytes(), size_));
        if (hash_.digest() != digest_)
            fail(fmt::format("the bytes of blob {} are not what the digest says", digest_.to_string()));
    }

    [[noreturn]] static void fail(std::string message) {
        auto error = Error(ErrorKind::corrupt, std::move(message));
        throw error.with_code("DIGEST_INVALID");
    }

    io::ReaderPtr inner_;
    oci::Digest digest_;
    std::uint64_t size_;
    io::Hash hash_;
};

} // namespace

io::ReaderPtr verifying_reader(io::ReaderPtr inner, const oci::Descriptor& descriptor) {
    return std::make_unique<VerifyingReader>(std::move(inner), descriptor);
}

} // namespace cang::image
