// Private to this room: what lists show, in memory, in the order of names.
//
// Not a second truth but a copy of rows, which knows which of them are old: writers note what they changed once it is
// committed, and the next list reads those rows again before it is answered. So a list costs a pass over compact
// memory, and a write costs no index. Dropped and read anew when more was noted than is worth catching up with.
//
// All methods may be called from any thread; the lists block, for reads of the database.
#pragma once

#include "image/places/warehouse/lists.hpp"
#include "image/store/image_store.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>

namespace cang::warehouse {

class Inventory {
public:
    // Called after each commit that changed something of a repository, by any thread and with no locks held. Set before
    // the first write.
    void on_change(std::function<void(const std::string& repository)> listener) { listener_ = std::move(listener); }
    // After the commit: tags of the repository, and its counts, may be others now. Cheap and short.
    void note_change(const std::string& repository, const std::vector<std::string>& tags);
    // Everything of it may.
    void note_repository(const std::string& repository);
    // Everything of every repository may.
    void forget();

    Page<ImageEntry> list_images(sql::Connection& connection, const ImageQuery& query);
    Page<RepositoryEntry> list_repositories(sql::Connection& connection, const RepositoryQuery& query);
    // Reads what is not read yet, or not any more.
    void catch_up(sql::Connection& connection);

    // What many manifests have in common, kept once.
    struct Kind {
        std::string media_type;
        std::string artifact_type;
        std::string platforms; // as platforms_text() makes it

        friend auto operator<=>(const Kind&, const Kind&) = default;
    };
    struct Tag {
        std::string name;
        oci::Digest digest;
        std::uint64_t size = 0;
        Timestamp updated_at;
        std::uint32_t kind = 0;      // number in kinds
        bool has_upper_case = false; // in the name
    };
    struct Repository {
        std::uint64_t manifests = 0;
        Timestamp updated_at;
        std::vector<Tag> tags; // by name
    };
    struct Rows {
        std::map<std::string, Repository, std::less<>> repositories;
        std::vector<Kind> kinds;
    };

private:
    struct Noted {
        bool everything = false;
        std::set<std::string> tags;
    };
    using Notes = std::map<std::string, Noted>;

    void tell(const std::string& repository) const {
        if (listener_)
            listener_(repository);
    }
    void drop_notes();
    // What has to be read again; nullopt: all.
    std::optional<Notes> take_notes();
    void load(sql::Connection& connection);
    void refresh(sql::Connection& connection, const std::string& name, const Noted& noted);
    static void read_tags(sql::Connection& connection, store::RowId repository,
                          const std::function<void(store::ImageRow)>& take);
    Tag to_tag(store::ImageRow image, std::vector<Kind>& kinds);

    std::function<void(const std::string&)> listener_;
    std::mutex notes_mutex_;
    bool noting_ = false; // false: everything has to be read anyway
    std::size_t noted_ = 0;
    Notes notes_;

    std::mutex catching_up_; // one at a time, so that no older read comes after a newer one
    std::shared_mutex rows_mutex_;
    Rows rows_;                           // written with both
    std::map<Kind, std::uint32_t> kinds_; // their number in rows_.kinds; of who catches up
    std::size_t kinds_loaded_ = 0;
};

} // namespace cang::warehouse
