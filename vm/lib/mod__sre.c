/* mod__sre.c: the module _sre: compiled patterns and their methods.
 *
 * Patterns are constant: no locks.  Operations that call Python (a replacement function) hold the string by a reference and its buffer.
 * Read next: sre.h (the engine), sre_objects.c (Match). */
#include "sre.h"

#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/generic_alias.h"
#include "argument.h"

/* ---- matching ---- */

/* args: self, string, pos, endpos */
static bool start(Thread *t, Matcher *m, Value *args)
{
    int64_t pos, endpos;
    return argument_size(t, args[2], 0, &pos) == 0 && argument_size(t, args[3], INT64_MAX, &endpos) == 0 &&
           matcher_start(t, m, pattern_of(args[0]), args[1], pos, endpos) == 0;
}

typedef enum Way { WAY_MATCH, WAY_FULLMATCH, WAY_SEARCH } Way;
static Value match_once(Thread *t, Value *args, Way way)
{
    Matcher m;
    if (!start(t, &m, args))
        return VALUE_EMPTY;
    int found = way == WAY_SEARCH ? matcher_search(t, &m) : matcher_match(t, &m, way == WAY_FULLMATCH);
    Value result = found > 0 ? match_new(t, &m) : found == 0 ? VALUE_NONE : VALUE_EMPTY;
    matcher_end(t, &m);
    return result;
}
#define STRING_POS "($self, /, string, pos=0, endpos=sys.maxsize)"
NATIVE(pattern_match, "match", STRING_POS, "Matches the beginning of the string, or gives None.")
{
    return match_once(t, args, WAY_MATCH);
}
NATIVE(pattern_fullmatch, "fullmatch", STRING_POS, "Matches all of the string, or gives None.")
{
    return match_once(t, args, WAY_FULLMATCH);
}
NATIVE(pattern_search, "search", STRING_POS, "Looks for the first match in the string, or gives None.")
{
    return match_once(t, args, WAY_SEARCH);
}

/* The text of a group of the last match; a group that did not take part gives None, or an empty string. */
static Value group_text(Thread *t, const Matcher *m, int64_t group, bool empty)
{
    size_t from, to;
    if (!matcher_span(m, group, &from, &to)) {
        if (!empty)
            return VALUE_NONE;
        from = to = 0;
    }
    return sre_slice(t, m->string, m->is_bytes, m->text, m->length, from, to);
}

/* What findall gives for a match: the match, its only group, or a tuple of all groups. */
static Value find_item(Thread *t, const Matcher *m)
{
    int64_t groups = m->pattern->groups;
    if (groups <= 1)
        return group_text(t, m, groups, true);
    Value item = tuple_new(t, (size_t)groups);
    for (int64_t i = 0; i < groups && !value_is_empty(item); i++) {
        Value text = group_text(t, m, i + 1, true);
        if (value_is_empty(text)) {
            ref_dec(t, item);
            return VALUE_EMPTY;
        }
        tuple_of(item)->items[i] = text;
    }
    return item;
}

NATIVE(pattern_findall, "findall", STRING_POS, "A list of all matches that do not overlap: texts, or tuples of groups.")
{
    Matcher m;
    if (!start(t, &m, args))
        return VALUE_EMPTY;
    Value list = list_new(t, 0);
    int found = value_is_empty(list) ? -1 : 1;
    while (found > 0 && (found = matcher_search(t, &m)) > 0) {
        Value item = find_item(t, &m);
        if (value_is_empty(item) || list_append_take(t, list, item) < 0)
            found = -1;
        matcher_advance(&m);
    }
    matcher_end(t, &m);
    if (found < 0)
        ref_clear(t, &list);
    return list;
}

static Value scanner_of_args(Thread *t, Value *args)
{
    int64_t pos, endpos;
    if (argument_size(t, args[2], 0, &pos) < 0 || argument_size(t, args[3], INT64_MAX, &endpos) < 0)
        return VALUE_EMPTY;
    return scanner_new(t, args[0], args[1], pos, endpos);
}
NATIVE(pattern_scanner, "scanner", STRING_POS, NULL) { return scanner_of_args(t, args); }
NATIVE(pattern_finditer, "finditer", STRING_POS, "An iterator over all matches that do not overlap, as match objects.")
{
    Value scanner = scanner_of_args(t, args);
    if (value_is_empty(scanner))
        return scanner;
    Value search = object_getattr_string(t, scanner, "search");
    ref_dec(t, scanner);
    if (value_is_empty(search))
        return search;
    Value iterator = callable_iterator_new(t, search, VALUE_NONE);
    ref_dec(t, search);
    return iterator;
}

NATIVE(pattern_split, "split", "($self, /, string, maxsplit=0)",
       "Splits the string at each match; the texts of groups are put between the parts.")
{
    Matcher m;
    int64_t max;
    Value start_args[4] = {args[0], args[1], VALUE_EMPTY, VALUE_EMPTY};
    if (argument_size(t, args[2], 0, &max) < 0 || !start(t, &m, start_args))
        return VALUE_EMPTY;
    Value list = list_new(t, 0), item;
    int found = value_is_empty(list) ? -1 : 1;
    size_t last = 0;
    for (int64_t count = 0; found > 0 && (max == 0 || count < max) && (found = matcher_search(t, &m)) > 0; count++) {
        item = sre_slice(t, m.string, m.is_bytes, m.text, m.length, last, m.start);
        if (value_is_empty(item) || list_append_take(t, list, item) < 0)
            found = -1;
        for (int64_t i = 1; found > 0 && i <= m.pattern->groups; i++) {
            item = group_text(t, &m, i, false);
            if (value_is_empty(item) || list_append_take(t, list, item) < 0)
                found = -1;
        }
        last = m.position;
        matcher_advance(&m);
    }
    if (found >= 0) {
        item = sre_slice(t, m.string, m.is_bytes, m.text, m.length, last, m.end);
        if (value_is_empty(item) || list_append_take(t, list, item) < 0)
            found = -1;
    }
    matcher_end(t, &m);
    if (found < 0)
        ref_clear(t, &list);
    return list;
}

/* ---- sub ---- */

/* The parts of the result: appended to a str at once, or kept in a list when they are bytes. */
typedef struct Output {
    StrBuilder text;
    Value list;   /* empty for str */
    size_t parts; /* as CPython's list would have them, for messages */
} Output;

static int put(Thread *t, Output *out, Value part)
{
    if (!value_is_empty(out->list))
        return list_append(t, out->list, part);
    if (!str_check(part)) {
        error_set(t, EXC_TypeError, "sequence item %zu: expected str instance, %N found", out->parts, type_of(t, part));
        return -1;
    }
    out->parts++;
    return strbuilder_str(t, &out->text, part);
}
static int put_slice(Thread *t, Output *out, const Matcher *m, size_t from, size_t to)
{
    if (value_is_empty(out->list)) {
        out->parts++;
        return strbuilder_slice(t, &out->text, m->string, from, to);
    }
    Value part = sre_slice(t, m->string, true, m->text, m->length, from, to);
    return value_is_empty(part) ? -1 : list_append_take(t, out->list, part);
}

static int put_template(Thread *t, Output *out, const Matcher *m, ReTemplate *template)
{
    if (put(t, out, template->literal) < 0)
        return -1;
    for (size_t i = 0; i < template->count; i++) {
        size_t from, to;
        if (template->parts[i].group > m->pattern->groups) {
            error_set(t, EXC_IndexError, "no such group");
            return -1;
        }
        if (matcher_span(m, template->parts[i].group, &from, &to) && put_slice(t, out, m, from, to) < 0)
            return -1;
        if (put(t, out, template->parts[i].literal) < 0)
            return -1;
    }
    return 0;
}

static int put_call(Thread *t, Output *out, const Matcher *m, Value function)
{
    Value match = match_new(t, m);
    if (value_is_empty(match))
        return -1;
    Value part = object_call1(t, function, match);
    ref_dec(t, match);
    if (value_is_empty(part))
        return -1;
    int result = value_is_none(part) ? 0 : put(t, out, part);
    ref_dec(t, part);
    return result;
}

static Value output_finish(Thread *t, Output *out)
{
    if (value_is_empty(out->list))
        return strbuilder_finish(t, &out->text);
    return object_call_method_string(t, t->interp->empty_bytes, "join", out->list, VALUE_EMPTY, VALUE_EMPTY);
}

/* args: self, repl, string, count.  The new string, and how many were replaced. */
static Value substitute(Thread *t, Value *args, int64_t *replaced)
{
    Matcher m;
    int64_t max;
    Value result = VALUE_EMPTY, replacement;
    bool literal = false, call = object_is_callable(t, args[1]);
    if (argument_size(t, args[3], 0, &max) < 0)
        return VALUE_EMPTY;
    replacement = call ? ref_inc(t, args[1]) : template_compile(t, pattern_of(args[0]), args[1], &literal);
    if (value_is_empty(replacement))
        return replacement;
    Value start_args[4] = {args[0], args[2], VALUE_EMPTY, VALUE_EMPTY}, string = ref_inc(t, args[2]);
    if (!start(t, &m, start_args))
        goto done;
    Output out = {0};
    int found = 1;
    if (m.is_bytes) {
        out.list = list_new(t, 0);
        if (value_is_empty(out.list))
            found = -1;
    }
    size_t last = 0;
    int64_t count = 0;
    while (found > 0 && (max == 0 || count < max) && (found = matcher_search(t, &m)) > 0) {
        if (last < m.start && put_slice(t, &out, &m, last, m.start) < 0)
            found = -1;
        else if ((literal ? put(t, &out, replacement)
                  : call  ? put_call(t, &out, &m, replacement)
                          : put_template(t, &out, &m, (ReTemplate *)value_object(replacement))) < 0)
            found = -1;
        last = m.position;
        count++;
        matcher_advance(&m);
    }
    if (found == 0 || (found > 0 && max)) {
        if (count == 0)
            result = sre_slice(t, m.string, m.is_bytes, m.text, m.length, 0, m.end);
        else if (last >= m.end || put_slice(t, &out, &m, last, m.end) == 0)
            result = output_finish(t, &out);
    }
    *replaced = count;
    strbuilder_discard(t, &out.text);
    ref_dec(t, out.list);
    matcher_end(t, &m);
done:
    ref_dec(t, string);
    ref_dec(t, replacement);
    return result;
}
NATIVE(pattern_sub, "sub", "($self, /, repl, string, count=0)",
       "The string with matches replaced by repl, a string with group references or a function of the match.")
{
    int64_t replaced;
    return substitute(t, args, &replaced);
}
NATIVE(pattern_subn, "subn", "($self, /, repl, string, count=0)",
       "Like sub(), but gives (new string, number of replacements).")
{
    int64_t replaced;
    Value pair[2] = {substitute(t, args, &replaced), VALUE_EMPTY};
    if (value_is_empty(pair[0]))
        return VALUE_EMPTY;
    pair[1] = int_from_int64(t, replaced);
    return tuple_from_array_take(t, pair, 2);
}

/* ---- the pattern object ---- */

static void pattern_dealloc(Thread *t, Object *o)
{
    Pattern *p = (Pattern *)o;
    ref_clear(t, &p->pattern);
    ref_clear(t, &p->groupindex);
    ref_clear(t, &p->indexgroup);
    program_free(t, &p->program);
    p->program = (ReProgram){0};
    alloc_memory_free(t, p->code);
    p->code = NULL;
}
static int pattern_traverse(Object *o, VisitFn visit, void *arg)
{
    Pattern *p = (Pattern *)o;
    VISIT(p->pattern);
    VISIT(p->groupindex);
    VISIT(p->indexgroup);
    return 0;
}

static Value pattern_repr(Thread *t, Value self)
{
    static const struct {
        const char *name;
        int64_t value;
    } names[] = {
        {"re.IGNORECASE", SRE_FLAG_IGNORECASE}, {"re.LOCALE", SRE_FLAG_LOCALE},   {"re.MULTILINE", SRE_FLAG_MULTILINE},
        {"re.DOTALL", SRE_FLAG_DOTALL},         {"re.UNICODE", SRE_FLAG_UNICODE}, {"re.VERBOSE", SRE_FLAG_VERBOSE},
        {"re.DEBUG", SRE_FLAG_DEBUG},           {"re.ASCII", SRE_FLAG_ASCII},
    };
    Pattern *p = pattern_of(self);
    int64_t flags = p->flags;
    /* That of every str pattern is left out. */
    if (p->is_bytes == 0 && (flags & (SRE_FLAG_LOCALE | SRE_FLAG_UNICODE | SRE_FLAG_ASCII)) == SRE_FLAG_UNICODE)
        flags &= ~(int64_t)SRE_FLAG_UNICODE;
    Value text = str_format(t, "%.200V", p->pattern);
    StrBuilder b = {0};
    if (value_is_empty(text))
        return text;
    if (strbuilder_string(t, &b, "re.compile(") < 0 || strbuilder_str(t, &b, text) < 0)
        goto fail;
    const char *separator = ", ";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!(flags & names[i].value))
            continue;
        if (strbuilder_string(t, &b, separator) < 0 || strbuilder_string(t, &b, names[i].name) < 0)
            goto fail;
        separator = "|";
        flags &= ~names[i].value;
    }
    if (flags) {
        Value rest = str_format(t, "%s0x%llx", separator, (unsigned long long)(flags & 0xFFFFFFFF));
        int result = value_is_empty(rest) ? -1 : strbuilder_str(t, &b, rest);
        ref_dec(t, rest);
        if (result < 0)
            goto fail;
    }
    if (strbuilder_char(t, &b, ')') < 0)
        goto fail;
    ref_dec(t, text);
    return strbuilder_finish(t, &b);
fail:
    ref_dec(t, text);
    strbuilder_discard(t, &b);
    return VALUE_EMPTY;
}

static hash_t pattern_hash(Thread *t, Value self)
{
    Pattern *p = pattern_of(self);
    hash_t hash = object_hash(t, p->pattern);
    if (hash == -1)
        return -1;
    hash ^= str_hash_bytes(t, p->code, p->code_size * sizeof *p->code) ^ p->flags ^ p->is_bytes ^ (hash_t)p->code_size;
    return hash == -1 ? -2 : hash;
}

static Value pattern_compare(Thread *t, Value a, Value b, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !object_is_native(b, value_object(a)->type->spec))
        return VALUE_NOTIMPLEMENTED;
    Pattern *x = pattern_of(a), *y = pattern_of(b);
    int equal = x == y;
    /* Other flags or locales make other code, but the code of two patterns may be equal by chance. */
    if (!equal && x->flags == y->flags && x->is_bytes == y->is_bytes && x->code_size == y->code_size &&
        memcmp(x->code, y->code, x->code_size * sizeof *x->code) == 0)
        equal = object_equal(t, x->pattern, y->pattern);
    return equal < 0 ? VALUE_EMPTY : value_from_bool(equal == (op == COMPARE_EQ));
}

static Value pattern_groupindex(Thread *t, Value self)
{
    Value index = pattern_of(self)->groupindex;
    return mappingproxy_new(t, index);
}

NATIVE(pattern_copy, "__copy__", "($self, /)", NULL) { return ref_inc(t, args[0]); }
NATIVE(pattern_deepcopy, "__deepcopy__", "($self, memo, /)", NULL) { return ref_inc(t, args[0]); }
NATIVE_FLAGS(pattern_class_getitem, "__class_getitem__", "($type, object, /)", "See PEP 585", NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const pattern_methods[] = {
    &native_pattern_match,
    &native_pattern_fullmatch,
    &native_pattern_search,
    &native_pattern_sub,
    &native_pattern_subn,
    &native_pattern_findall,
    &native_pattern_split,
    &native_pattern_finditer,
    &native_pattern_scanner,
    &native_pattern_copy,
    &native_pattern_deepcopy,
    &native_pattern_class_getitem,
    NULL,
};
static const MemberDef pattern_members[] = {
    {"pattern", MEMBER_VALUE, offsetof(Pattern, pattern), false,
     "The pattern string from which the RE object was compiled."},
    {"flags", MEMBER_INT64, offsetof(Pattern, flags), false, "The regex matching flags."},
    {"groups", MEMBER_INT64, offsetof(Pattern, groups), false, "The number of capturing groups in the pattern."},
    {0},
};
static const GetSetDef pattern_getsets[] = {
    {"groupindex", pattern_groupindex, NULL, "A dictionary mapping group names to group numbers."},
    {0},
};
static const TypeSpec pattern_spec = {
    .name = "re.Pattern",
    .doc = "A compiled regular expression.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(Pattern),
    .weak_offset = offsetof(Pattern, weakrefs),
    .methods = pattern_methods,
    .members = pattern_members,
    .getsets = pattern_getsets,
    .slots =
        {
            .dealloc = pattern_dealloc,
            .traverse = pattern_traverse,
            .repr = pattern_repr,
            .hash = pattern_hash,
            .compare = pattern_compare,
        },
};

/* ---- module functions ---- */

/* Copies the code words out of a list. */
static int read_code(Thread *t, Pattern *p, Value list)
{
    size_t n = list_length(list);
    p->code = alloc_memory_zeroed(t, n ? n : 1, sizeof *p->code);
    if (!p->code)
        return -1;
    for (size_t i = 0; i < n; i++) {
        Value word = list_get(t, list, i);
        int overflow = 0;
        int64_t code = 0;
        if (!value_is_empty(word) && int_check(word))
            code = int_to_int64_overflow(t, word, &overflow);
        else
            error_set(t, EXC_TypeError, "an integer is required");
        ref_dec(t, word);
        if (overflow < 0 || (!overflow && code < 0))
            error_set(t, EXC_OverflowError, "can't convert negative value to unsigned int");
        else if (overflow)
            error_set(t, EXC_OverflowError, "Python int too large to convert to C unsigned long");
        else if (code > UINT32_MAX)
            error_set(t, EXC_OverflowError, "regular expression code size limit exceeded");
        if (error_pending(t))
            return -1;
        p->code[i] = (uint32_t)code;
    }
    p->code_size = n;
    return 0;
}

NATIVE(compile, "compile", "($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)", NULL)
{
    int flags;
    int64_t groups;
    if (int_to_int(t, args[2], &flags) < 0)
        return VALUE_EMPTY;
    if (!list_check(args[3]))
        return error_set(t, EXC_TypeError, "compile() argument 'code' must be list, not %N", type_of(t, args[3]));
    if (int_to_int64(t, args[4], &groups) < 0)
        return VALUE_EMPTY;
    if (!dict_check(args[5]))
        return error_set(t, EXC_TypeError, "compile() argument 'groupindex' must be dict, not %N", type_of(t, args[5]));
    if (!tuple_check(args[6]))
        return error_set(t, EXC_TypeError, "compile() argument 'indexgroup' must be tuple, not %N",
                         type_of(t, args[6]));
    Pattern *p = alloc_object(t, sre_state(t)->pattern, sizeof *p);
    if (!p)
        return VALUE_EMPTY;
    p->is_bytes = -1;
    p->flags = flags;
    p->groups = groups;
    p->pattern = ref_inc(t, args[1]);
    p->groupindex = ref_inc(t, args[5]);
    p->indexgroup = ref_inc(t, args[6]);
    if (read_code(t, p, args[3]) < 0)
        goto fail;
    if (!value_is_none(args[1])) {
        p->is_bytes = !str_check(args[1]);
        if (p->is_bytes && !buffer_supported(t, args[1])) {
            error_set(t, EXC_TypeError, "expected string or bytes-like object, got '%N'", type_of(t, args[1]));
            goto fail;
        }
    }
    if (groups < 0 || groups > SRE_MAXGROUPS) {
        error_set(t, EXC_RuntimeError, "invalid SRE code");
        goto fail;
    }
    if (program_make(t, p) < 0)
        goto fail;
    return value_of(p);
fail:
    ref_dec(t, value_of(p));
    return VALUE_EMPTY;
}

NATIVE(template, "template", "($module, pattern, template, /)",
       "A replacement template.\n\n  template\n    A list of literals and group numbers in turn: [literal1, group1, "
       "..., literalN].")
{
    if (!list_check(args[2]))
        return error_set(t, EXC_TypeError, "template() argument 2 must be list, not %N", type_of(t, args[2]));
    return template_make(t, args[2]);
}

NATIVE(getcodesize, "getcodesize", "($module, /)", NULL) { return value_from_int(4); }

static bool char_arg(Thread *t, Value v, uint32_t *c)
{
    int i;
    if (int_to_int(t, v, &i) < 0)
        return false;
    *c = (uint32_t)i;
    return true;
}
NATIVE(ascii_iscased, "ascii_iscased", "($module, character, /)", NULL)
{
    uint32_t c;
    return char_arg(t, args[1], &c) ? value_from_bool((c | 0x20) - 'a' < 26) : VALUE_EMPTY;
}
NATIVE(unicode_iscased, "unicode_iscased", "($module, character, /)", NULL)
{
    uint32_t c;
    return char_arg(t, args[1], &c) ? value_from_bool(unicode_to_lower(c) != c || upper_char(c) != c) : VALUE_EMPTY;
}
NATIVE(ascii_tolower, "ascii_tolower", "($module, character, /)", NULL)
{
    uint32_t c;
    return char_arg(t, args[1], &c) ? value_from_int(fold_char(c, FOLD_ASCII)) : VALUE_EMPTY;
}
NATIVE(unicode_tolower, "unicode_tolower", "($module, character, /)", NULL)
{
    uint32_t c;
    return char_arg(t, args[1], &c) ? value_from_int(unicode_to_lower(c)) : VALUE_EMPTY;
}

static const NativeDef *const functions[] = {
    &native_compile,         &native_template,      &native_getcodesize,     &native_ascii_iscased,
    &native_unicode_iscased, &native_ascii_tolower, &native_unicode_tolower, NULL,
};

static void free_state(Thread *t, void *p)
{
    SreState *state = p;
    ref_dec_ptr(t, state->pattern);
    ref_dec_ptr(t, state->match);
    ref_dec_ptr(t, state->scanner);
    ref_dec_ptr(t, state->template);
    ref_dec(t, state->compile_template);
    alloc_memory_free(t, state);
}

static int exec(Thread *t, Value module)
{
    if (!sre_state(t)) {
        SreState *state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        if (!(state->pattern = type_from_spec(t, &pattern_spec, NULL)) ||
            !(state->match = type_from_spec(t, &sre_match_spec, NULL)) ||
            !(state->scanner = type_from_spec(t, &sre_scanner_spec, NULL)) ||
            !(state->template = type_from_spec(t, &sre_template_spec, NULL))) {
            free_state(t, state);
            return -1;
        }
        t->interp->module_state[MODULE__sre] = state;
    }
    if (module_add_int(t, module, "MAGIC", SRE_MAGIC) < 0 || module_add_int(t, module, "CODESIZE", 4) < 0 ||
        module_add_int(t, module, "MAXREPEAT", SRE_MAXREPEAT) < 0 ||
        module_add_int(t, module, "MAXGROUPS", SRE_MAXGROUPS) < 0)
        return -1;
    return 0;
}

const ModuleDef module_def__sre = {
    .name = "_sre",
    .doc = "The regular expression engine behind the module re.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
