#include "image/diff.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace cang::image {

namespace {

boost::json::array layers_json(const std::vector<oci::Descriptor>& layers) {
    boost::json::array array;
    for (const auto& layer : layers)
        array.push_back(oci::to_json(layer));
    return array;
}

boost::json::value optional_json(const std::optional<std::string>& text) {
    return text ? boost::json::value(*text) : boost::json::value(nullptr);
}

} // namespace

boost::json::object to_json(const ImageDiff& diff) {
    boost::json::array fields;
    for (const auto& change : diff.fields)
        fields.push_back(boost::json::object{
            {"field", change.field}, {"before", optional_json(change.before)}, {"after", optional_json(change.after)}});
    return {{"equal", diff.empty()},
            {"fields", std::move(fields)},
            {"shared", layers_json(diff.shared)},
            {"removed", layers_json(diff.removed)},
            {"added", layers_json(diff.added)},
            {"sizeDifference", diff.size_difference}};
}

} // namespace cang::image
