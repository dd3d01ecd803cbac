/* call.c: calls of Python functions from C, and the binding of arguments to parameters. */
#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
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
    Value extra = kwonly_given
        ? str_format(t, " positional argument%s (and %u keyword-only argument%s)", given != 1 ? "s" : "", kwonly_given, kwonly_given != 1 ? "s" : "")
        : str_from_string(t, "");
    if (!value_is_empty(range) && !value_is_empty(extra))
        error_set(t, EXC_TypeError, "%U() takes %U positional argument%s but %u%U %s given", f->qualname, range, plural ? "s" : "", given, extra,
                  given == 1 && !kwonly_given ? "was" : "were");
    ref_dec(t, range);
    ref_dec(t, extra);
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
        if (i >= code->argument_count && !value_is_empty(f->kwdefaults)) {
            int has = dict_contains(t, f->kwdefaults, tuple_peek(code->local_names, i));
            if (has < 0)
                goto done;
            if (has)
                continue;
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
        Value tail = str_format(t, ", %U, and %U", list_peek(names, n - 2), list_peek(names, n - 1)), comma = str_from_string(t, ", ");
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
        error_set(t, EXC_TypeError, "%U() missing %zu required %s argument%s: %U", f->qualname, n, kind, n == 1 ? "" : "s", text);
done:
    ref_dec(t, text);
    ref_dec(t, names);
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
                error_set(t, EXC_TypeError, "%U() got some positional-only arguments passed as keyword arguments: '%U'", f->qualname, text);
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
    Value candidates = tuple_slice(t, code->local_names, code->posonly_count, code->argument_count + code->kwonly_count);
    Value suggestion = value_is_empty(candidates) ? VALUE_EMPTY : error_suggest(t, candidates, keyword);
    ref_dec(t, candidates);
    if (error_pending(t))
        return;
    if (!value_is_empty(suggestion) && str_check(suggestion))
        error_set(t, EXC_TypeError, "%U() got an unexpected keyword argument '%S'. Did you mean '%U'?", f->qualname, keyword, suggestion);
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
        if (UNLIKELY(!str_check(key))) {
            error_set(t, EXC_TypeError, "%U() keywords must be strings", f->qualname);
            goto fail;
        }
        uint32_t i = code->posonly_count;
        while (i < total && !value_is(tuple_peek(code->local_names, i), key))
            i++;
        if (i == total) /* equal but not the same string */
            for (i = code->posonly_count; i < total && !str_equal(tuple_peek(code->local_names, i), key);)
                i++;
        if (i < total) {
            if (!value_is_empty(out[i])) {
                error_set(t, EXC_TypeError, "%U() got multiple values for argument '%S'", f->qualname, key);
                goto fail;
            }
            out[i] = ref_inc(t, value);
        } else if (varkw >= 0) {
            if (dict_set(t, out[varkw], key, value) < 0)
                goto fail;
        } else {
            unexpected_keyword(t, f, keys, keywords, key);
            goto fail;
        }
    }
    if (n > positional && varargs < 0) {
        too_many_positional(t, f, n, out);
        goto fail;
    }
    if (direct < positional) {
        uint32_t defaults = value_is_empty(f->defaults) ? 0 : (uint32_t)tuple_length(f->defaults);
        uint32_t first = defaults > positional ? 0 : positional - defaults;
        for (uint32_t i = direct; i < first; i++)
            if (value_is_empty(out[i])) {
                missing(t, f, direct, first, out, "positional");
                goto fail;
            }
        for (uint32_t i = first > direct ? first : direct; i < positional; i++)
            if (value_is_empty(out[i]))
                out[i] = ref_inc(t, tuple_peek(f->defaults, i - (positional - defaults)));
    }
    for (uint32_t i = positional; i < total; i++) {
        if (!value_is_empty(out[i]))
            continue;
        int found = value_is_empty(f->kwdefaults) ? 0 : dict_get_optional(t, f->kwdefaults, tuple_peek(code->local_names, i), &out[i]);
        if (found < 0)
            goto fail;
        if (!found) {
            out[i] = VALUE_EMPTY;
            missing(t, f, positional, total, out, "keyword-only");
            goto fail;
        }
    }
    return 0;
fail:
    for (uint32_t i = 0; i < code->local_count; i++)
        ref_clear(t, &out[i]);
    return -1;
}

/* Function bodies with more locals than this are bound in memory of their own. */
#define BOUND_ON_STACK 32

Value function_call(Thread *t, Value callable, const Value *args, uint32_t n, Value names)
{
    Function *f = function_of(callable);
    Code *code = code_of(f->code);
    Value small[BOUND_ON_STACK], *bound = small, result = VALUE_EMPTY;
    if (code->local_count > BOUND_ON_STACK) {
        bound = alloc_memory(t, code->local_count * sizeof(Value));
        if (!bound)
            return VALUE_EMPTY;
    }
    ref_inc(t, callable);
    if (call_bind(t, f, args, n, names, bound) == 0) {
        if (code->flags & CODE_ANY_GENERATOR)
            result = generator_new_take(t, f, bound, code->local_count);
        else if (eval_push_function(t, f, bound))
            result = eval_run(t);
    }
    if (bound != small)
        alloc_memory_free(t, bound);
    ref_dec(t, callable);
    return result;
}
