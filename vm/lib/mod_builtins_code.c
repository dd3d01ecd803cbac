/* mod_builtins_code.c: compile, eval, exec, globals, locals, __import__ and __build_class__.
 *
 * What touches frames is asked of ../run/frame_access.h; source becomes code in ../compile/compile.h, trees come and go through ../front/ast_object.h.  No locks. */
#include "mod_builtins.h"

#include "../compile/compile.h"
#include "../front/ast_object.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/buffer.h"
#include "../object/bytes.h"
#include "../object/cell.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../run/frame_access.h"

/* Flags of compile(), as in the module ast and __future__. */
#define FLAG_DONT_IMPLY_DEDENT 0x0200
#define FLAG_ONLY_AST 0x0400
#define FLAG_IGNORE_COOKIE 0x0800
#define FLAG_TYPE_COMMENTS 0x1000
#define FLAG_ALLOW_INCOMPLETE 0x4000
#define FLAG_OPTIMIZED_AST 0x8400
#define FLAG_NESTED 0x0010
#define FLAG_FUTURES 0x1FE0000 /* division ... annotations */
#define FLAGS_KNOWN                                                                                                    \
    (FLAG_FUTURES | FLAG_NESTED | FLAG_DONT_IMPLY_DEDENT | FLAG_OPTIMIZED_AST | FLAG_TYPE_COMMENTS |                   \
     COMPILE_TOP_LEVEL_AWAIT | FLAG_ALLOW_INCOMPLETE)

/* ---- source text ---- */

typedef struct Source {
    const char *text;
    size_t length;
    int parse_flags;
    Value owner; /* keeps the text alive, or empty */
    Buffer buffer;
} Source;

/* The text of a str or of anything with a buffer; `where` and `what` word the error. 0 or -1. */
static int source_open(Thread *t, Source *s, Value v, const char *where, const char *what)
{
    *s = (Source){0};
    if (str_check(v)) {
        s->text = str_utf8(t, v, &s->length, &s->owner);
        s->parse_flags = PARSE_IGNORE_COOKIE;
        return s->text ? 0 : -1;
    }
    if (!buffer_supported(t, v))
        return error_set(t, EXC_TypeError, "%s() arg 1 must be a %s object", where, what), -1;
    if (buffer_get(t, v, &s->buffer, BUFFER_SIMPLE) < 0)
        return -1;
    s->text = s->buffer.data;
    s->length = s->buffer.length;
    return 0;
}

static void source_close(Thread *t, Source *s)
{
    ref_dec(t, s->owner);
    buffer_release(t, &s->buffer);
}

static int source_check(Thread *t, const Source *s)
{
    if (memchr(s->text, 0, s->length))
        return error_set(t, EXC_SyntaxError, "source code string cannot contain null bytes"), -1;
    return 0;
}

/* ---- compile ---- */

typedef struct CompileArgs {
    Value filename; /* owned */
    ParseMode mode;
    int flags, optimize, feature_version;
} CompileArgs;

static int int_argument(Thread *t, Value v, int fallback, int *result)
{
    *result = fallback;
    return value_is_empty(v) ? 0 : int_to_int(t, v, result);
}

static int compile_mode(Thread *t, Value v, int flags, ParseMode *mode)
{
    if (!str_check(v))
        return error_set(t, EXC_TypeError, "compile() argument 'mode' must be str, not %s",
                         value_is_none(v) ? "None" : type_name(type_of(t, v))),
               -1;
    static const char *const modes[] = {
        [PARSE_FILE] = "exec", [PARSE_SINGLE] = "single", [PARSE_EVAL] = "eval", [PARSE_FUNCTION_TYPE] = "func_type"};
    for (int i = PARSE_FILE; i <= PARSE_FUNCTION_TYPE; i++) {
        if (!str_equal_ascii(v, modes[i]))
            continue;
        if (i == PARSE_FUNCTION_TYPE && !(flags & FLAG_ONLY_AST))
            return error_set(t, EXC_ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST"), -1;
        *mode = (ParseMode)i;
        return 0;
    }
    const char *known = flags & FLAG_ONLY_AST ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                              : "compile() mode must be 'exec', 'eval' or 'single'";
    return error_set(t, EXC_ValueError, "%s", known), -1;
}

static Value compile_object(Thread *t, Value tree, const CompileArgs *a)
{
    if ((a->flags & FLAG_OPTIMIZED_AST) == FLAG_ONLY_AST)
        return ref_inc(t, tree); /* a tree of a tree */
    if (audit(t, "compile", "OO", tree, VALUE_NONE) < 0)
        return VALUE_EMPTY;
    Arena *arena = arena_new(t);
    if (!arena)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    AstMod *mod = ast_from_object(t, tree, a->mode, arena);
    if (mod && a->flags & FLAG_ONLY_AST)
        result = ast_optimize(t, mod, a->optimize, a->flags, arena) < 0 ? VALUE_EMPTY : ast_to_object(t, mod);
    else if (mod)
        result = compile_tree(t, mod, a->filename, (uint32_t)a->flags, a->optimize, arena, a->mode);
    arena_free(t, arena);
    return result;
}

static Value compile_text(Thread *t, const Source *s, const CompileArgs *a)
{
    if (source_check(t, s) < 0 || audit(t, "compile", "NO", bytes_new(t, s->text, s->length), a->filename) < 0)
        return VALUE_EMPTY;
    int parse_flags = s->parse_flags;
    if (a->flags & FLAG_IGNORE_COOKIE)
        parse_flags |= PARSE_IGNORE_COOKIE;
    if (a->flags & FLAG_TYPE_COMMENTS)
        parse_flags |= PARSE_TYPE_COMMENTS;
    if (a->flags & FLAG_ALLOW_INCOMPLETE)
        parse_flags |= PARSE_ALLOW_INCOMPLETE;
    if (a->flags & FLAG_DONT_IMPLY_DEDENT)
        parse_flags |= PARSE_DONT_IMPLY_DEDENT;
    if (a->flags & CODE_FUTURE_BARRY)
        parse_flags |= PARSE_BARRY;
    Arena *arena = NULL;
    AstMod *mod = parser_parse(t, s->text, s->length, a->filename, a->mode, parse_flags, a->feature_version, &arena);
    if (!mod)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (!(a->flags & FLAG_ONLY_AST))
        result = compile_tree(t, mod, a->filename, (uint32_t)a->flags, a->optimize, arena, a->mode);
    else if ((a->flags & FLAG_OPTIMIZED_AST) != FLAG_OPTIMIZED_AST ||
             ast_optimize(t, mod, a->optimize, a->flags, arena) == 0)
        result = ast_to_object(t, mod);
    arena_free(t, arena);
    return result;
}

/* The name of the source: str, bytes or os.PathLike as a str, owned. */
static Value file_name(Thread *t, Value v)
{
    if (str_check(v)) {
        if (str_find(v, t->interp->latin1[0], 0, str_length(v)) >= 0)
            return error_set(t, EXC_ValueError, "embedded null character");
        return ref_inc(t, v);
    }
    Value bytes = str_to_fs(t, v);
    if (value_is_empty(bytes))
        return VALUE_EMPTY;
    Value name = str_from_fs(t, (const char *)bytes_of(bytes)->data, bytes_of(bytes)->length);
    ref_dec(t, bytes);
    return name;
}

NATIVE(
    compile, "compile",
    "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)",
    "Compiles source into a code object for exec() or eval().\n\n  source\n    text, bytes or a syntax tree.\n  "
    "filename\n    what error messages call it.\n  mode\n"
    "    'exec' for a module, 'single' for one interactive statement, 'eval' for\n    an expression.\n  flags\n    "
    "future features and options of the module ast.\n"
    "  dont_inherit\n    whether to ignore the future features of the calling code.\n  optimize\n    -1 for the "
    "interpreter's own level, else 0, 1 or 2.")
{
    CompileArgs a = {0};
    int inherit, optimize;
    if (int_argument(t, args[4], 0, &a.flags) < 0 || int_argument(t, args[6], -1, &optimize) < 0 ||
        int_argument(t, args[7], -1, &a.feature_version) < 0)
        return VALUE_EMPTY;
    inherit = value_is_empty(args[5]) ? 0 : object_truth(t, args[5]);
    if (inherit < 0)
        return VALUE_EMPTY;
    inherit = !inherit;
    if (a.flags & ~FLAGS_KNOWN)
        return error_set(t, EXC_ValueError, "compile(): unrecognised flags");
    if (optimize < -1 || optimize > 2)
        return error_set(t, EXC_ValueError, "compile(): invalid optimize value");
    a.optimize = optimize < 0 ? t->interp->config.optimize : optimize;
    if (inherit)
        a.flags |= (int)frame_access_future_flags(t);
    if (compile_mode(t, args[3], a.flags, &a.mode) < 0)
        return VALUE_EMPTY;
    a.filename = file_name(t, args[2]);
    if (value_is_empty(a.filename))
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    int is_tree = ast_object_check(t, args[1]);
    if (is_tree > 0) {
        result = compile_object(t, args[1], &a);
    } else if (is_tree == 0) {
        Source s;
        if (source_open(t, &s, args[1], "compile", "string, bytes or AST") == 0) {
            result = compile_text(t, &s, &a);
            source_close(t, &s);
        }
    }
    ref_dec(t, a.filename);
    return result;
}

/* ---- eval and exec ---- */

static bool is_mapping(Thread *t, Value v) { return type_of(t, v)->slots.getitem != NULL; }

/* Fills in what was not given, owned: the innermost frame's globals and locals, or globals for locals. 0 or -1. */
static int namespaces(Thread *t, Value *globals, Value *locals, const char *where)
{
    if (value_is_none(*globals) || value_is_empty(*globals)) {
        Value current = frame_access_globals(t);
        if (value_is_empty(current))
            return error_set(t, EXC_SystemError, "%s", where), -1;
        *globals = ref_inc(t, current);
        if (value_is_none(*locals) || value_is_empty(*locals)) {
            *locals = frame_access_locals(t);
            if (value_is_empty(*locals)) {
                ref_dec(t, *globals);
                return -1;
            }
            return 0;
        }
    } else {
        ref_inc(t, *globals);
        if (value_is_none(*locals) || value_is_empty(*locals))
            *locals = *globals;
    }
    ref_inc(t, *locals);
    return 0;
}

static int need_builtins(Thread *t, Value globals)
{
    return dict_setdefault(t, globals, ID(t, __builtins__), frame_access_builtins(t), NULL) < 0 ? -1 : 0;
}

/* Compiles text and runs it. */
static Value run_text(Thread *t, Value source, Value globals, Value locals, ParseMode mode, const char *where)
{
    Source s;
    Value code = VALUE_EMPTY, filename = str_intern(t, "<string>");
    if (value_is_empty(filename))
        return VALUE_EMPTY;
    if (source_open(t, &s, source, where, "string, bytes or code") == 0) {
        Source text = s;
        while (mode == PARSE_EVAL && text.length && (*text.text == ' ' || *text.text == '\t')) {
            text.text++;
            text.length--;
        }
        CompileArgs a = {filename, mode, (int)frame_access_future_flags(t), t->interp->config.optimize, -1};
        code = compile_text(t, &text, &a);
        source_close(t, &s);
    }
    ref_dec(t, filename);
    if (value_is_empty(code))
        return VALUE_EMPTY;
    Value result = frame_access_run(t, code, globals, locals, VALUE_EMPTY);
    ref_dec(t, code);
    return result;
}

NATIVE(eval, "eval", "($module, source, /, globals=None, locals=None)",
       "The value of an expression, given as text or as a code object.\n\nglobals must be a dict, locals can be any "
       "mapping; both default to the current ones.")
{
    Value globals = value_is_empty(args[2]) ? VALUE_NONE : args[2],
          locals = value_is_empty(args[3]) ? VALUE_NONE : args[3];
    if (!value_is_none(locals) && !is_mapping(t, locals))
        return error_set(t, EXC_TypeError, "locals must be a mapping");
    if (!value_is_none(globals) && !dict_check(globals))
        return error_set(t, EXC_TypeError,
                         is_mapping(t, globals) ? "globals must be a real dict; try eval(code, {}, mapping)"
                                                : "globals must be a dict");
    if (namespaces(t, &globals, &locals, "globals and locals cannot be NULL") < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (need_builtins(t, globals) == 0) {
        if (!code_check(args[1]))
            result = run_text(t, args[1], globals, locals, PARSE_EVAL, "eval");
        else if (code_of(args[1])->free_count > 0)
            error_set(t, EXC_TypeError, "code object passed to eval() may not contain free variables");
        else
            result = frame_access_run(t, args[1], globals, locals, VALUE_EMPTY);
    }
    ref_dec(t, globals);
    ref_dec(t, locals);
    return result;
}

/* Is the closure what the code needs? */
static int check_closure(Thread *t, Value code, Value closure)
{
    uint32_t count = code_of(code)->free_count;
    if (count == 0) {
        if (!value_is_empty(closure))
            return error_set(t, EXC_TypeError, "cannot use a closure with this code object"), -1;
        return 0;
    }
    bool fits = tuple_check_exact(closure) && tuple_length(closure) == count;
    for (uint32_t i = 0; fits && i < count; i++)
        fits = object_is_exact(tuple_peek(closure, i), KIND_CELL);
    if (!fits)
        return error_set(t, EXC_TypeError, "code object requires a closure of exactly length %u", count), -1;
    return 0;
}

NATIVE(exec, "exec", "($module, source, /, globals=None, locals=None, *, closure=None)",
       "Runs statements, given as text or as a code object.\n\nglobals must be a dict, locals can be any mapping; both "
       "default to the current ones. The closure is a\n"
       "tuple of cells for a code object with free variables.")
{
    Value globals = value_is_empty(args[2]) ? VALUE_NONE : args[2],
          locals = value_is_empty(args[3]) ? VALUE_NONE : args[3];
    Value closure = value_is_none(args[4]) ? VALUE_EMPTY : args[4], result = VALUE_EMPTY;
    if (namespaces(t, &globals, &locals, "globals and locals cannot be NULL") < 0)
        return VALUE_EMPTY;
    if (!dict_check(globals)) {
        error_set(t, EXC_TypeError, "exec() globals must be a dict, not %.100s", type_name(type_of(t, globals)));
    } else if (!is_mapping(t, locals)) {
        error_set(t, EXC_TypeError, "locals must be a mapping or None, not %.100s", type_name(type_of(t, locals)));
    } else if (need_builtins(t, globals) == 0) {
        if (code_check(args[1])) {
            if (check_closure(t, args[1], closure) == 0)
                result = frame_access_run(t, args[1], globals, locals, closure);
        } else if (!value_is_empty(closure)) {
            error_set(t, EXC_TypeError, "closure can only be used when source is a code object");
        } else {
            result = run_text(t, args[1], globals, locals, PARSE_FILE, "exec");
        }
    }
    ref_dec(t, globals);
    ref_dec(t, locals);
    if (value_is_empty(result))
        return VALUE_EMPTY;
    ref_dec(t, result);
    return VALUE_NONE;
}

NATIVE(globals, "globals", "($module, /)", "The dict of the current module's variables.")
{
    Value globals = frame_access_globals(t);
    return value_is_empty(globals) ? VALUE_NONE : ref_inc(t, globals);
}

NATIVE(locals, "locals", "($module, /)",
       "The current scope's variables: in a module or class body the namespace itself, in a\nfunction a fresh dict.")
{
    return frame_access_locals(t);
}

/* ---- __import__ ---- */

NATIVE(import, "__import__", "($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)",
       "Imports a module: what the import statement calls. importlib.import_module() is made for programs.\n\nglobals "
       "tell the package for a relative import, of which `level` "
       "counts the dots. With\na fromlist the result is the named module, without it the top of its package.")
{
    int level;
    if (int_argument(t, args[5], 0, &level) < 0)
        return VALUE_EMPTY;
    Value fromlist = value_is_empty(args[4]) ? t->interp->empty_tuple : args[4];
    return import_module_level(t, args[1], args[2], fromlist, level);
}

/* ---- __build_class__ ---- */

/* The bases with __mro_entries__ replaced by what it says: owned; the tuple itself when there is nothing to replace. */
static Value resolve_bases(Thread *t, Value bases)
{
    Value list = VALUE_EMPTY;
    for (size_t i = 0; i < tuple_length(bases); i++) {
        Value base = tuple_peek(bases, i), hook = VALUE_EMPTY;
        int found = type_check(base) ? 0 : object_getattr_optional(t, base, ID(t, __mro_entries__), &hook);
        if (found < 0)
            goto fail;
        if (!found) {
            if (!value_is_empty(list) && list_append(t, list, base) < 0)
                goto fail;
            continue;
        }
        Value entries = object_call1(t, hook, bases);
        ref_dec(t, hook);
        if (value_is_empty(entries))
            goto fail;
        int failed = -1;
        if (!tuple_check(entries)) {
            error_set(t, EXC_TypeError, "__mro_entries__ must return a tuple");
        } else {
            if (value_is_empty(list))
                list = list_from_array(t, tuple_of(bases)->items, i);
            failed = value_is_empty(list) ? -1 : list_extend(t, list, entries);
        }
        ref_dec(t, entries);
        if (failed < 0)
            goto fail;
    }
    if (value_is_empty(list))
        return ref_inc(t, bases);
    Value result = list_to_tuple(t, list);
    ref_dec(t, list);
    return result;
fail:
    ref_dec(t, list);
    return VALUE_EMPTY;
}

/* The keyword arguments as a dict, without `metaclass`, which goes to *meta (owned, or empty). */
static Value class_keywords(Thread *t, const Value *values, Value names, Value *meta)
{
    Value dict = dict_new(t);
    for (size_t k = 0; !value_is_empty(dict) && k < tuple_length(names); k++) {
        Value name = tuple_peek(names, k);
        if (str_equal_ascii(name, "metaclass"))
            *meta = ref_inc(t, values[k]);
        else if (dict_set(t, dict, name, values[k]) < 0)
            ref_clear(t, &dict);
    }
    return dict;
}

static Value prepare(Thread *t, Value meta, Value name, Value bases, Value keywords)
{
    Value hook, result;
    int found = object_getattr_optional(t, meta, ID(t, __prepare__), &hook);
    if (found < 0)
        return VALUE_EMPTY;
    if (!found)
        return dict_new(t);
    Value args = tuple_pack(t, 2, name, bases);
    result = value_is_empty(args) ? VALUE_EMPTY : object_call_tuple(t, hook, args, keywords);
    ref_dec(t, args);
    ref_dec(t, hook);
    if (!value_is_empty(result) && !is_mapping(t, result)) {
        error_set(t, EXC_TypeError, "%.200s.__prepare__() must return a mapping, not %.200s",
                  type_check(meta) ? type_name(type_as(meta)) : "<metaclass>", type_name(type_of(t, result)));
        ref_clear(t, &result);
    }
    return result;
}

/* The __class__ cell of the body must hold the new class by now: type.__new__ fills it. */
static int check_class_cell(Thread *t, Value cell, Value class, Value name)
{
    if (!type_check(class) || !cell_check(cell))
        return 0;
    Value content = cell_get(t, cell);
    int result = -1;
    if (value_is_empty(content))
        error_set(t, EXC_RuntimeError,
                  "__class__ not set defining %V as %V. Was __classcell__ propagated to type.__new__?", name, class);
    else if (!value_is(content, class))
        error_set(t, EXC_TypeError, "__class__ set to %V defining %V as %V", content, name, class);
    else
        result = 0;
    ref_dec(t, content);
    return result;
}

static Value call_metaclass(Thread *t, Value meta, Value name, Value bases, Value namespace, Value keywords)
{
    if (value_is_empty(keywords)) {
        const Value direct[] = {name, bases, namespace};
        return object_call(t, meta, direct, 3, VALUE_EMPTY);
    }
    Value args = tuple_pack(t, 3, name, bases, namespace);
    if (value_is_empty(args))
        return VALUE_EMPTY;
    Value class = object_call_tuple(t, meta, args, keywords);
    ref_dec(t, args);
    return class;
}

NATIVE(build_class, "__build_class__", "($module, /, *args, **kwargs)",
       "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nWhat the class statement calls.")
{
    if (n < 3)
        return error_set(t, EXC_TypeError, "__build_class__: not enough arguments");
    Value function = args[1], name = args[2];
    if (!object_is(function, KIND_FUNCTION))
        return error_set(t, EXC_TypeError, "__build_class__: func must be a function");
    if (!str_check(name))
        return error_set(t, EXC_TypeError, "__build_class__: name is not a string");
    Value original = tuple_from_array(t, args + 3, n - 3), bases = VALUE_EMPTY, meta = VALUE_EMPTY,
          keywords = VALUE_EMPTY, namespace = VALUE_EMPTY, cell = VALUE_EMPTY, class = VALUE_EMPTY;
    if (!value_is_empty(original))
        bases = resolve_bases(t, original);
    if (value_is_empty(bases))
        goto done;
    if (!value_is_empty(names)) {
        keywords = class_keywords(t, args + n, names, &meta);
        if (value_is_empty(keywords))
            goto done;
    }
    if (value_is_empty(meta))
        meta = ref_inc(t, value_of(tuple_length(bases) ? type_of(t, tuple_peek(bases, 0)) : t->types[KIND_TYPE]));
    if (type_check(meta)) { /* any other callable is taken as it is */
        Type *winner = type_calculate_metaclass(t, type_as(meta), bases);
        if (!winner)
            goto done;
        ref_replace_take(t, &meta, ref_inc(t, value_of(winner)));
    }
    namespace = prepare(t, meta, name, bases, keywords);
    if (value_is_empty(namespace))
        goto done;
    cell = frame_access_run_class_body(t, function, namespace);
    if (value_is_empty(cell))
        goto done;
    if (!value_is(bases, original) && object_setitem(t, namespace, ID(t, __orig_bases__), original) < 0)
        goto done;
    class = call_metaclass(t, meta, name, bases, namespace, keywords);
    if (!value_is_empty(class) && check_class_cell(t, cell, class, name) < 0)
        ref_clear(t, &class);
done:
    ref_dec(t, original);
    ref_dec(t, bases);
    ref_dec(t, meta);
    ref_dec(t, keywords);
    ref_dec(t, namespace);
    ref_dec(t, cell);
    return class;
}

const NativeDef *const builtins_code_functions[] = {
    &native_compile, &native_eval,   &native_exec,        &native_globals,
    &native_locals,  &native_import, &native_build_class, NULL,
};
