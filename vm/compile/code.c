/* code.c: the type `code`: the finished form of a function, class body or module.
 *
 * What Python sees of it (co_varnames, co_names, co_code, co_lines ...) is derived from the registers and tables on demand: here, and in code_fields.c, which makes
 * code objects of it too. */
#include "code.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../object/type.h"
#include "../run/trace.h"
#include "code_fields.h"
#include "code_image.h"
#include "stackmap.h"

/* ---- positions ---- */

static uint32_t get_varint(const uint8_t **at)
{
    uint32_t x = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        x |= (uint32_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return x;
    }
}
static int32_t unzigzag(uint32_t x) { return (int32_t)(x >> 1) ^ -(int32_t)(x & 1); }

void code_positions_begin(CodePositionReader *r, const Code *code)
{
    *r = (CodePositionReader){.at = code->positions, .end = code->positions + code->positions_size};
    r->current.line = (int32_t)code->first_line;
}

bool code_positions_next(CodePositionReader *r)
{
    if (r->at >= r->end)
        return false;
    r->index = r->run_end;
    r->run_end += get_varint(&r->at);
    r->current.line += unzigzag(get_varint(&r->at));
    r->current.end_line = r->current.line + unzigzag(get_varint(&r->at));
    r->current.column = (int32_t)get_varint(&r->at) - 1;
    r->current.end_column = (int32_t)get_varint(&r->at) - 1;
    return true;
}

const ExceptionEntry *code_handler(const Code *code, uint32_t index)
{
    uint32_t low = 0, high = code->exception_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const ExceptionEntry *e = &code->exceptions[middle];
        if (index < e->start)
            high = middle;
        else if (index >= e->end)
            low = middle + 1;
        else
            return e;
    }
    return NULL;
}

CodePosition code_position(const Code *code, uint32_t index)
{
    CodePositionReader r;
    code_positions_begin(&r, code);
    while (code_positions_next(&r))
        if (index < r.run_end)
            return r.current;
    return (CodePosition){(int32_t)code->first_line, (int32_t)code->first_line, -1, -1};
}

/* ---- life ---- */

void code_count_kinds(Code *code)
{
    for (uint32_t i = 0; i < code->local_count; i++)
        if (code->local_kinds[i] & LOCAL_COMPREHENSION) {
            code->own_start = code->own_end ? code->own_start : i;
            code->own_end = i + 1;
        }
}

void code_parts_release(Thread *t, const CodeParts *p)
{
    for (uint32_t i = 0; i < p->site_count; i++)
        ref_dec(t, p->site_names[i]);
    alloc_memory_free(t, p->instructions);
    alloc_memory_free(t, p->site_names);
    alloc_memory_free(t, p->exceptions);
    alloc_memory_free(t, p->positions);
    alloc_memory_free(t, p->local_kinds);
    ref_dec(t, p->constants_tuple);
    ref_dec(t, p->local_names);
    ref_dec(t, p->free_names);
    ref_dec(t, p->filename);
    ref_dec(t, p->name);
    ref_dec(t, p->qualname);
}

_Atomic uint64_t *code_caches_new(Thread *t, uint32_t site_count)
{
    _Atomic uint64_t *caches = alloc_memory(t, ((size_t)site_count + 1) * sizeof *caches);
    for (size_t i = 0; caches && i <= site_count; i++)
        atomic_init(&caches[i], CACHE_EMPTY);
    return caches;
}

Value code_new_take(Thread *t, CodeParts *p)
{
    Code *code = alloc_object(t, t->types[KIND_CODE], sizeof *code);
    if (!code)
        goto fail;
    code->caches = code_caches_new(t, p->site_count);
    if (!code->caches)
        goto fail;
    code->instructions = p->instructions;
    code->instruction_count = p->instruction_count;
    code->site_names = p->site_names;
    code->site_count = p->site_count;
    code->exceptions = p->exceptions;
    code->exception_count = p->exception_count;
    code->positions = p->positions;
    code->positions_size = p->positions_size;
    code->local_kinds = p->local_kinds;
    code->register_count = p->register_count;
    code->local_count = (uint32_t)tuple_length(p->local_names);
    code->argument_count = p->argument_count;
    code->posonly_count = p->posonly_count;
    code->kwonly_count = p->kwonly_count;
    code->flags = p->flags;
    code->first_line = p->first_line;
    code->free_count = (uint32_t)tuple_length(p->free_names);
    code->simple_count = code_simple_count(p->flags, p->argument_count, p->kwonly_count);
    code->constants_tuple = p->constants_tuple;
    code->constants = tuple_of(p->constants_tuple)->items;
    code->constant_count = (uint32_t)tuple_length(p->constants_tuple);
    code->local_names = p->local_names;
    code->free_names = p->free_names;
    code->filename = p->filename;
    code->name = p->name;
    code->qualname = p->qualname;
    code_count_kinds(code);
    return value_of(code);
fail:
    ref_dec_ptr(t, code);
    code_parts_release(t, p);
    return VALUE_EMPTY;
}

static void dealloc(Thread *t, Object *o)
{
    Code *code = (Code *)o;
    for (uint32_t i = 0; i < code->site_count; i++)
        ref_dec(t, code->site_names[i]);
    alloc_memory_free(t, code->site_names);
    alloc_memory_free(t, (void *)code->caches);
    if (code->image) {
        code_image_release(t, code->image);
    } else {
        alloc_memory_free(t, code->instructions);
        alloc_memory_free(t, code->exceptions);
        alloc_memory_free(t, code->positions);
        alloc_memory_free(t, code->local_kinds);
    }
    trace_code_free(t, code->monitor);
    ref_dec(t, code->constants_tuple);
    ref_dec(t, code->local_names);
    ref_dec(t, code->free_names);
    ref_dec(t, code->filename);
    ref_dec(t, code->name);
    ref_dec(t, code->qualname);
}

static Value repr(Thread *t, Value self)
{
    Code *code = code_of(self);
    return str_format(t, "<code object %U at %p, file \"%U\", line %d>", code->name, (void *)code, code->filename,
                      (int)code->first_line);
}

static bool same_instructions(const Code *a, const Code *b)
{
    return a->instruction_count == b->instruction_count &&
           memcmp(a->instructions, b->instructions, a->instruction_count * sizeof(Instruction)) == 0;
}

static Value compare(Thread *t, Value self, Value other, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !code_check(other))
        return VALUE_NOTIMPLEMENTED;
    Code *a = code_of(self), *b = code_of(other);
    bool equal = a == b;
    if (code_complete(t, a) < 0 || code_complete(t, b) < 0)
        return VALUE_EMPTY;
    if (!equal && str_equal(a->name, b->name) && a->argument_count == b->argument_count &&
        a->posonly_count == b->posonly_count && a->kwonly_count == b->kwonly_count && a->flags == b->flags &&
        a->first_line == b->first_line && same_instructions(a, b) && a->positions_size == b->positions_size &&
        memcmp(a->positions, b->positions, a->positions_size) == 0 && a->site_count == b->site_count &&
        a->constant_count == b->constant_count) {
        equal = true;
        for (uint32_t i = 0; i < a->site_count && equal; i++)
            equal = str_equal(a->site_names[i], b->site_names[i]);
        /* Equal constants of different types differ. */
        for (uint32_t i = 0; i < a->constant_count && equal; i++)
            equal = type_of(t, a->constants[i]) == type_of(t, b->constants[i]);
        Value pairs[3][2] = {
            {a->constants_tuple, b->constants_tuple}, {a->local_names, b->local_names}, {a->free_names, b->free_names}};
        for (int i = 0; i < 3 && equal; i++) {
            int result = object_equal(t, pairs[i][0], pairs[i][1]);
            if (result < 0)
                return VALUE_EMPTY;
            equal = result;
        }
    }
    return value_from_bool(equal == (op == COMPARE_EQ));
}

static hash_t hash(Thread *t, Value self)
{
    Code *code = code_of(self);
    if (code_complete(t, code) < 0)
        return -1;
    hash_t h = str_hash(t, code->name) ^ (hash_t)code->instruction_count ^ (hash_t)((uint64_t)code->first_line << 32);
    for (uint32_t i = 0; i < code->instruction_count; i++)
        h = (hash_t)((uint64_t)h * 1000003u ^ code->instructions[i]);
    return h == -1 ? -2 : h;
}

/* ---- what Python sees ---- */

/* What a getter looks into: complete, or NULL. */
static Code *complete(Thread *t, Value self) { return code_complete(t, code_of(self)) < 0 ? NULL : code_of(self); }

static Value get_freevars(Thread *t, Value self)
{
    return complete(t, self) ? ref_inc(t, code_of(self)->free_names) : VALUE_EMPTY;
}
static Value get_consts(Thread *t, Value self)
{
    return complete(t, self) ? ref_inc(t, code_of(self)->constants_tuple) : VALUE_EMPTY;
}
static Value get_filename(Thread *t, Value self) { return ref_inc(t, code_of(self)->filename); }
static Value get_name(Thread *t, Value self) { return ref_inc(t, code_of(self)->name); }
static Value get_qualname(Thread *t, Value self) { return ref_inc(t, code_of(self)->qualname); }
static Value get_argcount(Thread *t, Value self) { return value_from_int(code_of(self)->argument_count); }
static Value get_posonly(Thread *t, Value self) { return value_from_int(code_of(self)->posonly_count); }
static Value get_kwonly(Thread *t, Value self) { return value_from_int(code_of(self)->kwonly_count); }
static Value get_flags(Thread *t, Value self) { return value_from_int(code_of(self)->flags); }
static Value get_firstlineno(Thread *t, Value self) { return value_from_int(code_of(self)->first_line); }
static Value get_stacksize(Thread *t, Value self)
{
    return value_from_int(code_of(self)->register_count - code_of(self)->local_count);
}
static Value get_code(Thread *t, Value self)
{
    Code *code = complete(t, self);
    return code ? bytes_new(t, code->instructions, code->instruction_count * sizeof(Instruction)) : VALUE_EMPTY;
}
static Value get_linetable(Thread *t, Value self)
{
    Code *code = complete(t, self);
    return code ? bytes_new(t, code->positions, code->positions_size) : VALUE_EMPTY;
}

/* co_lnotab's pairs of bytes: how many bytes of instructions on (twice their number), how many lines on. */
static int add_line_step(Thread *t, Value list, uint32_t step, int32_t lines)
{
    for (;;) {
        bool last = step <= 255 && lines >= -128 && lines <= 127;
        uint32_t by = step > 255 ? 255 : step;
        int32_t down = last ? lines : step > 255 ? 0 : lines > 127 ? 127 : -128;
        if (list_append(t, list, value_from_int(by)) < 0 || list_append(t, list, value_from_int(down & 0xFF)) < 0)
            return -1;
        if (last)
            return 0;
        step -= by;
        lines -= down;
    }
}
static Value get_lnotab(Thread *t, Value self)
{
    Code *code = complete(t, self);
    if (!code || error_warn(t, EXC_DeprecationWarning, 1, "co_lnotab is deprecated, use co_lines instead.") < 0)
        return VALUE_EMPTY;
    Value list = list_new(t, 8), result = VALUE_EMPTY;
    CodePositionReader r;
    int32_t line = (int32_t)code->first_line;
    uint32_t at = 0;
    int status = value_is_empty(list) ? -1 : 0;
    for (code_positions_begin(&r, code); status == 0 && code_positions_next(&r);) {
        if (r.current.line <= 0 || r.current.line == line)
            continue;
        status = add_line_step(t, list, 2 * (r.index - at), r.current.line - line);
        at = r.index;
        line = r.current.line;
    }
    if (status == 0)
        result = object_call1(t, value_of(t->types[KIND_BYTES]), list);
    ref_dec(t, list);
    return result;
}

static const GetSetDef getsets[] = {
    {"co_argcount", get_argcount, NULL, "Number of positional parameters."},
    {"co_posonlyargcount", get_posonly, NULL, "Number of positional-only parameters."},
    {"co_kwonlyargcount", get_kwonly, NULL, "Number of keyword-only parameters."},
    {"co_nlocals", code_fields_nlocals, NULL, "Number of local variables."},
    {"co_stacksize", get_stacksize, NULL, "Number of temporary registers."},
    {"co_flags", get_flags, NULL, "CO_... flags."},
    {"co_firstlineno", get_firstlineno, NULL, "First source line."},
    {"co_filename", get_filename, NULL, "File that the code was compiled from."},
    {"co_name", get_name, NULL, "Name of the function, class or module."},
    {"co_qualname", get_qualname, NULL, "Qualified name."},
    {"co_names", code_fields_names, NULL, "Names used for globals and attributes."},
    {"co_varnames", code_fields_varnames, NULL, "Names of parameters and local variables."},
    {"co_cellvars", code_fields_cellvars, NULL, "Names of locals captured by nested functions."},
    {"co_freevars", get_freevars, NULL, "Names of captured variables of enclosing functions."},
    {"co_consts", get_consts, NULL, "Constants."},
    {"co_code", get_code, NULL, "The instructions, 8 bytes each."},
    {"_co_code_adaptive", get_code, NULL, "The instructions as they are run."},
    {"co_linetable", get_linetable, NULL, "Positions, in Baton's own encoding."},
    {"co_lnotab", get_lnotab, NULL, "Steps from line to line, as pairs of bytes; deprecated: see co_lines()."},
    {"co_exceptiontable", code_fields_tables, NULL,
     "Handlers and what else the instructions rely on, in Baton's own encoding."},
    {NULL, NULL, NULL, NULL},
};

static Value optional_int(int32_t i) { return i < 0 ? VALUE_NONE : value_from_int(i); }
/* The line of an instruction.  Line 0 is that of what a module begins with; elsewhere it stands for none. */
static Value optional_line(int32_t line, uint32_t index)
{
    return line <= 0 && index > 0 ? VALUE_NONE : value_from_int(line);
}

/* Offsets are twice the instruction's index, as tb_lasti is: the library computes lasti // 2 into co_positions(). */
NATIVE(code_co_lines, "co_lines", "($self, /)",
       "Returns an iterator of (start, end, line) for each run of instructions of one line.")
{
    Code *code = complete(t, args[0]);
    Value list = code ? list_new(t, 8) : VALUE_EMPTY;
    CodePositionReader r;
    int32_t line = -2;
    uint32_t start = 0;
    if (value_is_empty(list))
        return list;
    code_positions_begin(&r, code);
    for (bool more = true; more;) {
        more = code_positions_next(&r);
        if (more && r.current.line == line)
            continue;
        uint32_t end = more ? r.index : code->instruction_count;
        if (line != -2 && end > start &&
            list_append_take(t, list,
                             tuple_pack(t, 3, value_from_int(2 * (int64_t)start), value_from_int(2 * (int64_t)end),
                                        optional_line(line, start))) < 0) {
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
        start = end;
        line = r.current.line;
    }
    Value iterator = object_iter(t, list);
    ref_dec(t, list);
    return iterator;
}

NATIVE(code_co_positions, "co_positions", "($self, /)",
       "Returns an iterator of (line, end line, column, end column), one for each instruction.")
{
    Code *code = complete(t, args[0]);
    Value list = code ? list_new(t, code->instruction_count) : VALUE_EMPTY;
    CodePositionReader r;
    if (value_is_empty(list))
        return list;
    code_positions_begin(&r, code);
    while (code_positions_next(&r)) {
        bool known = r.current.line > 0 || r.index == 0;
        Value item =
            tuple_pack(t, 4, optional_line(r.current.line, r.index), optional_line(r.current.end_line, r.index),
                       known ? optional_int(r.current.column) : VALUE_NONE,
                       known ? optional_int(r.current.end_column) : VALUE_NONE);
        for (uint32_t i = r.index; i < r.run_end; i++)
            if (value_is_empty(item) || list_append(t, list, item) < 0) {
                ref_dec(t, item);
                ref_dec(t, list);
                return VALUE_EMPTY;
            }
        ref_dec(t, item);
    }
    Value iterator = object_iter(t, list);
    ref_dec(t, list);
    return iterator;
}

NATIVE(code_co_branches, "co_branches", "($self, /)",
       "Returns an iterator of (from, left, right) for each conditional jump: where code goes on from it, and where "
       "else.")
{
    Code *code = complete(t, args[0]);
    Value list = code ? list_new(t, 8) : VALUE_EMPTY;
    if (value_is_empty(list))
        return list;
    for (uint32_t i = 0, next, target; i < code->instruction_count; i = next) {
        if (!stackmap_branch(code, i, &next, &target))
            continue;
        /* Left is what the events of branches call so (../run/trace.c): a loop's body, or what is behind a test. */
        uint32_t operation = INSTRUCTION_OP(code->instructions[next - 1]);
        bool loop = operation == OP_FOR_NEXT;
        if (list_append_take(t, list,
                             tuple_pack(t, 3, value_from_int(2 * (int64_t)i),
                                        value_from_int(2 * (int64_t)(loop ? target : next)),
                                        value_from_int(2 * (int64_t)(loop ? next : target)))) < 0) {
            ref_dec(t, list);
            return VALUE_EMPTY;
        }
    }
    Value iterator = object_iter(t, list);
    ref_dec(t, list);
    return iterator;
}

NATIVE(code_replace, "replace", "($self, /, **changes)",
       "Returns a copy of the code object with new values for the given fields.")
{
    return code_fields_replace(t, args, n, names);
}
NATIVE(code_dunder_replace, "__replace__", "($self, /, **changes)", "The same as replace().")
{
    return code_fields_replace(t, args, n, names);
}

NATIVE(code_varname_from_oparg, "_varname_from_oparg", "($self, /, oparg)", "Name of the local variable in a register.")
{
    int i;
    if (int_to_int(t, args[1], &i) < 0 || !complete(t, args[0]))
        return VALUE_EMPTY;
    if (i < 0 || (uint32_t)i >= code_of(args[0])->local_count)
        return error_set(t, EXC_IndexError, "tuple index out of range");
    return ref_inc(t, tuple_peek(code_of(args[0])->local_names, (size_t)i));
}

NATIVE(code_name_from_oparg, "_name_from_oparg", "($self, /, oparg)",
       "Name of the global or attribute that a site stands for.")
{
    int i;
    if (int_to_int(t, args[1], &i) < 0 || !complete(t, args[0]))
        return VALUE_EMPTY;
    if (i < 0 || (uint32_t)i >= code_of(args[0])->site_count)
        return error_set(t, EXC_IndexError, "tuple index out of range");
    return ref_inc(t, code_of(args[0])->site_names[i]);
}

static const NativeDef *const methods[] = {
    &native_code_co_lines,       &native_code_co_positions,       &native_code_co_branches,     &native_code_replace,
    &native_code_dunder_replace, &native_code_varname_from_oparg, &native_code_name_from_oparg, NULL};

const TypeSpec type_spec_code = {
    .name = "code",
    .doc = "A compiled function, class body, module or expression.\n\nMade by compile(); put together here only from "
           "the fields of others.",
    .kind = KIND_CODE,
    .size = sizeof(Code),
    .weak_offset = offsetof(Code, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .slots = {.dealloc = dealloc, .create = code_fields_create, .repr = repr, .compare = compare, .hash = hash},
};
