#include "api/v1/image_rows.hpp"

#include "api/v1/image_document.hpp"
#include "api/v1/input.hpp"

namespace cang::api::v1 {

std::optional<oci::Platform> platform_query(const http::Request& request) {
    auto text = text_query(request, "platform");
    if (text.empty())
        return std::nullopt;
    auto platform = oci::Platform::parse(text);
    if (!platform)
        throw Error(ErrorKind::invalid_argument, "platform: " + platform.error().reason);
    return *platform;
}

awaitable<warehouse::Shows> shown_to(Context& context, const http::Request& request) {
    auto visible = co_await context.identity.guard.visibility(identity::caller_ptr(request));
    if (visible.all())
        co_return warehouse::Shows();
    co_return [visible = std::move(visible)](std::string_view repository) { return visible.shows(repository); };
}

void add_image_row(boost::json::object& row, const warehouse::ImageEntry& image) {
    row["tag"] = image.tag;
    row["digest"] = image.digest.to_string();
    row["mediaType"] = image.media_type;
    if (auto type = shown_artifact_type(image.artifact_type); !type.empty())
        row["artifactType"] = type;
    row["size"] = image.size;
    row["platforms"] = texts_document(image.platforms);
    row["updatedAt"] = to_rfc3339(image.updated_at);
}

} // namespace cang::api::v1
