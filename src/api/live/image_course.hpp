// Which repositories change: told soon, and each once however often it changed meanwhile. Administrators hear the
// names, others only that something changed: a name may be one that they must not know.
#pragma once

#include "http/socketio/socket.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <set>

namespace cang::api::live {

class ImageCourse : public std::enable_shared_from_this<ImageCourse> {
public:
    static constexpr std::chrono::milliseconds interval{250};
    // Beyond so many in one interval the names are left out.
    static constexpr std::size_t max_names = 50;

    ImageCourse(std::shared_ptr<socketio::Namespace> name_space, asio::any_io_executor executor)
        : namespace_(std::move(name_space)), executor_(std::move(executor)) {}

    // For who connects.
    static const char* room(bool administrator) { return administrator ? "images, by name" : "images"; }
    // After an interval emits "images.changed" with {"repository"} of each that was noted meanwhile; with {} when there
    // were too many to name, and to those who hear no names. Any thread.
    void note(const std::string& repository);

private:
    void tell();

    const std::shared_ptr<socketio::Namespace> namespace_;
    const asio::any_io_executor executor_;
    std::mutex mutex_;
    std::set<std::string> noted_;
};

} // namespace cang::api::live
