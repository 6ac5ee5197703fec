// Lists from memory: one pass finds what matches, a selection in linear time finds the page among it, and only the
// page's entries are put in order.
#include "image/places/warehouse/inventory.hpp"

#include "image/places/warehouse/image_facts.hpp"

#include <algorithm>

namespace cang::warehouse {

namespace {

// An entry's place in the list. `order` numbers the entries by name, with odd numbers, so that a position whose entry
// is gone has its place between two of them.
struct Place {
    std::int64_t key = 0;
    std::uint64_t order = 0;
};

std::uint64_t order_of(std::size_t index) { return 2 * index + 1; }
std::size_t index_of(const Place& place) { return static_cast<std::size_t>(place.order / 2); }

bool comes_before(const Place& one, const Place& other, bool descending) {
    const Place& first = descending ? other : one;
    const Place& second = descending ? one : other;
    return std::tie(first.key, first.order) < std::tie(second.key, second.order);
}

struct Chosen {
    std::vector<Place> places;
    bool more = false; // follow
};

// `found` is in the order of names.
Chosen choose(std::vector<Place> found, const PageRequest& page, const std::optional<Place>& after) {
    auto before = [&page](const Place& one, const Place& other) { return comes_before(one, other, page.descending); };
    if (after)
        std::erase_if(found, [&](const Place& place) { return !before(*after, place); });
    if (page.offset >= found.size())
        return {};
    bool more = found.size() - page.offset > page.limit;
    auto first = found.begin() + static_cast<std::ptrdiff_t>(page.offset);
    auto last = more ? first + static_cast<std::ptrdiff_t>(page.limit) : found.end();
    std::nth_element(found.begin(), first, found.end(), before);
    if (more)
        std::nth_element(first, last, found.end(), before);
    std::sort(first, last, before);
    return {std::vector<Place>(first, last), more};
}

std::string lower_case(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// A part of "repository:tag". Names of repositories are in lower case.
class ImageMatch {
public:
    explicit ImageMatch(std::string text) : text_(lower_case(std::move(text))), colon_(text_.find(':')) {}

    // Asked before the tags of a repository.
    void enter(std::string_view repository) {
        if (colon_ == text_.npos)
            all_tags_ = contains(repository, text_);
        else
            ends_repository_ = repository.ends_with(std::string_view(text_).substr(0, colon_));
    }
    bool matches(const Inventory::Tag& tag) const {
        if (all_tags_)
            return true;
        return tag.has_upper_case ? matches_name(lower_case(tag.name)) : matches_name(tag.name);
    }

private:
    bool matches_name(std::string_view tag) const {
        if (colon_ == text_.npos)
            return contains(tag, text_);
        return ends_repository_ && tag.starts_with(std::string_view(text_).substr(colon_ + 1));
    }

    std::string text_;
    std::size_t colon_;
    bool all_tags_ = false;
    bool ends_repository_ = false;
};

bool runs_on(const Inventory::Kind& kind, const oci::Platform& wanted) {
    return std::ranges::any_of(parse_platforms_text(kind.platforms), [&](const std::string& text) {
        auto platform = oci::Platform::parse(text);
        return platform && platform->satisfies(wanted);
    });
}

// For each kind, whether images of it run on the platform.
std::vector<bool> kinds_for(const std::vector<Inventory::Kind>& kinds, const std::optional<oci::Platform>& platform) {
    std::vector<bool> wanted(kinds.size(), true);
    for (std::size_t i = 0; platform && i < kinds.size(); ++i)
        wanted[i] = runs_on(kinds[i], *platform);
    return wanted;
}

std::int64_t key_of(const Inventory::Tag& tag, Sort sort) {
    switch (sort) {
    case Sort::updated_at: return store::to_millis(tag.updated_at);
    case Sort::size: return static_cast<std::int64_t>(tag.size);
    default: return 0;
    }
}

std::int64_t key_of(const Inventory::Repository& repository, Sort sort) {
    switch (sort) {
    case Sort::updated_at: return store::to_millis(repository.updated_at);
    case Sort::tags: return static_cast<std::int64_t>(repository.tags.size());
    default: return 0;
    }
}

using Named = std::pair<const std::string, Inventory::Repository>;

// The images of one query.
struct ImageSearch {
    const Inventory::Rows& rows;
    const ImageQuery& query;
    ImageMatch match{query.search};
    std::vector<bool> wanted_kinds = kinds_for(rows.kinds, query.platform);
    std::vector<std::pair<std::size_t, const Named*>> starts = {}; // number of each repository's first tag
    std::size_t count = 0;
    std::vector<Place> found = {};

    void visit(const Named& named) {
        starts.emplace_back(count, &named);
        match.enter(named.first);
        for (const Inventory::Tag& tag : named.second.tags) {
            if (wanted_kinds[tag.kind] && match.matches(tag))
                found.push_back({key_of(tag, query.page.sort), order_of(count)});
            ++count;
        }
    }

    void run() {
        if (!query.repository.empty()) {
            auto only = rows.repositories.find(query.repository);
            if (only != rows.repositories.end())
                visit(*only);
            return;
        }
        for (const Named& named : rows.repositories)
            if (!query.shows || query.shows(named.first))
                visit(named);
    }

    std::optional<Place> place_after() const {
        const std::optional<Position>& after = query.page.after;
        if (!after)
            return std::nullopt;
        auto start = std::ranges::lower_bound(starts, after->repository, {},
                                              [](const auto& one) -> const std::string& { return one.second->first; });
        if (start == starts.end() || start->second->first != after->repository)
            return Place{after->key, order_of(start == starts.end() ? count : start->first) - 1};
        const std::vector<Inventory::Tag>& tags = start->second->second.tags;
        auto tag = std::ranges::lower_bound(tags, after->tag, {}, &Inventory::Tag::name);
        bool present = tag != tags.end() && tag->name == after->tag;
        auto index = start->first + static_cast<std::size_t>(tag - tags.begin());
        return Place{after->key, order_of(index) - (present ? 0 : 1)};
    }

    ImageEntry entry(const Place& place) const {
        auto start = std::ranges::upper_bound(starts, index_of(place), {}, [](const auto& one) { return one.first; });
        --start;
        const auto& [name, repository] = *start->second;
        const Inventory::Tag& tag = repository.tags[index_of(place) - start->first];
        const Inventory::Kind& kind = rows.kinds[tag.kind];
        return {name,
                tag.name,
                tag.digest,
                kind.media_type,
                kind.artifact_type,
                tag.size,
                parse_platforms_text(kind.platforms),
                tag.updated_at};
    }
};

} // namespace

Page<ImageEntry> Inventory::list_images(sql::Connection& connection, const ImageQuery& query) {
    catch_up(connection);
    std::shared_lock lock(rows_mutex_);
    ImageSearch search{rows_, query};
    search.run();
    Page<ImageEntry> page;
    page.total = search.found.size();
    Chosen chosen = choose(std::move(search.found), query.page, search.place_after());
    for (const Place& place : chosen.places)
        page.entries.push_back(search.entry(place));
    if (chosen.more && !chosen.places.empty())
        page.next = Position{chosen.places.back().key, page.entries.back().repository, page.entries.back().tag};
    return page;
}

Page<RepositoryEntry> Inventory::list_repositories(sql::Connection& connection, const RepositoryQuery& query) {
    catch_up(connection);
    std::shared_lock lock(rows_mutex_);
    std::string text = lower_case(query.search);
    std::vector<const Named*> all;
    std::vector<Place> found;
    const std::optional<Position>& position = query.page.after;
    std::optional<Place> after;
    if (position)
        after = Place{position->key, 0};
    for (const Named& named : rows_.repositories) {
        if (position && named.first <= position->repository)
            after->order = order_of(all.size()) + (named.first == position->repository ? 0 : 1);
        if (contains(named.first, text) && (!query.shows || query.shows(named.first)))
            found.push_back({key_of(named.second, query.page.sort), order_of(all.size())});
        all.push_back(&named);
    }
    Page<RepositoryEntry> page;
    page.total = found.size();
    Chosen chosen = choose(std::move(found), query.page, after);
    for (const Place& place : chosen.places) {
        const auto& [name, repository] = *all[index_of(place)];
        page.entries.push_back({name, repository.tags.size(), repository.manifests, repository.updated_at});
    }
    if (chosen.more && !chosen.places.empty())
        page.next = Position{chosen.places.back().key, page.entries.back().name, {}};
    return page;
}

} // namespace cang::warehouse
