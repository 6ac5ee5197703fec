// Timestamps: what is read, written and read again is the same.
#include "base/clock.hpp"
#include "require.hpp"

using namespace cang;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    auto time = parse_rfc3339({reinterpret_cast<const char*>(bytes), size});
    if (!time) {
        fuzz::require(!time.error().reason.empty(), "errors have a reason");
        return 0;
    }
    // An offset may lead out of the years that are read.
    if (*time < Timestamp() || *time >= Timestamp(std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1)))
        return 0;
    fuzz::require(parse_rfc3339(to_rfc3339(*time)) == *time, "it is the same when it is written and read again");
    return 0;
}
