#include "cli/copy_report.hpp"

#include "transfer/copy_report.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

image::CopyOptions CopyFlags::to_options() const {
    image::CopyOptions options;
    if (all && !platforms.empty())
        throw Error(ErrorKind::invalid_argument, "--all and --platform exclude each other");
    for (const auto& text : platforms) {
        auto platform = oci::Platform::parse(text);
        if (!platform)
            throw_invalid(fmt::format("--platform \"{}\"", text), platform.error());
        options.platforms.push_back(*platform);
    }
    options.referrers = referrers;
    options.force = force;
    options.concurrent_blobs = jobs;
    options.attempts = static_cast<int>(retries) + 1;
    return options;
}

oci::Compression CopyFlags::compression() const {
    if (compress == "gzip")
        return oci::Compression::gzip;
    if (compress == "zstd")
        return oci::Compression::zstd;
    if (compress == "none")
        return oci::Compression::none;
    throw Error(ErrorKind::invalid_argument, fmt::format("--compress \"{}\": must be gzip, zstd or none",
                                                         std::string_view(compress).substr(0, 100)));
}

transfer::CopySettings CopyFlags::settings() const {
    transfer::CopySettings settings;
    settings.copy = to_options();
    settings.pack.compression = compression();
    return settings;
}

void add_copy_flags(OptionBuilder& builder, CopyFlags& flags) {
    builder.option("--platform", "OS/ARCH[/VARIANT]", flags.platforms,
                   "Copy only this platform of a multi-platform image; can be given several times.");
    builder.flag("-a,--all", flags.all, "Copy every platform, which is the default.");
    builder.flag("--referrers", flags.referrers, "Copy signatures, SBOMs and other referrers too.");
    builder.flag("--force", flags.force, "Copy even when the target has the same digest under that name.");
    builder.option(
        "--compress", "FORMAT", flags.compress,
        "Compress layers that come uncompressed, from docker-archive: or docker-daemon:, with gzip (default), "
        "zstd or none. A layer that the warehouse has is not compressed again.");
    builder.option("-j,--jobs", "N", flags.jobs, 1, 64, "Blobs to copy at a time; default 6.");
    builder.option("--retry", "N", flags.retries, 0, 100, "Retries of a request that failed; default 4.");
}

void print_copy_result(const Session& session, const image::PlaceName& source, const image::PlaceName& target,
                       const image::CopyResult& result, std::chrono::milliseconds duration) {
    if (session.options.json)
        session.print_json(transfer::to_json(source.to_string(), target.to_string(), result, duration));
    else
        session.print(transfer::to_line(result));
}

} // namespace cang::cli
