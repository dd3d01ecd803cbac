/* exception_group.c: BaseExceptionGroup and ExceptionGroup: split, subgroup, derive, and what except* needs.
 *
 * Invariant: `excs` is a non-empty tuple of exceptions, `msg` a str; both never change.  Nested groups are walked recursively under recursion_enter.
 * Read next: exception.c. */
#include "exception.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "dict.h"
#include "generic_alias.h"
#include "int.h"
#include "str.h"

EXCEPTION_LIFE(group, offsetof(ExceptionGroup, msg), 2)

static ExceptionGroup *group_of(Value v) { return (ExceptionGroup *)value_object(v); }

static bool is_group(Thread *t, Value v)
{
    return exception_check(v) && type_is_subtype(value_object(v)->type, t->interp->exceptions[EXC_BaseExceptionGroup]);
}

/* ---- making ---- */

static bool is_sequence(Thread *t, Value v)
{
    Type *type = type_of(t, v);
    return !object_is(v, KIND_DICT) && type->slots.getitem != NULL && !object_is(v, KIND_MAPPINGPROXY);
}

/* Which class the group gets: a BaseExceptionGroup of nothing but Exceptions is an ExceptionGroup.  NULL with TypeError. */
static Type *choose_type(Thread *t, Type *type, bool nested_base)
{
    Interp *interp = t->interp;
    if (type == interp->exceptions[EXC_BaseExceptionGroup])
        return nested_base ? type : interp->exceptions[EXC_ExceptionGroup];
    if (!nested_base)
        return type;
    if (type == interp->exceptions[EXC_ExceptionGroup])
        return error_set(t, EXC_TypeError, "Cannot nest BaseExceptions in an ExceptionGroup"), NULL;
    if (type_is_subtype(type, interp->exceptions[EXC_Exception]))
        return error_set(t, EXC_TypeError, "Cannot nest BaseExceptions in '%N'", type), NULL;
    return type;
}

static Value group_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    if (n != 2)
        return error_set(t, EXC_TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments (%u given)", n);
    if (!str_check(args[0]))
        return error_set(t, EXC_TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not %s",
                         value_is_none(args[0]) ? "None" : type_name(type_of(t, args[0])));
    if (!is_sequence(t, args[1]))
        return error_set(t, EXC_TypeError, "second argument (exceptions) must be a sequence");
    Value excs = object_to_tuple(t, args[1]);
    if (value_is_empty(excs))
        return VALUE_EMPTY;
    size_t count = tuple_length(excs);
    bool nested_base = false;
    if (count == 0) {
        error_set(t, EXC_ValueError, "second argument (exceptions) must be a non-empty sequence");
        goto fail;
    }
    for (size_t i = 0; i < count; i++) {
        Value exc = tuple_peek(excs, i);
        if (!exception_check(exc)) {
            error_set(t, EXC_ValueError, "Item %zu of second argument (exceptions) is not an exception", i);
            goto fail;
        }
        if (!type_is_subtype(value_object(exc)->type, t->interp->exceptions[EXC_Exception]))
            nested_base = true;
    }
    type = choose_type(t, type, nested_base);
    if (!type)
        goto fail;
    Value self = exception_create(t, type, args, n, names);
    if (value_is_empty(self))
        goto fail;
    group_of(self)->msg = ref_inc(t, args[0]);
    group_of(self)->excs = excs;
    return self;
fail:
    ref_dec(t, excs);
    return VALUE_EMPTY;
}

/* ExceptionGroup or BaseExceptionGroup (msg, excs). */
static Value group_new(Thread *t, Value msg, Value excs)
{
    return object_call2(t, value_of(t->interp->exceptions[EXC_BaseExceptionGroup]), msg, excs);
}

static Value group_str(Thread *t, Value self)
{
    size_t n = tuple_length(group_of(self)->excs);
    return str_format(t, "%S (%zu sub-exception%s)", group_of(self)->msg, n, n > 1 ? "s" : "");
}

/* ---- parts of a group ---- */

/* A group like `original` of the exceptions in a list, with its traceback, context, cause and notes; None of an empty list. */
static Value subset(Thread *t, Value original, Value list)
{
    if (list_length(list) == 0)
        return VALUE_NONE;
    Value part = object_call_method_string(t, original, "derive", list, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(part))
        return VALUE_EMPTY;
    if (!is_group(t, part)) {
        ref_dec(t, part);
        return error_set(t, EXC_TypeError, "derive must return an instance of BaseExceptionGroup");
    }
    Value traceback = exception_get_traceback(t, original);
    if (!value_is_empty(traceback))
        exception_set_traceback_take(t, part, traceback);
    exception_set_context_take(t, part, exception_get_context(t, original));
    exception_set_cause_take(t, part, exception_get_cause(t, original));
    Value notes;
    int found = object_getattr_optional(t, original, ID(t, __notes__), &notes);
    if (found < 0)
        goto fail;
    if (found) {
        /* Anything that is no sequence is left alone: __notes__ can be set to whatever one likes. */
        if (is_sequence(t, notes)) {
            Value copy = object_to_list(t, notes);
            if (value_is_empty(copy) || object_setattr(t, part, ID(t, __notes__), copy) < 0) {
                ref_dec(t, copy);
                ref_dec(t, notes);
                goto fail;
            }
            ref_dec(t, copy);
        }
        ref_dec(t, notes);
    }
    return part;
fail:
    ref_dec(t, part);
    return VALUE_EMPTY;
}

typedef enum MatchBy { BY_TYPE, BY_PREDICATE, BY_IDENTITY } MatchBy;

typedef struct Matcher {
    MatchBy by;
    Value value; /* class or tuple of classes; callable; set of the ids of leaves */
} Matcher;

static int matcher_from(Thread *t, Value v, Matcher *m)
{
    m->value = v;
    if (!type_check(v) && object_is_callable(t, v)) {
        m->by = BY_PREDICATE;
        return 0;
    }
    m->by = BY_TYPE;
    if (exception_is_class(t, v))
        return 0;
    if (tuple_check(v)) {
        size_t i = 0;
        while (i < tuple_length(v) && exception_is_class(t, tuple_peek(v, i)))
            i++;
        if (i == tuple_length(v))
            return 0;
    }
    return error_set(t, EXC_TypeError,
                     "expected an exception type, a tuple of exception types, or a callable (other than a class)"),
           -1;
}

static int matches(Thread *t, const Matcher *m, Value exc)
{
    Value answer;
    int result;
    switch (m->by) {
    case BY_TYPE: return exception_matches(t, exc, m->value);
    case BY_PREDICATE:
        answer = object_call1(t, m->value, exc);
        if (value_is_empty(answer))
            return -1;
        result = object_truth(t, answer);
        ref_dec(t, answer);
        return result;
    default:
        if (is_group(t, exc))
            return 0;
        answer = int_from_pointer(t, value_object(exc));
        if (value_is_empty(answer))
            return -1;
        result = set_contains(t, m->value, answer);
        ref_dec(t, answer);
        return result;
    }
}

/* Splits exc into *match and *rest (owned; None where there is nothing).  rest may be NULL: not wanted. */
static int split(Thread *t, Value exc, const Matcher *m, Value *match, Value *rest)
{
    *match = VALUE_NONE;
    if (rest)
        *rest = VALUE_NONE;
    int is_match = matches(t, m, exc);
    if (is_match < 0)
        return -1;
    if (is_match) {
        *match = ref_inc(t, exc);
        return 0;
    }
    if (!is_group(t, exc)) {
        if (rest)
            *rest = ref_inc(t, exc);
        return 0;
    }
    Value matched = list_new(t, 0), others = VALUE_EMPTY, excs = group_of(exc)->excs;
    int result = -1;
    if (value_is_empty(matched))
        return -1;
    if (rest) {
        others = list_new(t, 0);
        if (value_is_empty(others))
            goto done;
    }
    for (size_t i = 0; i < tuple_length(excs); i++) {
        Value part_match, part_rest = VALUE_NONE;
        if (!recursion_enter(t, " in exceptiongroup_split_recursive"))
            goto done;
        int failed = split(t, tuple_peek(excs, i), m, &part_match, rest ? &part_rest : NULL);
        recursion_leave(t);
        if (failed < 0)
            goto done;
        if (!value_is_none(part_match))
            failed = list_append_take(t, matched, part_match);
        if (!value_is_none(part_rest))
            failed |= list_append_take(t, others, part_rest);
        if (failed < 0)
            goto done;
    }
    *match = subset(t, exc, matched);
    if (value_is_empty(*match))
        goto done;
    if (rest) {
        *rest = subset(t, exc, others);
        if (value_is_empty(*rest)) {
            ref_clear(t, match);
            goto done;
        }
    }
    result = 0;
done:
    ref_dec(t, matched);
    ref_dec(t, others);
    return result;
}

NATIVE(derive, "derive", "($self, excs, /)",
       "A group with the same message around other exceptions; override it to keep own attributes.")
{
    return group_new(t, group_of(args[0])->msg, args[1]);
}

NATIVE(split, "split", "($self, matcher_value, /)", "The pair (matching part, rest), None for a part that is empty.")
{
    Matcher m;
    Value match, rest;
    if (matcher_from(t, args[1], &m) < 0 || split(t, args[0], &m, &match, &rest) < 0)
        return VALUE_EMPTY;
    Value result = tuple_pack(t, 2, match, rest);
    ref_dec(t, match);
    ref_dec(t, rest);
    return result;
}

NATIVE(subgroup, "subgroup", "($self, matcher_value, /)", "The matching part of the group, or None.")
{
    Matcher m;
    Value match;
    if (matcher_from(t, args[1], &m) < 0 || split(t, args[0], &m, &match, NULL) < 0)
        return VALUE_EMPTY;
    return match;
}

NATIVE_FLAGS(class_getitem, "__class_getitem__", "($type, object, /)", "The class as a generic alias.", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const group_methods[] = {&native_class_getitem, &native_derive, &native_split, &native_subgroup,
                                                 NULL};
static const MemberDef group_members[] = {
    {"message", MEMBER_VALUE, offsetof(ExceptionGroup, msg), false, "The message."},
    {"exceptions", MEMBER_VALUE, offsetof(ExceptionGroup, excs), false, "The exceptions: a tuple."},
    {NULL, MEMBER_VALUE, 0, false, NULL},
};

const ExceptionLayout exception_layout_Group = {
    .size = sizeof(ExceptionGroup),
    .methods = group_methods,
    .members = group_members,
    .slots = {.dealloc = group_dealloc,
              .traverse = group_traverse,
              .clear = group_clear,
              .create = group_create,
              .init = exception_init,
              .str = group_str},
};

/* ---- except* ---- */

static int check_star_pattern(Thread *t, Value pattern)
{
    size_t n = tuple_check(pattern) ? tuple_length(pattern) : 1;
    for (size_t i = 0; i < n; i++) {
        Value class = tuple_check(pattern) ? tuple_peek(pattern, i) : pattern;
        if (!exception_is_class(t, class))
            return error_set(t, EXC_TypeError,
                             "catching classes that do not inherit from BaseException is not allowed"),
                   -1;
    }
    for (size_t i = 0; i < n; i++) {
        Value class = tuple_check(pattern) ? tuple_peek(pattern, i) : pattern;
        if (type_is_subtype(type_as(class), t->interp->exceptions[EXC_BaseExceptionGroup]))
            return error_set(t, EXC_TypeError,
                             "catching ExceptionGroup with except* is not allowed. Use except instead."),
                   -1;
    }
    return 0;
}

/* A naked exception that matches is wrapped in a group. */
static Value wrap(Thread *t, Value exc)
{
    Value excs = tuple_pack(t, 1, exc);
    if (value_is_empty(excs))
        return VALUE_EMPTY;
    Value group = group_new(t, t->interp->empty_str, excs);
    ref_dec(t, excs);
    return group;
}

int exception_group_split(Thread *t, Value exc, Value pattern, Value *match, Value *rest)
{
    *match = VALUE_NONE;
    *rest = VALUE_NONE;
    if (value_is_none(exc))
        return 0;
    if (check_star_pattern(t, pattern) < 0)
        return -1;
    int whole = exception_matches(t, exc, pattern);
    if (whole < 0)
        return -1;
    if (whole) {
        *match = is_group(t, exc) ? ref_inc(t, exc) : wrap(t, exc);
        return value_is_empty(*match) ? -1 : 0;
    }
    if (!is_group(t, exc)) {
        *rest = ref_inc(t, exc);
        return 0;
    }
    /* The method may be overridden. */
    Value pair = object_call_method_string(t, exc, "split", pattern, VALUE_EMPTY, VALUE_EMPTY);
    if (value_is_empty(pair))
        return -1;
    const char *name = type_name(type_of(t, exc));
    int result = -1;
    if (!tuple_check(pair)) {
        error_set(t, EXC_TypeError, "%.200s.split must return a tuple, not %.200s", name, type_name(type_of(t, pair)));
    } else if (tuple_length(pair) < 2) {
        error_set(t, EXC_TypeError, "%.200s.split must return a 2-tuple, got tuple of size %zu", name,
                  tuple_length(pair));
    } else {
        *match = ref_inc(t, tuple_peek(pair, 0));
        *rest = ref_inc(t, tuple_peek(pair, 1));
        result = 0;
    }
    ref_dec(t, pair);
    return result;
}

/* Adds the ids of all leaves of exc to a set. */
static int collect_leaves(Thread *t, Value exc, Value ids)
{
    if (!is_group(t, exc)) {
        Value id = int_from_pointer(t, value_object(exc));
        int result = value_is_empty(id) ? -1 : set_add(t, ids, id);
        ref_dec(t, id);
        return result;
    }
    Value excs = group_of(exc)->excs;
    for (size_t i = 0; i < tuple_length(excs); i++) {
        if (!recursion_enter(t, " in collect_exception_group_leaf_ids"))
            return -1;
        int result = collect_leaves(t, tuple_peek(excs, i), ids);
        recursion_leave(t);
        if (result < 0)
            return -1;
    }
    return 0;
}

/* The part of `original` whose leaves are in the list of groups `kept`, in the original's shape. */
static Value project(Thread *t, Value original, Value kept)
{
    Value ids = set_new(t, VALUE_EMPTY), result = VALUE_EMPTY;
    if (value_is_empty(ids))
        return VALUE_EMPTY;
    for (size_t i = 0; i < list_length(kept); i++) {
        if (collect_leaves(t, list_peek(kept, i), ids) < 0)
            goto done;
    }
    Matcher m = {BY_IDENTITY, ids};
    if (split(t, original, &m, &result, NULL) < 0)
        result = VALUE_EMPTY;
done:
    ref_dec(t, ids);
    return result;
}

/* Does e stem from the original by split, so that re-raising it continues the original? */
static bool same_metadata(Value e, Value original)
{
    Exception *a = exception_of(e), *b = exception_of(original);
    return value_is(a->traceback, b->traceback) && value_is(a->cause, b->cause) && value_is(a->context, b->context);
}

Value exception_group_prep_reraise(Thread *t, Value original, Value list)
{
    size_t n = list_length(list);
    if (n == 0)
        return VALUE_NONE;
    if (!is_group(t, original)) /* a naked exception: one clause at most can have run */
        return ref_inc(t, list_peek(list, 0));
    Value raised = list_new(t, 0), reraised = list_new(t, 0), result = VALUE_EMPTY, part = VALUE_EMPTY;
    if (value_is_empty(raised) || value_is_empty(reraised))
        goto done;
    for (size_t i = 0; i < n; i++) {
        Value e = list_peek(list, i);
        if (value_is_none(e))
            continue;
        bool continues = is_group(t, e) && same_metadata(e, original);
        if (list_append(t, continues ? reraised : raised, e) < 0)
            goto done;
    }
    part = project(t, original, reraised);
    if (value_is_empty(part))
        goto done;
    if (list_length(raised) == 0) {
        result = ref_inc(t, part);
        goto done;
    }
    if (!value_is_none(part) && list_append(t, raised, part) < 0)
        goto done;
    result = list_length(raised) > 1 ? group_new(t, t->interp->empty_str, raised) : ref_inc(t, list_peek(raised, 0));
done:
    ref_dec(t, raised);
    ref_dec(t, reraised);
    ref_dec(t, part);
    return result;
}
