#include "base/build.hpp"

namespace cang {

std::string_view build_version() { return CANG_VERSION; }

#ifdef CANG_COMMIT
std::string_view build_commit() { return CANG_COMMIT; }
#else
std::string_view build_commit() { return "unknown"; }
#endif

} // namespace cang
