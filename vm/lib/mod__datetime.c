/* mod__datetime.c: the module _datetime: its types, constants and state, and what its files share.  See mod__datetime.h for the file tour. */
#include "mod__datetime.h"

#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../run/frame_access.h"

/* ---- arguments ---- */

static const char *plural(int n) { return n == 1 ? "" : "s"; }

int datetime_parse(Thread *t, const char *const *parameters, int required, int positional, const Value *args,
                   uint32_t n, Value names, Value *out)
{
    int count = 0, given = (int)n, keywords = value_is_empty(names) ? 0 : (int)tuple_length(names);
    while (parameters[count])
        count++;
    if (given + keywords > count)
        return error_set(t, EXC_TypeError, "function takes at most %d %sargument%s (%d given)", count,
                         given ? "" : "keyword ", plural(count), given + keywords),
               -1;
    if (given > positional)
        return error_set(t, EXC_TypeError, "function takes at most %d positional argument%s (%d given)", positional,
                         plural(positional), given),
               -1;
    for (int i = 0; i < count; i++)
        out[i] = i < given ? args[i] : VALUE_EMPTY;
    Value unknown = VALUE_EMPTY;
    for (int k = 0; k < keywords; k++) {
        Value name = tuple_peek(names, (size_t)k);
        int i = 0;
        while (i < count && !str_equal_ascii(name, parameters[i]))
            i++;
        if (i == count)
            unknown = name;
        else if (i < given)
            return error_set(t, EXC_TypeError, "argument for function given by name ('%s') and position (%d)",
                             parameters[i], i + 1),
                   -1;
        else
            out[i] = args[given + k];
    }
    for (int i = 0; i < required; i++) {
        int unused; /* required ones are ints, converted one by one */
        if (!value_is_empty(out[i]) && datetime_int(t, out[i], 0, &unused) < 0)
            return -1;
        if (value_is_empty(out[i]))
            return error_set(t, EXC_TypeError, "function missing required argument '%s' (pos %d)", parameters[i],
                             i + 1),
                   -1;
    }
    if (!value_is_empty(unknown))
        return error_set(t, EXC_TypeError, "this function got an unexpected keyword argument '%U'", unknown), -1;
    return 0;
}

int datetime_int(Thread *t, Value v, int absent, int *result)
{
    int64_t wide;
    *result = absent;
    if (value_is_empty(v))
        return 0;
    if (int_to_int64(t, v, &wide) < 0)
        return -1;
    if (wide > INT32_MAX)
        return error_set(t, EXC_OverflowError, "signed integer is greater than maximum"), -1;
    if (wide < INT32_MIN)
        return error_set(t, EXC_OverflowError, "signed integer is less than minimum"), -1;
    *result = (int)wide;
    return 0;
}

Value datetime_result(int c, Compare op)
{
    switch (op) {
    case COMPARE_LT: return value_from_bool(c < 0);
    case COMPARE_LE: return value_from_bool(c <= 0);
    case COMPARE_EQ: return value_from_bool(c == 0);
    case COMPARE_NE: return value_from_bool(c != 0);
    case COMPARE_GT: return value_from_bool(c > 0);
    default: return value_from_bool(c >= 0);
    }
}

Value datetime_call_time(Thread *t, const char *name, Value a, Value b)
{
    Value function = import_module_attr(t, "time", name);
    if (value_is_empty(function))
        return VALUE_EMPTY;
    Value args[2] = {a, b};
    Value result = object_call(t, function, args, value_is_empty(b) ? 1 : 2, VALUE_EMPTY);
    ref_dec(t, function);
    return result;
}

Value datetime_strptime(Thread *t, const char *name, Value class, Value text, Value format)
{
    for (int i = 0; i < 2; i++) {
        Value v = i ? format : text;
        if (!str_check(v))
            return error_set(t, EXC_TypeError, "strptime() argument %d must be str, not %s", i + 1,
                             value_is_none(v) ? "None" : type_name(type_of(t, v)));
    }
    Value function = import_module_attr(t, "_strptime", name);
    if (value_is_empty(function))
        return VALUE_EMPTY;
    Value args[3] = {class, text, format};
    Value result = object_call(t, function, args, 3, VALUE_EMPTY);
    ref_dec(t, function);
    return result;
}

/* ---- the module ---- */

static int set_attr_take(Thread *t, Type *type, const char *name, Value value)
{
    Value key = value_is_empty(value) ? VALUE_EMPTY : str_intern(t, name);
    int result = value_is_empty(key) ? -1 : type_set_attr(t, type, key, value);
    ref_dec(t, key);
    ref_dec(t, value);
    return result;
}

int datetime_add_limits(Thread *t, Type *type, Value min, Value max, Value resolution)
{
    int failed = set_attr_take(t, type, "min", min);
    failed |= set_attr_take(t, type, "max", max);
    return failed | set_attr_take(t, type, "resolution", resolution);
}

static void free_state(Thread *t, void *data)
{
    DateTimeState *s = data;
    ref_dec(t, s->utc);
    ref_dec(t, s->epoch);
    Type *types[] = {s->delta, s->date, s->datetime, s->time, s->tzinfo, s->timezone, s->iso_calendar};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        ref_dec_ptr(t, types[i]);
    alloc_memory_free(t, s);
}

static int make_types(Thread *t, DateTimeState *s)
{
    const struct {
        Type **slot;
        const TypeSpec *spec;
        Type **base;
    } types[] = {
        {&s->delta, &datetime_spec_delta, NULL},           {&s->date, &datetime_spec_date, NULL},
        {&s->datetime, &datetime_spec_datetime, &s->date}, {&s->time, &datetime_spec_time, NULL},
        {&s->tzinfo, &datetime_spec_tzinfo, NULL},         {&s->timezone, &datetime_spec_timezone, &s->tzinfo},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        *types[i].slot = type_from_spec(t, types[i].spec, types[i].base ? *types[i].base : t->types[KIND_OBJECT]);
        if (!*types[i].slot)
            return -1;
    }
    return date_create_iso_type(t, s);
}

/* min, max, resolution and the like. */
static int make_constants(Thread *t, DateTimeState *s)
{
    const Clock midnight = {0}, last = {.hour = 23, .minute = 59, .second = 59, .microsecond = 999999};
    s->utc = zone_new_take(t, delta_new(t, 0, 0, 0), VALUE_EMPTY);
    if (value_is_empty(s->utc))
        return -1;
    Clock utc = {.tzinfo = s->utc};
    s->epoch = datetime_new(t, s->datetime, 1970, 1, 1, &utc);
    if (value_is_empty(s->epoch))
        return -1;
    if (datetime_add_limits(t, s->delta, delta_new(t, -DELTA_MAX_DAYS, 0, 0),
                            delta_new(t, DELTA_MAX_DAYS, SECONDS_PER_DAY - 1, 999999), delta_new(t, 0, 0, 1)) < 0 ||
        datetime_add_limits(t, s->date, date_new(t, s->date, 1, 1, 1), date_new(t, s->date, DATE_MAX_YEAR, 12, 31),
                            delta_new(t, 1, 0, 0)) < 0 ||
        datetime_add_limits(t, s->datetime, datetime_new(t, s->datetime, 1, 1, 1, &midnight),
                            datetime_new(t, s->datetime, DATE_MAX_YEAR, 12, 31, &last), delta_new(t, 0, 0, 1)) < 0 ||
        datetime_add_limits(t, s->time, time_new(t, s->time, &midnight), time_new(t, s->time, &last),
                            delta_new(t, 0, 0, 1)) < 0)
        return -1;
    /* The limits of timezone are whole minutes, though its offsets need not be. */
    if (set_attr_take(t, s->timezone, "min", zone_new_take(t, delta_new(t, -1, 60, 0), VALUE_EMPTY)) < 0 ||
        set_attr_take(t, s->timezone, "max", zone_new_take(t, delta_new(t, 0, 86340, 0), VALUE_EMPTY)) < 0)
        return -1;
    return set_attr_take(t, s->timezone, "utc", ref_inc(t, s->utc));
}

static int exec(Thread *t, Value module)
{
    void **slot = &t->interp->module_state[MODULE__datetime];
    if (!*slot) {
        DateTimeState *state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        *slot = state;
        if (make_types(t, state) < 0 || make_constants(t, state) < 0) {
            *slot = NULL;
            free_state(t, state);
            return -1;
        }
    }
    DateTimeState *s = *slot;
    const struct {
        const char *name;
        Value value;
    } values[] = {
        {"timedelta", value_of(s->delta)},
        {"date", value_of(s->date)},
        {"datetime", value_of(s->datetime)},
        {"time", value_of(s->time)},
        {"tzinfo", value_of(s->tzinfo)},
        {"timezone", value_of(s->timezone)},
        {"UTC", s->utc},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (module_add_take(t, module, values[i].name, ref_inc(t, values[i].value)) < 0)
            return -1;
    }
    return module_add_int(t, module, "MINYEAR", DATE_MIN_YEAR) < 0
               ? -1
               : module_add_int(t, module, "MAXYEAR", DATE_MAX_YEAR);
}

const ModuleDef module_def__datetime = {
    .name = "_datetime",
    .doc = "The types of the module datetime.",
    .exec = exec,
    .free_state = free_state,
};
