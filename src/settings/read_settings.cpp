#include "settings/read_settings.hpp"

#include "settings/config_file.hpp"

#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>

namespace cang::settings {

namespace {

std::string read_whole(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0)
        throw system_error(errno, fmt::format("cannot read the configuration file {}", path));
    std::ifstream file(path, std::ios::binary);
    std::string text(kMaxConfigBytes + 1, '\0'); // one more, to tell that it is too large
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (S_ISDIR(status.st_mode) || file.bad() || (!file && !file.eof()))
        throw Error(ErrorKind::invalid_argument, fmt::format("cannot read the configuration file {}", path));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

void apply(Reading& reading, const Setting& setting, Value value) {
    if (auto fault = find_fault(setting, value.text))
        reading.problems.push_back(fmt::format("{}: {}", value.origin, *fault));
    else
        reading.settings.set(setting.name, std::move(value));
}

} // namespace

std::vector<std::string> find_contradictions(const Settings& settings) {
    std::vector<std::string> problems;
    auto add = [&](std::string_view name, std::string_view reason) {
        problems.push_back(fmt::format("{}: {}", settings.value(name).origin, reason));
    };
    if (settings.text("tls-cert").empty() != settings.text("tls-key").empty())
        add(settings.text("tls-cert").empty() ? "tls-key" : "tls-cert", "certificate and key come together");
    // A Docker client asks /v2/ once whether to sign in at all: with Basic it would then always or never do so.
    if (settings.text("auth") == "basic" && settings.text("anonymous") != "none")
        add("anonymous", "needs --auth token, as clients can't mix Basic sign-in with anonymous access");
    if (settings.boolean("trust-proxy") && !settings.text("trusted-proxies").empty())
        add("trust-proxy", "says less than --trusted-proxies; give one of them");
    return problems;
}

Reading read_settings(const Sources& sources) {
    Reading reading;
    if (!sources.file.empty()) {
        auto file = read_config_file(read_whole(sources.file), sources.file);
        reading.problems = std::move(file.problems);
        for (auto& entry : file.entries)
            reading.settings.set(entry.setting->name, std::move(entry.value));
    }
    for (const auto& setting : table()) {
        auto variable = variable_of(setting);
        auto text = sources.environment ? sources.environment(variable) : std::string();
        if (!text.empty())
            apply(reading, setting, {std::move(text), Source::environment, variable});
        if (auto given = sources.flags.find(setting.name); given != sources.flags.end())
            apply(reading, setting, {given->second, Source::flag, flag_of(setting)});
    }
    auto contradictions = find_contradictions(reading.settings);
    reading.problems.insert(reading.problems.end(), contradictions.begin(), contradictions.end());
    return reading;
}

} // namespace cang::settings
