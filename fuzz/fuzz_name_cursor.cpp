// Cursors of name pages come back from clients and end up in a request: nothing in them may leave its query.
#include "distribution/name_page.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    auto cursor = distribution::NameCursor::parse(text);
    if (!cursor) {
        fuzz::require(cursor.error().position <= size, "errors point into the text");
        return 0;
    }
    fuzz::require(cursor->query.find_first_of(" #\r\n\t") == std::string::npos, "the query is one of a URL");
    auto again = distribution::NameCursor::parse(cursor->to_string());
    fuzz::require(again && again->seen == cursor->seen && again->query == cursor->query, "printed, it is the same");
    return 0;
}
