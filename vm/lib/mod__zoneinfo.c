/* mod__zoneinfo.c: zoneinfo.ZoneInfo: a time zone of the system's database.
 *
 * A zone is read once: the class keeps a weak dict of all living zones by key (`_weak_cache`, one for each subclass), and for ZoneInfo itself the last few used ones are
 * kept alive.  Objects never change.  Locks: the short list of strong references is changed under the module state's mutex with the lock off.
 * Read next: mod__zoneinfo_rules.c. */
#include "mod__zoneinfo.h"

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../run/frame_access.h"
#include "../thread/lock.h"

#define STRONG_CACHE_SIZE 8

typedef struct ZoneInfo {
    Object head;
    Object *weakrefs;
    Value key;       /* or None: read from a file */
    Value file_repr; /* or empty */
    bool from_cache;
    ZoneData data;
} ZoneInfo;

typedef struct ZoneState {
    Type *type;
    Value weak_cache;
    Value strong[STRONG_CACHE_SIZE]; /* ZoneInfos, the last used first */
    Mutex lock;
} ZoneState;

static const TypeSpec zone_spec;

static ZoneState *zone_state(Thread *t) { return t->interp->module_state[MODULE__zoneinfo]; }
static ZoneInfo *zone_of(Value v) { return (ZoneInfo *)value_object(v); }

/* ---- caches ---- */

/* The last few zones that were asked for stay alive. */
static void keep_alive(Thread *t, Value zone)
{
    ZoneState *s = zone_state(t);
    Value next = ref_inc(t, zone);
    if (t->free_threaded)
        mutex_lock(&s->lock);
    for (int i = 0; i < STRONG_CACHE_SIZE; i++) {
        Value old = s->strong[i];
        s->strong[i] = next;
        next = old;
        if (value_is(old, zone) || value_is_empty(old))
            break;
    }
    if (t->free_threaded)
        mutex_unlock(&s->lock);
    ref_dec(t, next);
}

static void forget(Thread *t, Value key_or_empty)
{
    ZoneState *s = zone_state(t);
    Value dropped[STRONG_CACHE_SIZE];
    int n = 0, kept = 0;
    if (t->free_threaded)
        mutex_lock(&s->lock);
    for (int i = 0; i < STRONG_CACHE_SIZE; i++) {
        Value zone = s->strong[i];
        s->strong[i] = VALUE_EMPTY;
        if (value_is_empty(zone))
            continue;
        Value key = zone_of(zone)->key;
        bool drop =
            value_is_empty(key_or_empty) || (str_check(key) && str_check(key_or_empty) && str_equal(key, key_or_empty));
        if (drop)
            dropped[n++] = zone;
        else
            s->strong[kept++] = zone;
    }
    if (t->free_threaded)
        mutex_unlock(&s->lock);
    while (n)
        ref_dec(t, dropped[--n]);
}

/* The weak dict of a class: owned. */
static Value weak_cache(Thread *t, Type *type)
{
    if (type == zone_state(t)->type)
        return ref_inc(t, zone_state(t)->weak_cache);
    return object_getattr_string(t, value_of(type), "_weak_cache");
}

static Value new_weak_cache(Thread *t)
{
    Value class = import_module_attr(t, "weakref", "WeakValueDictionary");
    Value cache = value_is_empty(class) ? VALUE_EMPTY : object_call0(t, class);
    ref_dec(t, class);
    return cache;
}

/* ---- making ---- */

static Value library(Thread *t, const char *module, const char *name, Value argument)
{
    Value function = import_module_attr(t, module, name);
    Value result = value_is_empty(function) ? VALUE_EMPTY : object_call1(t, function, argument);
    ref_dec(t, function);
    return result;
}

static Value alloc_zone(Thread *t, Type *type, Value key)
{
    ZoneInfo *z = type_alloc(t, type, 0);
    if (!z)
        return VALUE_EMPTY;
    z->key = ref_inc(t, key);
    return value_of(z);
}

static int read_file(Thread *t, Value zone, Value file)
{
    Value loaded = library(t, "zoneinfo._common", "load_data", file);
    int result = value_is_empty(loaded) ? -1 : zone_data_load(t, &zone_of(zone)->data, loaded);
    ref_dec(t, loaded);
    return result;
}

static Value open_file(Thread *t, Value key)
{
    Value path = library(t, "zoneinfo._tzpath", "find_tzfile", key), open, result = VALUE_EMPTY;
    if (value_is_empty(path))
        return VALUE_EMPTY;
    if (value_is_none(path)) {
        result = library(t, "zoneinfo._common", "load_tzdata", key);
    } else {
        open = import_module_attr(t, "io", "open");
        Value mode = value_is_empty(open) ? VALUE_EMPTY : str_intern(t, "rb");
        if (!value_is_empty(mode))
            result = object_call2(t, open, path, mode);
        ref_dec(t, mode);
        ref_dec(t, open);
    }
    ref_dec(t, path);
    return result;
}

static Value read_zone(Thread *t, Type *type, Value key)
{
    Value file = open_file(t, key);
    if (value_is_empty(file))
        return VALUE_EMPTY;
    Value zone = alloc_zone(t, type, key);
    if (!value_is_empty(zone) && read_file(t, zone, file) < 0)
        ref_clear(t, &zone);
    Value pending = error_take(t),
          closed = object_call_method_string(t, file, "close", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(closed))
        ref_clear(t, &zone);
    error_chain_context_take(t, pending);
    ref_dec(t, closed);
    ref_dec(t, file);
    return zone;
}

static Value cached_zone(Thread *t, Type *type, Value key)
{
    Value cache = weak_cache(t, type), zone, fresh = VALUE_EMPTY;
    if (value_is_empty(cache))
        return VALUE_EMPTY;
    zone = object_call_method_string(t, cache, "get", key, VALUE_NONE, VALUE_EMPTY);
    if (value_is_none(zone)) {
        fresh = read_zone(t, type, key);
        zone = value_is_empty(fresh) ? VALUE_EMPTY
                                     : object_call_method_string(t, cache, "setdefault", key, fresh, VALUE_EMPTY);
        ref_dec(t, fresh);
    }
    ref_dec(t, cache);
    if (value_is_empty(zone))
        return VALUE_EMPTY;
    if (object_is_native(zone, &zone_spec)) {
        zone_of(zone)->from_cache = true;
        if (type == zone_state(t)->type)
            keep_alive(t, zone);
    }
    return zone;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    static const char *const parameters[] = {"key", NULL};
    size_t given = n + (value_is_empty(names) ? 0 : tuple_length(names));
    if (given > 1)
        return error_set(t, EXC_TypeError, "function takes at most 1 argument (%zu given)", given);
    if (given == 0 || (n == 0 && !str_equal_ascii(tuple_peek(names, 0), parameters[0])))
        return error_set(t, EXC_TypeError, "function missing required argument 'key' (pos 1)");
    return cached_zone(t, type, args[0]);
}

NATIVE_FLAGS(no_cache, "no_cache", "($type, /, key)", "A zone by its key that is read anew and not remembered.",
             NATIVE_CLASS)
{
    return read_zone(t, type_as(args[0]), args[1]);
}

NATIVE_FLAGS(from_file, "from_file", "($type, fobj, /, key=None)", "A zone read from a binary file in the TZif format.",
             NATIVE_CLASS)
{
    Value zone = alloc_zone(t, type_as(args[0]), value_is_empty(args[2]) ? VALUE_NONE : args[2]);
    if (value_is_empty(zone))
        return VALUE_EMPTY;
    zone_of(zone)->file_repr = object_repr(t, args[1]);
    if (value_is_empty(zone_of(zone)->file_repr) || read_file(t, zone, args[1]) < 0)
        ref_clear(t, &zone);
    return zone;
}

NATIVE_FLAGS(clear_cache, "clear_cache", "($type, /, *, only_keys=None)",
             "Forgets the zones read so far, or those with the given keys.", NATIVE_CLASS)
{
    Type *type = type_as(args[0]);
    bool strong = type == zone_state(t)->type;
    Value cache = weak_cache(t, type), result = VALUE_EMPTY, keys = VALUE_EMPTY;
    if (value_is_empty(cache))
        return VALUE_EMPTY;
    if (value_is_empty(args[1]) || value_is_none(args[1])) {
        result = object_call_method_string(t, cache, "clear", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
        if (strong)
            forget(t, VALUE_EMPTY);
    } else {
        keys = object_to_list(t, args[1]);
        result = value_is_empty(keys) ? VALUE_EMPTY : VALUE_NONE;
        for (size_t i = 0; !value_is_empty(result) && i < list_length(keys); i++) {
            if (strong)
                forget(t, list_peek(keys, i));
            ref_dec(t, result);
            result = object_call_method_string(t, cache, "pop", list_peek(keys, i), VALUE_NONE, VALUE_EMPTY);
        }
    }
    ref_dec(t, cache);
    ref_dec(t, keys);
    ref_dec(t, result);
    return value_is_empty(result) ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE_FLAGS(init_subclass, "__init_subclass__", "($type, /, *args, **kwargs)",
             "Each subclass remembers its own zones.", NATIVE_CLASS)
{
    Value cache = new_weak_cache(t), name = value_is_empty(cache) ? VALUE_EMPTY : str_intern(t, "_weak_cache");
    int result = value_is_empty(name) ? -1 : object_setattr(t, args[0], name, cache);
    ref_dec(t, cache);
    ref_dec(t, name);
    return result < 0 ? VALUE_EMPTY : VALUE_NONE;
}

/* ---- asking ---- */

static int attribute_int(Thread *t, Value v, const char *name, int *result)
{
    Value attribute = object_getattr_string(t, v, name);
    int failed = value_is_empty(attribute) ? -1 : int_to_int(t, attribute, result);
    ref_dec(t, attribute);
    return failed;
}

/* Local seconds, year and fold of anything like a datetime. */
static int read_datetime(Thread *t, Value dt, int64_t *seconds, int *year, int *fold)
{
    int ordinal, hour, minute, second;
    if (datetime_check(dt)) {
        const Date *d = date_of(dt);
        const Clock *c = &datetime_of(dt)->clock;
        ordinal = calendar_ordinal(d->year, d->month, d->day);
        *seconds = (int64_t)(ordinal - 719163) * SECONDS_PER_DAY + (c->hour * 60 + c->minute) * 60 + c->second;
        *year = d->year;
        *fold = c->fold;
        return 0;
    }
    Value number = object_call_method_string(t, dt, "toordinal", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    int failed = value_is_empty(number) ? -1 : int_to_int(t, number, &ordinal);
    ref_dec(t, number);
    if (failed < 0 || attribute_int(t, dt, "hour", &hour) < 0 || attribute_int(t, dt, "minute", &minute) < 0 ||
        attribute_int(t, dt, "second", &second) < 0 || attribute_int(t, dt, "year", year) < 0 ||
        attribute_int(t, dt, "fold", fold) < 0)
        return -1;
    *seconds = ((int64_t)ordinal - 719163) * SECONDS_PER_DAY + ((int64_t)hour * 60 + minute) * 60 + second;
    return 0;
}

/* The span at a datetime; *found NULL where it cannot be told (None, in a zone that changes). */
static int find(Thread *t, Value self, Value dt, const Span **found)
{
    const ZoneData *data = &zone_of(self)->data;
    int64_t seconds;
    int year, fold;
    if (value_is_none(dt)) {
        *found = data->fixed ? data->after : NULL;
        return 0;
    }
    if (read_datetime(t, dt, &seconds, &year, &fold) < 0)
        return -1;
    *found = zone_data_find_local(data, seconds, year, fold);
    return 0;
}

#define ASK(field)                                                                                                     \
    const Span *span;                                                                                                  \
    if (find(t, args[0], args[1], &span) < 0)                                                                          \
        return VALUE_EMPTY;                                                                                            \
    return span ? ref_inc(t, span->field) : VALUE_NONE

NATIVE(utcoffset, "utcoffset", "($self, dt, /)", "The offset from UTC at a local datetime.") { ASK(utcoff_delta); }
NATIVE(dst, "dst", "($self, dt, /)", "The part of the offset that is daylight saving time.") { ASK(dstoff_delta); }
NATIVE(tzname, "tzname", "($self, dt, /)", "The abbreviated name of the zone at a local datetime.") { ASK(name); }

NATIVE(fromutc, "fromutc", "($self, dt, /)", "A datetime whose fields are in UTC, in this zone's local time.")
{
    Value dt = args[1];
    int64_t seconds;
    int year, unused;
    bool fold;
    if (!datetime_check(dt))
        return error_set(t, EXC_TypeError, "fromutc: argument must be a datetime");
    if (!value_is(datetime_of(dt)->clock.tzinfo, args[0]))
        return error_set(t, EXC_ValueError, "fromutc: dt.tzinfo is not self");
    if (read_datetime(t, dt, &seconds, &year, &unused) < 0)
        return VALUE_EMPTY;
    const Span *span = zone_data_find_utc(&zone_of(args[0])->data, seconds, year, &fold);
    Value local = datetime_add_delta(t, dt, span->utcoff_delta, 1);
    if (value_is_empty(local) || !fold)
        return local;
    if (datetime_check(local)) { /* fresh: nobody else has seen it */
        datetime_of(local)->clock.fold = 1;
        return local;
    }
    Value keywords = VALUE_EMPTY, replaced = VALUE_EMPTY, name = str_intern(t, "fold"),
          method = str_intern(t, "replace");
    if (!value_is_empty(name) && !value_is_empty(method))
        keywords = tuple_pack(t, 1, name);
    if (!value_is_empty(keywords)) {
        const Value arguments[2] = {local, value_from_int(1)};
        replaced = object_call_method(t, method, arguments, 1, keywords);
    }
    ref_dec(t, keywords);
    ref_dec(t, name);
    ref_dec(t, method);
    ref_dec(t, local);
    return replaced;
}

/* ---- text, pickling, life ---- */

static Value repr(Thread *t, Value self)
{
    ZoneInfo *z = zone_of(self);
    if (!value_is_none(z->key))
        return str_format(t, "%N(key=%V)", z->head.type, z->key);
    return str_format(t, "%N.from_file(%U)", z->head.type, z->file_repr);
}

static Value str(Thread *t, Value self)
{
    return value_is_none(zone_of(self)->key) ? repr(t, self) : object_str(t, zone_of(self)->key);
}

NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs: the key. A zone from a file cannot be pickled.")
{
    ZoneInfo *z = zone_of(args[0]);
    if (!value_is_empty(z->file_repr)) {
        Value class = import_module_attr(t, "pickle", "PicklingError");
        if (!value_is_empty(class))
            error_set_type(t, type_as(class), "Cannot pickle a ZoneInfo file from a file stream.");
        ref_dec(t, class);
        return VALUE_EMPTY;
    }
    Value constructor = object_getattr_string(t, value_of(z->head.type), "_unpickle"), inner = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (!value_is_empty(constructor))
        inner = tuple_pack(t, 2, z->key, value_from_int(z->from_cache));
    if (!value_is_empty(inner))
        result = tuple_pack(t, 2, constructor, inner);
    ref_dec(t, constructor);
    ref_dec(t, inner);
    return result;
}

NATIVE_FLAGS(unpickle, "_unpickle", "($type, key, from_cache, /)", "What __reduce__ names.", NATIVE_CLASS)
{
    int from_cache = object_truth(t, args[2]);
    if (from_cache < 0)
        return VALUE_EMPTY;
    return from_cache ? object_call1(t, args[0], args[1]) : read_zone(t, type_as(args[0]), args[1]);
}

static void dealloc(Thread *t, Object *o)
{
    ZoneInfo *z = (ZoneInfo *)o;
    zone_data_free(t, &z->data);
    ref_dec(t, z->key);
    ref_dec(t, z->file_repr);
}

static const NativeDef *const methods[] = {
    &native_clear_cache, &native_no_cache, &native_from_file, &native_utcoffset,     &native_dst, &native_tzname,
    &native_fromutc,     &native_reduce,   &native_unpickle,  &native_init_subclass, NULL,
};
static const MemberDef members[] = {
    {"key", MEMBER_VALUE, offsetof(ZoneInfo, key), false, "The key by which the zone was found, or None."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

static const TypeSpec zone_spec = {
    .name = "zoneinfo.ZoneInfo",
    .doc = "ZoneInfo(key)\n\nA time zone of the system's database, such as ZoneInfo(\"Europe/Berlin\").",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(ZoneInfo),
    .weak_offset = offsetof(ZoneInfo, weakrefs),
    .methods = methods,
    .members = members,
    .slots = {.dealloc = dealloc, .create = create, .repr = repr, .str = str},
};

/* ---- the module ---- */

static void free_state(Thread *t, void *data)
{
    ZoneState *s = data;
    for (int i = 0; i < STRONG_CACHE_SIZE; i++)
        ref_dec(t, s->strong[i]);
    ref_dec(t, s->weak_cache);
    ref_dec_ptr(t, s->type);
    alloc_memory_free(t, s);
}

static int exec(Thread *t, Value module)
{
    void **slot = &t->interp->module_state[MODULE__zoneinfo];
    if (!*slot) {
        Value datetime = import_module(t, "_datetime");
        if (value_is_empty(datetime))
            return -1;
        ref_dec(t, datetime);
        ZoneState *s = alloc_memory_zeroed(t, 1, sizeof *s);
        if (!s)
            return -1;
        s->type = type_from_spec(t, &zone_spec, datetime_state(t)->tzinfo);
        s->weak_cache = s->type ? new_weak_cache(t) : VALUE_EMPTY;
        if (value_is_empty(s->weak_cache)) {
            free_state(t, s);
            return -1;
        }
        *slot = s;
    }
    return module_add_take(t, module, "ZoneInfo", ref_inc(t, value_of(((ZoneState *)*slot)->type)));
}

const ModuleDef module_def__zoneinfo = {
    .name = "_zoneinfo",
    .doc = "The fast part of the module zoneinfo.",
    .exec = exec,
    .free_state = free_state,
};
