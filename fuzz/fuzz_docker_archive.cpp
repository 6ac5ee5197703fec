// manifest.json of docker archives, the paths and names in it, and links between entries.
#include "image/places/archive/archive_entries.hpp"
#include "image/places/archive/docker_manifest.hpp"
#include "require.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>

using namespace cang;

namespace {

void check_path(std::string_view text) {
    const auto path = archive::clean_path(text);
    if (!path)
        return;
    fuzz::require(!path->empty() && path->front() != '/', "a clean path is relative");
    fuzz::require(!("/" + *path + "/").contains("/../"), "a clean path stays inside");
    fuzz::require(archive::clean_path(*path) == path, "cleaning is done once");
}

void check_manifest(std::string_view text) {
    const auto images = archive::parse_docker_manifest(text);
    if (!images) {
        fuzz::require(!images.error().reason.empty(), "errors have a reason");
        return;
    }
    const auto again = archive::parse_docker_manifest(archive::print_docker_manifest(*images));
    fuzz::require(again && *again == *images, "images survive printing");
    for (const auto& image : *images) {
        check_path(image.config);
        for (const auto& tag : image.repo_tags)
            if (const auto reference = oci::Reference::parse(tag); reference && !reference->digest)
                fuzz::require(archive::find_image(*images, *reference) != nullptr, "an image is found by its tag");
    }
}

// The bytes as an archive: whatever its links say, a file inside it is found, or nothing, or an error.
void check_entries(std::string_view text) {
    const io::FileDescriptor file(::memfd_create("archive", MFD_CLOEXEC));
    io::write_at(file, as_bytes(text), 0, "writing");
    try {
        const archive::ArchiveEntries entries(io::TarIndex::read_blocking(file));
        for (const auto* path : {"manifest.json", "a", "a/layer.tar", "b/layer.tar"}) {
            const auto* entry = entries.find_file(path);
            fuzz::require(entry == nullptr || entry->type == io::TarType::file, "only files are found");
        }
    } catch (const Error& error) {
        fuzz::require(!error.message().empty(), "errors have a message");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    check_path(text);
    check_manifest(text);
    check_entries(text);
    return 0;
}
