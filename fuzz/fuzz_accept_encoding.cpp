// Accept-Encoding: spaces around it mean nothing, and the first word on gzip counts.
#include "http/static_files.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    std::string text(reinterpret_cast<const char*>(bytes), size);
    fuzz::require(http::accepts_gzip(" " + text + " ") == http::accepts_gzip(text), "spaces around it mean nothing");
    fuzz::require(http::accepts_gzip("gzip," + text), "gzip first is a yes");
    fuzz::require(!http::accepts_gzip("gzip;q=0," + text), "gzip refused first is a no");
    return 0;
}
