// How fast blobs come in, go out and unpack, against the floor: hashing alone.
//
// CANG_BENCH_DIR names the directory (a real disk, not tmpfs); default: the temporary directory.
#include "async/for_each_limit.hpp"
#include "content/filesystem_store.hpp"
#include "io/compression.hpp"
#include "io/hash.hpp"
#include "testing/run_async.hpp"

#include <benchmark/benchmark.h>
#include <cstring>
#include <filesystem>
#include <sys/resource.h>

namespace cang {
namespace {

constexpr std::size_t kPiece = 64 * KiB; // what a socket read gives

std::string sample(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint64_t state = 88172645463325252ULL;
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        std::memcpy(bytes.data() + i, &state, 8);
    }
    return bytes;
}

// About three to one under gzip, like layers of programs.
std::string text_sample(std::size_t size) {
    std::string text;
    std::uint32_t state = 7;
    while (text.size() < size) {
        state = state * 1664525 + 1013904223;
        text += "word" + std::to_string(state >> 14) + (state % 7 == 0 ? "\n" : " and the ");
    }
    text.resize(size);
    return text;
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Directory {
public:
    Directory() {
        const char* chosen = std::getenv("CANG_BENCH_DIR");
        auto root = chosen ? std::filesystem::path(chosen) : std::filesystem::temp_directory_path();
        path_ = root / ("cang-bench-" + random_hex(4));
        std::filesystem::create_directories(path_);
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

void report(benchmark::State& state, std::uint64_t bytes_per_iteration, double cpu) {
    auto iterations = static_cast<double>(state.iterations());
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes_per_iteration));
    state.counters["cpu_s_per_GB"] = cpu / iterations / static_cast<double>(bytes_per_iteration) * 1e9;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    state.counters["peak_rss_MB"] = static_cast<double>(usage.ru_maxrss) / 1000;
}

void hash_floor(benchmark::State& state) {
    auto bytes = sample(128 * MiB);
    auto cpu = cpu_seconds();
    for (auto _ : state) {
        io::Hash hash;
        hash.update(as_bytes(bytes));
        benchmark::DoNotOptimize(hash.digest());
    }
    report(state, bytes.size(), cpu_seconds() - cpu);
}
BENCHMARK(hash_floor)->Unit(benchmark::kMillisecond)->UseRealTime();

// `range(0)` uploads of 256 MiB at once, in pieces as a server reads them, into the ingest's own buffer.
void push(benchmark::State& state) {
    Directory directory;
    async::BlockingPool pool(4);
    content::FilesystemStore store(directory.path(), pool);
    auto bytes = sample(256 * MiB);
    auto digest = oci::Digest::of(bytes);
    auto uploads = static_cast<std::size_t>(state.range(0));
    std::function<awaitable<void>(std::size_t)> upload = [&](std::size_t) -> awaitable<void> {
        auto ingest = co_await store.begin_ingest();
        for (std::size_t offset = 0; offset < bytes.size();) {
            auto space = ingest->buffer();
            auto length = std::min({space.size(), kPiece, bytes.size() - offset});
            std::memcpy(space.data(), bytes.data() + offset, length);
            co_await ingest->advance(length);
            offset += length;
        }
        co_await ingest->commit(digest);
    };
    auto cpu = cpu_seconds();
    for (auto _ : state) {
        testing::run_async([&]() -> awaitable<void> {
            co_await async::for_each_index(uploads, uploads, upload);
            state.PauseTiming();
            co_await store.erase(digest);
            state.ResumeTiming();
        });
    }
    report(state, bytes.size() * uploads, cpu_seconds() - cpu);
}
BENCHMARK(push)->Arg(1)->Arg(4)->Arg(16)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(2);

void push_small_objects(benchmark::State& state) {
    Directory directory;
    async::BlockingPool pool(4);
    content::FilesystemStore store(directory.path(), pool);
    std::size_t number = 0;
    std::function<awaitable<void>(std::size_t)> upload = [&](std::size_t) -> awaitable<void> {
        auto bytes = "{\"manifest\":" + std::to_string(++number) + std::string(500, ' ') + "}";
        auto digest = oci::Digest::of(bytes);
        auto ingest = co_await store.begin_ingest();
        co_await ingest->write(as_bytes(bytes));
        co_await ingest->commit(digest);
    };
    for (auto _ : state)
        testing::run_async([&]() -> awaitable<void> { co_await async::for_each_index(64, 16, upload); });
    state.SetItemsProcessed(static_cast<std::int64_t>(number));
}
BENCHMARK(push_small_objects)->Unit(benchmark::kMillisecond)->UseRealTime();

void pull(benchmark::State& state) {
    Directory directory;
    async::BlockingPool pool(4);
    content::FilesystemStore store(directory.path(), pool);
    auto bytes = sample(256 * MiB);
    auto digest = oci::Digest::of(bytes);
    testing::run_async([&]() -> awaitable<void> {
        auto ingest = co_await store.begin_ingest();
        co_await ingest->write(as_bytes(bytes));
        co_await ingest->commit(digest);
    });
    auto cpu = cpu_seconds();
    for (auto _ : state)
        testing::run_async([&]() -> awaitable<void> {
            auto reader = co_await store.open(digest);
            co_await io::drain(*reader);
        });
    report(state, bytes.size(), cpu_seconds() - cpu);
}
BENCHMARK(pull)->Unit(benchmark::kMillisecond)->UseRealTime();

std::string pack(const std::string& text, io::Compression compression, async::BlockingPool& pool) {
    return testing::run_async<std::string>([&]() -> awaitable<std::string> {
        auto reader = io::compressing_reader(io::memory_reader(text), compression, pool);
        co_return co_await io::read_all(*reader, 1 * GiB);
    });
}

void decompress(benchmark::State& state) {
    async::BlockingPool pool(4);
    auto compression = static_cast<io::Compression>(state.range(0));
    auto text = text_sample(256 * MiB);
    auto packed = std::make_shared<const std::string>(pack(text, compression, pool));
    auto cpu = cpu_seconds();
    for (auto _ : state)
        testing::run_async([&]() -> awaitable<void> {
            auto reader = io::decompressing_reader(io::memory_reader(packed), compression, pool);
            co_await io::drain(*reader);
        });
    report(state, text.size(), cpu_seconds() - cpu);
    state.SetLabel(compression == io::Compression::gzip ? "gzip" : "zstd");
}
BENCHMARK(decompress)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void compress(benchmark::State& state) {
    async::BlockingPool pool(4);
    auto compression = static_cast<io::Compression>(state.range(0));
    auto text = std::make_shared<const std::string>(text_sample(256 * MiB));
    auto cpu = cpu_seconds();
    for (auto _ : state)
        testing::run_async([&]() -> awaitable<void> {
            auto reader = io::compressing_reader(io::memory_reader(text), compression, pool);
            co_await io::drain(*reader);
        });
    report(state, text->size(), cpu_seconds() - cpu);
    state.SetLabel(compression == io::Compression::gzip ? "gzip" : "zstd");
}
BENCHMARK(compress)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace cang

BENCHMARK_MAIN();
