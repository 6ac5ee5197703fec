// Audit events as documents, JSON lines and CSV.
#pragma once

#include "identity/audit_log.hpp"
#include "io/reader.hpp"

#include <boost/json/object.hpp>

namespace cang::api::v1 {

boost::json::object document_of(const store::AuditRow& event);
// One line of CSV (RFC 4180) with its line end. A field that a spreadsheet would take for a formula gets an apostrophe.
std::string csv_line(const store::AuditRow& event);
extern const std::string_view csv_head;
// Everything that matches, newest first, read page by page. The log outlives it.
io::ReaderPtr audit_reader(identity::AuditLog& log, store::AuditFilter filter, bool csv);

} // namespace cang::api::v1
