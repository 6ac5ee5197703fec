// The manifest of a backup and its list of objects: what is read prints to a text that reads the same.
#include "backup/contents.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (auto contents = backup::parse_contents(text)) {
        for (const auto& file : contents->files)
            fuzz::require(file.name.rfind('/') == file.name.find('/') && file.name.find("/.") == file.name.npos,
                          "no name leads elsewhere");
        auto printed = backup::print_contents(*contents);
        auto again = backup::parse_contents(printed);
        fuzz::require(again && backup::print_contents(*again) == printed, "the manifest reads back");
    }
    if (auto objects = backup::parse_objects(text))
        fuzz::require(backup::print_objects(*objects) == text, "the list is the only way to write it");
    return 0;
}
