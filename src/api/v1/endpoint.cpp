#include "api/v1/endpoint.hpp"

#include "api/v1/input.hpp"

#include <fmt/format.h>

namespace cang::api::v1 {

std::vector<Parameter> page_parameters() {
    return {
        {"limit", fmt::format(R"({{"type":"integer","minimum":1,"maximum":{},"default":{}}})", kMaxPage, kDefaultPage),
         "The most items of the answer"},
        {"cursor", R"({"type":"string","maxLength":1024})", "The next value of the page before"},
    };
}

Schema page_schema(std::string name, std::string_view item) {
    return {std::move(name), fmt::format(R"({{"type":"object","required":["items","total"],"properties":{{)"
                                         R"("items":{{"type":"array","items":{{"$ref":"#/components/schemas/{}"}}}},)"
                                         R"("total":{{"type":"integer","description":"Items on all pages"}},)"
                                         R"("next":{{"type":"string","description":"The cursor of the next page; )"
                                         R"(absent on the last one"}}}}}})",
                                         item)};
}

} // namespace cang::api::v1
