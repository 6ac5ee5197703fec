#include "image/places/warehouse/core.hpp"

#include "base/log.hpp"
#include "image/places/warehouse/grace.hpp"
#include "image/store/migrations.hpp"

namespace cang::warehouse {

namespace {

// Touches in memory, about 200 bytes each; beyond this they move to the database.
constexpr std::size_t touch_limit = 20'000;
// Touches in one write, so that no write keeps the others waiting for more than milliseconds.
constexpr std::size_t touches_a_write = 200;

std::int64_t fact(sql::Connection& connection, std::string_view name) {
    return connection.find<std::int64_t>("SELECT value FROM warehouse WHERE name = :name", std::string(name))
        .value_or(0);
}

void set_fact(sql::Connection& connection, std::string_view name, std::int64_t value) {
    connection.execute("INSERT INTO warehouse (name, value) VALUES (:name, :value) "
                       "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                       std::string(name), value);
}

// Returns the time at which everything is taken to be touched.
Timestamp open_facts(sql::Connection& connection, Timestamp now) {
    if (fact(connection, "open") != 0)
        set_fact(connection, "assumed_touch_at", store::to_millis(now));
    set_fact(connection, "open", 1);
    return store::from_millis(fact(connection, "assumed_touch_at"));
}

// Returns the touches whose object is there.
std::vector<DigestGuard::Touch> write_touches(sql::Connection& connection,
                                              const std::vector<DigestGuard::Touch>& touches) {
    std::vector<DigestGuard::Touch> written;
    for (const DigestGuard::Touch& touch : touches)
        if (store::BlobStore(connection).touch(touch.digest, touch.at))
            written.push_back(touch);
    return written;
}

std::string database_location(const WarehouseOptions& options, const DataDirectory& directory) {
    return options.database.empty() ? directory.database().string() : options.database;
}

} // namespace

Warehouse::Core::Core(WarehouseOptions given, const Clock& time, async::BlockingPool& threads)
    : options(std::move(given)), grace(options.grace), clock(time), pool(threads), directory(options.data_directory),
      database(database_location(options, directory), store::migrations(), pool), files(directory.content(), pool),
      objects(files, guard, clock), cache(options.manifest_cache_bytes) {
    auto open = [this](sql::Connection& connection) { return open_facts(connection, clock.now()); };
    // A power cut that undoes this undoes only a run that made nothing durable.
    assumed_touch = database.write_now(open, sql::Durability::unsynced);
}

Warehouse::Core::~Core() {
    auto close = [this](sql::Connection& connection) {
        write_touches(connection, guard.touches());
        set_fact(connection, "open", 0);
    };
    try {
        // Lost in a power cut, the touches only leave the collector free to take what nobody has linked.
        database.write_now(close, sql::Durability::unsynced);
    } catch (const Error& error) {
        // The next start then takes everything for touched, which only delays the collector.
        log::warn("warehouse_close_failed", {{"error", error.message()}});
    }
}

awaitable<void> Warehouse::Core::touch(const oci::Digest& digest) {
    guard.touch(digest, clock.now());
    if (guard.touch_count() <= touch_limit || persisting.exchange(true))
        co_return;
    struct Done {
        std::atomic<bool>& flag;
        ~Done() { flag = false; }
    } done{persisting};
    co_await persist_touches();
}

awaitable<void> Warehouse::Core::persist_touches() {
    std::vector<DigestGuard::Touch> touches = guard.touches();
    for (std::size_t first = 0; first < touches.size(); first += touches_a_write) {
        auto begin = touches.begin() + static_cast<std::ptrdiff_t>(first);
        auto end = touches.begin() + static_cast<std::ptrdiff_t>(std::min(first + touches_a_write, touches.size()));
        std::vector<DigestGuard::Touch> batch(begin, end);
        auto job = [batch](sql::Connection& connection) { return write_touches(connection, batch); };
        std::vector<DigestGuard::Touch> settled = co_await database.write(std::move(job));
        // An object that is committed but not linked yet has no row: memory must keep its touch while it counts.
        for (const DigestGuard::Touch& touch : batch)
            if (touch.at < cutoff())
                settled.push_back(touch);
        guard.forget(settled);
    }
}

awaitable<std::shared_ptr<const std::string>> Warehouse::Core::read_manifest(const oci::Digest& digest) {
    std::optional<content::ObjectInfo> object = co_await files.find(digest);
    if (!object)
        co_return nullptr;
    content::ByteRange whole;
    io::ReaderPtr reader = co_await files.open(digest, whole);
    std::string bytes = co_await io::read_all(*reader, oci::ManifestLimits::bytes);
    if (oci::Digest::of(std::string_view(bytes), digest.algorithm()) != digest)
        throw Error(ErrorKind::corrupt, "the stored manifest " + digest.to_string() + " is damaged");
    co_return std::make_shared<const std::string>(std::move(bytes));
}

Warehouse::Warehouse(WarehouseOptions options, const Clock& clock, async::BlockingPool& pool)
    : core_(std::make_unique<Core>(std::move(options), clock, pool)) {}

Warehouse::~Warehouse() = default;

content::ObjectStore& Warehouse::objects() { return core_->objects; }
Warehouse::Core& Warehouse::core() { return *core_; }

void set_grace(Warehouse& warehouse, std::chrono::milliseconds grace) { warehouse.core().grace = grace; }

} // namespace cang::warehouse
