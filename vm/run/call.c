/* call.c: calls of Python functions from C, and the binding of arguments to parameters. */
#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../thread/objlock.h"
#include "eval.h"

/* ---- errors, worded as CPython's ---- */

static void too_many_positional(Thread *t, Function *f, uint32_t given, Value *out)
{
    Code *code = code_of(f->code);
    uint32_t defaults = value_is_empty(f->defaults) ? 0 : (uint32_t)tuple_length(f->defaults), kwonly_given = 0;
    for (uint32_t i = code->argument_count; i < code->argument_count + code->kwonly_count; i++)
        kwonly_given += !value_is_empty(out[i]);
    bool plural;
    Value range;
    if (defaults) {
        plural = true;
        range = str_format(t, "from %u to %u", code->argument_count - defaults, code->argument_count);
    } else {
        plural = code->argument_count != 1;
        range = str_format(t, "%u", code->argument_count);
    }
    Value extra = kwonly_given ? str_format(t, " positional argument%s (and %u keyword-only argument%s)",
                                            given != 1 ? "s" : "", kwonly_given, kwonly_given != 1 ? "s" : "")
                               : str_from_string(t, "");
    if (!value_is_empty(range) && !value_is_empty(extra))
        error_set(t, EXC_TypeError, "%U() takes %U positional argument%s but %u%U %s given", f->qualname, range,
                  plural ? "s" : "", given, extra, given == 1 && !kwonly_given ? "was" : "were");
    ref_dec(t, range);
    ref_dec(t, extra);
}

/* The default of a keyword-only parameter: 1 and the value (owned), 0, -1.  The dict is held: comparing keys may run code that gives the function another one. */
static ALWAYS_INLINE int kwonly_default(Thread *t, const Function *f, Value name, Value *result)
{
    Value defaults = ref_inc(t, slot_peek(&f->kwdefaults));
    if (value_is_empty(defaults))
        return 0;
    int found = dict_get_str(t, defaults, name, result);
    ref_dec(t, defaults);
    return found;
}

static void missing(Thread *t, Function *f, uint32_t from, uint32_t to, Value *out, const char *kind)
{
    Code *code = code_of(f->code);
    Value names = list_new(t, 4), text = VALUE_EMPTY;
    if (value_is_empty(names))
        return;
    for (uint32_t i = from; i < to; i++) {
        if (!value_is_empty(out[i]))
            continue;
        if (i >= code->argument_count) {
            Value has;
            int found = kwonly_default(t, f, tuple_peek(code->local_names, i), &has);
            if (found < 0)
                goto done;
            if (found) {
                ref_dec(t, has);
                continue;
            }
        }
        Value name = object_repr(t, tuple_peek(code->local_names, i));
        if (value_is_empty(name) || list_append_take(t, names, name) < 0)
            goto done;
    }
    size_t n = list_length(names);
    if (n == 1) {
        text = ref_inc(t, list_peek(names, 0));
    } else if (n == 2) {
        text = str_format(t, "%U and %U", list_peek(names, 0), list_peek(names, 1));
    } else {
        Value tail = str_format(t, ", %U, and %U", list_peek(names, n - 2), list_peek(names, n - 1)),
              comma = str_from_string(t, ", ");
        Value head = list_slice(t, names, 0, n - 2), joined = VALUE_EMPTY;
        if (!value_is_empty(tail) && !value_is_empty(comma) && !value_is_empty(head))
            joined = str_join(t, comma, head);
        if (!value_is_empty(joined))
            text = str_concat(t, joined, tail);
        ref_dec(t, tail);
        ref_dec(t, comma);
        ref_dec(t, head);
        ref_dec(t, joined);
    }
    if (!value_is_empty(text))
        error_set(t, EXC_TypeError, "%U() missing %zu required %s argument%s: %U", f->qualname, n, kind,
                  n == 1 ? "" : "s", text);
done:
    ref_dec(t, text);
    ref_dec(t, names);
}

/* Only a call with ** may have others. */
static bool are_strings(const Value *keys, size_t n)
{
    while (n > 0 && str_check(keys[n - 1]))
        n--;
    return n == 0;
}

/* A keyword that names no parameter: was it positional-only? Else a suggestion. */
static void unexpected_keyword(Thread *t, Function *f, const Value *names, size_t count, Value keyword)
{
    Code *code = code_of(f->code);
    if (code->posonly_count) {
        Value wrong = list_new(t, 2), comma = str_from_string(t, ", ");
        for (uint32_t i = 0; i < code->posonly_count && !value_is_empty(wrong); i++)
            for (size_t k = 0; k < count; k++)
                if (str_check(names[k]) && str_equal(names[k], tuple_peek(code->local_names, i)) &&
                    list_append(t, wrong, names[k]) < 0)
                    ref_clear(t, &wrong);
        if (!value_is_empty(wrong) && !value_is_empty(comma) && list_length(wrong)) {
            Value text = str_join(t, comma, wrong);
            if (!value_is_empty(text))
                error_set(t, EXC_TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'",
                          f->qualname, text);
            ref_dec(t, text);
            ref_dec(t, wrong);
            ref_dec(t, comma);
            return;
        }
        ref_dec(t, wrong);
        ref_dec(t, comma);
        if (error_pending(t))
            return;
    }
    Value candidates =
        tuple_slice(t, code->local_names, code->posonly_count, code->argument_count + code->kwonly_count);
    Value suggestion = value_is_empty(candidates) ? VALUE_EMPTY : error_suggest(t, candidates, keyword);
    ref_dec(t, candidates);
    if (error_pending(t))
        return;
    if (!value_is_empty(suggestion) && str_check(suggestion))
        error_set(t, EXC_TypeError, "%U() got an unexpected keyword argument '%S'. Did you mean '%U'?", f->qualname,
                  keyword, suggestion);
    else
        error_set(t, EXC_TypeError, "%U() got an unexpected keyword argument '%S'", f->qualname, keyword);
    ref_dec(t, suggestion);
}

/* ---- binding ---- */

int call_bind(Thread *t, Function *f, const Value *args, uint32_t n, Value names, Value *out)
{
    Code *code = code_of(f->code);
    uint32_t positional = code->argument_count, total = positional + code->kwonly_count, slot = total;
    int32_t varargs = code->flags & CODE_VARARGS ? (int32_t)slot++ : -1;
    int32_t varkw = code->flags & CODE_VARKEYWORDS ? (int32_t)slot++ : -1;
    for (uint32_t i = 0; i < code->local_count; i++)
        out[i] = VALUE_EMPTY;
    if (code_complete(t, code) < 0)
        goto fail;
    uint32_t direct = n < positional ? n : positional;
    for (uint32_t i = 0; i < direct; i++)
        out[i] = ref_inc(t, args[i]);
    if (varargs >= 0) {
        out[varargs] = tuple_from_array(t, args + direct, n - direct);
        if (value_is_empty(out[varargs]))
            goto fail;
    }
    if (varkw >= 0) {
        out[varkw] = dict_new(t);
        if (value_is_empty(out[varkw]))
            goto fail;
    }
    size_t keywords = value_is_empty(names) ? 0 : tuple_length(names);
    const Value *keys = keywords ? tuple_of(names)->items : NULL;
    for (size_t k = 0; k < keywords; k++) {
        Value key = keys[k], value = args[n + k];
        if (UNLIKELY(!str_check(key)))
            goto no_string;
        uint32_t i = code->posonly_count;
        while (i < total && !value_is(tuple_peek(code->local_names, i), key))
            i++;
        if (i == total) /* equal but not the same string */
            for (i = code->posonly_count; i < total && !str_equal(tuple_peek(code->local_names, i), key);)
                i++;
        if (i < total) {
            if (!value_is_empty(out[i])) {
                if (!are_strings(keys, keywords))
                    goto no_string;
                error_set(t, EXC_TypeError, "%U() got multiple values for argument '%S'", f->qualname, key);
                goto fail;
            }
            out[i] = ref_inc(t, value);
        } else if (varkw >= 0) {
            if (dict_set(t, out[varkw], key, value) < 0)
                goto fail;
        } else {
            if (!are_strings(keys, keywords))
                goto no_string;
            unexpected_keyword(t, f, keys, keywords, key);
            goto fail;
        }
    }
    if (n > positional && varargs < 0) {
        too_many_positional(t, f, n, out);
        goto fail;
    }
    if (direct < positional) {
        Value tuple = slot_peek(&f->defaults);
        uint32_t defaults = value_is_empty(tuple) ? 0 : (uint32_t)tuple_length(tuple);
        uint32_t first = defaults > positional ? 0 : positional - defaults;
        for (uint32_t i = direct; i < first; i++)
            if (value_is_empty(out[i])) {
                missing(t, f, direct, first, out, "positional");
                goto fail;
            }
        for (uint32_t i = first > direct ? first : direct; i < positional; i++)
            if (value_is_empty(out[i]))
                out[i] = ref_inc(t, tuple_peek(tuple, i - (positional - defaults)));
    }
    for (uint32_t i = positional; i < total; i++) {
        if (!value_is_empty(out[i]))
            continue;
        int found = kwonly_default(t, f, tuple_peek(code->local_names, i), &out[i]);
        if (found < 0)
            goto fail;
        if (!found) {
            out[i] = VALUE_EMPTY;
            missing(t, f, positional, total, out, "keyword-only");
            goto fail;
        }
    }
    return 0;
no_string:
    error_set(t, EXC_TypeError, "keywords must be strings");
fail:
    for (uint32_t i = 0; i < code->local_count; i++)
        ref_clear(t, &out[i]);
    return -1;
}

/* Which parameter each keyword gives, or SURPLUS; false: something is wrong or unusual.  The first `placed` parameters have a value. */
#define KEYWORDS_IN_PLACE 16
#define SURPLUS UINT32_MAX
static ALWAYS_INLINE bool place_keywords(const Code *code, uint32_t placed, const Value *keys, uint32_t keywords,
                                         uint32_t *place)
{
    uint32_t total = code->argument_count + code->kwonly_count, first = code->posonly_count;
    const Value *names = tuple_of(code->local_names)->items;
    for (uint32_t k = 0; k < keywords; k++) {
        uint32_t i = placed > first ? placed : first;
        while (i < total && !value_is(names[i], keys[k]))
            i++;
        for (uint32_t j = 0; i < total && j < k; j++)
            if (UNLIKELY(place[j] == i))
                return false;
        if (i == total) { /* one that is given already, or a string that is equal but not the same? */
            if (!(code->flags & CODE_VARKEYWORDS) || !str_check_exact(keys[k]) ||
                !(value_object(keys[k])->aux & STR_INTERNED))
                return false;
            for (uint32_t j = first; j < placed; j++)
                if (value_is(names[j], keys[k]))
                    return false;
            i = SURPLUS;
        }
        place[k] = i;
    }
    return true;
}

static void release_window(Thread *t, Value *window, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        ref_clear(t, &window[i]);
}

/* Any call, by way of memory of its own; also of code that is not complete yet. */
static COLD int bind_apart(Thread *t, Function *f, Value *window, uint32_t n, Value names)
{
    uint32_t locals = code_of(f->code)->local_count,
             given = n + (value_is_empty(names) ? 0 : (uint32_t)tuple_length(names));
    Value *bound = alloc_memory(t, (locals + 1) * sizeof(Value));
    int status = bound ? call_bind(t, f, window, n, names, bound) : -1;
    Value exc = error_take(t);
    release_window(t, window, given);
    t->exc = exc;
    if (status == 0)
        memcpy(window, bound, locals * sizeof(Value));
    alloc_memory_free(t, bound);
    return status;
}

bool call_add_defaults(Thread *t, const Function *f, const Code *code, Value *args, uint32_t n)
{
    uint32_t positional = code_simple(code);
    Value tuple = slot_peek(&f->defaults);
    if (positional == CODE_NOT_SIMPLE || n > positional || !object_is(tuple, KIND_TUPLE))
        return false;
    size_t count = tuple_length(tuple), left_out = positional - n;
    if (left_out > count)
        return false;
    const Value *from = tuple_of(tuple)->items + (count - left_out);
    for (size_t i = 0; i < left_out; i++)
        args[n + i] = ref_inc(t, from[i]);
    return true;
}

/* Gives the parameters from `from` on that have no value their defaults. */
static ALWAYS_INLINE bool fill_defaults(Thread *t, Function *f, const Code *code, Value *window, uint32_t from)
{
    uint32_t positional = code->argument_count, total = positional + code->kwonly_count;
    Value tuple = slot_peek(&f->defaults);
    uint32_t defaults = value_is_empty(tuple) ? 0 : (uint32_t)tuple_length(tuple);
    uint32_t i = from;
    for (; i < positional; i++) {
        if (!value_is_empty(window[i]))
            continue;
        if (UNLIKELY(i + defaults < positional)) {
            missing(t, f, from, defaults > positional ? 0 : positional - defaults, window, "positional");
            return false;
        }
        window[i] = ref_inc(t, tuple_peek(tuple, i + defaults - positional));
    }
    for (; i < total; i++) {
        if (!value_is_empty(window[i]))
            continue;
        int found = kwonly_default(t, f, tuple_peek(code->local_names, i), &window[i]);
        if (UNLIKELY(found <= 0)) {
            window[i] = VALUE_EMPTY;
            if (!found)
                missing(t, f, positional, total, window, "keyword-only");
            return false;
        }
    }
    return true;
}

/* What bind_in_place does with an error. */
static COLD int bind_failed(Thread *t, const Code *code, Value *window)
{
    Value exc = error_take(t);
    release_window(t, window, code->local_count);
    t->exc = exc;
    return -1;
}

static void put_aside(Value *from, uint32_t n, Value *to)
{
    for (uint32_t i = 0; i < n; i++) {
        to[i] = from[i];
        from[i] = VALUE_EMPTY;
    }
}

/* A call with keywords of a function without * and **.  Keywords in the order of the parameters, directly behind the arguments by position, lie where they belong; others are put
 * aside first.  False: nothing was done. */
static ALWAYS_INLINE bool bind_keywords(Thread *t, Function *f, const Code *code, Value *window, uint32_t n,
                                        Value names, int *status)
{
    uint32_t total = code->argument_count + code->kwonly_count, keywords = (uint32_t)tuple_length(names), k = 0;
    if (UNLIKELY(!__atomic_load_n(&code->instructions, __ATOMIC_ACQUIRE)) ||
        (code->flags & (CODE_VARARGS | CODE_VARKEYWORDS)) || UNLIKELY(n > code->argument_count) ||
        UNLIKELY(n + keywords > total) || UNLIKELY(n < code->posonly_count))
        return false;
    const Value *keys = tuple_of(names)->items, *parameters = tuple_of(code->local_names)->items + n;
    while (k < keywords && value_is(parameters[k], keys[k]))
        k++;
    Value *behind = window + n + k, *end = window + code->local_count;
    if (k == keywords) {
        for (; behind < end; behind++)
            *behind = VALUE_EMPTY;
    } else {
        uint32_t place[KEYWORDS_IN_PLACE];
        Value given[KEYWORDS_IN_PLACE];
        keywords -= k;
        if (UNLIKELY(keywords > KEYWORDS_IN_PLACE) || UNLIKELY(!place_keywords(code, n + k, keys + k, keywords, place)))
            return false;
        put_aside(behind, keywords, given);
        for (behind += keywords; behind < end; behind++)
            *behind = VALUE_EMPTY;
        for (uint32_t i = 0; i < keywords; i++)
            window[place[i]] = given[i];
    }
    *status = LIKELY(fill_defaults(t, f, code, window, n + k)) ? 0 : bind_failed(t, code, window);
    return true;
}

static NOINLINE int bind_in_place(Thread *t, Function *f, const Code *code, Value *window, uint32_t n, Value names)
{
    uint32_t positional = code->argument_count, slot = positional + code->kwonly_count;
    uint32_t keywords = value_is_empty(names) ? 0 : (uint32_t)tuple_length(names), place[KEYWORDS_IN_PLACE];
    Value given[KEYWORDS_IN_PLACE];
    uint32_t direct = n < positional ? n : positional;
    if (UNLIKELY(!__atomic_load_n(&code->instructions, __ATOMIC_ACQUIRE)) ||
        UNLIKELY(n > positional && !(code->flags & CODE_VARARGS)) || UNLIKELY(keywords > KEYWORDS_IN_PLACE) ||
        (keywords && UNLIKELY(!place_keywords(code, direct, tuple_of(names)->items, keywords, place))))
        return bind_apart(t, f, window, n, names);
    put_aside(window + n, keywords, given); /* they may lie behind the locals */
    Value rest = VALUE_EMPTY, surplus = VALUE_EMPTY;
    if (code->flags & CODE_VARARGS) {
        rest = tuple_from_array_take(t, window + direct, n - direct);
        if (UNLIKELY(value_is_empty(rest))) {
            release_window(t, window, direct);
            release_window(t, given, keywords);
            return -1;
        }
    }
    for (Value *empty = window + direct, *end = window + code->local_count; empty < end; empty++)
        *empty = VALUE_EMPTY;
    if (code->flags & CODE_VARARGS)
        window[slot++] = rest;
    if (code->flags & CODE_VARKEYWORDS)
        surplus = window[slot] = dict_new_sized(t, keywords);
    bool failed = (code->flags & CODE_VARKEYWORDS) && value_is_empty(surplus);
    for (uint32_t k = 0; k < keywords; k++) {
        if (place[k] != SURPLUS) {
            window[place[k]] = given[k];
        } else {
            failed = failed || dict_set(t, surplus, tuple_peek(names, k), given[k]) < 0;
            ref_dec(t, given[k]);
        }
    }
    return LIKELY(!failed) && LIKELY(fill_defaults(t, f, code, window, direct)) ? 0 : bind_failed(t, code, window);
}

int call_bind_in_place(Thread *t, Function *f, Value *window, uint32_t n, Value names)
{
    Code *code = code_of(f->code);
    if (value_is_empty(names) && call_add_defaults(t, f, code, window, n)) {
        for (uint32_t i = code->argument_count; i < code->local_count; i++)
            window[i] = VALUE_EMPTY;
        return 0;
    }
    /* What runs meanwhile (a __hash__ of a name, a __del__ of an argument that finds no parameter) shall not have its registers there. */
    Frame *frame = t->frame;
    uint32_t given = n + (value_is_empty(names) ? 0 : (uint32_t)tuple_length(names));
    Value *top = frame->top, *end = window + (given > code->local_count ? given : code->local_count);
    if (end > top)
        frame->top = end;
    int status;
    if (value_is_empty(names) || !bind_keywords(t, f, code, window, n, names, &status))
        status = bind_in_place(t, f, code, window, n, names);
    frame->top = top;
    return status;
}

int call_spread(Thread *t, Value *window, Value args, Value kwargs, Value *names)
{
    size_t n = tuple_length(args), position = 0, k = 0;
    *names = VALUE_EMPTY;
    Value key, value;
    if (!value_is_empty(kwargs) && dict_length(kwargs)) {
        /* The window has room for the values: first it holds the keys. */
        while (dict_next(kwargs, &position, &key, &value))
            window[k++] = key;
        *names = tuple_from_array(t, window, k);
        if (value_is_empty(*names)) {
            memset(window, 0, k * sizeof(Value));
            return -1;
        }
        position = 0;
        k = 0;
        while (dict_next(kwargs, &position, &key, &value))
            window[n + k++] = ref_inc(t, value);
    }
    for (size_t i = 0; i < n; i++)
        window[i] = ref_inc(t, tuple_peek(args, i));
    return 0;
}

/* Function bodies with more locals than this are bound in memory of their own. */
#define BOUND_ON_STACK 32

static NOINLINE Value call_binding(Thread *t, Function *f, Code *code, const Value *args, uint32_t n, Value names)
{
    Value small[BOUND_ON_STACK], *bound = small, result = VALUE_EMPTY;
    if (code->local_count > BOUND_ON_STACK) {
        bound = alloc_memory(t, code->local_count * sizeof(Value));
        if (!bound)
            return VALUE_EMPTY;
    }
    ref_inc_object(t, &f->head);
    if (call_bind(t, f, args, n, names, bound) == 0) {
        if (code->flags & CODE_ANY_GENERATOR)
            result = generator_new_take(t, f, bound, code->local_count);
        else if (eval_push_function(t, f, bound))
            result = eval_run(t);
    }
    if (bound != small)
        alloc_memory_free(t, bound);
    ref_dec_object(t, &f->head);
    return result;
}

Value function_call(Thread *t, Value callable, const Value *args, uint32_t n, Value names)
{
    Function *f = function_of(callable);
    Code *code = code_of(f->code);
    if (LIKELY(code_simple(code) == n) && LIKELY(value_is_empty(names)))
        return eval_call_simple(t, f, args, n);
    return call_binding(t, f, code, args, n, names);
}
