/* mod__datetime_zone.c: tzinfo, the abstract base class of time zones, and timezone, a fixed offset from UTC; and calling any time zone's methods with their results checked.
 *
 * Invariant: a timezone's offset is strictly between -24 and 24 hours; the one without name and with offset 0 is always timezone.utc. */
#include <stdio.h>

#include "mod__datetime.h"

/* ---- calling a tzinfo ---- */

int zone_argument(Thread *t, Value v, Value *result)
{
    *result = VALUE_EMPTY;
    if (value_is_empty(v) || value_is_none(v))
        return 0;
    if (!tzinfo_check(t, v))
        return error_set(t, EXC_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
                         type_name(type_of(t, v))),
               -1;
    *result = v;
    return 0;
}

static bool in_range(Value offset)
{
    const Delta *d = delta_of(offset);
    return d->days == 0 || (d->days == -1 && (d->seconds > 0 || d->microseconds > 0));
}

static Value refuse_range(Thread *t, Value offset)
{
    return error_set(t, EXC_ValueError,
                     "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %V",
                     offset);
}

static Value call_offset(Thread *t, Value tzinfo, const char *name, Value argument)
{
    Value offset = object_call_method_string(t, tzinfo, name, argument, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(offset) || value_is_none(offset))
        return offset;
    if (!delta_check(offset))
        error_set(t, EXC_TypeError, "tzinfo.%s() must return None or timedelta, not '%.200s'", name,
                  type_name(type_of(t, offset)));
    else if (!in_range(offset))
        refuse_range(t, offset);
    else
        return offset;
    ref_dec(t, offset);
    return VALUE_EMPTY;
}

/* An exact timezone: its methods cannot be overridden. */
static bool is_fixed(Thread *t, Value tzinfo) { return value_object(tzinfo)->type == datetime_state(t)->timezone; }
static Zone *zone_of(Value v) { return (Zone *)value_object(v); }

Value zone_utcoffset(Thread *t, Value tzinfo, Value argument)
{
    if (value_is_empty(tzinfo))
        return VALUE_NONE;
    if (is_fixed(t, tzinfo))
        return ref_inc(t, zone_of(tzinfo)->offset);
    return call_offset(t, tzinfo, "utcoffset", argument);
}

Value zone_dst(Thread *t, Value tzinfo, Value argument)
{
    if (value_is_empty(tzinfo) || is_fixed(t, tzinfo))
        return VALUE_NONE;
    return call_offset(t, tzinfo, "dst", argument);
}

Value zone_tzname(Thread *t, Value tzinfo, Value argument)
{
    if (value_is_empty(tzinfo))
        return VALUE_NONE;
    Value name = object_call_method_string(t, tzinfo, "tzname", argument, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(name) || value_is_none(name) || str_check(name))
        return name;
    error_set(t, EXC_TypeError, "tzinfo.tzname() must return None or a string, not '%s'", type_name(type_of(t, name)));
    ref_dec(t, name);
    return VALUE_EMPTY;
}

/* ---- tzinfo ---- */

static Value not_implemented(Thread *t, const char *name)
{
    return error_set(t, EXC_NotImplementedError, "a tzinfo subclass must implement %s()", name);
}

NATIVE(tzname, "tzname", "($self, dt, /)", "The zone's name at a datetime: to be overridden.")
{
    return not_implemented(t, "tzname");
}
NATIVE(utcoffset, "utcoffset", "($self, dt, /)",
       "The offset from UTC at a datetime, positive east of it: to be overridden.")
{
    return not_implemented(t, "utcoffset");
}
NATIVE(dst, "dst", "($self, dt, /)", "The part of the offset that is daylight saving time: to be overridden.")
{
    return not_implemented(t, "dst");
}

/* dt.utcoffset() or dt.dst(), which may be overridden: a Delta, owned; empty with ValueError where it is None. */
static Value need_offset(Thread *t, Value dt, const char *name, const char *complaint)
{
    Value offset = object_call_method_string(t, dt, name, VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_none(offset))
        return error_set(t, EXC_ValueError, "%s", complaint);
    if (!value_is_empty(offset) && !delta_check(offset)) {
        error_set(t, EXC_TypeError, "tzinfo.%s() must return None or timedelta, not '%.200s'", name,
                  type_name(type_of(t, offset)));
        ref_clear(t, &offset);
    }
    return offset;
}

static int check_fromutc(Thread *t, Value self, Value dt)
{
    if (!datetime_check(dt))
        return error_set(t, EXC_TypeError, "fromutc: argument must be a datetime"), -1;
    if (!value_is(datetime_of(dt)->clock.tzinfo, self))
        return error_set(t, EXC_ValueError, "fromutc: dt.tzinfo is not self"), -1;
    return 0;
}

NATIVE(fromutc, "fromutc", "($self, dt, /)", "A datetime whose fields are in UTC, in this zone's local time.")
{
    Value dt = args[1], result = VALUE_EMPTY, offset, dst = VALUE_EMPTY, standard = VALUE_EMPTY, local = VALUE_EMPTY;
    if (check_fromutc(t, args[0], dt) < 0)
        return VALUE_EMPTY;
    offset = need_offset(t, dt, "utcoffset", "fromutc: non-None utcoffset() result required");
    if (value_is_empty(offset))
        return VALUE_EMPTY;
    dst = need_offset(t, dt, "dst", "fromutc: non-None dst() result required");
    if (value_is_empty(dst))
        goto done;
    /* By standard time first; whether daylight saving time is in force is asked of the local time that this gives. */
    standard = delta_subtract(t, offset, dst);
    if (value_is_empty(standard))
        goto done;
    local = datetime_add_delta(t, dt, standard, 1);
    if (value_is_empty(local))
        goto done;
    ref_replace_take(t, &dst,
                     need_offset(t, local, "dst", "fromutc: tz.dst() gave inconsistent results; cannot convert"));
    if (!value_is_empty(dst))
        result = datetime_add_delta(t, local, dst, 1);
done:
    ref_dec(t, offset);
    ref_dec(t, dst);
    ref_dec(t, standard);
    ref_dec(t, local);
    return result;
}

NATIVE(reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the object.")
{
    Value init_args = VALUE_EMPTY, state = VALUE_EMPTY, result = VALUE_EMPTY, hook,
          name = str_intern(t, "__getinitargs__");
    if (value_is_empty(name))
        return VALUE_EMPTY;
    int found = object_getattr_optional(t, args[0], name, &hook);
    ref_dec(t, name);
    if (found < 0)
        return VALUE_EMPTY;
    if (found) {
        init_args = object_call0(t, hook);
        ref_dec(t, hook);
    } else {
        init_args = ref_inc(t, t->interp->empty_tuple);
    }
    if (!value_is_empty(init_args))
        state = object_call_method_string(t, args[0], "__getstate__", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY);
    if (!value_is_empty(state))
        result = tuple_pack(t, 3, value_of(value_object(args[0])->type), init_args, state);
    ref_dec(t, init_args);
    ref_dec(t, state);
    return result;
}

static const NativeDef *const tzinfo_methods[] = {&native_tzname,  &native_utcoffset, &native_dst,
                                                  &native_fromutc, &native_reduce,    NULL};

const TypeSpec datetime_spec_tzinfo = {
    .name = "datetime.tzinfo",
    .doc = "The base class of time zones: what a datetime asks for its offset and name.",
    .kind = KIND_OBJECT,
    .flags = TYPE_BASE | TYPE_IMMUTABLE,
    .size = sizeof(Object),
    .methods = tzinfo_methods,
    .slots = {.create = type_create_plain},
};

/* ---- timezone ---- */

static bool is_zero(Value offset)
{
    const Delta *d = delta_of(offset);
    return d->days == 0 && d->seconds == 0 && d->microseconds == 0;
}

/* Without any check. */
static Value make_take(Thread *t, Type *type, Value offset, Value name)
{
    Zone *z = value_is_empty(offset) ? NULL : type_alloc(t, type, 0);
    if (!z) {
        ref_dec(t, offset);
        ref_dec(t, name);
        return VALUE_EMPTY;
    }
    z->offset = offset;
    z->name = name;
    return value_of(z);
}

Value zone_new_take(Thread *t, Value offset, Value name)
{
    DateTimeState *state = datetime_state(t);
    if (value_is_empty(offset)) {
        ref_dec(t, name);
        return VALUE_EMPTY;
    }
    if (value_is_empty(name) && is_zero(offset) && !value_is_empty(state->utc)) {
        ref_dec(t, offset);
        return ref_inc(t, state->utc);
    }
    if (!in_range(offset)) {
        refuse_range(t, offset);
        ref_dec(t, offset);
        ref_dec(t, name);
        return VALUE_EMPTY;
    }
    return make_take(t, state->timezone, offset, name);
}

Value zone_from_iso(Thread *t, const IsoTime *iso)
{
    if (iso->zone_seconds == 0 && iso->zone_microseconds == 0)
        return ref_inc(t, datetime_state(t)->utc);
    return zone_new_take(t, delta_new(t, 0, iso->zone_seconds, iso->zone_microseconds), VALUE_EMPTY);
}

static Value timezone_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[2];
    if (native_parse(t, "timezone", "(offset, name=None)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    if (!delta_check(out[0]))
        return error_set(t, EXC_TypeError, "timezone() argument 1 must be datetime.timedelta, not %s",
                         value_is_none(out[0]) ? "None" : type_name(type_of(t, out[0])));
    if (!value_is_empty(out[1]) && !str_check(out[1]))
        return error_set(t, EXC_TypeError, "timezone() argument 2 must be str, not %s",
                         value_is_none(out[1]) ? "None" : type_name(type_of(t, out[1])));
    return zone_new_take(t, ref_inc(t, out[0]), ref_inc(t, out[1]));
}

static void timezone_dealloc(Thread *t, Object *o)
{
    ref_dec(t, ((Zone *)o)->offset);
    ref_dec(t, ((Zone *)o)->name);
}

static Value timezone_compare(Thread *t, Value a, Value b, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !zone_check(b))
        return VALUE_NOTIMPLEMENTED;
    return datetime_result(delta_compare(zone_of(a)->offset, zone_of(b)->offset), op);
}

static hash_t timezone_hash(Thread *t, Value self) { return object_hash(t, zone_of(self)->offset); }

static Value timezone_repr(Thread *t, Value self)
{
    Zone *z = zone_of(self);
    if (value_is(self, datetime_state(t)->utc))
        return str_from_string(t, "datetime.timezone.utc");
    if (value_is_empty(z->name))
        return str_format(t, "datetime.timezone(%V)", z->offset);
    return str_format(t, "datetime.timezone(%V, %V)", z->offset, z->name);
}

static Value timezone_str(Thread *t, Value self)
{
    Zone *z = zone_of(self);
    char text[FORMAT_CLOCK_MAX];
    if (!value_is_empty(z->name))
        return ref_inc(t, z->name);
    if (is_zero(z->offset))
        return str_from_string(t, "UTC");
    format_offset(text, z->offset, ":");
    return str_format(t, "UTC%s", text);
}

/* The argument of the methods: a datetime or None. */
static bool check_argument(Thread *t, const char *method, Value dt)
{
    if (value_is_none(dt) || datetime_check(dt))
        return true;
    error_set(t, EXC_TypeError, "%s(dt) argument must be a datetime instance or None, not %.200s", method,
              type_name(type_of(t, dt)));
    return false;
}

NATIVE(timezone_tzname, "tzname", "($self, dt, /)",
       "The name given to the zone, or one made of the offset: 'UTC+HH:MM'.")
{
    return check_argument(t, "tzname", args[1]) ? timezone_str(t, args[0]) : VALUE_EMPTY;
}

NATIVE(timezone_utcoffset, "utcoffset", "($self, dt, /)", "The fixed offset.")
{
    return check_argument(t, "utcoffset", args[1]) ? ref_inc(t, zone_of(args[0])->offset) : VALUE_EMPTY;
}

NATIVE(timezone_dst, "dst", "($self, dt, /)", "None: there is no daylight saving time.")
{
    return check_argument(t, "dst", args[1]) ? VALUE_NONE : VALUE_EMPTY;
}

NATIVE(timezone_fromutc, "fromutc", "($self, dt, /)", "A datetime whose fields are in UTC, in this zone's local time.")
{
    if (check_fromutc(t, args[0], args[1]) < 0)
        return VALUE_EMPTY;
    return datetime_add_delta(t, args[1], zone_of(args[0])->offset, 1);
}

NATIVE(timezone_getinitargs, "__getinitargs__", "($self, /)", "The arguments with which pickle makes the zone again.")
{
    Zone *z = zone_of(args[0]);
    return value_is_empty(z->name) ? tuple_pack(t, 1, z->offset) : tuple_pack(t, 2, z->offset, z->name);
}

static const NativeDef *const timezone_methods[] = {
    &native_timezone_tzname,  &native_timezone_utcoffset,   &native_timezone_dst,
    &native_timezone_fromutc, &native_timezone_getinitargs, NULL,
};

const TypeSpec datetime_spec_timezone = {
    .name = "datetime.timezone",
    .doc = "A time zone with a fixed offset from UTC.",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(Zone),
    .methods = timezone_methods,
    .slots = {.dealloc = timezone_dealloc,
              .create = timezone_create,
              .repr = timezone_repr,
              .str = timezone_str,
              .hash = timezone_hash,
              .compare = timezone_compare},
};
