// What import and export tell of each image: a progress while it is copied, a line when it is done, and with --json one
// document of all at the end.
#pragma once

#include "cli/progress.hpp"
#include "transfer/copy_run.hpp"

#include <boost/json/array.hpp>

namespace cang::cli {

class ImageResults final : public transfer::ImageObserver {
public:
    enum class Named { by_source, by_target };

    // Lines name the image by its source or by its target; the other side is `archive` for all of them.
    ImageResults(const Session& session, Named named, std::string archive)
        : session_(session), named_(named), archive_(std::move(archive)) {}

    std::unique_ptr<image::CopyProgress> started(const std::string& source, const std::string& target) override;
    void ended(const std::string& source, const std::string& target, const image::CopyResult& result) override;
    void print() const;

private:
    const Session& session_;
    Named named_;
    std::string archive_;
    Stopwatch watch_ = steady_stopwatch();
    boost::json::array images_;
};

} // namespace cang::cli
