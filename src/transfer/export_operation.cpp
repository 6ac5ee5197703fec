#include "transfer/export_operation.hpp"

#include "transfer/archive_images.hpp"
#include "transfer/image_log.hpp"
#include "transfer/place_request.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

image::PlaceKind parse_format(std::string_view format) {
    if (format == "docker-archive")
        return image::PlaceKind::docker_archive;
    if (format == "oci-archive")
        return image::PlaceKind::oci_archive;
    throw Error(ErrorKind::invalid_argument, "format must be docker-archive or oci-archive");
}

// "team/app:v1" becomes app_v1.tar; several images go by the first one.
std::string file_name(const std::vector<image::PlaceName>& images) {
    const auto& reference = *images.front().reference;
    auto name = reference.repository.substr(reference.repository.rfind('/') + 1);
    name += "_" + (reference.tag ? *reference.tag : reference.digest->short_hex());
    if (images.size() > 1)
        name += fmt::format("_and_{}_more", images.size() - 1);
    return name + ".tar";
}

std::vector<image::PlaceName> require_images(const ExportRequest& request) {
    if (request.images.empty() || request.images.size() > ExportRequest::max_images)
        throw Error(ErrorKind::invalid_argument, fmt::format("images must be 1 to {}", ExportRequest::max_images));
    std::vector<image::PlaceName> names;
    for (const auto& text : request.images)
        names.push_back(require_place("images", text));
    return names;
}

awaitable<boost::json::object> run(Context& here, operation::Context& operation) {
    auto request = read_input<ExportRequest>(operation.spec().input);
    auto names = require_images(request);
    auto settings = request.choice.to_settings();
    settings.pack.spool_directory = here.spool_directory;
    auto executor = co_await asio::this_coro::executor;
    auto authority = co_await authority_of(here, operation);
    ServerPlaces places(executor, here.warehouse, here.access_to, std::move(authority));
    image::PlaceName file{parse_format(request.format), here.exports.file_of(operation.id()).string(), std::nullopt};
    auto archive = create_archive(file, here.pool);
    ImageLog log(operation, names.size() > 1);
    auto shown_name = file_name(names);
    co_await run_export(places, here.pool, std::move(names), *archive, std::move(settings), log);
    auto bytes = co_await here.exports.size_of(operation.id());
    co_return boost::json::object{{"file", shown_name}, {"bytes", bytes}, {"images", log.take_images()}};
}

// A cancel may come when the archive is already shown.
awaitable<void> clean_up(Context& here, const operation::Operation& ended) {
    if (ended.state != operation::State::succeeded)
        co_await here.exports.remove(ended.id);
}

} // namespace

ExportRequest ExportRequest::read(const oci::JsonScope& request) {
    return {.images = request.texts("images"),
            .format = request.required_text("format"),
            .choice = ImageChoice::read(request)};
}

operation::Spec export_spec(const ExportRequest& request) {
    auto names = require_images(request);
    parse_format(request.format);
    request.choice.to_settings(); // throws for what it cannot use
    boost::json::array images;
    for (const auto& name : names)
        images.push_back(boost::json::string(name.to_string()));
    operation::Spec spec;
    spec.type = "export";
    spec.title = names.size() == 1 ? fmt::format("Export {}", names.front().to_string())
                                   : fmt::format("Export {} and {} more", names.front().to_string(), names.size() - 1);
    spec.input = {{"images", std::move(images)}, {"format", request.format}};
    request.choice.write(spec.input);
    return spec;
}

operation::Task export_task(Context& here) {
    return {.type = operation::get_type("export"),
            .work = [&here](operation::Context& operation) { return run(here, operation); },
            .ended = [&here](const operation::Operation& ended) { return clean_up(here, ended); }};
}

} // namespace cang::transfer
