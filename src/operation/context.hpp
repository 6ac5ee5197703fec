// What the work of an operation sees of it.
#pragma once

#include "async/awaitable.hpp"
#include "operation/operation.hpp"
#include "operation/progress.hpp"

namespace cang::operation {

class Context {
public:
    virtual ~Context() = default;
    virtual const std::string& id() const = 0;
    virtual const Spec& spec() const = 0;
    virtual Progress& progress() = 0;
    // One line for whoever watches: stored soon, then told. Cut where it is too long; after too many lines the rest is
    // counted and left out.
    virtual void log(std::string line) = 0;
};

} // namespace cang::operation
