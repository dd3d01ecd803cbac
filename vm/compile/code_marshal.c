/* code_marshal.c: code objects in marshalled form, as in the caches of compiled modules.  The library's image has another form: code_image.c.
 *
 * Layout behind the type byte: counts and flags as 32-bit numbers, the five values (constants, names of locals, names of free variables, file, name, qualified name, then one
 * name a site), then the tables as bytes.  Everything is little-endian, the same on every target.  Input is checked: what does not fit together is refused. */
#include "../lib/marshal.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "check.h"
#include "code.h"

int code_marshal_write(Thread *t, MarshalWriter *w, Value value)
{
    Code *c = code_of(value);
    if (code_complete(t, c) < 0)
        return -1;
    const uint32_t numbers[] = {c->instruction_count, c->register_count, c->argument_count, c->posonly_count,
                                c->kwonly_count,      c->flags,          c->first_line,     c->site_count,
                                c->exception_count,   c->positions_size};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (marshal_write_uint32(t, w, numbers[i]) < 0)
            return -1;
    const Value values[] = {c->constants_tuple, c->local_names, c->free_names, c->filename, c->name, c->qualname};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (marshal_write(t, w, values[i]) < 0)
            return -1;
    for (uint32_t i = 0; i < c->site_count; i++) {
        /* A site of two words repeats its name: one mark instead. */
        if (i && value_is(c->site_names[i], c->site_names[i - 1])) {
            if (marshal_write(t, w, VALUE_NONE) < 0)
                return -1;
        } else if (marshal_write(t, w, c->site_names[i]) < 0) {
            return -1;
        }
    }
    if (marshal_write_data(t, w, c->instructions, c->instruction_count * sizeof(Instruction)) < 0 ||
        marshal_write_data(t, w, c->exceptions, c->exception_count * sizeof(ExceptionEntry)) < 0 ||
        marshal_write_data(t, w, c->positions, c->positions_size) < 0)
        return -1;
    return marshal_write_data(t, w, c->local_kinds, c->local_count);
}

static void *read_array(Thread *t, MarshalReader *r, size_t size)
{
    const void *from = marshal_read_data(t, r, size);
    void *to = from ? alloc_memory(t, size ? size : 1) : NULL;
    return to && size ? memcpy(to, from, size) : to;
}

Value code_marshal_read(Thread *t, MarshalReader *r)
{
    CodeParts p = {0};
    uint32_t numbers[10];
    for (size_t i = 0; i < 10; i++)
        if (marshal_read_uint32(t, r, &numbers[i]) < 0)
            return VALUE_EMPTY;
    p.instruction_count = numbers[0];
    p.register_count = numbers[1];
    p.argument_count = numbers[2];
    p.posonly_count = numbers[3];
    p.kwonly_count = numbers[4];
    p.flags = numbers[5];
    p.first_line = numbers[6];
    uint32_t sites = numbers[7];
    p.exception_count = numbers[8];
    p.positions_size = numbers[9];
    Value *values[] = {&p.constants_tuple, &p.local_names, &p.free_names, &p.filename, &p.name, &p.qualname};
    for (size_t i = 0; i < 6; i++) {
        *values[i] = marshal_read(t, r);
        if (value_is_empty(*values[i]))
            goto fail;
        if (i < 3 ? !tuple_check_exact(*values[i]) : !str_check_exact(*values[i]))
            goto bad;
    }
    if (sites > 1u << 24)
        goto bad;
    p.site_names = alloc_memory(t, (sites + 1) * sizeof(Value));
    if (!p.site_names)
        goto fail;
    for (uint32_t i = 0; i < sites; i++) {
        Value name = marshal_read(t, r);
        if (value_is_empty(name))
            goto fail;
        if (value_is_none(name) && i)
            name = ref_inc(t, p.site_names[i - 1]);
        else if (str_check_exact(name))
            name = str_intern_take(t, name);
        else {
            ref_dec(t, name);
            goto bad;
        }
        p.site_names[i] = name;
        p.site_count = i + 1;
    }
    p.instructions = read_array(t, r, p.instruction_count * sizeof(Instruction));
    p.exceptions = p.instructions ? read_array(t, r, p.exception_count * sizeof(ExceptionEntry)) : NULL;
    p.positions = p.exceptions ? read_array(t, r, p.positions_size) : NULL;
    p.local_kinds = p.positions ? read_array(t, r, tuple_length(p.local_names)) : NULL;
    if (!p.local_kinds)
        goto fail;
    Value code = code_new_take(t, &p);
    const char *fault = NULL;
    if (value_is_empty(code) || (check_code(t, code_of(code), &fault) == 0 && !fault))
        return code;
    ref_dec(t, code);
    return fault ? error_set(t, EXC_ValueError, "bad marshal data (invalid code object: %s)", fault) : VALUE_EMPTY;
bad:
    error_set(t, EXC_ValueError, "bad marshal data (invalid code object)");
fail:
    for (uint32_t i = 0; i < p.site_count; i++)
        ref_dec(t, p.site_names[i]);
    alloc_memory_free(t, p.site_names);
    alloc_memory_free(t, p.instructions);
    alloc_memory_free(t, p.exceptions);
    alloc_memory_free(t, p.positions);
    alloc_memory_free(t, p.local_kinds);
    for (size_t i = 0; i < 6; i++)
        ref_dec(t, *values[i]);
    return VALUE_EMPTY;
}
