// Archives that exports wrote, for clients to fetch: one file an operation, gone a day after it ended. Which operation
// that is, and when it ended, the history of operations says.
#pragma once

#include "async/run_blocking.hpp"
#include "io/file.hpp"
#include "operation/history.hpp"

namespace cang::transfer {

// May be used from any thread and event loop. Ids are those of operations of the history: never paths.
class Exports {
public:
    static constexpr std::chrono::hours kept{24};

    // Makes the directory and clears what an earlier process did not finish.
    Exports(std::filesystem::path directory, const Clock& clock, async::BlockingPool& pool);

    std::filesystem::path file_of(const std::string& operation) const { return directory_ / (operation + ".tar"); }
    // nullopt when it was removed.
    awaitable<std::optional<io::FileDescriptor>> open(std::string operation);
    awaitable<std::uint64_t> size_of(std::string operation); // 0 when there is none
    awaitable<bool> remove(std::string operation);           // false when there was none
    // What ended too long ago, and what no operation knows.
    awaitable<void> remove_expired(operation::History& history);

private:
    std::vector<std::string> list() const;

    std::filesystem::path directory_;
    const Clock& clock_;
    async::BlockingPool& pool_;
};

} // namespace cang::transfer
