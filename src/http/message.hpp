// What HTTP client and server have in common: methods and header fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cang::http {

enum class Method { get, head, post, put, patch, delete_, options };

std::string_view to_string(Method method);
std::optional<Method> parse_method(std::string_view text);

// Header fields in order of appearance; names compare without case.
class Fields {
public:
    Fields() = default;
    Fields(std::initializer_list<std::pair<std::string, std::string>> fields);

    // The first value; empty view when absent. See has() to tell absent from empty.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    // Every value of that name, in order.
    std::vector<std::string_view> get_all(std::string_view name) const;
    // CR, LF and NUL in a value throw Error{invalid_argument}: no header injection.
    void add(std::string name, std::string value);
    void set(std::string name, std::string value);
    void erase(std::string_view name);

    auto begin() const { return fields_.begin(); }
    auto end() const { return fields_.end(); }
    bool empty() const { return fields_.empty(); }
    std::size_t size() const { return fields_.size(); }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

// "Range: bytes=…" (RFC 9110 §14): a single byte range against a representation of `size` bytes.
struct RangeRequest {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};
enum class RangeOutcome { whole, partial, unsatisfiable };
// Malformed, multi-range and non-byte units are `whole` (ignored, as the RFC allows).
std::pair<RangeOutcome, RangeRequest> parse_range(std::string_view header, std::uint64_t size);

// "0-1023" or "bytes 0-1023/*" of a blob upload chunk (distribution-spec "Pushing a blob in chunks"); both ends
// inclusive.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_content_range(std::string_view header);

// Link: <target>; rel="next" (RFC 8288). nullopt when there is none of that relation.
std::optional<std::string> parse_link(std::string_view header, std::string_view relation);

std::string percent_encode(std::string_view text);                // everything but unreserved characters
std::optional<std::string> percent_decode(std::string_view text); // nullopt for a bad escape or a NUL

} // namespace cang::http
