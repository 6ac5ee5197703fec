// An export of images into one archive as an operation, "export": {"images":[…],"format"} and the fields of
// ImageChoice. Its result is {"file":"app_v1.tar","bytes","images":[to_json(CopyResult)…]}; the archive is in Exports
// under the operation's id.
#pragma once

#include "operation/runner.hpp"
#include "transfer/context.hpp"
#include "transfer/image_choice.hpp"

namespace cang::transfer {

struct ExportRequest {
    static constexpr std::size_t max_images = 1'000;

    std::vector<std::string> images;
    std::string format; // docker-archive or oci-archive
    ImageChoice choice;

    static ExportRequest read(const oci::JsonScope& request);
};

// Throws Error{invalid_argument} for names, formats and choices that are not valid.
operation::Spec export_spec(const ExportRequest& request);
// `here` outlives the runner that gets it.
operation::Task export_task(Context& here);

} // namespace cang::transfer
