/*
 * A preload shim that writes down what a process does to the disk and what it shows to the world, in one order.
 *
 * Recorded: opens, writes, truncations, syncs, renames, unlinks and new folders below RECORDER_FOLDER; bytes written to
 * terminals (the serial wires); bytes sent on sockets (the screen's stream). Each record gets its number from one atomic
 * counter and is appended to RECORDER_TRACE by one writev() on an O_APPEND descriptor, so records of several threads never mix.
 *
 * When a number is taken decides what a trace can prove:
 *   - a write, truncation, rename or unlink is numbered after the system call has returned: from then on it may be on the disk;
 *   - a sync carries two numbers, of before and after: what was numbered before its begin is safe from its end on;
 *   - bytes to the world are numbered before they leave, and noted as far as the line took them: what they tell must be safe
 *     at that number.
 * So records do not always lie in the file in the order of their numbers; the reader sorts them.
 *
 * Not recorded, and why that is safe:
 *   - writes through mmap: the store maps only its wal-index (-shm), which the first connection after a crash builds anew, and
 *     the images leave that file out;
 *   - sendfile, copy_file_range, stdio: the kiosk does not write below its folder with them. Whoever reads the trace compares
 *     its last image with the real files after a clean stop, so a write that this shim missed is found.
 *
 * Built at test time: cc -shared -fPIC -O2 -o recorder.so recorder.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum kind {
    OPENED = 1, WRITTEN, TRUNCATED, SYNCED, RENAMED, UNLINKED, MADE_FOLDER, SERIAL, SENT, CLOSED
};

/* Little-endian and without holes; tests/crash/recorder.py reads it. */
struct __attribute__((packed)) head {
    uint32_t kind;
    uint32_t thread;
    uint64_t number;
    int64_t offset;   /* of a write; size after a truncation; flags of an open; begin of a sync; else the descriptor */
    uint32_t name_len;
    uint32_t data_len;
};

static _Atomic uint64_t counter;
static int trace = -1;
static char folder[PATH_MAX];
static size_t folder_len;

/* The system calls themselves, so that this file never meets its own wrappers. */
static ssize_t raw_readlink(const char *path, char *to, size_t most)
{
    return syscall(SYS_readlinkat, AT_FDCWD, path, to, most);
}

__attribute__((constructor)) static void begin(void)
{
    const char *to = getenv("RECORDER_TRACE"), *below = getenv("RECORDER_FOLDER");
    if (to == NULL || below == NULL || realpath(below, folder) == NULL)
        return;
    folder_len = strlen(folder);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    /* High up, where nobody expects a descriptor of a certain number. */
    trace = fcntl(fd, F_DUPFD_CLOEXEC, 500);
    syscall(SYS_close, fd);
}

static uint64_t next(void)
{
    return atomic_fetch_add(&counter, 1) + 1;
}

static void note(enum kind kind, uint64_t number, const char *name, int64_t offset, const void *data, size_t len)
{
    size_t name_len = strlen(name);
    struct head head = {kind, (uint32_t)syscall(SYS_gettid), number, offset, (uint32_t)name_len, (uint32_t)len};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)name, name_len}, {(void *)data, len}};
    ssize_t wanted = (ssize_t)(sizeof head + name_len + len);
    if (syscall(SYS_writev, trace, parts, 3) != wanted) {
        /* A trace with a hole proves nothing: end, loudly. */
        static const char words[] = "recorder: the trace could not be written\n";
        syscall(SYS_write, 2, words, sizeof words - 1);
        abort();
    }
}

static int is_below(const char *path)
{
    return strncmp(path, folder, folder_len) == 0 && (path[folder_len] == '/' || path[folder_len] == '\0');
}

/* The path of an open descriptor; 0 when it has none below the folder. */
static int name_of(int fd, char *name)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = raw_readlink(link, name, PATH_MAX - 1);
    if (len <= 0)
        return 0;
    name[len] = '\0';
    return 1;
}

/* A path argument as an absolute path. */
static int resolve(int at, const char *path, char *name)
{
    if (path[0] == '/') {
        snprintf(name, PATH_MAX, "%s", path);
        return 1;
    }
    char start[PATH_MAX];
    if (at == AT_FDCWD) {
        if (getcwd(start, sizeof start) == NULL)
            return 0;
    } else if (!name_of(at, start)) {
        return 0;
    }
    return snprintf(name, PATH_MAX, "%s/%s", start, path) < PATH_MAX;
}

enum what { NOTHING, A_FILE, A_FOLDER, A_TERMINAL, A_SOCKET };

static enum what what_is(int fd, char *name)
{
    struct stat found;
    if (trace < 0 || fd == trace || fstat(fd, &found) != 0)
        return NOTHING;
    if (S_ISSOCK(found.st_mode)) {
        name[0] = '\0';
        return A_SOCKET;
    }
    if (!name_of(fd, name))
        return NOTHING;
    if (S_ISCHR(found.st_mode))
        return strncmp(name, "/dev/pts/", 9) == 0 || strncmp(name, "/dev/tty", 8) == 0 ? A_TERMINAL : NOTHING;
    if (!is_below(name))
        return NOTHING;
    return S_ISREG(found.st_mode) ? A_FILE : S_ISDIR(found.st_mode) ? A_FOLDER : NOTHING;
}

/* --- files --- */

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (real == NULL) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static void note_open(int fd, int flags)
{
    char name[PATH_MAX];
    int saved = errno;
    enum what what = fd < 0 ? NOTHING : what_is(fd, name);
    if (what == A_FILE)
        note(OPENED, next(), name, flags, NULL, 0);
    errno = saved;
}

#define HAS_MODE(flags) (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE)
#define MODE_OF(flags) \
    mode_t mode = 0; \
    if (HAS_MODE(flags)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

#define OPEN(symbol) \
    EXPORT int symbol(const char *path, int flags, ...) \
    { MODE_OF(flags) REAL(#symbol, int, const char *, int, ...); int fd = real(path, flags, mode); note_open(fd, flags); return fd; }
#define OPENAT(symbol) \
    EXPORT int symbol(int at, const char *path, int flags, ...) \
    { MODE_OF(flags) REAL(#symbol, int, int, const char *, int, ...); int fd = real(at, path, flags, mode); note_open(fd, flags); return fd; }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)

#define OPEN_2(symbol) \
    EXPORT int symbol(const char *path, int flags) \
    { REAL(#symbol, int, const char *, int); int fd = real(path, flags); note_open(fd, flags); return fd; }
OPEN_2(__open_2) OPEN_2(__open64_2)

#define CREAT(symbol) \
    EXPORT int symbol(const char *path, mode_t mode) \
    { REAL(#symbol, int, const char *, mode_t); int fd = real(path, mode); note_open(fd, O_WRONLY | O_CREAT | O_TRUNC); return fd; }
CREAT(creat) CREAT(creat64)

EXPORT int close(int fd)
{
    REAL("close", int, int);
    char name[PATH_MAX];
    int saved = errno;
    enum what what = what_is(fd, name);
    errno = saved;
    if (what == A_FILE)
        note(CLOSED, next(), name, fd, NULL, 0);
    else if (what == A_SOCKET)
        note(CLOSED, next(), "", fd, NULL, 0);  /* the number may serve another peer from now on */
    return real(fd);
}

/* Before bytes leave: the number is taken now, the bytes are noted when it is known how many the line took. */
static enum what look(int fd, char *name, uint64_t *number)
{
    int saved = errno;
    enum what what = what_is(fd, name);
    *number = what == A_TERMINAL || what == A_SOCKET ? next() : 0;
    errno = saved;
    return what;
}

/* After the call: ``offset`` is where in a file, or negative for "just before where the file stands now". */
static void note_done(enum what what, int fd, const char *name, uint64_t number, int64_t offset, const void *data, ssize_t done)
{
    int saved = errno;
    if (done > 0 && what == A_FILE) {
        int64_t at = offset >= 0 ? offset : lseek(fd, 0, SEEK_CUR) - done;
        note(WRITTEN, next(), name, at, data, (size_t)done);
    } else if (done > 0 && what == A_TERMINAL) {
        note(SERIAL, number, name, fd, data, (size_t)done);
    } else if (done > 0 && what == A_SOCKET) {
        note(SENT, number, "", fd, data, (size_t)done);
    }
    errno = saved;
}

#define HERE (-1)

EXPORT ssize_t write(int fd, const void *data, size_t len)
{
    REAL("write", ssize_t, int, const void *, size_t);
    char name[PATH_MAX];
    uint64_t number;
    enum what what = look(fd, name, &number);
    ssize_t done = real(fd, data, len);
    note_done(what, fd, name, number, HERE, data, done);
    return done;
}

#define PWRITE(symbol) \
    EXPORT ssize_t symbol(int fd, const void *data, size_t len, off64_t offset) \
    { \
        REAL(#symbol, ssize_t, int, const void *, size_t, off64_t); \
        char name[PATH_MAX]; \
        uint64_t number; \
        enum what what = look(fd, name, &number); \
        ssize_t done = real(fd, data, len, offset); \
        note_done(what, fd, name, number, offset, data, done); \
        return done; \
    }
PWRITE(pwrite) PWRITE(pwrite64)

/* Vectors are made one piece first; nobody here sends so much that it matters. */
static char *one_piece(const struct iovec *parts, int qty)
{
    size_t len = 1;
    for (int i = 0; i < qty; i++)
        len += parts[i].iov_len;
    char *all = malloc(len), *to = all;
    if (all == NULL)
        abort();
    for (int i = 0; i < qty; i++) {
        memcpy(to, parts[i].iov_base, parts[i].iov_len);
        to += parts[i].iov_len;
    }
    return all;
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int qty)
{
    REAL("writev", ssize_t, int, const struct iovec *, int);
    char name[PATH_MAX], *all = one_piece(parts, qty);
    uint64_t number;
    enum what what = look(fd, name, &number);
    ssize_t done = real(fd, parts, qty);
    note_done(what, fd, name, number, HERE, all, done);
    free(all);
    return done;
}

#define PWRITEV(symbol) \
    EXPORT ssize_t symbol(int fd, const struct iovec *parts, int qty, off64_t offset) \
    { \
        REAL(#symbol, ssize_t, int, const struct iovec *, int, off64_t); \
        char name[PATH_MAX], *all = one_piece(parts, qty); \
        uint64_t number; \
        enum what what = look(fd, name, &number); \
        ssize_t done = real(fd, parts, qty, offset); \
        note_done(what, fd, name, number, offset, all, done); \
        free(all); \
        return done; \
    }
PWRITEV(pwritev) PWRITEV(pwritev64)

/* Laying out room ahead (posix_fallocate) makes a file longer too, and that is all a reader of the file sees. */
static void note_size(int fd, int done)
{
    int saved = errno;
    char name[PATH_MAX];
    struct stat found;
    if (done == 0 && what_is(fd, name) == A_FILE && fstat(fd, &found) == 0)
        note(TRUNCATED, next(), name, found.st_size, NULL, 0);
    errno = saved;
}

#define TRUNCATE(symbol) \
    EXPORT int symbol(int fd, off64_t size) \
    { \
        REAL(#symbol, int, int, off64_t); \
        int done = real(fd, size); \
        note_size(fd, done); \
        return done; \
    }
TRUNCATE(ftruncate) TRUNCATE(ftruncate64)

#define ALLOCATE(symbol) \
    EXPORT int symbol(int fd, off64_t offset, off64_t len) \
    { \
        REAL(#symbol, int, int, off64_t, off64_t); \
        int done = real(fd, offset, len); \
        note_size(fd, done); \
        return done; \
    }
ALLOCATE(posix_fallocate) ALLOCATE(posix_fallocate64)

#define SYNC(symbol) \
    EXPORT int symbol(int fd) \
    { \
        REAL(#symbol, int, int); \
        char name[PATH_MAX]; \
        int saved = errno; \
        enum what what = what_is(fd, name); \
        uint64_t begun = next(); \
        errno = saved; \
        int done = real(fd); \
        saved = errno; \
        if (done == 0 && (what == A_FILE || what == A_FOLDER)) \
            note(SYNCED, next(), name, (int64_t)begun, NULL, 0); \
        errno = saved; \
        return done; \
    }
SYNC(fsync) SYNC(fdatasync)

/* sync_file_range promises nothing about metadata or the drive's cache: it passes, and is not believed. */

/* --- names --- */

static void note_rename(int at_from, const char *from, int at_to, const char *to, int done)
{
    char old[PATH_MAX], fresh[PATH_MAX];
    int saved = errno;
    if (trace >= 0 && done == 0 && resolve(at_from, from, old) && resolve(at_to, to, fresh) && is_below(fresh))
        note(RENAMED, next(), old, 0, fresh, strlen(fresh));
    errno = saved;
}

EXPORT int rename(const char *from, const char *to)
{
    REAL("rename", int, const char *, const char *);
    int done = real(from, to);
    note_rename(AT_FDCWD, from, AT_FDCWD, to, done);
    return done;
}

EXPORT int renameat(int at_from, const char *from, int at_to, const char *to)
{
    REAL("renameat", int, int, const char *, int, const char *);
    int done = real(at_from, from, at_to, to);
    note_rename(at_from, from, at_to, to, done);
    return done;
}

static void note_name(enum kind kind, int at, const char *path, int done)
{
    char name[PATH_MAX];
    int saved = errno;
    if (trace >= 0 && done == 0 && resolve(at, path, name) && is_below(name))
        note(kind, next(), name, 0, NULL, 0);
    errno = saved;
}

EXPORT int unlink(const char *path)
{
    REAL("unlink", int, const char *);
    int done = real(path);
    note_name(UNLINKED, AT_FDCWD, path, done);
    return done;
}

EXPORT int unlinkat(int at, const char *path, int flags)
{
    REAL("unlinkat", int, int, const char *, int);
    int done = real(at, path, flags);
    note_name(UNLINKED, at, path, done);
    return done;
}

EXPORT int mkdir(const char *path, mode_t mode)
{
    REAL("mkdir", int, const char *, mode_t);
    int done = real(path, mode);
    note_name(MADE_FOLDER, AT_FDCWD, path, done);
    return done;
}

EXPORT int mkdirat(int at, const char *path, mode_t mode)
{
    REAL("mkdirat", int, int, const char *, mode_t);
    int done = real(at, path, mode);
    note_name(MADE_FOLDER, at, path, done);
    return done;
}

/* --- the world --- */

EXPORT ssize_t send(int fd, const void *data, size_t len, int flags)
{
    REAL("send", ssize_t, int, const void *, size_t, int);
    char name[PATH_MAX];
    uint64_t number;
    enum what what = look(fd, name, &number);
    ssize_t done = real(fd, data, len, flags);
    note_done(what, fd, name, number, HERE, data, done);
    return done;
}

EXPORT ssize_t sendto(int fd, const void *data, size_t len, int flags, const struct sockaddr *to, socklen_t to_len)
{
    REAL("sendto", ssize_t, int, const void *, size_t, int, const struct sockaddr *, socklen_t);
    char name[PATH_MAX];
    uint64_t number;
    enum what what = look(fd, name, &number);
    ssize_t done = real(fd, data, len, flags, to, to_len);
    note_done(what, fd, name, number, HERE, data, done);
    return done;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL("sendmsg", ssize_t, int, const struct msghdr *, int);
    char name[PATH_MAX], *all = one_piece(message->msg_iov, (int)message->msg_iovlen);
    uint64_t number;
    enum what what = look(fd, name, &number);
    ssize_t done = real(fd, message, flags);
    note_done(what, fd, name, number, HERE, all, done);
    free(all);
    return done;
}
