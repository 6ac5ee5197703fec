// A diagnosis as JSON: in the registry's row, and as our API shows it.
#pragma once

#include "transfer/registry_diagnosis.hpp"

#include <boost/json/object.hpp>

namespace cang::transfer {

boost::json::object document_of(const Diagnosis& diagnosis);

} // namespace cang::transfer
