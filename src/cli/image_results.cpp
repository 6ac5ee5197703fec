#include "cli/image_results.hpp"

#include "transfer/copy_report.hpp"

#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace cang::cli {

std::unique_ptr<image::CopyProgress> ImageResults::started(const std::string&, const std::string&) {
    return make_progress(session_);
}

void ImageResults::ended(const std::string& source, const std::string& target, const image::CopyResult& result) {
    const bool by_source = named_ == Named::by_source;
    session_.print(fmt::format("{} {}", by_source ? source : target, transfer::to_line(result)));
    images_.push_back(
        transfer::to_json(by_source ? source : archive_, by_source ? archive_ : target, result, watch_()));
}

void ImageResults::print() const {
    if (session_.options.json)
        session_.print_json(boost::json::object{{"images", images_}});
}

} // namespace cang::cli
