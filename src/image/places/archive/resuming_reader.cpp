#include "image/places/archive/resuming_reader.hpp"

#include "base/error.hpp"

namespace cang::archive {

namespace {

// A peer that breaks more often than this within one blob is overloaded: waiting is the retry's business.
constexpr int kMostResumptions = 4;

class ResumingReader final : public io::Reader {
public:
    ResumingReader(image::BlobOpener open, image::ByteCount arrived)
        : open_(std::move(open)), arrived_(std::move(arrived)) {}

    awaitable<std::size_t> read(MutableBytes buffer) override {
        while (true) {
            std::optional<Error> failure;
            try {
                if (!inner_)
                    inner_ = co_await open_(offset_);
                const auto length = co_await inner_->read(buffer);
                advance(length);
                co_return length;
            } catch (const Error& error) {
                failure = error;
            }
            if (!may_resume(*failure))
                throw Error(*failure);
            inner_.reset();
            resumed_at_ = offset_;
            ++resumptions_;
        }
    }

private:
    void advance(std::size_t length) {
        offset_ += length;
        if (arrived_ && length != 0)
            arrived_(length);
    }

    bool may_resume(const Error& error) const {
        const bool broken = error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::deadline_exceeded;
        return broken && !error.retry_after() && offset_ > resumed_at_ && resumptions_ < kMostResumptions;
    }

    image::BlobOpener open_;
    image::ByteCount arrived_;
    io::ReaderPtr inner_;
    std::uint64_t offset_ = 0;
    std::uint64_t resumed_at_ = 0;
    int resumptions_ = 0;
};

} // namespace

io::ReaderPtr resuming_reader(image::BlobOpener open, image::ByteCount arrived) {
    return std::make_unique<ResumingReader>(std::move(open), std::move(arrived));
}

} // namespace cang::archive
