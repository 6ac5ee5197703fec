#include "docker/load_stream.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace cang::docker {
namespace {

std::string failure_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.message();
    }
    return "nothing was thrown";
}

TEST(DockerLoadStream, CollectsWhatWasLoadedAcrossArbitraryPieces) {
    const std::string stream = "{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":32768,\"total\":65536},"
                               "\"id\":\"8d3ac3489996\"}\r\n"
                               "{\"stream\":\"Loaded image: app:1\\n\"}\r\n"
                               "{\"stream\":\"Loaded image ID: sha256:abc\\n\"}";
    for (std::size_t step = 1; step < 50; ++step) {
        std::vector<LoadProgress> seen;
        LoadMessages messages([&](const LoadProgress& progress) { seen.push_back(progress); });
        for (std::size_t at = 0; at < stream.size(); at += step)
            messages.feed(std::string_view(stream).substr(at, step));
        messages.finish();
        EXPECT_EQ(messages.loaded(), (std::vector<std::string>{"app:1", "sha256:abc"}));
        ASSERT_EQ(seen.size(), 1U);
        EXPECT_EQ(seen[0].id, "8d3ac3489996");
        EXPECT_EQ(seen[0].current, 32768U);
        EXPECT_EQ(seen[0].total, 65536U);
    }
}

TEST(DockerLoadStream, SurfacesTheEnginesOwnError) {
    LoadMessages messages;
    const std::string line = R"({"errorDetail":{"message":"no space left on device"},"error":"no space left"})"
                             "\n";
    EXPECT_EQ(failure_of([&] { messages.feed(line); }), "Docker Engine: no space left on device");
}

TEST(DockerLoadStream, RefusesWhatIsNoMessageStream) {
    EXPECT_EQ(failure_of([] { LoadMessages().feed("<html>\n"); }),
              "the Docker Engine sent a progress line that is not JSON");
    EXPECT_EQ(failure_of([] { LoadMessages().feed("[1]\n"); }),
              "the Docker Engine sent a progress line that is not a JSON object");
}

TEST(DockerLoadStream, BoundsALine) {
    LoadMessages messages;
    const std::string endless(LoadMessages::longest_line + 1, 'x');
    EXPECT_EQ(failure_of([&] { messages.feed(endless); }),
              "the Docker Engine sent a progress line longer than 262144 bytes");
}

} // namespace
} // namespace cang::docker
