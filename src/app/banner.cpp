#include "app/banner.hpp"

#include "identity/users.hpp"

#include <cstdio>
#include <fmt/format.h>

namespace cang::app {

std::string banner(std::string_view url, const std::optional<Secret>& generated_password) {
    if (!generated_password)
        return {};
    auto host = url.substr(url.find("://") + 3);
    return fmt::format("\n"
                       "  Cang {} is ready at {}\n"
                       "\n"
                       "    user      {}\n"
                       "    password  {}\n"
                       "\n"
                       "  The password is shown only now. Sign in with:  docker login -u {} {}\n"
                       "\n",
                       CANG_VERSION, url, identity::Users::first_admin, generated_password->reveal(),
                       identity::Users::first_admin, host);
}

void print_banner(std::string_view url, const std::optional<Secret>& generated_password) {
    auto text = banner(url, generated_password);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

} // namespace cang::app
