/* mod__symtable.c: the module _symtable: the compiler's scopes as objects.
 *
 * The scopes live in an arena that goes when the function returns, so what the entries tell is copied.  Read next: ../front/symtable.h. */
#include <stddef.h>

#include "../front/parser.h"
#include "../front/symtable.h"
#include "../memory/ref.h"
#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/container.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/module.h"
#include "../object/str.h"

#define SCOPE_OFF 12 /* a symbol's scope stands above its flags */

typedef struct SymtableEntry {
    Object head;
    Value id, name, symbols, varnames, children;
    int64_t line;
    bool nested;
    int32_t type;
} SymtableEntry;

static inline Type **entry_type(Thread *t) { return (Type **)&t->interp->module_state[MODULE__symtable]; }

static int32_t type_number(ScopeKind kind)
{
    switch (kind) {
    case SCOPE_FUNCTION: return 0;
    case SCOPE_CLASS: return 1;
    case SCOPE_MODULE: return 2;
    case SCOPE_ANNOTATION: return 3;
    case SCOPE_TYPE_ALIAS: return 4;
    case SCOPE_TYPE_PARAMETERS: return 5;
    default: return 6;
    }
}

static MUST_CHECK Value make_entry(Thread *t, const Scope *scope);

static int add_child(Thread *t, SymtableEntry *entry, const Scope *child)
{
    Value v = make_entry(t, child);
    return value_is_empty(v) ? -1 : list_append_take(t, entry->children, v);
}

static int merge_inlined(Thread *t, SymtableEntry *entry, const Scope *child);

static int fill(Thread *t, SymtableEntry *entry, const Scope *scope)
{
    for (const Symbol *s = scope->symbols; s; s = s->next)
        if (dict_set(t, entry->symbols, s->name,
                     value_from_int((int64_t)(s->flags | (uint32_t)s->scope << SCOPE_OFF))) < 0)
            return -1;
    for (uint32_t i = 0; i < scope->parameter_count; i++)
        if (list_append(t, entry->varnames, scope->parameters[i]) < 0)
            return -1;
    for (const Scope *child = scope->first_child; child; child = child->next_sibling) {
        if (child->is_inlined ? merge_inlined(t, entry, child) < 0 : add_child(t, entry, child) < 0)
            return -1;
    }
    return 0;
}

/* A comprehension that runs in the scope around it: its names and the scopes inside it are that one's. */
static int merge_inlined(Thread *t, SymtableEntry *entry, const Scope *child)
{
    for (const Symbol *s = child->symbols; s; s = s->next) {
        if (s->flags & SYMBOL_DEF_PARAMETER)
            continue;
        int present = dict_contains(t, entry->symbols, s->name);
        if (present < 0)
            return -1;
        uint32_t flags = s->flags | (s->scope == SYMBOL_CELL ? SYMBOL_COMP_CELL : 0) | (uint32_t)s->scope << SCOPE_OFF;
        if (!present && dict_set(t, entry->symbols, s->name, value_from_int(flags)) < 0)
            return -1;
    }
    for (const Scope *inner = child->first_child; inner; inner = inner->next_sibling)
        if (inner->is_inlined ? merge_inlined(t, entry, inner) < 0 : add_child(t, entry, inner) < 0)
            return -1;
    return 0;
}

/* `global x` somewhere makes x a name of the module. */
static int add_globals(Thread *t, Value symbols, const Scope *scope)
{
    for (const Symbol *s = scope->symbols; s; s = s->next) {
        Value known;
        if (!(s->flags & SYMBOL_DEF_GLOBAL))
            continue;
        int found = dict_get_optional(t, symbols, s->name, &known);
        if (found < 0)
            return -1;
        uint32_t flags = found ? (uint32_t)value_to_int(known) & ((1u << SCOPE_OFF) - 1) : 0;
        if (dict_set(t, symbols, s->name,
                     value_from_int(flags | SYMBOL_DEF_GLOBAL | (uint32_t)SYMBOL_GLOBAL_EXPLICIT << SCOPE_OFF)) < 0)
            return -1;
    }
    for (const Scope *child = scope->first_child; child; child = child->next_sibling)
        if (add_globals(t, symbols, child) < 0)
            return -1;
    return 0;
}

static Value make_entry(Thread *t, const Scope *scope)
{
    if (!recursion_enter(t, " during symbol table conversion"))
        return VALUE_EMPTY;
    SymtableEntry *entry = type_alloc(t, *entry_type(t), 0);
    if (entry) {
        entry->id = int_from_int64(t, (int64_t)(intptr_t)entry);
        entry->name = ref_inc(t, scope->name);
        entry->symbols = dict_new(t);
        entry->varnames = list_new(t, scope->parameter_count);
        entry->children = list_new(t, 0);
        entry->line = scope->kind == SCOPE_MODULE ? 0 : scope->position.line;
        entry->nested = scope->is_nested;
        entry->type = type_number(scope->kind);
        if (value_is_empty(entry->id) || value_is_empty(entry->symbols) || value_is_empty(entry->varnames) ||
            value_is_empty(entry->children) || fill(t, entry, scope) < 0) {
            ref_dec_ptr(t, entry);
            entry = NULL;
        }
    }
    recursion_leave(t);
    return entry ? value_of(entry) : VALUE_EMPTY;
}

static Value entry_repr(Thread *t, Value self)
{
    const SymtableEntry *e = (const SymtableEntry *)value_object(self);
    return str_format(t, "<symtable entry %U(%S), line %lld>", e->name, e->id, (long long)e->line);
}
static void entry_dealloc(Thread *t, Object *o)
{
    SymtableEntry *e = (SymtableEntry *)o;
    ref_clear(t, &e->id);
    ref_clear(t, &e->name);
    ref_clear(t, &e->symbols);
    ref_clear(t, &e->varnames);
    ref_clear(t, &e->children);
}
static int entry_traverse(Object *o, VisitFn visit, void *arg)
{
    const SymtableEntry *e = (const SymtableEntry *)o;
    VISIT(e->symbols);
    VISIT(e->varnames);
    VISIT(e->children);
    return 0;
}
static Value entry_nested(Thread *t, Value self)
{
    return value_from_int(((SymtableEntry *)value_object(self))->nested);
}

static const MemberDef members[] = {
    {"id", MEMBER_VALUE, offsetof(SymtableEntry, id), false, "A number of its own."},
    {"name", MEMBER_VALUE, offsetof(SymtableEntry, name), false, "Name of the function, class ..."},
    {"symbols", MEMBER_VALUE, offsetof(SymtableEntry, symbols), false, "dict: name to flags."},
    {"varnames", MEMBER_VALUE, offsetof(SymtableEntry, varnames), false, "Parameters."},
    {"children", MEMBER_VALUE, offsetof(SymtableEntry, children), false, "Scopes inside."},
    {"type", MEMBER_INT32, offsetof(SymtableEntry, type), false, "TYPE_..."},
    {"lineno", MEMBER_INT64, offsetof(SymtableEntry, line), false, "First line."},
    {NULL, 0, 0, false, NULL},
};
static const GetSetDef getsets[] = {{"nested", entry_nested, NULL, "Is it inside a function?"},
                                    {NULL, NULL, NULL, NULL}};
static const TypeSpec entry_spec = {
    .name = "symtable entry",
    .doc = "A scope of a program.",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(SymtableEntry),
    .members = members,
    .getsets = getsets,
    .slots = {.dealloc = entry_dealloc, .traverse = entry_traverse, .repr = entry_repr},
};

static Value build(Thread *t, const char *text, size_t n, Value filename, ParseMode mode, int flags)
{
    if (memchr(text, 0, n))
        return error_set(t, EXC_SyntaxError, "source code string cannot contain null bytes");
    Arena *arena = NULL;
    AstMod *mod = parser_parse(t, text, n, filename, mode, flags, PYTHON_VERSION_MINOR, &arena);
    if (!mod)
        return VALUE_EMPTY;
    Symtable *st = symtable_build(t, mod, filename, arena, SYMTABLE_ANYWHERE);
    Value result = st ? make_entry(t, st->top) : VALUE_EMPTY;
    if (!value_is_empty(result) && add_globals(t, ((SymtableEntry *)value_object(result))->symbols, st->top) < 0)
        ref_clear(t, &result);
    arena_free(t, arena);
    return result;
}

NATIVE(symtable_symtable, "symtable", "($module, source, filename, startstr, /)",
       "The scopes of a program, as the entry of its outermost one.")
{
    static const struct {
        const char *name;
        ParseMode mode;
    } modes[] = {{"exec", PARSE_FILE}, {"eval", PARSE_EVAL}, {"single", PARSE_SINGLE}};
    int which = 3;
    if (!str_check(args[3]))
        return error_set(t, EXC_TypeError, "symtable() argument 3 must be str, not %T", args[3]);
    for (int i = 0; i < 3; i++)
        if (str_equal_ascii(args[3], modes[i].name))
            which = i;
    if (which == 3)
        return error_set(t, EXC_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
    Value path = str_to_fs(t, args[2]), owner = VALUE_EMPTY, result = VALUE_EMPTY;
    Value filename =
        value_is_empty(path) ? path : str_from_fs(t, (const char *)bytes_of(path)->data, bytes_of(path)->length);
    ref_dec(t, path);
    if (value_is_empty(filename))
        return filename;
    if (str_check(args[1])) {
        size_t n_text;
        const char *text = str_utf8(t, args[1], &n_text, &owner);
        if (text)
            result = build(t, text, n_text, filename, modes[which].mode, PARSE_IGNORE_COOKIE);
        ref_dec(t, owner);
    } else if (!buffer_supported(t, args[1])) {
        error_set(t, EXC_TypeError, "symtable() arg 1 must be a string or bytes object");
    } else {
        Buffer buffer;
        if (buffer_get(t, args[1], &buffer, BUFFER_SIMPLE) == 0) {
            result = build(t, buffer.data, buffer.length, filename, modes[which].mode, 0);
            buffer_release(t, &buffer);
        }
    }
    ref_dec(t, filename);
    return result;
}

static const NativeDef *const methods[] = {&native_symtable_symtable, NULL};

static int exec(Thread *t, Value module)
{
    static const struct {
        const char *name;
        int value;
    } constants[] = {
        {"USE", SYMBOL_USED},
        {"DEF_GLOBAL", SYMBOL_DEF_GLOBAL},
        {"DEF_NONLOCAL", SYMBOL_DEF_NONLOCAL},
        {"DEF_LOCAL", SYMBOL_DEF_LOCAL},
        {"DEF_PARAM", SYMBOL_DEF_PARAMETER},
        {"DEF_TYPE_PARAM", SYMBOL_DEF_TYPE_PARAMETER},
        {"DEF_FREE_CLASS", SYMBOL_DEF_FREE_CLASS},
        {"DEF_IMPORT", SYMBOL_DEF_IMPORT},
        {"DEF_BOUND", SYMBOL_DEF_BOUND},
        {"DEF_ANNOT", SYMBOL_DEF_ANNOTATION},
        {"DEF_COMP_ITER", SYMBOL_DEF_COMP_ITER},
        {"DEF_COMP_CELL", SYMBOL_COMP_CELL},
        {"TYPE_FUNCTION", 0},
        {"TYPE_CLASS", 1},
        {"TYPE_MODULE", 2},
        {"TYPE_ANNOTATION", 3},
        {"TYPE_TYPE_ALIAS", 4},
        {"TYPE_TYPE_PARAMETERS", 5},
        {"TYPE_TYPE_VARIABLE", 6},
        {"LOCAL", SYMBOL_LOCAL},
        {"GLOBAL_EXPLICIT", SYMBOL_GLOBAL_EXPLICIT},
        {"GLOBAL_IMPLICIT", SYMBOL_GLOBAL_IMPLICIT},
        {"FREE", SYMBOL_FREE},
        {"CELL", SYMBOL_CELL},
        {"SCOPE_OFF", SCOPE_OFF},
        {"SCOPE_MASK", 0xF},
    };
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (module_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    if (!*entry_type(t))
        *entry_type(t) = type_from_spec(t, &entry_spec, NULL);
    return *entry_type(t) ? 0 : -1;
}
static void free_state(Thread *t, void *state) { ref_dec_ptr(t, (Type *)state); }

const ModuleDef module_def__symtable = {
    .name = "_symtable", .doc = "The scopes of programs.", .methods = methods, .exec = exec, .free_state = free_state};
