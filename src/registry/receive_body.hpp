// Moves a request's body into an ingest.
#pragma once

#include "content/object_store.hpp"
#include "http/request.hpp"

namespace cang::registry {

enum class Interrupted {
    keep,   // what arrived stays, also over a restart, and the client may go on from there
    forget, // nobody knows the upload's name
};

// When the body breaks off or the request is cancelled, settles the ingest accordingly and rethrows.
awaitable<void> receive_body(io::Reader& body, content::Ingest& ingest, Interrupted interrupted);

} // namespace cang::registry
