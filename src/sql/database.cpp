#include "sql/database.hpp"

#include "sql/connection_state.hpp"
#include "sql/writer.hpp"

#include <mutex>

namespace cang::sql {

namespace {

// Each reading connection holds up to its page cache, so idle ones beyond this are closed.
constexpr std::size_t idle_readers = 4;
constexpr std::size_t reader_cache_kib = 1024;
constexpr std::size_t writer_cache_kib = 4096;

Engine engine_of(std::string_view location) {
    bool postgresql = location.starts_with("postgresql://") || location.starts_with("postgres://");
    return postgresql ? Engine::postgresql : Engine::sqlite;
}

} // namespace

struct Database::Core {
    explicit Core(const std::string& location)
        : reader{location, engine_of(location), reader_cache_kib},
          writer{OpenOptions{location, engine_of(location), writer_cache_kib}} {}

    OpenOptions reader;
    std::int64_t version_before = 0;
    std::mutex mutex;
    std::vector<std::unique_ptr<Connection>> idle;
    Writer writer;
};

Database::Database(std::string location, std::span<const Migration> migrations, async::BlockingPool& pool)
    : core_(std::make_unique<Core>(location)), pool_(pool) {
    core_->version_before = core_->writer.migrate_schema(migrations);
    core_->writer.start();
}

Database::~Database() = default;

Engine Database::engine() const noexcept { return core_->reader.engine; }
std::int64_t Database::schema_version_before() const noexcept { return core_->version_before; }

void Database::submit(std::function<void(Connection&)> work, std::function<void(std::exception_ptr)> done,
                      Durability durability) {
    core_->writer.submit({std::move(work), std::move(done), durability == Durability::synced});
}

Database::Lease::Lease(Database& owner) : database(owner) {
    {
        std::lock_guard lock(owner.core_->mutex);
        if (!owner.core_->idle.empty()) {
            connection = std::move(owner.core_->idle.back());
            owner.core_->idle.pop_back();
        }
    }
    if (!connection)
        connection = open_connection(owner.core_->reader);
}

Database::Lease::~Lease() {
    std::lock_guard lock(database.core_->mutex);
    if (connection->usable() && database.core_->idle.size() < idle_readers)
        database.core_->idle.push_back(std::move(connection));
}

} // namespace cang::sql
