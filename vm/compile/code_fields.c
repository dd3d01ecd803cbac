/* code_fields.c: code objects from their fields (code_fields.h): CodeType(...) and replace(), for those who copy functions or send them elsewhere.
 *
 * The fields are CPython's, the code is Baton's own.  What its instructions rely on besides is in co_exceptiontable, which nobody else looks into; 32-bit numbers,
 * little-endian:
 *     handlers: their number, and of each the first instruction, the end, the target, how many temporaries stay
 *     what the instructions are made for: co_argcount, co_kwonlyargcount, co_flags as far as layout_of tells
 *     sites: their number, and of each the index of its name in co_names
 *     local registers: their number, and of each its kind (LOCAL_...), shifted left by 24, with the index of its name in co_varnames + co_cellvars, or NAMELESS
 * Invariant.  What is put together is looked at by the checker, as is code from files. */
#include "code_fields.h"

#include <stdio.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/audit.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/native.h"
#include "../object/str.h"
#include "check.h"

#define NAMELESS 0xFFFFFFu
#define KIND_SHIFT 24
#define STACK_MAX (1 << 24) /* what any code that was compiled is far from */

/* ---- names ---- */

/* The keys of a dict as a tuple. */
static Value keys_take(Thread *t, Value dict)
{
    Value list = value_is_empty(dict) ? dict : dict_keys_list(t, dict),
          tuple = value_is_empty(list) ? list : list_to_tuple(t, list);
    ref_dec(t, list);
    ref_dec(t, dict);
    return tuple;
}

Value code_fields_names(Thread *t, Value self)
{
    Code *code = code_of(self);
    Value dict = code_complete(t, code) < 0 ? VALUE_EMPTY : dict_new(t);
    for (uint32_t i = 0; !value_is_empty(dict) && i < code->site_count; i++)
        if (dict_set(t, dict, code->site_names[i], VALUE_NONE) < 0)
            ref_clear(t, &dict);
    return keys_take(t, dict);
}

/* The names of the locals that a filter lets through, each once, in the order of the registers. */
static Value locals_where(Thread *t, Value self, bool (*keep)(uint8_t kind))
{
    Code *code = code_of(self);
    Value dict = code_complete(t, code) < 0 ? VALUE_EMPTY : dict_new(t);
    for (uint32_t i = 0; !value_is_empty(dict) && i < code->local_count; i++)
        if (keep(code->local_kinds[i]) && dict_set(t, dict, tuple_peek(code->local_names, i), VALUE_NONE) < 0)
            ref_clear(t, &dict);
    return keys_take(t, dict);
}

/* Variables of comprehensions are among both, as in CPython. */
static bool is_variable(uint8_t kind)
{
    return (kind & (LOCAL_ARGUMENT | LOCAL_COMPREHENSION)) || !(kind & (LOCAL_HIDDEN | LOCAL_CELL));
}
static bool is_cell(uint8_t kind) { return (kind & (LOCAL_CELL | LOCAL_ARGUMENT)) == LOCAL_CELL; }
static bool is_cell_parameter(uint8_t kind)
{
    return (kind & (LOCAL_CELL | LOCAL_ARGUMENT)) == (LOCAL_CELL | LOCAL_ARGUMENT);
}

Value code_fields_varnames(Thread *t, Value self) { return locals_where(t, self, is_variable); }

/* The captured parameters in their order, then the other cells by name. */
Value code_fields_cellvars(Thread *t, Value self)
{
    Value parameters = locals_where(t, self, is_cell_parameter),
          others = value_is_empty(parameters) ? VALUE_EMPTY : locals_where(t, self, is_cell);
    Value all = value_is_empty(others) ? VALUE_EMPTY : list_new(t, 8),
          sorted = value_is_empty(all) ? VALUE_EMPTY : list_new(t, 8), result = VALUE_EMPTY;
    if (!value_is_empty(sorted) && list_extend(t, sorted, others) == 0 &&
        list_sort(t, sorted, VALUE_EMPTY, false) == 0 && list_extend(t, all, parameters) == 0 &&
        list_extend(t, all, sorted) == 0)
        result = list_to_tuple(t, all);
    ref_dec(t, sorted);
    ref_dec(t, all);
    ref_dec(t, others);
    ref_dec(t, parameters);
    return result;
}

Value code_fields_nlocals(Thread *t, Value self)
{
    Value names = code_fields_varnames(t, self);
    if (value_is_empty(names))
        return names;
    int64_t n = (int64_t)tuple_length(names);
    ref_dec(t, names);
    return value_from_int(n);
}

/* ---- co_exceptiontable ---- */

/* The flags that the instructions and registers are made for: generators and coroutines have the same. */
static uint32_t layout_of(uint32_t flags)
{
    uint32_t fixed = CODE_OPTIMIZED | CODE_NEWLOCALS | CODE_VARARGS | CODE_VARKEYWORDS | CODE_ASYNC_GENERATOR;
    return (flags & fixed) | (flags & (CODE_GENERATOR | CODE_COROUTINE) ? CODE_GENERATOR : 0);
}

static int put(Thread *t, BytesBuilder *b, uint32_t number)
{
    return bytesbuilder_append(t, b, &number, sizeof number);
}

/* Numbers the names of a tuple, from `first` on, in the dict: 0 or -1. */
static int number_names(Thread *t, Value dict, Value names, size_t first)
{
    for (size_t i = 0; i < tuple_length(names); i++) {
        int known = dict_contains(t, dict, tuple_peek(names, i));
        if (known < 0 || (!known && dict_set(t, dict, tuple_peek(names, i), value_from_int((int64_t)(first + i))) < 0))
            return -1;
    }
    return 0;
}

/* The number of a name, or NAMELESS: 0 or -1. */
static int number_of(Thread *t, Value dict, Value name, uint32_t *number)
{
    Value found;
    int status = dict_get_optional(t, dict, name, &found);
    *number = status > 0 ? (uint32_t)value_to_int(found) : NAMELESS;
    return status < 0 ? -1 : 0;
}

static int put_tables(Thread *t, BytesBuilder *b, const Code *code, Value sites, Value locals)
{
    uint32_t number;
    const uint32_t made_for[] = {code->argument_count, code->kwonly_count, layout_of(code->flags), code->site_count};
    if (put(t, b, code->exception_count) < 0 ||
        bytesbuilder_append(t, b, code->exceptions, code->exception_count * sizeof(ExceptionEntry)) < 0 ||
        bytesbuilder_append(t, b, made_for, sizeof made_for) < 0)
        return -1;
    for (uint32_t i = 0; i < code->site_count; i++)
        if (number_of(t, sites, code->site_names[i], &number) < 0 || put(t, b, number) < 0)
            return -1;
    if (put(t, b, code->local_count) < 0)
        return -1;
    for (uint32_t i = 0; i < code->local_count; i++)
        if (number_of(t, locals, tuple_peek(code->local_names, i), &number) < 0 ||
            put(t, b, (uint32_t)code->local_kinds[i] << KIND_SHIFT | number) < 0)
            return -1;
    return 0;
}

Value code_fields_tables(Thread *t, Value self)
{
    BytesBuilder b = {0};
    Value names = code_fields_names(t, self),
          variables = value_is_empty(names) ? VALUE_EMPTY : code_fields_varnames(t, self),
          cells = value_is_empty(variables) ? VALUE_EMPTY : code_fields_cellvars(t, self),
          sites = value_is_empty(cells) ? VALUE_EMPTY : dict_new(t),
          locals = value_is_empty(sites) ? VALUE_EMPTY : dict_new(t), result = VALUE_EMPTY;
    if (!value_is_empty(locals) && number_names(t, sites, names, 0) == 0 &&
        number_names(t, locals, variables, 0) == 0 && number_names(t, locals, cells, tuple_length(variables)) == 0 &&
        put_tables(t, &b, code_of(self), sites, locals) == 0)
        result = bytesbuilder_finish(t, &b);
    else
        bytesbuilder_discard(t, &b);
    ref_dec(t, locals);
    ref_dec(t, sites);
    ref_dec(t, cells);
    ref_dec(t, variables);
    ref_dec(t, names);
    return result;
}

/* ---- putting together ---- */

/* The fields in the constructor's order. */
typedef enum Field {
    ARGCOUNT,
    POSONLY,
    KWONLY,
    NLOCALS,
    STACKSIZE,
    FLAGS,
    INSTRUCTIONS,
    CONSTS,
    NAMES,
    VARNAMES,
    FILENAME,
    NAME,
    QUALNAME,
    FIRST_LINE,
    LINETABLE,
    TABLES,
    FREEVARS,
    CELLVARS,
    FIELDS
} Field;

typedef enum FieldKind { COUNT, NUMBER, BYTES, TUPLE, NAME_TUPLE, TEXT } FieldKind;

static const struct {
    const char *name;
    FieldKind kind;
} fields[FIELDS] = {
    {"co_argcount", COUNT},       {"co_posonlyargcount", COUNT}, {"co_kwonlyargcount", COUNT},
    {"co_nlocals", COUNT},        {"co_stacksize", COUNT},       {"co_flags", NUMBER},
    {"co_code", BYTES},           {"co_consts", TUPLE},          {"co_names", NAME_TUPLE},
    {"co_varnames", NAME_TUPLE},  {"co_filename", TEXT},         {"co_name", TEXT},
    {"co_qualname", TEXT},        {"co_firstlineno", NUMBER},    {"co_linetable", BYTES},
    {"co_exceptiontable", BYTES}, {"co_freevars", NAME_TUPLE},   {"co_cellvars", NAME_TUPLE},
};

/* Is a value one for the field?  Numbers are left in *number.  `function` and `place` are for messages: 0 or -1. */
static int check_field(Thread *t, Field field, Value v, const char *function, const char *place, int *number)
{
    static const char *const wanted[] = {NULL, NULL, "bytes", "tuple", "tuple", "str"};
    FieldKind kind = fields[field].kind;
    if (kind == COUNT || kind == NUMBER) {
        if (int_to_int(t, v, number) < 0)
            return -1;
        if (kind == COUNT && *number < 0)
            return error_set(t, EXC_ValueError, "code: %s must not be negative", fields[field].name + 3), -1;
        return 0;
    }
    if (kind == BYTES ? !bytes_check(v) : kind == TEXT ? !str_check(v) : !tuple_check(v))
        return error_set(t, EXC_TypeError, "%s() argument %s must be %s, not %T", function, place, wanted[kind], v), -1;
    for (size_t i = 0; kind == NAME_TUPLE && i < tuple_length(v); i++)
        if (!str_check(tuple_peek(v, i)))
            return error_set(t, EXC_TypeError, "name tuples must contain only strings, not '%.500T'", tuple_peek(v, i)),
                   -1;
    return 0;
}

static void *copy_array(Thread *t, const void *from, size_t size)
{
    void *to = alloc_memory(t, size ? size : 1);
    return to && size ? memcpy(to, from, size) : to;
}

/* Reads numbers of co_exceptiontable. */
typedef struct TableReader {
    const uint8_t *at, *end;
} TableReader;

/* A run of `n` numbers: where they are (not aligned), or NULL. */
static const uint8_t *take(TableReader *r, uint32_t n)
{
    const uint8_t *at = r->at;
    if (n > (size_t)(r->end - at) / sizeof n)
        return NULL;
    r->at += n * sizeof n;
    return at;
}
static uint32_t number_at(const uint8_t *at, uint32_t i)
{
    uint32_t number;
    memcpy(&number, at + i * sizeof number, sizeof number);
    return number;
}
/* A number, and a run of so many times `each`. */
static const uint8_t *take_counted(TableReader *r, uint32_t each, uint32_t *count)
{
    const uint8_t *at = take(r, 1);
    *count = at ? number_at(at, 0) : 0;
    return at && *count <= UINT32_MAX / each ? take(r, *count * each) : NULL;
}

/* An interned name of a tuple; the empty one for NAMELESS; VALUE_EMPTY without an exception: there is none. */
static Value name_at(Thread *t, Value names, Value more, uint32_t index)
{
    size_t n = tuple_length(names), all = n + (value_is_empty(more) ? 0 : tuple_length(more));
    if (index == NAMELESS)
        return t->interp->empty_str;
    if (index >= all)
        return VALUE_EMPTY;
    Value name = str_exact(t, index < n ? tuple_peek(names, index) : tuple_peek(more, index - n));
    return value_is_empty(name) ? name : str_intern_take(t, name);
}

static Value interned_names(Thread *t, Value names)
{
    size_t n = tuple_length(names);
    Value result = n ? tuple_new(t, n) : ref_inc(t, t->interp->empty_tuple);
    for (size_t i = 0; i < n && !value_is_empty(result); i++) {
        tuple_of(result)->items[i] = name_at(t, names, VALUE_EMPTY, (uint32_t)i);
        if (value_is_empty(tuple_peek(result, i)))
            ref_clear(t, &result);
    }
    return result;
}

/* What the sites and locals are, by co_exceptiontable: 1, 0 (it does not fit the other fields) or -1. */
static int read_tables(Thread *t, CodeParts *p, const Value *values, const char **fault)
{
    *fault = "co_exceptiontable does not fit the other fields";
    const Bytes *tables = bytes_of(values[TABLES]);
    TableReader r = {tables->data, tables->data + tables->length};
    uint32_t locals;
    const uint8_t *handlers = take_counted(&r, sizeof(ExceptionEntry) / sizeof(uint32_t), &p->exception_count),
                  *made_for = handlers ? take(&r, 3) : NULL;
    if (!made_for)
        return 0;
    if (number_at(made_for, 0) != p->argument_count || number_at(made_for, 1) != p->kwonly_count) {
        *fault = "the numbers of arguments do not fit the instructions";
        return 0;
    }
    if (number_at(made_for, 2) != layout_of(p->flags)) {
        *fault = "co_flags does not fit the instructions";
        return 0;
    }
    uint32_t sites;
    const uint8_t *site = take_counted(&r, 1, &sites), *local = site ? take_counted(&r, 1, &locals) : NULL;
    if (!local || r.at != r.end)
        return 0;
    p->register_count += locals;
    p->exceptions = copy_array(t, handlers, p->exception_count * sizeof(ExceptionEntry));
    p->site_names = alloc_memory(t, (sites + 1) * sizeof(Value));
    p->local_kinds = alloc_memory(t, locals + 1);
    p->local_names = locals ? tuple_new(t, locals) : ref_inc(t, t->interp->empty_tuple);
    if (!p->exceptions || !p->site_names || !p->local_kinds || value_is_empty(p->local_names))
        return -1;
    for (; p->site_count < sites; p->site_count++) {
        Value name = name_at(t, values[NAMES], VALUE_EMPTY, number_at(site, p->site_count));
        if (value_is_empty(name))
            return error_pending(t) ? -1 : 0;
        p->site_names[p->site_count] = name;
    }
    for (uint32_t i = 0; i < locals; i++) {
        Value name = name_at(t, values[VARNAMES], values[CELLVARS], number_at(local, i) & NAMELESS);
        if (value_is_empty(name))
            return error_pending(t) ? -1 : 0;
        tuple_of(p->local_names)->items[i] = name;
        p->local_kinds[i] = (uint8_t)(number_at(local, i) >> KIND_SHIFT);
    }
    return 1;
}

/* Do the names that are there say the same as those asked for?  1, 0 or -1. */
static int same_names(Thread *t, Value (*get)(Thread *, Value), Value code, Value wanted)
{
    Value names = get(t, code);
    int same = value_is_empty(names) ? -1 : object_equal(t, names, wanted);
    ref_dec(t, names);
    return same;
}

/* A code object of values that check_field let through. */
static Value assemble(Thread *t, const Value *values, const int *numbers)
{
    if (audit(t, "code.__new__", "OOOiiiiii", values[INSTRUCTIONS], values[FILENAME], values[NAME], numbers[ARGCOUNT],
              numbers[POSONLY], numbers[KWONLY], numbers[NLOCALS], numbers[STACKSIZE], numbers[FLAGS]) < 0)
        return VALUE_EMPTY;
    if ((size_t)numbers[NLOCALS] != tuple_length(values[VARNAMES]))
        return error_set(t, EXC_ValueError, "code: co_nlocals != len(co_varnames)");
    const Bytes *instructions = bytes_of(values[INSTRUCTIONS]), *positions = bytes_of(values[LINETABLE]);
    if (instructions->length % sizeof(Instruction) || instructions->length / sizeof(Instruction) > INT32_MAX ||
        positions->length > INT32_MAX)
        return error_set(t, EXC_ValueError, "code: co_code is malformed");
    if (numbers[STACKSIZE] > STACK_MAX)
        return error_set(t, EXC_OverflowError, "code: co_stacksize is too large");
    CodeParts p = {.instruction_count = (uint32_t)(instructions->length / sizeof(Instruction)),
                   .positions_size = (uint32_t)positions->length,
                   .register_count = (uint32_t)numbers[STACKSIZE],
                   .argument_count = (uint32_t)numbers[ARGCOUNT],
                   .posonly_count = (uint32_t)numbers[POSONLY],
                   .kwonly_count = (uint32_t)numbers[KWONLY],
                   .flags = (uint32_t)numbers[FLAGS],
                   .first_line = (uint32_t)numbers[FIRST_LINE]};
    const char *fault;
    int fits = read_tables(t, &p, values, &fault);
    if (fits > 0) {
        p.instructions = copy_array(t, instructions->data, instructions->length);
        p.positions = copy_array(t, positions->data, positions->length);
        p.free_names = interned_names(t, values[FREEVARS]);
        p.filename = str_exact(t, values[FILENAME]);
        p.name = str_exact(t, values[NAME]);
        p.qualname = str_exact(t, values[QUALNAME]);
        p.constants_tuple = ref_inc(t, values[CONSTS]);
        if (!p.instructions || !p.positions || value_is_empty(p.free_names) || value_is_empty(p.filename) ||
            value_is_empty(p.name) || value_is_empty(p.qualname))
            fits = -1;
    }
    if (fits <= 0) {
        code_parts_release(t, &p);
        return fits < 0 ? VALUE_EMPTY : error_set(t, EXC_ValueError, "code: %s", fault);
    }
    Value code = code_new_take(t, &p);
    if (value_is_empty(code))
        return code;
    if (check_code(t, code_of(code), &fault) == 0 && !fault) {
        /* A name more than the instructions refer to would be lost. */
        fits = same_names(t, code_fields_names, code, values[NAMES]);
        fits = fits <= 0 ? fits : same_names(t, code_fields_varnames, code, values[VARNAMES]);
        fits = fits <= 0 ? fits : same_names(t, code_fields_cellvars, code, values[CELLVARS]);
        if (fits > 0)
            return code;
        fault = fits < 0 ? NULL : "its names do not fit the instructions";
    }
    ref_dec(t, code);
    return fault ? error_set(t, EXC_ValueError, "code: %s", fault) : VALUE_EMPTY;
}

Value code_fields_create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    (void)type; /* it has no subclasses */
    Value values[FIELDS];
    int numbers[FIELDS];
    if (native_parse(t, "code",
                     "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, "
                     "names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), "
                     "cellvars=(), /)",
                     args, n, names, values) < 0)
        return VALUE_EMPTY;
    for (Field i = 0; i < FIELDS; i++) {
        char place[4];
        snprintf(place, sizeof place, "%d", (int)i + 1);
        if (value_is_empty(values[i]))
            values[i] = t->interp->empty_tuple;
        if (check_field(t, i, values[i], "code", place, &numbers[i]) < 0)
            return VALUE_EMPTY;
    }
    return assemble(t, values, numbers);
}

Value code_fields_replace(Thread *t, const Value *args, uint32_t n, Value names)
{
    Value values[FIELDS], code = VALUE_EMPTY;
    int numbers[FIELDS];
    size_t count = value_is_empty(names) ? 0 : tuple_length(names), used = 0;
    if (n > 1)
        return error_set(t, EXC_TypeError, "replace() takes 0 positional arguments but %d was given", (int)n - 1);
    Field got = 0;
    for (; got < FIELDS; got++) {
        values[got] = VALUE_EMPTY;
        for (size_t i = 0; i < count; i++)
            if (str_equal_ascii(tuple_peek(names, i), fields[got].name)) {
                values[got] = ref_inc(t, args[n + i]);
                used++;
            }
        if (value_is_empty(values[got]))
            values[got] = object_getattr_string(t, args[0], fields[got].name);
        char place[32];
        snprintf(place, sizeof place, "'%s'", fields[got].name);
        if (value_is_empty(values[got]) || check_field(t, got, values[got], "replace", place, &numbers[got]) < 0) {
            got++;
            goto done;
        }
    }
    if (used == count) {
        code = assemble(t, values, numbers);
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (Field k = 0; k < FIELDS && !known; k++)
            known = str_equal_ascii(tuple_peek(names, i), fields[k].name);
        if (!known) {
            error_set(t, EXC_TypeError, "replace() got an unexpected keyword argument '%U'", tuple_peek(names, i));
            break;
        }
    }
done:
    while (got > 0)
        ref_dec(t, values[--got]);
    return code;
}
