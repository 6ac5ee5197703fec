#include "transfer/copy_operation.hpp"

#include "transfer/image_log.hpp"
#include "transfer/place_request.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

std::string to_text(const SourceName& source) {
    if (const auto* name = std::get_if<image::PlaceName>(&source))
        return name->to_string();
    const auto& upload = std::get<UploadName>(source);
    return "upload:" + upload.id + (upload.image.empty() ? "" : ":" + upload.image);
}

awaitable<void> copy_upload(Context& here, ServerPlaces& places, UploadName name, image::PlaceName target,
                            CopySettings settings, ImageLog& log) {
    settings.pack.spool_directory = here.spool_directory;
    auto upload = co_await here.uploads.keep(name.id);
    if (!upload.complete())
        throw Error(ErrorKind::conflict, fmt::format("the upload has {} of {} bytes yet", upload.offset, upload.size));
    auto archive = co_await open_any_archive(here.uploads.file_of(upload), here.pool, here.spool_directory);
    std::vector<ImportItem> items{{get_image(archive, name.image), std::move(target)}};
    co_await run_import(places, here.pool, archive, std::move(items), std::move(settings), log);
}

awaitable<boost::json::object> copy(Context& here, operation::Context& operation) {
    auto request = read_input<CopyRequest>(operation.spec().input);
    auto source = require_source("source", request.source);
    auto target = require_place("target", request.target);
    auto settings = request.choice.to_settings();
    auto executor = co_await asio::this_coro::executor;
    auto authority = co_await authority_of(here, operation);
    ServerPlaces places(executor, here.warehouse, here.access_to, std::move(authority));
    ImageLog log(operation, false);
    if (const auto* name = std::get_if<image::PlaceName>(&source)) {
        auto progress = log.started(request.source, request.target);
        CopyJob job{*name, target};
        auto result = co_await run_copy(places, here.pool, std::move(job), std::move(settings), *progress);
        log.ended(request.source, request.target, result);
    } else {
        co_await copy_upload(here, places, std::get<UploadName>(source), target, std::move(settings), log);
    }
    auto result = log.take_images().at(0).as_object();
    result["source"] = request.source;
    co_return result;
}

} // namespace

CopyRequest CopyRequest::read(const oci::JsonScope& request) {
    return {.source = request.required_text("source"),
            .target = request.required_text("target"),
            .choice = ImageChoice::read(request)};
}

operation::Spec copy_spec(const CopyRequest& request) {
    auto source = to_text(require_source("source", request.source));
    auto target = require_place("target", request.target).to_string();
    request.choice.to_settings(); // throws for what it cannot use
    operation::Spec spec;
    spec.type = "copy";
    spec.title = fmt::format("Copy {} to {}", source, target);
    spec.input = {{"source", source}, {"target", target}};
    request.choice.write(spec.input);
    spec.resources = {"image " + target};
    return spec;
}

operation::Task copy_task(Context& here) {
    auto work = [&here](operation::Context& operation) { return copy(here, operation); };
    return {operation::get_type("copy"), std::move(work)};
}

} // namespace cang::transfer
