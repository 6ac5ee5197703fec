// For tests: a PostgreSQL server of the test program's own, in a temporary directory on a unix socket. Started at the
// first use, stopped at the end of the program.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace cang::sql {

class PrivatePostgresql {
public:
    // The server's URL, or empty where PostgreSQL is not installed or does not start.
    static const std::string& url() {
        static PrivatePostgresql server;
        return server.url_;
    }

private:
    PrivatePostgresql() {
        std::error_code absent;
        std::filesystem::path tools;
        for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", absent))
            tools = version.path() / "bin";
        char pattern[] = "/tmp/cang-postgresql-XXXXXX";
        if (tools.empty() || ::mkdtemp(pattern) == nullptr)
            return;
        directory_ = pattern;
        control_ = (tools / "pg_ctl").string();
        // PostgreSQL refuses to run as root.
        bool root = ::geteuid() == 0;
        as_user_ = root ? "runuser -u postgres -- " : "";
        if (root)
            run("chown postgres " + directory_);
        bool started = run(as_user_ + (tools / "initdb").string() + " -D " + directory_ +
                           "/data -U postgres -A trust -E UTF8 --no-sync") &&
                       run(as_user_ + control_ + " -D " + directory_ + "/data -w -l " + directory_ +
                           "/log -o \"-c fsync=off -c listen_addresses='' -k " + directory_ + "\" start");
        if (started)
            url_ = "postgresql:///postgres?user=postgres&host=" + directory_;
    }
    ~PrivatePostgresql() {
        if (!url_.empty())
            run(as_user_ + control_ + " -D " + directory_ + "/data -m immediate stop");
        std::error_code ignored;
        if (!directory_.empty())
            std::filesystem::remove_all(directory_, ignored);
    }
    bool run(const std::string& command) const {
        return std::system(("cd /tmp && " + command + " >/dev/null 2>&1").c_str()) == 0;
    }

    std::string directory_;
    std::string control_;
    std::string as_user_;
    std::string url_;
};

} // namespace cang::sql
