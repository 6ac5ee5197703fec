#include "operation/document.hpp"

#include "base/error_kind.hpp"

#include <boost/json/value.hpp>

namespace cang::operation {

boost::json::object document_of(const Operation& operation) {
    const auto& spec = operation.spec;
    boost::json::object document{{"id", operation.id},
                                 {"type", spec.type},
                                 {"title", spec.title},
                                 {"state", to_string(operation.state)},
                                 {"input", spec.input},
                                 {"resources", boost::json::array(spec.resources.begin(), spec.resources.end())},
                                 {"requestedBy", spec.requested_by},
                                 {"createdAt", to_rfc3339(operation.created_at)}};
    if (spec.retry_of)
        document["retryOf"] = *spec.retry_of;
    if (operation.started_at)
        document["startedAt"] = to_rfc3339(*operation.started_at);
    if (operation.finished_at)
        document["finishedAt"] = to_rfc3339(*operation.finished_at);
    if (operation.progress)
        document["progress"] = *operation.progress;
    if (operation.result)
        document["result"] = *operation.result;
    if (operation.failure)
        document["error"] = boost::json::object{{"kind", error_kind_row(operation.failure->kind).name},
                                                {"message", operation.failure->message}};
    return document;
}

boost::json::object document_of(const Event& event) {
    return {{"sequence", event.sequence},
            {"at", to_rfc3339(event.at)},
            {"kind", to_string(event.kind)},
            {"payload", event.payload}};
}

} // namespace cang::operation
