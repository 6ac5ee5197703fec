// Preloaded into a server: while the file named by EIO_SWITCH exists, writes and syncs below EIO_DIRECTORY fail with EIO.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int broken(int fd) {
    const char *flag = getenv("EIO_SWITCH");
    const char *directory = getenv("EIO_DIRECTORY");
    if (!flag || !directory || access(flag, F_OK) != 0)
        return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = 0;
    return strncmp(path, directory, strlen(directory)) == 0;
}

#define BREAK(fd)                                                                                                      \
    if (broken(fd)) {                                                                                                  \
        errno = EIO;                                                                                                   \
        return -1;                                                                                                     \
    }
#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) {
    BREAK(fd) return REAL(ssize_t, write, int, const void *, size_t)(fd, data, size);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    BREAK(fd) return REAL(ssize_t, writev, int, const struct iovec *, int)(fd, parts, count);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    BREAK(fd) return REAL(ssize_t, pwrite, int, const void *, size_t, off_t)(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset) {
    BREAK(fd) return REAL(ssize_t, pwrite64, int, const void *, size_t, off_t)(fd, data, size, offset);
}
int fsync(int fd) {
    BREAK(fd) return REAL(int, fsync, int)(fd);
}
int fdatasync(int fd) {
    BREAK(fd) return REAL(int, fdatasync, int)(fd);
}
