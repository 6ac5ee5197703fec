#include "transfer/diagnosis_document.hpp"

#include <boost/json/array.hpp>

namespace cang::transfer {

boost::json::object document_of(const Diagnosis& diagnosis) {
    boost::json::array steps;
    for (const auto& step : diagnosis.steps)
        steps.push_back(boost::json::object{
            {"step", step.step}, {"ok", step.ok}, {"message", step.message}, {"milliseconds", step.duration.count()}});
    return {{"ok", diagnosis.ok}, {"at", to_rfc3339(diagnosis.at)}, {"steps", std::move(steps)}};
}

} // namespace cang::transfer
