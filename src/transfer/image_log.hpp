// Several images of one operation, one after the other: their course, a line for each when it is done, and the list of
// them as the operation's result has it.
#pragma once

#include "transfer/copy_course.hpp"
#include "transfer/copy_run.hpp"

#include <boost/json/array.hpp>

namespace cang::transfer {

class ImageLog final : public ImageObserver {
public:
    // The context outlives it. With `several` each line of the log begins with the image.
    ImageLog(operation::Context& context, bool several) : course_(context), several_(several) {}

    std::unique_ptr<image::CopyProgress> started(const std::string& source, const std::string& target) override;
    void ended(const std::string& source, const std::string& target, const image::CopyResult& result) override;
    boost::json::array take_images() { return std::move(images_); }

private:
    CopyCourse course_;
    bool several_;
    std::chrono::steady_clock::time_point began_;
    boost::json::array images_;
};

} // namespace cang::transfer
