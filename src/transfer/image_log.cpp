#include "transfer/image_log.hpp"

#include "transfer/copy_report.hpp"

#include <boost/json/value.hpp>

namespace cang::transfer {

std::unique_ptr<image::CopyProgress> ImageLog::started(const std::string&, const std::string& target) {
    began_ = std::chrono::steady_clock::now();
    return course_.follow(several_ ? target : "");
}

void ImageLog::ended(const std::string& source, const std::string& target, const image::CopyResult& result) {
    auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_);
    course_.context().log((several_ ? target + ": " : "") + to_line(result));
    images_.push_back(to_json(source, target, result, took));
}

} // namespace cang::transfer
