// The directory of an image layout, opened once; names below it are opened relative to it and never through a link, so
// a hostile layout cannot lead outside. Everything blocks: call it from jobs of the pool.
#pragma once

#include "base/oci/digest.hpp"
#include "io/file.hpp"

namespace cang::layout {

class LayoutDirectory {
public:
    // An existing layout. Throws Error{not_found}, Error{invalid_argument} when it is none.
    static LayoutDirectory open(const std::filesystem::path& path);
    // The same for a directory that may be missing altogether.
    static std::optional<LayoutDirectory> find(const std::filesystem::path& path);
    // Makes an empty or missing directory a layout. Throws Error{invalid_argument} when something else is in it.
    static LayoutDirectory ensure(const std::filesystem::path& path);

    // A regular file at the top level. Throws Error{corrupt} for a link or a special file.
    std::optional<io::FileDescriptor> find_file(const std::string& name) const;
    std::optional<std::string> find_text(const std::string& name, std::size_t limit) const;
    // Atomically, by rename; the file is on the disk before the name is.
    void replace_text(const std::string& name, std::string_view bytes) const;

    std::optional<io::FileDescriptor> find_blob(const oci::Digest& digest) const;
    // blobs/<algorithm>, created when missing.
    io::FileDescriptor ensure_blob_directory(oci::DigestAlgorithm algorithm) const;

    // Waits for other writers of the index, also in other processes. Held until the value is destroyed.
    // Throws Error{unavailable} when another writer does not finish.
    io::FileDescriptor lock() const;

private:
    explicit LayoutDirectory(io::FileDescriptor root) : root_(std::move(root)) {}

    io::FileDescriptor root_;
};

} // namespace cang::layout
