/* exception_types.c: the layouts of StopIteration, SystemExit, ImportError, NameError, AttributeError and SyntaxError.
 *
 * Each section gives a layout its constructor, attributes, text and pickling.  Invariants and locks: exception.c. */
#include "exception.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "dict.h"
#include "int.h"
#include "str.h"

#define END_MEMBERS                                                                                                    \
    {                                                                                                                  \
        NULL, MEMBER_VALUE, 0, false, NULL                                                                             \
    }

/* ---- StopIteration ---- */

EXCEPTION_LIFE(stop_iteration, offsetof(ExceptionStopIteration, value), 1)

static int stop_iteration_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (exception_init(t, self, args, n, names) < 0)
        return -1;
    exception_set_field(t, self, &((ExceptionStopIteration *)value_object(self))->value, n > 0 ? args[0] : VALUE_NONE);
    return 0;
}

static const MemberDef stop_iteration_members[] = {
    {"value", MEMBER_VALUE, offsetof(ExceptionStopIteration, value), true, "What the generator returned."},
    END_MEMBERS,
};

const ExceptionLayout exception_layout_StopIteration = {
    .size = sizeof(ExceptionStopIteration),
    .members = stop_iteration_members,
    .slots = {.dealloc = stop_iteration_dealloc,
              .traverse = stop_iteration_traverse,
              .clear = stop_iteration_clear,
              .create = exception_create,
              .init = stop_iteration_init},
};

/* ---- SystemExit ---- */

EXCEPTION_LIFE(system_exit, offsetof(ExceptionSystemExit, code), 1)

static int system_exit_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (exception_init(t, self, args, n, names) < 0)
        return -1;
    if (n > 0) {
        ExceptionSystemExit *e = (ExceptionSystemExit *)value_object(self);
        exception_set_field(t, self, &e->code, n == 1 ? args[0] : e->args);
    }
    return 0;
}

static const MemberDef system_exit_members[] = {
    {"code", MEMBER_VALUE, offsetof(ExceptionSystemExit, code), true, "The exit status, or a message."},
    END_MEMBERS,
};

const ExceptionLayout exception_layout_SystemExit = {
    .size = sizeof(ExceptionSystemExit),
    .members = system_exit_members,
    .slots = {.dealloc = system_exit_dealloc,
              .traverse = system_exit_traverse,
              .clear = system_exit_clear,
              .create = exception_create,
              .init = system_exit_init},
};

/* ---- keyword arguments of ImportError, NameError and AttributeError ---- */

/* Fills fields of the exception, which lie in one row from `fields` on, from the keyword arguments called `keywords`. */
static int take_keywords(Thread *t, const char *type, Value self, Value *fields, const char *const *keywords,
                         uint32_t count, const Value *values, Value names)
{
    for (uint32_t i = 0; i < count; i++)
        exception_set_field(t, self, &fields[i], VALUE_EMPTY);
    size_t given = exception_has_keywords(names) ? tuple_length(names) : 0;
    for (size_t k = 0; k < given; k++) {
        Value name = tuple_peek(names, k);
        uint32_t i = 0;
        while (i < count && !str_equal_ascii(name, keywords[i]))
            i++;
        if (i == count)
            return error_set(t, EXC_TypeError, "%s() got an unexpected keyword argument '%U'", type, name), -1;
        exception_set_field(t, self, &fields[i], values[k]);
    }
    return 0;
}

/* The instance's dict, copied when `copy` says that the caller will add to it; an empty value stands for no dict. -1 on error. */
static int state_dict(Thread *t, Value self, bool copy, Value *result)
{
    Value dict;
    if (exception_get_dict(t, self, &dict) < 0)
        return -1;
    if (!copy) {
        *result = dict;
        return 0;
    }
    *result = value_is_empty(dict) ? dict_new(t) : dict_copy(t, dict);
    ref_dec(t, dict);
    return value_is_empty(*result) ? -1 : 0;
}

static int add_to_state(Thread *t, Value *state, const char *name, Value owned)
{
    int result = value_is_empty(owned) ? 0 : dict_set_string(t, *state, name, owned);
    ref_dec(t, owned);
    if (result < 0)
        ref_clear(t, state);
    return result;
}

/* (type, args) or (type, args, state); takes the state. */
static Value reduce_with_state(Thread *t, Value self, Value state)
{
    Value type = value_of(value_object(self)->type);
    Value args = exception_field(t, self, &exception_of(self)->args);
    Value result = value_is_empty(state) ? tuple_pack(t, 2, type, args) : tuple_pack(t, 3, type, args, state);
    ref_dec(t, args);
    ref_dec(t, state);
    return result;
}

/* ---- ImportError ---- */

EXCEPTION_LIFE(import, offsetof(ExceptionImport, msg), 4)

static int import_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    static const char *const keywords[] = {"name", "path", "name_from"};
    ExceptionImport *e = (ExceptionImport *)value_object(self);
    if (exception_init_positional(t, self, args, n) < 0 ||
        take_keywords(t, "ImportError", self, &e->name, keywords, 3, args + n, names) < 0)
        return -1;
    exception_set_field(t, self, &e->msg, n == 1 ? args[0] : VALUE_EMPTY);
    return 0;
}

static Value import_str(Thread *t, Value self)
{
    Value msg = exception_field(t, self, &((ExceptionImport *)value_object(self))->msg);
    if (str_check_exact(msg))
        return msg;
    ref_dec(t, msg);
    return exception_str(t, self);
}

NATIVE(import_reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the exception.")
{
    ExceptionImport *e = (ExceptionImport *)value_object(args[0]);
    Value name = exception_field(t, args[0], &e->name), path = exception_field(t, args[0], &e->path),
          name_from = exception_field(t, args[0], &e->name_from), state;
    bool any = !value_is_empty(name) || !value_is_empty(path) || !value_is_empty(name_from);
    if (state_dict(t, args[0], any, &state) < 0) {
        ref_dec(t, name);
        ref_dec(t, path);
        ref_dec(t, name_from);
        return VALUE_EMPTY;
    }
    if (any) {
        int failed = add_to_state(t, &state, "name", name);
        failed = failed < 0 ? (ref_dec(t, path), -1) : add_to_state(t, &state, "path", path);
        failed = failed < 0 ? (ref_dec(t, name_from), -1) : add_to_state(t, &state, "name_from", name_from);
        if (failed < 0)
            return VALUE_EMPTY;
    }
    return reduce_with_state(t, args[0], state);
}

static const NativeDef *const import_methods[] = {&native_import_reduce, NULL};
static const MemberDef import_members[] = {
    {"msg", MEMBER_VALUE, offsetof(ExceptionImport, msg), true, "The message."},
    {"name", MEMBER_VALUE, offsetof(ExceptionImport, name), true, "The module's name."},
    {"path", MEMBER_VALUE, offsetof(ExceptionImport, path), true, "The module's file."},
    {"name_from", MEMBER_VALUE, offsetof(ExceptionImport, name_from), true,
     "The name that was to be imported from the module."},
    END_MEMBERS,
};

const ExceptionLayout exception_layout_Import = {
    .size = sizeof(ExceptionImport),
    .methods = import_methods,
    .members = import_members,
    .slots = {.dealloc = import_dealloc,
              .traverse = import_traverse,
              .clear = import_clear,
              .create = exception_create,
              .init = import_init,
              .str = import_str},
};

/* ---- NameError ---- */

EXCEPTION_LIFE(name, offsetof(ExceptionName, name), 1)

static int name_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    static const char *const keywords[] = {"name"};
    ExceptionName *e = (ExceptionName *)value_object(self);
    if (exception_init_positional(t, self, args, n) < 0)
        return -1;
    return take_keywords(t, "NameError", self, &e->name, keywords, 1, args + n, names);
}

static const MemberDef name_members[] = {
    {"name", MEMBER_VALUE, offsetof(ExceptionName, name), true, "The name that was not found."},
    END_MEMBERS,
};

const ExceptionLayout exception_layout_Name = {
    .size = sizeof(ExceptionName),
    .members = name_members,
    .slots = {.dealloc = name_dealloc,
              .traverse = name_traverse,
              .clear = name_clear,
              .create = exception_create,
              .init = name_init,
              .str = exception_str},
};

/* ---- AttributeError ---- */

EXCEPTION_LIFE(attribute, offsetof(ExceptionAttribute, name), 2)

static int attribute_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    static const char *const keywords[] = {"name", "obj"};
    ExceptionAttribute *e = (ExceptionAttribute *)value_object(self);
    if (exception_init_positional(t, self, args, n) < 0)
        return -1;
    return take_keywords(t, "AttributeError", self, &e->name, keywords, 2, args + n, names);
}

/* The object is left out: it may be anything, and large. */
static int attribute_state(Thread *t, Value self, Value *state)
{
    if (state_dict(t, self, true, state) < 0)
        return -1;
    ExceptionAttribute *e = (ExceptionAttribute *)value_object(self);
    if (add_to_state(t, state, "name", exception_field(t, self, &e->name)) < 0)
        return -1;
    return add_to_state(t, state, "args", exception_field(t, self, &e->args));
}

NATIVE(attribute_getstate, "__getstate__", "($self, /)", "The attributes to be pickled: a dict.")
{
    Value state;
    return attribute_state(t, args[0], &state) < 0 ? VALUE_EMPTY : state;
}

NATIVE(attribute_reduce, "__reduce__", "($self, /)", "What pickle needs to rebuild the exception.")
{
    Value state;
    if (attribute_state(t, args[0], &state) < 0)
        return VALUE_EMPTY;
    return reduce_with_state(t, args[0], state);
}

static const NativeDef *const attribute_methods[] = {&native_attribute_getstate, &native_attribute_reduce, NULL};
static const MemberDef attribute_members[] = {
    {"name", MEMBER_VALUE, offsetof(ExceptionAttribute, name), true, "The attribute's name."},
    {"obj", MEMBER_VALUE, offsetof(ExceptionAttribute, obj), true, "The object that was asked for it."},
    END_MEMBERS,
};

const ExceptionLayout exception_layout_Attribute = {
    .size = sizeof(ExceptionAttribute),
    .methods = attribute_methods,
    .members = attribute_members,
    .slots = {.dealloc = attribute_dealloc,
              .traverse = attribute_traverse,
              .clear = attribute_clear,
              .create = exception_create,
              .init = attribute_init,
              .str = exception_str},
};

/* ---- SyntaxError ---- */

EXCEPTION_LIFE(syntax, offsetof(ExceptionSyntax, msg), 9)

/* The details tuple: (filename, lineno, offset, text[, end_lineno, end_offset[, metadata]]). */
static int syntax_take_details(Thread *t, Value self, Value details)
{
    ExceptionSyntax *e = (ExceptionSyntax *)value_object(self);
    size_t n = tuple_length(details);
    if (n < 4 || n > 7)
        return error_set(t, EXC_TypeError, "function takes at %s %d arguments (%zu given)", n < 4 ? "least" : "most",
                         n < 4 ? 4 : 7, n),
               -1;
    Value *const fields[] = {&e->filename,   &e->lineno,     &e->offset,  &e->text,
                             &e->end_lineno, &e->end_offset, &e->metadata};
    for (size_t i = 0; i < 7; i++)
        exception_set_field(t, self, fields[i], i < n ? tuple_peek(details, i) : VALUE_EMPTY);
    if (n == 5)
        return error_set(t, EXC_TypeError, "end_offset must be provided when end_lineno is provided"), -1;
    return 0;
}

static int syntax_init(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    if (exception_init(t, self, args, n, names) < 0)
        return -1;
    ExceptionSyntax *e = (ExceptionSyntax *)value_object(self);
    if (n >= 1)
        exception_set_field(t, self, &e->msg, args[0]);
    if (n != 2)
        return 0;
    Value details = object_to_tuple(t, args[1]);
    if (value_is_empty(details))
        return -1;
    int result = syntax_take_details(t, self, details);
    ref_dec(t, details);
    return result;
}

/* The last part of the file's path: owned. */
static Value base_name(Thread *t, Value filename)
{
    size_t n = str_length(filename), start = n;
    while (start > 0 && str_at(str_of(filename), start - 1) != '/')
        start--;
    return str_slice(t, filename, start, n);
}

static Value syntax_str(Thread *t, Value self)
{
    ExceptionSyntax *e = (ExceptionSyntax *)value_object(self);
    Value msg = exception_field(t, self, &e->msg), filename = exception_field(t, self, &e->filename),
          lineno = exception_field(t, self, &e->lineno), result = VALUE_EMPTY;
    if (value_is_empty(msg))
        msg = VALUE_NONE;
    bool have_line = int_check_exact(lineno);
    int overflow = 0;
    long long line = have_line ? (long long)int_to_int64_overflow(t, lineno, &overflow) : 0;
    if (overflow)
        line = -1;
    if (str_check(filename)) {
        Value name = base_name(t, filename);
        if (value_is_empty(name))
            goto done;
        result = have_line ? str_format(t, "%S (%U, line %lld)", msg, name, line) : str_format(t, "%S (%U)", msg, name);
        ref_dec(t, name);
    } else {
        result = have_line ? str_format(t, "%S (line %lld)", msg, line) : object_str(t, msg);
    }
done:
    ref_dec(t, msg);
    ref_dec(t, filename);
    ref_dec(t, lineno);
    return result;
}

static const MemberDef syntax_members[] = {
    {"msg", MEMBER_VALUE, offsetof(ExceptionSyntax, msg), true, "The message."},
    {"filename", MEMBER_VALUE, offsetof(ExceptionSyntax, filename), true, "The source's name."},
    {"lineno", MEMBER_VALUE, offsetof(ExceptionSyntax, lineno), true, "The line, from 1 on."},
    {"offset", MEMBER_VALUE, offsetof(ExceptionSyntax, offset), true, "The column, from 1 on."},
    {"text", MEMBER_VALUE, offsetof(ExceptionSyntax, text), true, "The line's text."},
    {"end_lineno", MEMBER_VALUE, offsetof(ExceptionSyntax, end_lineno), true, "The line in which the range ends."},
    {"end_offset", MEMBER_VALUE, offsetof(ExceptionSyntax, end_offset), true, "The column behind the range."},
    {"print_file_and_line", MEMBER_VALUE, offsetof(ExceptionSyntax, print_file_and_line), true,
     "Whether the place is to be shown."},
    {"_metadata", MEMBER_VALUE, offsetof(ExceptionSyntax, metadata), true, "Private: what suggestions need to know."},
    END_MEMBERS,
};

const ExceptionLayout exception_layout_Syntax = {
    .size = sizeof(ExceptionSyntax),
    .members = syntax_members,
    .slots = {.dealloc = syntax_dealloc,
              .traverse = syntax_traverse,
              .clear = syntax_clear,
              .create = exception_create,
              .init = syntax_init,
              .str = syntax_str},
};
