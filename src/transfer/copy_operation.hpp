// A copy of one image as an operation, "copy": {"source","target"} and the fields of ImageChoice. Its result is
// to_json(CopyResult). It goes on after a restart: what the target has is not sent again.
#pragma once

#include "operation/runner.hpp"
#include "transfer/context.hpp"
#include "transfer/image_choice.hpp"

namespace cang::transfer {

struct CopyRequest {
    std::string source;
    std::string target;
    ImageChoice choice;

    static CopyRequest read(const oci::JsonScope& request);
};

// Throws Error{invalid_argument} for names and choices that are not valid.
operation::Spec copy_spec(const CopyRequest& request);
// `here` outlives the runner that gets it.
operation::Task copy_task(Context& here);

} // namespace cang::transfer
