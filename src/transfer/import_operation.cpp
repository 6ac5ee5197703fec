#include "transfer/import_operation.hpp"

#include "transfer/archive_images.hpp"
#include "transfer/copy_report.hpp"
#include "transfer/image_log.hpp"
#include "transfer/place_request.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

ImportItem to_item(const ArchivedImage& image, const std::string& as) {
    if (!as.empty())
        return {image, require_place("images.as", as)};
    auto reference = warehouse_reference(image.name);
    if (!reference)
        throw Error(ErrorKind::invalid_argument,
                    fmt::format("the image \"{}\" of the archive has no name of a repository; say with \"as\" how it "
                                "is called",
                                std::string_view(image.name).substr(0, 300)));
    return {image, image::PlaceName{image::PlaceKind::warehouse, {}, *reference}};
}

std::vector<ImportItem> choose(const ImageArchive& archive, const ImportRequest& request) {
    std::vector<ImportItem> items;
    for (const auto& wanted : request.images)
        items.push_back(to_item(get_image(archive, wanted.name), wanted.as));
    if (request.images.empty())
        for (const auto& image : archive.images)
            items.push_back(to_item(image, ""));
    if (items.empty())
        throw Error(ErrorKind::not_found, "the archive has no images");
    return items;
}

awaitable<boost::json::object> import(Context& here, operation::Context& operation) {
    auto request = read_input<ImportRequest>(operation.spec().input);
    auto settings = request.choice.to_settings();
    settings.pack.spool_directory = here.spool_directory;
    auto upload = co_await here.uploads.keep(request.upload);
    auto archive = co_await open_any_archive(here.uploads.file_of(upload), here.pool, here.spool_directory);
    auto items = choose(archive, request);
    auto executor = co_await asio::this_coro::executor;
    auto authority = co_await authority_of(here, operation);
    ServerPlaces places(executor, here.warehouse, here.access_to, std::move(authority));
    ImageLog log(operation, items.size() > 1);
    co_await run_import(places, here.pool, archive, std::move(items), std::move(settings), log);
    co_return boost::json::object{{"images", log.take_images()}};
}

awaitable<void> clean_up(Context& here, const operation::Operation& ended) {
    if (ended.state != operation::State::succeeded)
        co_return;
    auto request = read_input<ImportRequest>(ended.spec.input);
    co_await here.uploads.remove(request.upload);
}

} // namespace

ImportRequest ImportRequest::read(const oci::JsonScope& request) {
    ImportRequest read{.upload = request.required_text("upload"), .images = {}, .choice = ImageChoice::read(request)};
    request.for_each_element("images", max_images, [&](const boost::json::value& element, std::string path) {
        const auto* object = element.if_object();
        if (object == nullptr)
            return request.problem().note(path + " is not an object");
        oci::JsonScope image(*object, path, request.problem());
        read.images.push_back({.name = image.text("name"), .as = image.text("as")});
    });
    return read;
}

operation::Spec import_spec(const ImportRequest& request, const Upload& upload) {
    if (!upload.complete())
        throw Error(ErrorKind::conflict, fmt::format("the upload has {} of {} bytes yet", upload.offset, upload.size));
    request.choice.to_settings(); // throws for what it cannot use
    operation::Spec spec;
    spec.type = "import";
    spec.title = fmt::format("Import {}", upload.name);
    spec.resources = {"upload " + upload.id};
    boost::json::array images;
    for (const auto& image : request.images) {
        auto as = image.as.empty() ? image.as : require_place("images.as", image.as).to_string();
        auto target = as.empty() ? warehouse_reference(image.name).value_or(oci::Reference{}).to_string() : as;
        spec.resources.push_back("image " + target);
        images.push_back(boost::json::object{{"name", image.name}, {"as", as}});
    }
    spec.input = {{"upload", upload.id}, {"images", std::move(images)}};
    request.choice.write(spec.input);
    return spec;
}

operation::Task import_task(Context& here) {
    return {.type = operation::get_type("import"),
            .work = [&here](operation::Context& operation) { return import(here, operation); },
            .ended = [&here](const operation::Operation& ended) { return clean_up(here, ended); }};
}

} // namespace cang::transfer
