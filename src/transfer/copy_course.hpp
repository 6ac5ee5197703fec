// The course of copies as the progress and the log of an operation: one part for each blob under way, in bytes; a line
// for what was planned, for every retry and every manifest.
#pragma once

#include "image/copy.hpp"
#include "operation/context.hpp"

#include <map>

namespace cang::transfer {

// Of one operation, which may copy several images, also side by side.
class CopyCourse {
public:
    // The context outlives it and the copies.
    explicit CopyCourse(operation::Context& context);

    // For one copy; goes when the copy has ended. `subject` stands before each line; empty when there is one image
    // only.
    std::unique_ptr<image::CopyProgress> follow(std::string subject);
    operation::Context& context() { return context_; }

private:
    class Copy;
    void expect(std::uint64_t bytes);

    operation::Context& context_;
    std::uint64_t expected_; // of the whole: what earlier attempts did, and what the copies so far planned
};

} // namespace cang::transfer
