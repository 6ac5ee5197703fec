#include "transfer/exports.hpp"

#include <fcntl.h>

namespace cang::transfer {

namespace {

constexpr std::string_view kReading = "reading the archive";
constexpr std::string_view kRemoving = "removing the archive";

} // namespace

Exports::Exports(std::filesystem::path directory, const Clock& clock, async::BlockingPool& pool)
    : directory_(std::move(directory)), clock_(clock), pool_(pool) {
    io::create_directories(directory_, "storing archives");
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
        if (entry.path().filename().string().starts_with('.')) // io::PendingFile's
            io::remove_file(entry.path(), kRemoving);
}

awaitable<std::optional<io::FileDescriptor>> Exports::open(std::string operation) {
    auto find = [path = file_of(operation)] { return io::find_file(path, O_RDONLY, kReading); };
    co_return co_await async::run_blocking(pool_, std::move(find));
}

awaitable<std::uint64_t> Exports::size_of(std::string operation) {
    auto measure = [path = file_of(operation)]() -> std::uint64_t {
        auto file = io::find_file(path, O_RDONLY, kReading);
        return file ? io::file_size(*file, kReading) : 0;
    };
    co_return co_await async::run_blocking(pool_, std::move(measure));
}

awaitable<bool> Exports::remove(std::string operation) {
    auto erase = [path = file_of(operation)] { return io::remove_file(path, kRemoving); };
    co_return co_await async::run_blocking(pool_, std::move(erase));
}

std::vector<std::string> Exports::list() const {
    std::vector<std::string> operations;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
        if (entry.path().extension() == ".tar")
            operations.push_back(entry.path().stem().string());
    return operations;
}

awaitable<void> Exports::remove_expired(operation::History& history) {
    auto look = [this] { return list(); };
    auto operations = co_await async::run_blocking(pool_, std::move(look));
    for (const auto& id : operations) {
        auto operation = co_await history.find(id);
        bool under_way = operation && !operation->finished_at;
        bool fresh = operation && operation->finished_at && *operation->finished_at + kept > clock_.now();
        if (!under_way && !fresh)
            co_await remove(id);
    }
}

} // namespace cang::transfer
