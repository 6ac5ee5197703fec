// Small archives as text, for tests.
#pragma once

#include "io/tar.hpp"

namespace cang::archive::testing_tar {

inline std::string file(std::string name, std::string_view content) {
    io::TarEntry entry;
    entry.name = std::move(name);
    entry.size = content.size();
    auto bytes = io::tar_header(entry);
    bytes += content;
    bytes.append(io::tar_padding(content.size()), '\0');
    return bytes;
}

inline std::string link(std::string name, std::string target, io::TarType type) {
    io::TarEntry entry;
    entry.name = std::move(name);
    entry.type = type;
    entry.link_target = std::move(target);
    return io::tar_header(entry);
}

inline std::string symlink(std::string name, std::string target) {
    return link(std::move(name), std::move(target), io::TarType::symlink);
}

inline std::string hardlink(std::string name, std::string target) {
    return link(std::move(name), std::move(target), io::TarType::hardlink);
}

inline std::string directory(std::string name) { return link(std::move(name), "", io::TarType::directory); }

inline std::string end() { return io::tar_end(); }

} // namespace cang::archive::testing_tar
