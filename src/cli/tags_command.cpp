#include "cli/commands.hpp"
#include "cli/place_opener.hpp"

#include <boost/json.hpp>

namespace cang::cli {

namespace {

struct Arguments {
    std::string repository;
    std::string last;
    std::uint64_t limit = 0; // 0: all
    PlaceOptions places;
};

// Registries cut larger pages down anyway.
constexpr std::size_t kPage = 1000;

awaitable<int> run_tags(Runtime& runtime, const Session& session, const Arguments& arguments) {
    auto name = image::require_repository_name("REPOSITORY", arguments.repository);
    PlaceOpener opener(runtime, session);
    auto listing = opener.open_listing(name, arguments.places);
    const auto& repository = listing.reference.repository;
    std::string last = arguments.last;
    std::uint64_t listed = 0;
    boost::json::array tags;
    for (;;) {
        auto wanted = arguments.limit == 0 ? kPage : std::min<std::uint64_t>(kPage, arguments.limit - listed);
        if (wanted == 0)
            break;
        auto page = co_await listing.place->list_tags(repository, last, wanted);
        if (page.empty())
            break;
        for (const auto& tag : page) {
            session.print(tag);
            if (session.options.json)
                tags.emplace_back(tag);
        }
        listed += page.size();
        last = page.back();
    }
    if (session.options.json)
        session.print_json(boost::json::object{{"repository", name.to_string()}, {"tags", std::move(tags)}});
    co_return 0;
}

} // namespace

Command tags_command() {
    return {
        .name = "tags",
        .description = "List the tags of a repository.\n\n"
                       "In byte order, one on a line. --limit and --last page through long lists: give the last tag of "
                       "one page to get the next.",
        .examples = "  cang tags docker://registry.example.com/app\n"
                    "  cang tags app --data /var/lib/cang --limit 100 --last v1.9\n",
        .environment = place_environment(),
        .declare = [](OptionBuilder& builder, Session& session) -> Action {
            auto arguments = std::make_shared<Arguments>();
            builder.positional("REPOSITORY", arguments->repository, "Repository of a registry or of the warehouse.");
            builder.option("-n,--limit", "N", arguments->limit, 1, 10'000'000, "List at most so many.");
            builder.option("--last", "TAG", arguments->last, "List tags after this one.");
            add_place_options(builder, arguments->places);
            return [arguments, &session] {
                return run_to_end([&](Runtime& runtime) { return run_tags(runtime, session, *arguments); });
            };
        },
    };
}

} // namespace cang::cli
