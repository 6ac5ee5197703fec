// image::copy: the one way an image moves. copy = make_plan (pure) + execute (flat steps).
#pragma once

#include "image/sink.hpp"
#include "image/source.hpp"

#include <chrono>

namespace cang::image {

struct CopyOptions {
    // Every platform of an index (default), or only these. One platform of an index becomes a plain image manifest;
    // several become a smaller index.
    std::vector<oci::Platform> platforms;
    bool referrers = false; // bring signatures, SBOMs and other referrers, recursively
    std::size_t concurrent_blobs = 6;
    int attempts = 5;                           // per blob and manifest, with back-off
    std::chrono::milliseconds first_delay{250}; // before the second attempt; doubles from there
    bool force = false; // copy even where the target already has the same digest under that name
};

// Receives the course of a copy; calls come from the copy's executor. Every method has an empty default.
class CopyProgress {
public:
    virtual ~CopyProgress() = default;
    virtual void planned(std::size_t blobs, std::uint64_t bytes) { (void)blobs, (void)bytes; }
    virtual void blob_started(const oci::Descriptor& blob) { (void)blob; }
    virtual void blob_advanced(const oci::Descriptor& blob, std::uint64_t bytes) { (void)blob, (void)bytes; }
    virtual void blob_finished(const oci::Descriptor& blob, bool skipped) { (void)blob, (void)skipped; }
    virtual void retrying(std::string_view what, std::string_view why, std::chrono::milliseconds delay) {
        (void)what, (void)why, (void)delay;
    }
    virtual void manifest_put(const oci::Descriptor& manifest) { (void)manifest; }
};

struct CopyResult {
    oci::Descriptor root;   // what the target shows now
    bool unchanged = false; // the target had it already; nothing was sent
    std::size_t blobs_copied = 0;
    std::size_t blobs_skipped = 0; // present or mounted
    std::uint64_t bytes_copied = 0;
    std::size_t manifests_copied = 0;
};

// Copies what `from` names in `source` to `to` in `target`. Throws Error; the target then shows nothing new.
// Cancelled through the coroutine's cancellation slot.
awaitable<CopyResult> copy(Source& source, oci::Reference from, Sink& target, oci::Reference to, CopyOptions options,
                           CopyProgress& progress);

} // namespace cang::image
