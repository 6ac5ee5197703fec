#include "cli/commands.hpp"
#include "cli/place_opener.hpp"
#include "cli/prompt.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace cang::cli {

namespace {

struct Arguments {
    std::string image;
    bool yes = false;
    PlaceOptions places;
};

awaitable<int> run_delete(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto name = image::require_place_name("IMAGE", arguments.image);
    // "app" alone must not mean app:latest here.
    auto last = arguments.image.substr(arguments.image.rfind('/') + 1);
    if (!name.is_file() && last.find_first_of(":@") == std::string::npos)
        throw Error(ErrorKind::invalid_argument, fmt::format("IMAGE \"{}\": the tag or digest to delete is missing\n"
                                                             "write {}:TAG or {}@DIGEST",
                                                             arguments.image, arguments.image, arguments.image));
    PlaceOpener opener(runtime, session);
    auto remover = opener.open_remover(name, arguments.places);
    if (!is_confirmed(session, arguments.yes, "deleting", fmt::format("Delete {}?", name.to_string())))
        throw Error(ErrorKind::cancelled, "nothing was deleted");
    bool removed = co_await remover.place->remove(remover.reference);
    if (!removed)
        throw Error(ErrorKind::not_found, fmt::format("{} does not exist", name.to_string()));
    if (session.options.json)
        session.print_json(boost::json::object{{"deleted", name.to_string()}});
    session.print(fmt::format("deleted {}", name.to_string()));
    co_return 0;
}

} // namespace

Command delete_command() {
    return {
        .name = "delete",
        .description =
            "Delete a tag, or an image by its digest.\n\n"
            "A tag goes alone: the image stays under its digest and its other tags. A digest takes the image "
            "and every tag on it. The bytes are freed by `cang gc`, or by the registry's own collection.",
        .examples = "  cang delete app:v1 --data /var/lib/cang --yes\n"
                    "  cang delete docker://registry.example.com/app@sha256:3b1f...\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("IMAGE", arguments->image, "Tag or digest of a registry or of the warehouse.");
            builder.flag("-y,--yes", arguments->yes, "Do not ask; needed where nobody can answer.");
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_delete(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
