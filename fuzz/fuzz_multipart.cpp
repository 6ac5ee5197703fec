// multipart/form-data: however the bytes are cut, the events say the same. The first byte says how they are cut.
#include "http/multipart.hpp"
#include "require.hpp"

#include <algorithm>
#include <vector>

using namespace cang;

namespace {

struct Story {
    std::vector<std::string> parts; // name, file name and data of each
    bool failed = false;
    bool ended = false;
    bool operator==(const Story&) const = default;
};

Story tell(std::string_view body, std::size_t piece) {
    http::MultipartParser parser("xyz");
    Story story;
    for (;;) {
        auto event = parser.next();
        if (!event) {
            fuzz::require(!event.error().reason.empty(), "errors have a reason");
            story.failed = true;
            return story;
        }
        if (*event == http::MultipartParser::Event::part) {
            story.parts.push_back(parser.part().name + "\n" + parser.part().file_name.value_or("") + "\n");
        } else if (*event == http::MultipartParser::Event::data) {
            fuzz::require(!story.parts.empty(), "data belongs to a part");
            fuzz::require(!parser.data().empty(), "data is something");
            story.parts.back() += parser.data();
        } else if (*event == http::MultipartParser::Event::end) {
            story.ended = true;
            return story;
        } else if (*event == http::MultipartParser::Event::need_input) {
            if (body.empty())
                return story;
            parser.feed(body.substr(0, piece));
            body.remove_prefix(std::min(piece, body.size()));
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0)
        return 0;
    std::string_view body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    auto boundary = http::parse_multipart_boundary(body);
    fuzz::require(!boundary || (!boundary->empty() && boundary->size() <= 70), "a boundary has a length");
    fuzz::require(tell(body, 1U + bytes[0]) == tell(body, size), "cuts change nothing");
    return 0;
}
