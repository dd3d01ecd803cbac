/* sre_objects.c: what matching gives: Match, and Scanner and Template objects.
 *
 * A Match is constant but for `regs`, made at the first look (two threads may both make it; the last one stays).  A scanner is guarded by its `executing` flag.
 * Read next: mod__sre.c, sre.h. */
#include "sre.h"

#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/generic_alias.h"
#include "../thread/objlock.h"

typedef struct Match {
    Object head;
    Value string;
    Value regs; /* tuple of spans, or empty: not made yet */
    Value pattern;
    int64_t pos, endpos;
    int64_t last_index; /* 0: none */
    size_t groups;      /* group 0 included */
    int64_t spans[];    /* start and end of each group, -1 */
} Match;
static Match *match_of(Value v) { return (Match *)value_object(v); }

/* ---- slices ---- */

Value sre_slice(Thread *t, Value string, bool is_bytes, const void *text, size_t length, size_t start, size_t end)
{
    if (start > end)
        start = end;
    if (!is_bytes)
        return str_slice(t, string, start, end);
    if (object_is_exact(string, KIND_BYTES) && start == 0 && end == length)
        return ref_inc(t, string);
    return bytes_new(t, (const uint8_t *)text + start, end - start);
}

/* A group of a match, or `fallback` if it has not matched. */
static Value match_slice(Thread *t, Match *m, size_t group, Value fallback)
{
    int64_t start = m->spans[2 * group], end = m->spans[2 * group + 1];
    if (start < 0)
        return ref_inc(t, fallback);
    if (str_check(m->string))
        return str_slice(t, m->string, (size_t)start, (size_t)end);
    Buffer view = {0};
    if (buffer_get(t, m->string, &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    /* The object may have shrunk since. */
    size_t length = view.length, to = (size_t)end < length ? (size_t)end : length;
    Value result = sre_slice(t, m->string, true, view.data, length, (size_t)start < to ? (size_t)start : to, to);
    buffer_release(t, &view);
    return result;
}

/* ---- making ---- */

static size_t match_items(const Object *o) { return 2 * ((const Match *)o)->groups; }

Value match_new(Thread *t, const Matcher *matcher)
{
    size_t groups = (size_t)matcher->pattern->groups + 1;
    Match *m = alloc_object(t, sre_state(t)->match, sizeof(Match) + 2 * groups * sizeof(int64_t));
    if (!m)
        return VALUE_EMPTY;
    m->groups = groups;
    m->string = ref_inc(t, matcher->string);
    m->pattern = ref_inc(t, value_of(matcher->pattern));
    m->pos = (int64_t)matcher->first_pos;
    m->endpos = (int64_t)matcher->end_pos;
    m->last_index = matcher->last_index;
    for (size_t i = 0; i < groups; i++) {
        size_t start, end;
        bool found = matcher_span(matcher, (int64_t)i, &start, &end);
        m->spans[2 * i] = found ? (int64_t)start : -1;
        m->spans[2 * i + 1] = found ? (int64_t)end : -1;
    }
    return value_of(m);
}

static void match_clear(Thread *t, Object *o)
{
    Match *m = (Match *)o;
    ref_clear(t, &m->string);
    ref_clear(t, &m->regs);
    ref_clear(t, &m->pattern);
}
static int match_traverse(Object *o, VisitFn visit, void *arg)
{
    Match *m = (Match *)o;
    VISIT(m->string);
    VISIT(m->regs);
    VISIT(m->pattern);
    return 0;
}

/* ---- groups ---- */

/* The number of the group that an argument names, or -1 with IndexError. */
static int64_t group_index(Thread *t, Match *m, Value v)
{
    int64_t i = -1;
    if (value_is_empty(v))
        return 0;
    if (value_is_int(v)) {
        i = value_to_int(v);
    } else if (type_of(t, v)->slots.index) {
        i = number_index_int64(t, v, EXC_IndexError);
        if (i == -1 && error_pending(t) && !error_swallow(t, EXC_IndexError))
            return -1;
    } else {
        Value index;
        int found = dict_get_optional(t, pattern_of(m->pattern)->groupindex, v, &index);
        if (found < 0 && !error_swallow(t, EXC_TypeError))
            return -1;
        if (found > 0) {
            int overflow;
            if (int_check(index))
                i = int_to_int64_overflow(t, index, &overflow);
            ref_dec(t, index);
        }
    }
    if (i >= 0 && (size_t)i < m->groups)
        return i;
    error_set(t, EXC_IndexError, "no such group");
    return -1;
}
static Value group_of(Thread *t, Match *m, Value name)
{
    int64_t i = group_index(t, m, name);
    return i < 0 ? VALUE_EMPTY : match_slice(t, m, (size_t)i, VALUE_NONE);
}

NATIVE(match_group, "group", "($self, /, *args)",
       "group([group1, ...]) -> str or tuple\n\nThe text of one group, by number or name (0, the whole match, by "
       "default), or a tuple of several.")
{
    Match *m = match_of(args[0]);
    if (n <= 1)
        return match_slice(t, m, 0, VALUE_NONE);
    if (n == 2)
        return group_of(t, m, args[1]);
    Value result = tuple_new(t, n - 1);
    for (uint32_t i = 1; i < n && !value_is_empty(result); i++) {
        Value item = group_of(t, m, args[i]);
        if (value_is_empty(item)) {
            ref_dec(t, result);
            return VALUE_EMPTY;
        }
        tuple_of(result)->items[i - 1] = item;
    }
    return result;
}
static Value match_getitem(Thread *t, Value self, Value key) { return group_of(t, match_of(self), key); }

NATIVE(match_groups, "groups", "($self, /, default=None)",
       "A tuple of the texts of all groups.\n\n  default\n    Stands for groups that did not take part.")
{
    Match *m = match_of(args[0]);
    Value fallback = value_is_empty(args[1]) ? VALUE_NONE : args[1], result = tuple_new(t, m->groups - 1);
    for (size_t i = 1; i < m->groups && !value_is_empty(result); i++) {
        Value item = match_slice(t, m, i, fallback);
        if (value_is_empty(item)) {
            ref_dec(t, result);
            return VALUE_EMPTY;
        }
        tuple_of(result)->items[i - 1] = item;
    }
    return result;
}
NATIVE(match_groupdict, "groupdict", "($self, /, default=None)",
       "A dict of the texts of all named groups.\n\n  default\n    Stands for groups that did not take part.")
{
    Match *m = match_of(args[0]);
    Value fallback = value_is_empty(args[1]) ? VALUE_NONE : args[1], result = dict_new(t);
    if (value_is_empty(result))
        return result;
    Value items = dict_items_list(t, pattern_of(m->pattern)->groupindex);
    int status = value_is_empty(items) ? -1 : 0;
    for (size_t i = 0; status == 0 && i < list_length(items); i++) {
        Value pair = list_peek(items, i);
        int64_t group = group_index(t, m, tuple_peek(pair, 1));
        Value text = group < 0 ? VALUE_EMPTY : match_slice(t, m, (size_t)group, fallback);
        status = value_is_empty(text) ? -1 : dict_set(t, result, tuple_peek(pair, 0), text);
        ref_dec(t, text);
    }
    ref_dec(t, items);
    if (status < 0)
        ref_clear(t, &result);
    return result;
}

static Value span_tuple(Thread *t, Match *m, size_t i)
{
    Value ends[2] = {int_from_int64(t, m->spans[2 * i]), int_from_int64(t, m->spans[2 * i + 1])};
    return tuple_from_array_take(t, ends, 2);
}
NATIVE(match_start, "start", "($self, group=0, /)", "Where the text of a group begins; -1 if it did not take part.")
{
    int64_t i = group_index(t, match_of(args[0]), args[1]);
    return i < 0 ? VALUE_EMPTY : int_from_int64(t, match_of(args[0])->spans[2 * i]);
}
NATIVE(match_end, "end", "($self, group=0, /)", "Where the text of a group ends; -1 if it did not take part.")
{
    int64_t i = group_index(t, match_of(args[0]), args[1]);
    return i < 0 ? VALUE_EMPTY : int_from_int64(t, match_of(args[0])->spans[2 * i + 1]);
}
NATIVE(match_span, "span", "($self, group=0, /)", "(start, end) of the text of a group.")
{
    int64_t i = group_index(t, match_of(args[0]), args[1]);
    return i < 0 ? VALUE_EMPTY : span_tuple(t, match_of(args[0]), (size_t)i);
}

static Value match_regs(Thread *t, Value self)
{
    Match *m = match_of(self);
    objlock_enter(t, m);
    Value regs = ref_inc(t, m->regs);
    objlock_exit(t, m);
    if (!value_is_empty(regs))
        return regs;
    regs = tuple_new(t, m->groups);
    for (size_t i = 0; i < m->groups && !value_is_empty(regs); i++) {
        Value span = span_tuple(t, m, i);
        if (value_is_empty(span)) {
            ref_dec(t, regs);
            return VALUE_EMPTY;
        }
        tuple_of(regs)->items[i] = span;
    }
    if (value_is_empty(regs))
        return regs;
    objlock_enter(t, m);
    Value old = m->regs;
    m->regs = ref_inc(t, regs);
    objlock_exit(t, m);
    ref_dec(t, old);
    return regs;
}
static Value match_lastindex(Thread *t, Value self)
{
    int64_t i = match_of(self)->last_index;
    return i > 0 ? int_from_int64(t, i) : VALUE_NONE;
}
static Value match_lastgroup(Thread *t, Value self)
{
    Match *m = match_of(self);
    Value names = pattern_of(m->pattern)->indexgroup;
    if (m->last_index > 0 && (size_t)m->last_index < tuple_length(names))
        return ref_inc(t, tuple_peek(names, (size_t)m->last_index));
    return VALUE_NONE;
}

static Value match_repr(Thread *t, Value self)
{
    Match *m = match_of(self);
    Value text = match_slice(t, m, 0, VALUE_NONE);
    if (value_is_empty(text))
        return text;
    Value result = str_format(t, "<%N object; span=(%lld, %lld), match=%V>", type_of(t, self), (long long)m->spans[0],
                              (long long)m->spans[1], text);
    ref_dec(t, text);
    return result;
}

NATIVE(match_copy, "__copy__", "($self, /)", NULL) { return ref_inc(t, args[0]); }
NATIVE(match_deepcopy, "__deepcopy__", "($self, memo, /)", NULL) { return ref_inc(t, args[0]); }
NATIVE_FLAGS(match_class_getitem, "__class_getitem__", "($type, object, /)", "See PEP 585", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

/* ---- templates: replacement strings with groups ---- */

static size_t template_items(const Object *o) { return ((const ReTemplate *)o)->count; }
static void template_clear(Thread *t, Object *o)
{
    ReTemplate *template = (ReTemplate *)o;
    ref_clear(t, &template->literal);
    for (size_t i = 0; i < template->count; i++)
        ref_clear(t, &template->parts[i].literal);
}
static int template_traverse(Object *o, VisitFn visit, void *arg)
{
    ReTemplate *template = (ReTemplate *)o;
    VISIT(template->literal);
    for (size_t i = 0; i < template->count; i++)
        VISIT(template->parts[i].literal);
    return 0;
}

Value template_make(Thread *t, Value list)
{
    size_t n = list_length(list);
    if (n % 2 == 0)
        return error_set(t, EXC_TypeError, "invalid template");
    ReTemplate *template = alloc_object(t, sre_state(t)->template, sizeof *template + n / 2 * sizeof *template->parts);
    if (!template)
        return VALUE_EMPTY;
    template->count = n / 2;
    template->literal = list_get(t, list, 0);
    for (size_t i = 0; i < n / 2; i++) {
        Value group = list_get(t, list, 2 * i + 1), literal = list_get(t, list, 2 * i + 2);
        int64_t index = -1;
        int overflow = 0;
        if (value_is_empty(group) || value_is_empty(literal))
            error_set(t, EXC_TypeError, "invalid template");
        else if (!int_check(group))
            error_set(t, EXC_TypeError, "an integer is required");
        else if ((index = int_to_int64_overflow(t, group, &overflow)) < 0 || overflow)
            error_set(t, EXC_TypeError, "invalid template");
        ref_dec(t, group);
        template->parts[i] = (TemplatePart){index, literal};
        if (error_pending(t)) {
            ref_dec(t, value_of(template));
            return VALUE_EMPTY;
        }
    }
    return value_of(template);
}

/* re._compile_template(pattern, replacement) */
static Value call_compile_template(Thread *t, Pattern *pattern, Value replacement)
{
    SreState *state = sre_state(t);
    if (value_is_empty(state->compile_template)) {
        Value name = str_intern(t, "re"), module = VALUE_EMPTY, function = VALUE_EMPTY;
        if (!value_is_empty(name))
            module = object_call1(t, t->interp->import_func, name);
        ref_dec(t, name);
        if (!value_is_empty(module))
            function = object_getattr_string(t, module, "_compile_template");
        ref_dec(t, module);
        if (value_is_empty(function))
            return VALUE_EMPTY;
        ref_replace_take(t, &state->compile_template, function);
    }
    return object_call2(t, state->compile_template, value_of(pattern), replacement);
}

Value template_compile(Thread *t, Pattern *pattern, Value replacement, bool *literal)
{
    *literal = true;
    if (str_check(replacement)) {
        if (str_find_char(replacement, '\\', 0, str_length(replacement)) < 0)
            return ref_inc(t, replacement);
    } else if (buffer_supported(t, replacement)) {
        Buffer view = {0};
        if (buffer_get(t, replacement, &view, BUFFER_SIMPLE) < 0)
            return VALUE_EMPTY;
        bool plain = !view.length || !memchr(view.data, '\\', view.length);
        buffer_release(t, &view);
        if (plain)
            return ref_inc(t, replacement);
    }
    Value result = call_compile_template(t, pattern, replacement);
    if (value_is_empty(result) && error_matches(t, EXC_TypeError)) {
        /* It may only be unhashable, as a bytearray is: once more with a copy of the basic type. */
        Value copy = VALUE_EMPTY;
        if (str_check(replacement) && !str_check_exact(replacement)) {
            error_clear(t);
            copy = str_exact(t, replacement);
        } else if (!object_is_exact(replacement, KIND_BYTES) && buffer_supported(t, replacement)) {
            error_clear(t);
            copy = bytes_from_object(t, replacement);
        }
        if (!value_is_empty(copy))
            result = call_compile_template(t, pattern, copy);
        ref_dec(t, copy);
    }
    if (value_is_empty(result))
        return result;
    if (!object_is_native(result, &sre_template_spec)) {
        error_set(t, EXC_RuntimeError, "the result of compiling a replacement string is %N, not %s", type_of(t, result),
                  sre_template_spec.name);
        ref_dec(t, result);
        return VALUE_EMPTY;
    }
    ReTemplate *template = (ReTemplate *)value_object(result);
    if (template->count)
        *literal = false;
    else
        ref_replace_take(t, &result, ref_inc(t, template->literal));
    return result;
}

/* The replacement for a match. */
static Value expand(Thread *t, ReTemplate *template, Match *m)
{
    Value parts = list_new(t, 2 * template->count + 1), result = VALUE_EMPTY;
    if (value_is_empty(parts) || list_append(t, parts, template->literal) < 0)
        goto done;
    for (size_t i = 0; i < template->count; i++) {
        const TemplatePart *part = &template->parts[i];
        if (part->group < 0 || (size_t)part->group >= m->groups) {
            error_set(t, EXC_IndexError, "no such group");
            goto done;
        }
        Value text = match_slice(t, m, (size_t)part->group, VALUE_NONE);
        if (value_is_empty(text))
            goto done;
        if ((value_is_none(text) ? 0 : list_append(t, parts, text)) < 0 || list_append(t, parts, part->literal) < 0) {
            ref_dec(t, text);
            goto done;
        }
        ref_dec(t, text);
    }
    if (str_check(m->string))
        result = str_join(t, t->interp->empty_str, parts);
    else
        result = object_call_method_string(t, t->interp->empty_bytes, "join", parts, VALUE_EMPTY, VALUE_EMPTY);
done:
    ref_dec(t, parts);
    return result;
}

NATIVE(match_expand, "expand", "($self, /, template)",
       "The template with backslash escapes and group references replaced, as sub() does it.")
{
    bool literal;
    Match *m = match_of(args[0]);
    Value template = template_compile(t, pattern_of(m->pattern), args[1], &literal);
    if (value_is_empty(template) || literal)
        return template;
    Value result = expand(t, (ReTemplate *)value_object(template), m);
    ref_dec(t, template);
    return result;
}

static const NativeDef *const match_methods[] = {
    &native_match_group,
    &native_match_start,
    &native_match_end,
    &native_match_span,
    &native_match_groups,
    &native_match_groupdict,
    &native_match_expand,
    &native_match_copy,
    &native_match_deepcopy,
    &native_match_class_getitem,
    NULL,
};
static const MemberDef match_members[] = {
    {"string", MEMBER_VALUE, offsetof(Match, string), false, "The string passed to match() or search()."},
    {"re", MEMBER_VALUE, offsetof(Match, pattern), false, "The regular expression object."},
    {"pos", MEMBER_INT64, offsetof(Match, pos), false,
     "The index into the string at which the engine started looking."},
    {"endpos", MEMBER_INT64, offsetof(Match, endpos), false, "The index beyond which the engine did not look."},
    {0},
};
static const GetSetDef match_getsets[] = {
    {"lastindex", match_lastindex, NULL, "The number of the group that matched last."},
    {"lastgroup", match_lastgroup, NULL, "The name of the group that matched last."},
    {"regs", match_regs, NULL, NULL},
    {0},
};
const TypeSpec sre_match_spec = {
    .name = "re.Match",
    .doc = "What re.match() and re.search() found.\nMatch objects are always true.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Match),
    .item_size = sizeof(int64_t),
    .length = match_items,
    .methods = match_methods,
    .members = match_members,
    .getsets = match_getsets,
    .slots = {.dealloc = match_clear,
              .traverse = match_traverse,
              .clear = match_clear,
              .repr = match_repr,
              .getitem = match_getitem},
};

const TypeSpec sre_template_spec = {
    .name = "_sre.SRE_Template",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ReTemplate),
    .item_size = sizeof(TemplatePart),
    .length = template_items,
    .slots = {.dealloc = template_clear, .traverse = template_traverse, .clear = template_clear},
};

/* ---- scanners ---- */

typedef struct Scanner {
    Object head;
    Value pattern, string;
    Matcher *matcher; /* holds both borrowed; NULL only while being made */
    _Atomic bool executing;
    bool done;
} Scanner;
static Scanner *scanner_of(Value v) { return (Scanner *)value_object(v); }

Value scanner_new(Thread *t, Value pattern, Value string, int64_t pos, int64_t endpos)
{
    Scanner *s = alloc_object(t, sre_state(t)->scanner, sizeof *s);
    if (!s)
        return VALUE_EMPTY;
    s->pattern = ref_inc(t, pattern);
    s->string = ref_inc(t, string);
    Matcher *m = alloc_memory(t, sizeof *m);
    if (!m || matcher_start(t, m, pattern_of(pattern), string, pos, endpos) < 0) {
        alloc_memory_free(t, m);
        ref_dec(t, value_of(s));
        return VALUE_EMPTY;
    }
    s->matcher = m;
    return value_of(s);
}

static void scanner_dealloc(Thread *t, Object *o)
{
    Scanner *s = (Scanner *)o;
    if (s->matcher) {
        matcher_end(t, s->matcher);
        alloc_memory_free(t, s->matcher);
    }
    ref_clear(t, &s->pattern);
    ref_clear(t, &s->string);
}
static int scanner_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((Scanner *)o)->pattern);
    VISIT(((Scanner *)o)->string);
    return 0;
}

static Value scan(Thread *t, Value self, bool search)
{
    Scanner *s = scanner_of(self);
    if (atomic_exchange(&s->executing, true))
        return error_set(t, EXC_ValueError, "regular expression scanner already executing");
    Value result = VALUE_NONE;
    if (!s->done) {
        Matcher *m = s->matcher;
        int found = search ? matcher_search(t, m) : matcher_match(t, m, false);
        if (found < 0)
            result = VALUE_EMPTY;
        else if (found == 0)
            s->done = true;
        else
            result = match_new(t, m);
        if (found > 0)
            matcher_advance(m);
    }
    atomic_store(&s->executing, false);
    return result;
}
NATIVE(scanner_match, "match", "($self, /)", NULL) { return scan(t, args[0], false); }
NATIVE(scanner_search, "search", "($self, /)", NULL) { return scan(t, args[0], true); }

static const NativeDef *const scanner_methods[] = {&native_scanner_match, &native_scanner_search, NULL};
static const MemberDef scanner_members[] = {{"pattern", MEMBER_VALUE, offsetof(Scanner, pattern), false, NULL}, {0}};
const TypeSpec sre_scanner_spec = {
    .name = "_sre.SRE_Scanner",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Scanner),
    .methods = scanner_methods,
    .members = scanner_members,
    .slots = {.dealloc = scanner_dealloc, .traverse = scanner_traverse},
};
