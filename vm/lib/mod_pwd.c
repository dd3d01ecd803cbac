/* mod_pwd.c: the modules pwd and grp: the system's users and groups.
 *
 * Entries are looked up by the re-entrant functions, detached: the answer may come from the network.  Going through all of them (getpwall, getgrall) has one
 * position for the whole process: they are read into C memory at one go, detached, under `walk_lock`. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../object/structseq.h"
#include "../thread/gil.h"
#include "../thread/lock.h"
#include "argument.h"
#include "posix_exec.h"

typedef struct State {
    Type *type; /* struct_passwd or struct_group, owned */
    Mutex walk_lock;
} State;

static State *passwd_state(Thread *t) { return t->interp->module_state[MODULE_pwd]; }
static State *group_state(Thread *t) { return t->interp->module_state[MODULE_grp]; }

static const MemberDef passwd_fields[] = {
    STRUCTSEQ_FIELD(0, "pw_name", "user name"),      STRUCTSEQ_FIELD(1, "pw_passwd", "password"),
    STRUCTSEQ_FIELD(2, "pw_uid", "user id"),         STRUCTSEQ_FIELD(3, "pw_gid", "group id"),
    STRUCTSEQ_FIELD(4, "pw_gecos", "real name"),     STRUCTSEQ_FIELD(5, "pw_dir", "home directory"),
    STRUCTSEQ_FIELD(6, "pw_shell", "shell program"), {0}};
static const StructSeqSpec passwd_spec =
    STRUCTSEQ("pwd.struct_passwd", "An entry of the list of users.", passwd_fields, 7, 7, 0);
static const MemberDef group_fields[] = {STRUCTSEQ_FIELD(0, "gr_name", "group name"),
                                         STRUCTSEQ_FIELD(1, "gr_passwd", "password"),
                                         STRUCTSEQ_FIELD(2, "gr_gid", "group id"),
                                         STRUCTSEQ_FIELD(3, "gr_mem", "names of the members"),
                                         {0}};
static const StructSeqSpec group_spec =
    STRUCTSEQ("grp.struct_group", "An entry of the list of groups.", group_fields, 4, 4, 0);

static Value text(Thread *t, const char *s) { return s ? str_from_fs(t, s, strlen(s)) : VALUE_NONE; }
/* No id is -1 in Python, as everywhere else. */
static Value id_value(uint32_t id) { return value_from_int(id == UINT32_MAX ? -1 : (int64_t)id); }

static Value passwd_value(Thread *t, const struct passwd *p)
{
    Value v = structseq_new(t, passwd_state(t)->type);
    if (value_is_empty(v))
        return v;
    const Value fields[] = {text(t, p->pw_name),  text(t, p->pw_passwd), id_value(p->pw_uid), id_value(p->pw_gid),
                            text(t, p->pw_gecos), text(t, p->pw_dir),    text(t, p->pw_shell)};
    for (uint32_t i = 0; i < 7; i++)
        structseq_set_take(v, i, fields[i]);
    return structseq_finish_take(t, v);
}
static Value group_value(Thread *t, const struct group *g)
{
    Value v = structseq_new(t, group_state(t)->type), members = list_new(t, 4);
    if (value_is_empty(v) || value_is_empty(members)) {
        ref_dec(t, v);
        ref_dec(t, members);
        return VALUE_EMPTY;
    }
    for (char **member = g->gr_mem; *member && !value_is_empty(members); member++)
        if (list_append_take(t, members, text(t, *member)) < 0)
            ref_clear(t, &members);
    const Value fields[] = {text(t, g->gr_name), text(t, g->gr_passwd), id_value(g->gr_gid), members};
    for (uint32_t i = 0; i < 4; i++)
        structseq_set_take(v, i, fields[i]);
    return structseq_finish_take(t, v);
}

/* ---- one entry ---- */

/* One look-up: by name, or by id when name is NULL; the entry in `text` of `size` bytes. 0 with *found, or an errno. */
typedef int (*Find)(const char *name, uint32_t id, void *entry, char *text, size_t size, bool *found);

static int find_passwd(const char *name, uint32_t id, void *entry, char *text, size_t size, bool *found)
{
    struct passwd *result = NULL;
    int error = name ? getpwnam_r(name, entry, text, size, &result) : getpwuid_r(id, entry, text, size, &result);
    *found = result != NULL;
    return error;
}
static int find_group(const char *name, uint32_t id, void *entry, char *text, size_t size, bool *found)
{
    struct group *result = NULL;
    int error = name ? getgrnam_r(name, entry, text, size, &result) : getgrgid_r(id, entry, text, size, &result);
    *found = result != NULL;
    return error;
}

/* The text of the entry, in alloc_memory; NULL: an exception, or *missing. */
static char *look_up(Thread *t, Find find, const char *name, uint32_t id, void *entry, bool *missing)
{
    bool found = false;
    *missing = false;
    for (size_t size = 1024; size <= (size_t)1 << 28; size *= 2) {
        char *text = alloc_memory(t, size);
        if (!text)
            return NULL;
        thread_detach(t, EVENT_IO);
        int error = find(name, id, entry, text, size, &found);
        thread_attach(t);
        if (found)
            return text;
        alloc_memory_free(t, text);
        if (error != ERANGE) {
            *missing = true;
            return NULL;
        }
    }
    error_no_memory(t);
    return NULL;
}

NATIVE(getpwuid, "getpwuid", "($module, uidobj, /)", "The user with an id.")
{
    uint32_t uid;
    struct passwd entry;
    bool missing;
    if (posix_id(t, args[1], "uid", &uid) < 0) /* an id that no entry can have is missing, not wrong */
        return error_swallow(t, EXC_OverflowError) ? error_set(t, EXC_KeyError, "getpwuid(): uid not found")
                                                   : VALUE_EMPTY;
    char *memory = look_up(t, find_passwd, NULL, uid, &entry, &missing);
    if (!memory)
        return missing ? error_set(t, EXC_KeyError, "getpwuid(): uid not found: %S", args[1]) : VALUE_EMPTY;
    Value v = passwd_value(t, &entry);
    alloc_memory_free(t, memory);
    return v;
}
NATIVE(getgrgid, "getgrgid", "($module, /, id)", "The group with an id.")
{
    uint32_t gid;
    struct group entry;
    bool missing;
    if (posix_id(t, args[1], "gid", &gid) < 0)
        return VALUE_EMPTY;
    char *memory = look_up(t, find_group, NULL, gid, &entry, &missing);
    if (!memory)
        return missing ? error_set(t, EXC_KeyError, "getgrgid(): gid not found: %S", args[1]) : VALUE_EMPTY;
    Value v = group_value(t, &entry);
    alloc_memory_free(t, memory);
    return v;
}
NATIVE(getpwnam, "getpwnam", "($module, name, /)", "The user with a name.")
{
    struct passwd entry;
    bool missing = false;
    Value name = argument_str(t, args[1], "getpwnam", "argument") < 0 ? VALUE_EMPTY : str_to_fs(t, args[1]);
    char *memory =
        value_is_empty(name) ? NULL : look_up(t, find_passwd, (const char *)bytes_of(name)->data, 0, &entry, &missing);
    Value v = memory    ? passwd_value(t, &entry)
              : missing ? error_set(t, EXC_KeyError, "getpwnam(): name not found: %V", args[1])
                        : VALUE_EMPTY;
    alloc_memory_free(t, memory);
    ref_dec(t, name);
    return v;
}
NATIVE(getgrnam, "getgrnam", "($module, /, name)", "The group with a name.")
{
    struct group entry;
    bool missing = false;
    Value name = argument_str(t, args[1], "getgrnam", "argument 1") < 0 ? VALUE_EMPTY : str_to_fs(t, args[1]);
    char *memory =
        value_is_empty(name) ? NULL : look_up(t, find_group, (const char *)bytes_of(name)->data, 0, &entry, &missing);
    Value v = memory    ? group_value(t, &entry)
              : missing ? error_set(t, EXC_KeyError, "getgrnam(): name not found: %V", args[1])
                        : VALUE_EMPTY;
    alloc_memory_free(t, memory);
    ref_dec(t, name);
    return v;
}

/* ---- all entries ---- */

typedef struct Entry {
    union {
        struct passwd passwd;
        struct group group;
    };
    char *text; /* what it points into; alloc_raw */
} Entry;
typedef struct Walk {
    Entry *entries;
    size_t count, capacity;
    bool no_memory;
} Walk;

/* Reads the next entry into *e. false at the end, or without memory. */
static bool next_entry(bool groups, Entry *e, bool *no_memory)
{
    for (size_t size = 1024;; size *= 2) {
        struct passwd *passwd;
        struct group *group;
        e->text = alloc_raw(size);
        if (!e->text) {
            *no_memory = true;
            return false;
        }
        int error =
            groups ? getgrent_r(&e->group, e->text, size, &group) : getpwent_r(&e->passwd, e->text, size, &passwd);
        if (error == 0)
            return true;
        alloc_raw_free(e->text);
        if (error != ERANGE)
            return false;
    }
}
/* Reads all; detached. */
static void walk(State *state, bool groups, Walk *w)
{
    Entry e;
    mutex_lock(&state->walk_lock);
    groups ? setgrent() : setpwent();
    while (next_entry(groups, &e, &w->no_memory)) {
        if (w->count == w->capacity) {
            size_t capacity = w->capacity ? w->capacity * 2 : 64;
            Entry *entries = alloc_raw_resize(w->entries, capacity * sizeof e);
            if (!entries) {
                alloc_raw_free(e.text);
                w->no_memory = true;
                break;
            }
            w->entries = entries;
            w->capacity = capacity;
        }
        w->entries[w->count++] = e;
    }
    groups ? endgrent() : endpwent();
    mutex_unlock(&state->walk_lock);
}

static Value all_entries(Thread *t, bool groups)
{
    Walk w = {0};
    thread_detach(t, EVENT_IO);
    walk(groups ? group_state(t) : passwd_state(t), groups, &w);
    thread_attach(t);
    Value list = w.no_memory ? error_no_memory(t) : list_new(t, w.count);
    for (size_t i = 0; i < w.count; i++) {
        Entry *e = &w.entries[i];
        if (!value_is_empty(list) &&
            list_append_take(t, list, groups ? group_value(t, &e->group) : passwd_value(t, &e->passwd)) < 0)
            ref_clear(t, &list);
        alloc_raw_free(e->text);
    }
    alloc_raw_free(w.entries);
    return list;
}

NATIVE(getpwall, "getpwall", "($module, /)", "All users, in any order.") { return all_entries(t, false); }
NATIVE(getgrall, "getgrall", "($module, /)", "All groups, in any order.") { return all_entries(t, true); }

/* ---- the modules ---- */

static int add_type(Thread *t, Value module, ModuleId id, const StructSeqSpec *spec, const char *name)
{
    State *state = t->interp->module_state[id];
    if (!state) {
        t->interp->module_state[id] = state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
    }
    REF_CLEAR_PTR(t, state->type);
    state->type = structseq_type(t, spec);
    return state->type ? module_add_take(t, module, name, ref_inc(t, value_of(state->type))) : -1;
}
static int passwd_exec(Thread *t, Value module)
{
    return add_type(t, module, MODULE_pwd, &passwd_spec, "struct_passwd");
}
static int group_exec(Thread *t, Value module) { return add_type(t, module, MODULE_grp, &group_spec, "struct_group"); }
static void free_state(Thread *t, void *p)
{
    ref_dec_ptr(t, ((State *)p)->type);
    alloc_memory_free(t, p);
}

static const NativeDef *const passwd_functions[] = {&native_getpwuid, &native_getpwnam, &native_getpwall, NULL};
static const NativeDef *const group_functions[] = {&native_getgrgid, &native_getgrnam, &native_getgrall, NULL};
const ModuleDef module_def_pwd = {
    .name = "pwd",
    .doc = "The system's list of users: entries are struct_passwd objects, tuples with named fields.",
    .methods = passwd_functions,
    .exec = passwd_exec,
    .free_state = free_state,
};
const ModuleDef module_def_grp = {
    .name = "grp",
    .doc = "The system's list of groups: entries are struct_group objects, tuples with named fields.",
    .methods = group_functions,
    .exec = group_exec,
    .free_state = free_state,
};
