#include "content/object_store.hpp"

#include "base/error.hpp"

namespace cang::content {

awaitable<void> Ingest::advance(std::size_t) {
    throw Error(ErrorKind::unsupported, "this ingest has no buffer to read into");
    co_return;
}

} // namespace cang::content
