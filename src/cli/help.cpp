#include "cli/help.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sstream>

namespace cang::cli {

namespace {

constexpr std::size_t kOptionColumn = 34;

struct Variable {
    std::string_view name;
    std::string_view meaning;
};

constexpr Variable kVariables[]{
    {"CANG_SERVER", "URL of the server whose warehouse a bare repository:tag means, as --server."},
    {"CANG_DATA", "Data directory whose warehouse a bare repository:tag means, as --data."},
    {"CANG_CONFIG", "Configuration file of the server, as --config."},
    {"CANG_PASSWORD", "Password for --server and gc when --creds names only a user."},
    {"DOCKER_CONFIG", "Directory of config.json with registry credentials; default ~/.docker."},
    {"REGISTRY_AUTH_FILE", "Credentials file, as --authfile."},
    {"DOCKER_HOST", "Docker Engine of docker-daemon: names, as --docker-host."},
    {"HTTP_PROXY, HTTPS_PROXY, NO_PROXY", "Proxies for registries, unless --proxy is given."},
    {"NO_COLOR", "When set, as --no-color."},
};

std::string option_names(const CLI::Option& option) {
    std::string names;
    for (const auto& name : option.get_snames())
        names += (names.empty() ? "-" : ", -") + name;
    for (const auto& name : option.get_lnames())
        names += (names.empty() ? "    --" : ", --") + name;
    auto type = option.get_type_name();
    // CLI11 adds the bounds that its validators know: "N:UINT in [1 - 64]".
    type = type.substr(0, std::min(type.find(":UINT"), type.find(":INT")));
    if (option.get_items_expected_max() > 0 && !type.empty())
        names += " " + type;
    return names;
}

std::string definition(const std::string& term, const std::string& meaning) {
    auto body = wrap(meaning, kHelpColumns - kOptionColumn, 0);
    auto head = "  " + term;
    std::string text = head;
    if (head.size() + 2 > kOptionColumn)
        text += "\n" + std::string(kOptionColumn, ' ');
    else
        text += std::string(kOptionColumn - head.size(), ' ');
    for (char c : body) {
        text += c;
        if (c == '\n')
            text += std::string(kOptionColumn, ' ');
    }
    return text + "\n";
}

// --help and --version, which a command's page has of its own or not at all.
bool is_about_program(const CLI::Option& option) { return option.check_lname("help") || option.check_lname("version"); }

std::string summary_of(const std::string& description) { return description.substr(0, description.find('\n')); }

class ManualPage final : public CLI::FormatterBase {
public:
    std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
        auto text = wrap(app->get_description(), kHelpColumns, 0) + "\n\nUsage:\n  " + usage(*app) + "\n";
        text += positionals(*app) + commands(*app);
        for (const auto& group : app->get_groups())
            text += options(*app, group, group);
        // An option group is a command without a name to CLI11.
        for (const auto* group : nested(*app, false))
            text += options(*group, "", group->get_group());
        const auto* program = app;
        while (program->get_parent() != nullptr)
            program = program->get_parent();
        if (program != app)
            text += options(*program, "Global options", "Global options", true);
        auto footer = app->get_footer();
        return footer.empty() ? text : text + "\n" + footer;
    }

private:
    // "cang operations list".
    static std::string whole_name(const CLI::App& app) {
        return app.get_parent() == nullptr ? "cang" : whole_name(*app.get_parent()) + " " + app.get_name();
    }

    static std::string usage(const CLI::App& app) {
        if (app.get_parent() == nullptr)
            return "cang [global options] COMMAND [options] [arguments]";
        if (!nested(app, true).empty())
            return whole_name(app) + " COMMAND [options] [arguments]";
        auto line = whole_name(app) + " [options]";
        for (const auto* option : app.get_options()) {
            if (!option->get_positional())
                continue;
            auto word = option->get_name(true) + (option->get_items_expected_max() > 1 ? "..." : "");
            line += option->get_required() ? " " + word : " [" + word + "]";
        }
        return line;
    }

    static std::string positionals(const CLI::App& app) {
        std::string text;
        for (const auto* option : app.get_options())
            if (option->get_positional())
                text += definition(option->get_name(true), option->get_description());
        return text.empty() ? text : "\nArguments:\n" + text;
    }

    static std::vector<const CLI::App*> nested(const CLI::App& app, bool named) {
        return app.get_subcommands([&](const CLI::App* child) { return child->get_name().empty() != named; });
    }

    static std::string commands(const CLI::App& app) {
        std::string text;
        for (const auto* command : nested(app, true))
            text += definition(command->get_name(), summary_of(command->get_description()));
        return text.empty() ? text : "\nCommands:\n" + text;
    }

    // Of one heading, or all of them when `group` is empty.
    static std::string options(const CLI::App& app, const std::string& group, const std::string& title,
                               bool nested_page = false) {
        std::string text;
        for (const auto* option : app.get_options())
            if (!option->get_positional() && !(nested_page && is_about_program(*option)) &&
                (group.empty() || option->get_group() == group))
                text += definition(option_names(*option), option->get_description());
        return text.empty() ? text : "\n" + title + ":\n" + text;
    }
};

std::string exit_codes() {
    return "Exit codes:\n"
           "  0  done\n"
           "  1  failed\n"
           "  2  what the arguments name was not found\n"
           "  3  wrong usage\n";
}

} // namespace

std::string wrap(const std::string& text, std::size_t columns, std::size_t indent) {
    std::string wrapped;
    std::istringstream lines(text);
    std::string line;
    bool first_line = true;
    while (std::getline(lines, line)) {
        if (!first_line)
            wrapped += '\n';
        first_line = false;
        std::istringstream words(line);
        std::string word;
        std::size_t used = 0;
        while (words >> word) {
            if (used > 0 && used + 1 + word.size() > columns) {
                wrapped += '\n' + std::string(indent, ' ');
                used = indent;
            } else if (used > 0) {
                wrapped += ' ';
                ++used;
            }
            wrapped += word;
            used += word.size();
        }
    }
    return wrapped;
}

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<ManualPage>(); }

std::string help_footer(const Command& command) {
    std::string text;
    if (!command.examples.empty())
        text += "Examples:\n" + command.examples + "\n";
    text += exit_codes();
    if (!command.environment.empty()) {
        text += "\nEnvironment:\n";
        for (const auto& variable : kVariables)
            if (std::ranges::find(command.environment, variable.name) != command.environment.end())
                text += definition(std::string(variable.name), std::string(variable.meaning));
    }
    return text;
}

std::string program_footer() {
    return "Names of images:\n" + definition("docker://HOST/REPOSITORY:TAG", "An image in a registry.") +
           definition("REPOSITORY:TAG", "An image in the warehouse of --server URL or --data DIR.") +
           definition("docker-archive:FILE[:NAME]", "A file as `docker save` writes it.") +
           definition("oci:DIRECTORY[:TAG]", "An OCI image layout.") +
           definition("oci-archive:FILE[:TAG]", "An OCI image layout in a tar file.") +
           definition("docker-daemon:NAME", "An image of a Docker Engine.") + "\n" + exit_codes() +
           "\n`cang COMMAND --help` tells all about a command.\n";
}

} // namespace cang::cli
