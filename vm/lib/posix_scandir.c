/* posix_scandir.c: os.scandir() and os.DirEntry. */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/generic_alias.h"
#include "../object/module.h"
#include "argument.h"
#include "mod_posix.h"

typedef struct DirEntry {
    Object head;
    Value name, path;   /* str or bytes */
    Value stat, lstat;  /* cached, or empty */
    unsigned char type; /* DT_... */
    uint64_t inode;
    int dir_fd;
} DirEntry;
static DirEntry *entry_of(Value v) { return (DirEntry *)value_object(v); }

static Value fetch_stat(Thread *t, DirEntry *e, bool follow)
{
    PosixPath p;
    struct stat st;
    if (posix_path(t, e->dir_fd >= 0 ? e->name : e->path, "DirEntry", "path", 0, &p) < 0)
        return VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int result = fstatat(e->dir_fd >= 0 ? e->dir_fd : AT_FDCWD, p.text, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW);
    thread_attach(t);
    p.original = e->path;
    Value v = result < 0 ? posix_path_error(t, &p, NULL) : posix_stat_value(t, &st);
    posix_path_release(t, &p);
    return v;
}
static bool is_link(const DirEntry *e, Thread *t, int *error)
{
    *error = 0;
    if (e->type != DT_UNKNOWN)
        return e->type == DT_LNK;
    Value st = fetch_stat(t, (DirEntry *)e, false);
    if (value_is_empty(st)) {
        *error = !error_swallow(t, EXC_FileNotFoundError);
        return false;
    }
    bool link = S_ISLNK((mode_t)value_to_int(tuple_peek(st, 0)));
    ref_dec(t, st);
    return link;
}
static Value get_stat(Thread *t, DirEntry *e, bool follow)
{
    int error;
    if (follow && !is_link(e, t, &error)) {
        if (error)
            return VALUE_EMPTY;
        follow = false;
    }
    Value *cache = follow ? &e->stat : &e->lstat;
    if (value_is_empty(*cache)) {
        Value st = fetch_stat(t, e, follow);
        if (value_is_empty(st))
            return st;
        ref_replace_take(t, cache, st);
    }
    return ref_inc(t, *cache);
}
static Value test_type(Thread *t, DirEntry *e, bool follow, unsigned char type, mode_t mode)
{
    if (e->type != DT_UNKNOWN && !(follow && e->type == DT_LNK))
        return value_from_bool(e->type == type);
    Value st = get_stat(t, e, follow);
    if (value_is_empty(st))
        return error_swallow(t, EXC_FileNotFoundError) ? VALUE_FALSE : VALUE_EMPTY;
    bool is = ((mode_t)value_to_int(tuple_peek(st, 0)) & S_IFMT) == mode;
    ref_dec(t, st);
    return value_from_bool(is);
}

NATIVE(dir_entry_is_dir, "is_dir", "($self, /, *, follow_symlinks=True)", "Whether the entry is a directory.")
{
    int follow = argument_bool(t, args[1], 1);
    return follow < 0 ? VALUE_EMPTY : test_type(t, entry_of(args[0]), follow, DT_DIR, S_IFDIR);
}
NATIVE(dir_entry_is_file, "is_file", "($self, /, *, follow_symlinks=True)", "Whether the entry is a regular file.")
{
    int follow = argument_bool(t, args[1], 1);
    return follow < 0 ? VALUE_EMPTY : test_type(t, entry_of(args[0]), follow, DT_REG, S_IFREG);
}
NATIVE(dir_entry_is_symlink, "is_symlink", "($self, /)", "Whether the entry is a symbolic link.")
{
    int error;
    bool link = is_link(entry_of(args[0]), t, &error);
    return error ? VALUE_EMPTY : value_from_bool(link);
}
NATIVE(dir_entry_is_junction, "is_junction", "($self, /)", "False: there are no junctions here.")
{
    return VALUE_FALSE;
}
NATIVE(dir_entry_stat, "stat", "($self, /, *, follow_symlinks=True)", "What os.stat() tells of the entry; cached.")
{
    int follow = argument_bool(t, args[1], 1);
    return follow < 0 ? VALUE_EMPTY : get_stat(t, entry_of(args[0]), follow);
}
NATIVE(dir_entry_inode, "inode", "($self, /)", "The entry's inode number.")
{
    return int_from_uint64(t, entry_of(args[0])->inode);
}
NATIVE(dir_entry_fspath, "__fspath__", "($self, /)", "The entry's path.")
{
    return ref_inc(t, entry_of(args[0])->path);
}
NATIVE_FLAGS(dir_entry_class_getitem, "__class_getitem__", "($cls, object, /)", "See PEP 585", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}
static const NativeDef *const entry_methods[] = {
    &native_dir_entry_is_dir,      &native_dir_entry_is_file,       &native_dir_entry_is_symlink,
    &native_dir_entry_is_junction, &native_dir_entry_stat,          &native_dir_entry_inode,
    &native_dir_entry_fspath,      &native_dir_entry_class_getitem, NULL};
static const MemberDef entry_members[] = {
    {"name", MEMBER_VALUE, offsetof(DirEntry, name), false, "The entry's name."},
    {"path", MEMBER_VALUE, offsetof(DirEntry, path), false, "The entry's path, joined to the one given to scandir()."},
    {0}};
static void entry_dealloc(Thread *t, Object *o)
{
    DirEntry *e = (DirEntry *)o;
    ref_clear(t, &e->name);
    ref_clear(t, &e->path);
    ref_clear(t, &e->stat);
    ref_clear(t, &e->lstat);
}
static Value entry_repr(Thread *t, Value self) { return str_format(t, "<DirEntry %V>", entry_of(self)->name); }
static const TypeSpec entry_spec = {.name = "posix.DirEntry",
                                    .doc = "One entry of a directory.",
                                    .kind = KIND_OBJECT,
                                    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
                                    .size = sizeof(DirEntry),
                                    .methods = entry_methods,
                                    .members = entry_members,
                                    .slots = {.dealloc = entry_dealloc, .repr = entry_repr}};

typedef struct Scandir {
    Object head;
    DIR *dir;   /* NULL: closed */
    Value path; /* as given: str, bytes or a descriptor; empty for "." */
    PosixPath like;
    int dir_fd;
} Scandir;

static void scandir_close(Thread *t, Scandir *s)
{
    DIR *dir = s->dir;
    s->dir = NULL;
    if (dir) {
        thread_detach(t, EVENT_IO);
        if (s->dir_fd >= 0)
            rewinddir(dir);
        closedir(dir);
        thread_attach(t);
    }
}
static Value join_path(Thread *t, Scandir *s, const char *name, size_t n)
{
    if (!s->like.text)
        return posix_path_result(t, &s->like, name, n);
    size_t prefix = strlen(s->like.text);
    bool slash = prefix && s->like.text[prefix - 1] != '/';
    char *buffer = alloc_memory(t, prefix + n + 2);
    if (!buffer)
        return VALUE_EMPTY;
    memcpy(buffer, s->like.text, prefix);
    if (slash)
        buffer[prefix] = '/';
    memcpy(buffer + prefix + slash, name, n);
    Value v = posix_path_result(t, &s->like, buffer, prefix + slash + n);
    alloc_memory_free(t, buffer);
    return v;
}
static Value scandir_next(Thread *t, Value self)
{
    Scandir *s = (Scandir *)value_object(self);
    while (s->dir) {
        thread_detach(t, EVENT_IO);
        errno = 0;
        struct dirent *d = readdir(s->dir);
        thread_attach(t);
        if (!d) {
            if (errno)
                posix_path_error(t, &s->like, NULL);
            scandir_close(t, s);
            return VALUE_EMPTY;
        }
        if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
            continue;
        DirEntry *e = alloc_object(t, posix_state(t)->dir_entry, sizeof *e);
        if (!e)
            return VALUE_EMPTY;
        e->dir_fd = s->dir_fd;
        e->type = d->d_type;
        e->inode = d->d_ino;
        e->name = posix_path_result(t, &s->like, d->d_name, strlen(d->d_name));
        e->path = value_is_empty(e->name) ? VALUE_EMPTY : join_path(t, s, d->d_name, strlen(d->d_name));
        if (value_is_empty(e->path)) {
            ref_dec_ptr(t, e);
            return VALUE_EMPTY;
        }
        return value_of(e);
    }
    return VALUE_EMPTY;
}
static void scandir_finalize(Thread *t, Object *o)
{
    Scandir *s = (Scandir *)o;
    if (!s->dir)
        return;
    Value exc = error_take(t);
    scandir_close(t, s);
    if (error_warn(t, EXC_ResourceWarning, 1, "unclosed scandir iterator %V", value_of(o)) < 0)
        error_unraisable(t, value_of(o), NULL);
    t->exc = exc;
}
static void scandir_dealloc(Thread *t, Object *o)
{
    Scandir *s = (Scandir *)o;
    scandir_close(t, s);
    posix_path_release(t, &s->like);
    ref_clear(t, &s->path);
}
/* An object with __fspath__() may lead anywhere, back to the iterator too. */
static int scandir_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Scandir *)o)->path);
    return 0;
}
NATIVE(scandir_enter, "__enter__", "($self, /)", "Returns itself.") { return ref_inc(t, args[0]); }
NATIVE(scandir_close_method, "close", "($self, /)", "Closes the directory.")
{
    scandir_close(t, (Scandir *)value_object(args[0]));
    return VALUE_NONE;
}
NATIVE(scandir_exit, "__exit__", "($self, /, *args)", "Closes the directory.")
{
    scandir_close(t, (Scandir *)value_object(args[0]));
    return VALUE_NONE;
}
static const NativeDef *const scandir_methods[] = {&native_scandir_enter, &native_scandir_exit,
                                                   &native_scandir_close_method, NULL};
static const TypeSpec scandir_spec = {.name = "posix.ScandirIterator",
                                      .doc = "Iterates over the entries of a directory.",
                                      .kind = KIND_OBJECT,
                                      .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
                                      .size = sizeof(Scandir),
                                      .methods = scandir_methods,
                                      .slots = {.dealloc = scandir_dealloc,
                                                .traverse = scandir_traverse,
                                                .finalize = scandir_finalize,
                                                .iter = slot_iter_self,
                                                .next = scandir_next}};

NATIVE(posix_scandir, "scandir", "($module, /, path=None)",
       "Iterates over the entries of a directory, as DirEntry objects.")
{
    Scandir *s = alloc_object(t, posix_state(t)->scandir_iterator, sizeof *s);
    if (!s)
        return VALUE_EMPTY;
    s->dir_fd = -1;
    Value path = value_is_empty(args[1]) ? VALUE_NONE : args[1];
    if (posix_path(t, path, "scandir", "path", PATH_FD | PATH_NONE, &s->like) < 0) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    s->path = ref_inc(t, path);
    s->dir_fd = s->like.fd;
    if (audit(t, "os.scandir", "N", posix_path_value(t, &s->like)) < 0) {
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    thread_detach(t, EVENT_IO);
    int fd = s->like.fd >= 0 ? dup(s->like.fd) : -1;
    s->dir = s->like.fd >= 0 ? (fd < 0 ? NULL : fdopendir(fd)) : opendir(s->like.text ? s->like.text : ".");
    thread_attach(t);
    if (!s->dir) {
        posix_path_error(t, &s->like, NULL);
        if (fd >= 0)
            close(fd);
        ref_dec_ptr(t, s);
        return VALUE_EMPTY;
    }
    return value_of(s);
}
const NativeDef *const posix_scandir_methods[] = {&native_posix_scandir, NULL};

int posix_scandir_types(Thread *t, Value module)
{
    PosixState *s = posix_state(t);
    s->dir_entry = type_from_spec(t, &entry_spec, NULL);
    s->scandir_iterator = type_from_spec(t, &scandir_spec, NULL);
    if (!s->dir_entry || !s->scandir_iterator)
        return -1;
    return module_add_take(t, module, "DirEntry", ref_inc(t, value_of(s->dir_entry)));
}
