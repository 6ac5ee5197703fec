// An import of uploaded images as an operation, "import": {"upload","images":[{"name","as"}]} and the fields of
// ImageChoice. Its result is {"images":[to_json(CopyResult)…]}. The upload goes when the import has succeeded.
#pragma once

#include "operation/runner.hpp"
#include "transfer/context.hpp"
#include "transfer/image_choice.hpp"

namespace cang::transfer {

struct ImportRequest {
    static constexpr std::size_t max_images = 1'000;

    struct Image {
        std::string name; // as in the archive
        std::string as;   // empty: by that name in the warehouse
    };
    std::string upload;
    std::vector<Image> images; // empty: all
    ImageChoice choice;

    static ImportRequest read(const oci::JsonScope& request);
};

// `upload` is the one that the request names. Throws Error{invalid_argument}; Error{conflict} while bytes are missing.
operation::Spec import_spec(const ImportRequest& request, const Upload& upload);
// `here` outlives the runner that gets it.
operation::Task import_task(Context& here);

} // namespace cang::transfer
