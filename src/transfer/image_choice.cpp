#include "transfer/image_choice.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

namespace cang::transfer {

namespace {

constexpr std::size_t kMostPlatforms = 64;

oci::Compression parse_compression(std::string_view text) {
    if (text == "gzip")
        return oci::Compression::gzip;
    if (text == "zstd")
        return oci::Compression::zstd;
    if (text == "none")
        return oci::Compression::none;
    throw Error(ErrorKind::invalid_argument, "compression must be gzip, zstd or none");
}

} // namespace

ImageChoice ImageChoice::read(const oci::JsonScope& request) {
    ImageChoice choice{.platforms = request.texts("platforms"),
                       .referrers = request.flag("referrers"),
                       .force = request.flag("force"),
                       .compression = request.text("compression")};
    if (choice.compression.empty())
        choice.compression = "gzip";
    return choice;
}

void ImageChoice::write(boost::json::object& input) const {
    input["platforms"] = boost::json::array(platforms.begin(), platforms.end());
    input["referrers"] = referrers;
    input["force"] = force;
    input["compression"] = compression;
}

CopySettings ImageChoice::to_settings() const {
    if (platforms.size() > kMostPlatforms)
        throw Error(ErrorKind::invalid_argument, fmt::format("platforms has more than {} entries", kMostPlatforms));
    CopySettings settings;
    for (const auto& text : platforms) {
        auto platform = oci::Platform::parse(text);
        if (!platform)
            throw Error(ErrorKind::invalid_argument, fmt::format("platforms: {}", platform.error().to_string()));
        settings.copy.platforms.push_back(*platform);
    }
    settings.copy.referrers = referrers;
    settings.copy.force = force;
    settings.pack.compression = parse_compression(compression);
    return settings;
}

} // namespace cang::transfer
