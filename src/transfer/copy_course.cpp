#include "transfer/copy_course.hpp"

#include "base/bytes.hpp"
#include "transfer/copy_report.hpp"

#include <fmt/chrono.h>

namespace cang::transfer {

namespace {

std::string name_of(const oci::Descriptor& blob) {
    auto kind = oci::is_layer(blob.media_type) ? "layer" : oci::is_config(blob.media_type) ? "config" : "blob";
    return fmt::format("{} {}", kind, blob.digest.short_hex());
}

} // namespace

class CopyCourse::Copy final : public image::CopyProgress {
public:
    Copy(CopyCourse& course, std::string subject)
        : course_(course), prefix_(subject.empty() ? "" : std::move(subject) + ": ") {}
    // Of a copy that broke off, what is left does not count as done.
    ~Copy() override {
        for (const auto& [digest, blob] : blobs_)
            progress().finish(blob.part, false);
    }

    void planned(std::size_t blobs, std::uint64_t bytes) override {
        course_.expect(bytes);
        log(fmt::format("{} to copy, {}", count_of(blobs, "blob"), human_bytes(bytes)));
    }
    void blob_started(const oci::Descriptor& blob) override {
        blobs_[blob.digest] = {.part = progress().add_part(name_of(blob), blob.size), .left = blob.size};
    }
    // Bytes that are sent again after a break are not counted again.
    void blob_advanced(const oci::Descriptor& blob, std::uint64_t bytes) override {
        auto& known = blobs_.at(blob.digest);
        auto counted = std::min(bytes, known.left);
        known.left -= counted;
        progress().advance(known.part, counted);
    }
    void blob_finished(const oci::Descriptor& blob, bool) override {
        progress().finish(blobs_.at(blob.digest).part);
        blobs_.erase(blob.digest);
    }
    void retrying(std::string_view what, std::string_view why, std::chrono::milliseconds delay) override {
        log(fmt::format("{}: {}; trying again in {}", what, why, delay));
    }
    void manifest_put(const oci::Descriptor& manifest) override {
        log(fmt::format("manifest {} is there", manifest.digest.to_string()));
    }

private:
    struct Blob {
        operation::Progress::Part part = operation::Progress::whole;
        std::uint64_t left = 0;
    };
    operation::Progress& progress() { return course_.context_.progress(); }
    void log(const std::string& line) { course_.context_.log(prefix_ + line); }

    CopyCourse& course_;
    std::string prefix_;
    std::map<oci::Digest, Blob> blobs_;
};

CopyCourse::CopyCourse(operation::Context& context) : context_(context), expected_(context.progress().done()) {}

void CopyCourse::expect(std::uint64_t bytes) {
    expected_ += bytes;
    context_.progress().expect(expected_);
}

std::unique_ptr<image::CopyProgress> CopyCourse::follow(std::string subject) {
    return std::make_unique<Copy>(*this, std::move(subject));
}

} // namespace cang::transfer
