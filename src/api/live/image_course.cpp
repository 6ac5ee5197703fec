#include "api/live/image_course.hpp"

#include <boost/asio/steady_timer.hpp>

namespace cang::api::live {

namespace json = boost::json;

void ImageCourse::note(const std::string& repository) {
    {
        std::lock_guard lock(mutex_);
        bool waiting = !noted_.empty();
        if (noted_.size() <= max_names)
            noted_.insert(repository);
        if (waiting)
            return;
    }
    auto timer = std::make_shared<asio::steady_timer>(executor_, interval);
    timer->async_wait([self = shared_from_this(), timer](const boost::system::error_code& failure) {
        if (!failure)
            self->tell();
    });
}

void ImageCourse::tell() {
    std::set<std::string> names;
    {
        std::lock_guard lock(mutex_);
        names.swap(noted_);
    }
    socketio::Event unnamed{.name = "images.changed", .arguments = {json::object{}}, .attachments = {}};
    namespace_->emit_to(room(false), unnamed);
    if (names.size() > max_names)
        return namespace_->emit_to(room(true), unnamed);
    for (const std::string& name : names) {
        json::object change{{"repository", name}};
        namespace_->emit_to(room(true), {.name = "images.changed", .arguments = {change}, .attachments = {}});
    }
}

} // namespace cang::api::live
