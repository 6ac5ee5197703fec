#include "image/places/warehouse/inventory.hpp"

#include "image/store/image_store.hpp"

#include <algorithm>

namespace cang::warehouse {

namespace {

// Beyond this, reading everything anew is the quicker way.
constexpr std::size_t kMostNotes = 20'000;
// Kinds that no image has any more stay until everything is read anew.
constexpr std::size_t kMostNewKinds = 10'000;
// Of rows read at once, a bound for memory.
constexpr std::size_t kRepositoriesARead = 1'000;
constexpr std::size_t kTagsARead = 1'000;

bool by_name(const Inventory::Tag& one, const Inventory::Tag& other) { return one.name < other.name; }

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

} // namespace

void Inventory::note_change(const std::string& repository, const std::vector<std::string>& tags) {
    tell(repository);
    std::lock_guard lock(notes_mutex_);
    if (!noting_)
        return;
    Noted& noted = notes_[repository];
    for (const std::string& tag : tags)
        noted.tags.insert(tag);
    noted_ += 1 + tags.size();
    if (noted_ > kMostNotes)
        drop_notes();
}

void Inventory::note_repository(const std::string& repository) {
    tell(repository);
    std::lock_guard lock(notes_mutex_);
    if (!noting_)
        return;
    notes_[repository].everything = true;
    if (++noted_ > kMostNotes)
        drop_notes();
}

void Inventory::forget() {
    std::lock_guard lock(notes_mutex_);
    drop_notes();
}

void Inventory::drop_notes() {
    noting_ = false;
    notes_.clear();
}

std::optional<Inventory::Notes> Inventory::take_notes() {
    std::lock_guard lock(notes_mutex_);
    noted_ = 0;
    if (noting_)
        return std::exchange(notes_, {});
    noting_ = true;
    return std::nullopt;
}

void Inventory::catch_up(sql::Connection& connection) {
    std::lock_guard alone(catching_up_);
    if (kinds_.size() > 2 * kinds_loaded_ + kMostNewKinds)
        forget();
    // Before anything is read: what is written from now on is noted, and read again next time.
    std::optional<Notes> notes = take_notes();
    try {
        if (!notes)
            load(connection);
        else
            for (const auto& [name, noted] : *notes)
                refresh(connection, name, noted);
    } catch (...) {
        forget();
        throw;
    }
}

void Inventory::load(sql::Connection& connection) {
    kinds_.clear();
    Rows fresh;
    store::RepositoryStore repositories(connection);
    for (std::vector<store::RepositoryRow> page = repositories.list("", kRepositoriesARead); !page.empty();
         page = repositories.list(page.back().name, kRepositoriesARead))
        for (const store::RepositoryRow& row : page) {
            Repository repository{row.manifests, row.updated_at, {}};
            repository.tags.reserve(std::min<std::size_t>(row.tags, kTagsARead));
            read_tags(connection, row.id,
                      [&](store::ImageRow image) { repository.tags.push_back(to_tag(std::move(image), fresh.kinds)); });
            fresh.repositories.emplace_hint(fresh.repositories.end(), row.name, std::move(repository));
        }
    kinds_loaded_ = fresh.kinds.size();
    std::unique_lock lock(rows_mutex_);
    rows_ = std::move(fresh);
}

void Inventory::read_tags(sql::Connection& connection, store::RowId repository,
                          const std::function<void(store::ImageRow)>& take) {
    store::ImageStore images(connection);
    std::string last;
    for (std::size_t found = kTagsARead; found == kTagsARead;) {
        std::vector<store::ImageRow> page = images.list(repository, last, kTagsARead);
        found = page.size();
        if (found > 0)
            last = page.back().tag;
        for (store::ImageRow& image : page)
            take(std::move(image));
    }
}

void Inventory::refresh(sql::Connection& connection, const std::string& name, const Noted& noted) {
    std::optional<store::RepositoryRow> row = store::RepositoryStore(connection).find_row(name);
    if (!row || row->manifests == 0) {
        std::unique_lock lock(rows_mutex_);
        rows_.repositories.erase(name);
        return;
    }
    bool everything = noted.everything || !rows_.repositories.contains(name);
    std::vector<store::ImageRow> images;
    if (everything)
        read_tags(connection, row->id, [&images](store::ImageRow image) { images.push_back(std::move(image)); });
    else
        for (const std::string& tag : noted.tags)
            if (std::optional<store::ImageRow> image = store::ImageStore(connection).find(row->id, tag))
                images.push_back(std::move(*image));

    std::unique_lock lock(rows_mutex_);
    Repository& repository = rows_.repositories[name];
    repository.manifests = row->manifests;
    repository.updated_at = row->updated_at;
    std::erase_if(repository.tags, [&](const Tag& tag) { return everything || noted.tags.contains(tag.name); });
    std::vector<Tag> changed;
    for (store::ImageRow& image : images)
        changed.push_back(to_tag(std::move(image), rows_.kinds));
    std::vector<Tag> all;
    all.reserve(repository.tags.size() + changed.size());
    std::merge(std::move_iterator(repository.tags.begin()), std::move_iterator(repository.tags.end()),
               std::move_iterator(changed.begin()), std::move_iterator(changed.end()), std::back_inserter(all),
               by_name);
    repository.tags = std::move(all);
}

Inventory::Tag Inventory::to_tag(store::ImageRow image, std::vector<Kind>& kinds) {
    Kind kind{std::move(image.media_type), std::move(image.artifact_type), image.facts.platforms.value_or("")};
    auto [place, is_new] = kinds_.try_emplace(kind, static_cast<std::uint32_t>(kinds.size()));
    if (is_new)
        kinds.push_back(std::move(kind));
    bool has_upper_case = std::ranges::any_of(image.tag, is_upper);
    return {std::move(image.tag), std::move(image.digest), image.facts.image_size,
            image.updated_at,     place->second,           has_upper_case};
}

} // namespace cang::warehouse
