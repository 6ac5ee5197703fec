// Foreign JSON, bounded: parsed once into a tree, then read field by field. The first problem is kept, with the path of
// the field it was found in; readers after a problem return empty values, so that callers check once, at their end.
#pragma once

#include "base/error.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <expected>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cang::oci {

// `bytes` is one JSON object, nested at most `max_depth` levels, without a key given twice in one object.
std::expected<boost::json::object, ParseError> parse_json_object(std::string_view bytes, std::size_t max_depth);

// The first thing wrong with a document.
class Problem {
public:
    void note(std::string reason) {
        if (reason_.empty())
            reason_ = std::move(reason);
    }
    bool found() const noexcept { return !reason_.empty(); }
    ParseError to_error() const { return ParseError{reason_, 0}; }

private:
    std::string reason_;
};

// One object of the tree, and its path ("layers[2]", empty for the root). A field that is null counts as absent: Go
// programs write nil slices and maps so. Refers to the tree and the problem, which must outlive it.
class JsonScope {
public:
    JsonScope(const boost::json::object& object, std::string path, Problem& problem)
        : object_(&object), path_(std::move(path)), problem_(&problem) {}

    const boost::json::value* find(std::string_view key) const; // nullptr when absent
    std::string name(std::string_view key) const;               // path of the field, for messages
    void note(std::string_view key, std::string_view reason) const;

    std::string text(std::string_view key) const; // empty when absent
    std::string required_text(std::string_view key) const;
    bool flag(std::string_view key) const;
    // A whole number from 0 to 2^53 - 1, which every JSON implementation keeps exact.
    std::uint64_t required_number(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    std::map<std::string, std::string> text_map(std::string_view key) const;
    std::vector<std::string> keys(std::string_view key) const; // of an object used as a set
    void with_object(std::string_view key, const std::function<void(const JsonScope&)>& read) const;
    void for_each_element(std::string_view key, std::size_t limit,
                          const std::function<void(const boost::json::value&, std::string path)>& read) const;
    Problem& problem() const noexcept { return *problem_; }

private:
    const boost::json::object* object_;
    std::string path_;
    Problem* problem_;
};

} // namespace cang::oci
