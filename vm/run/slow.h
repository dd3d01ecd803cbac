/* slow.h: the slow paths of instructions, named functions so that the eval loop stays readable (slow.c, import.c, pattern.c). */
#ifndef BATON_RUN_SLOW_H
#define BATON_RUN_SLOW_H

#include "../object/dict.h"
#include "../object/list.h"
#include "../object/str.h"
#include "generator.h"

MUST_CHECK /* The method in Python, of two parameters (three: OP_SETITEM), that answers an operator of two objects first (OP_IN: the container comes first), if a frame may be pushed for it: owned, or NULL. */
    Function *
    slow_operator_function(Thread *t, const Frame *f, uint32_t op, Value a, Value b);
/* The store of an attribute at a site: 0 or -1; or how many arguments stand above the registers of f behind the function in Python (a setter, __set__, __setattr__) that it comes to, and
 * whose frame is to be pushed, unless the frame is traced: then it is called. */
int slow_store_attribute(Thread *t, Frame *f, intptr_t site, Value object, Value value, bool traced);
/* The load of an attribute that the site's word alone does not say; pair[1]: what cache_load_at_once wants asked, taken.  The same for a __get__; else 0: pair[0], owned; or pair[1], the
 * getter of a property, owned; or neither, and all is to be thought of. */
int slow_load_attribute(Thread *t, Frame *f, intptr_t site, Value object, Value pair[2], bool traced);
/* May the frame of a function of n parameters be pushed for an instruction of f that is completed when it has returned? */
static inline bool slow_operator_fits(const Thread *t, const Frame *f, const Function *function, uint32_t n)
{
    const Code *code = code_of(function->code);
    return code_simple(code) == n && f->top + 1 + code->register_count <= t->stack_limit &&
           f->code->register_count <= INT16_MAX;
}
/* The method has raised: an AttributeError of a __getattr__ is told what was asked for. */
void slow_operator_failed(Thread *t, const Frame *f);
/* The operator of an instruction, which may have an immediate operand: then it is another. */
uint32_t slow_operator_base(uint32_t op);
/* What the operator is after that method has said NotImplemented. */
MUST_CHECK Value slow_operator_after_left(Thread *t, uint32_t op, Value a, Value b);
Value slow_binary(Thread *t, uint32_t op, Value a, Value b);             /* opcode OP_ADD .. OP_IXOR */
MUST_CHECK Value slow_compare(Thread *t, uint32_t op, Value a, Value b); /* OP_LT .. OP_GE */
int slow_compare_bool(Thread *t, uint32_t op, Value a, Value b);         /* truth of it: 1, 0, -1 */
MUST_CHECK Value slow_getitem(Thread *t, Value container, Value key);
int slow_setitem(Thread *t, Value container, Value key, Value value);
/* item in container; what is asked of most is asked directly. */
static ALWAYS_INLINE int slow_contains(Thread *t, Value container, Value item)
{
    if (str_check_exact(container) && LIKELY(str_check_exact(item)))
        return str_contains(container, item);
    if (object_is_exact(container, KIND_SET))
        return set_contains(t, container, item);
    if (dict_check_exact(container))
        return dict_contains(t, container, item);
    return object_contains(t, container, item);
}
/* container[start:stop:step] without a slice object, for the types that only look at theirs; `parts` are borrowed. */
static ALWAYS_INLINE bool slow_slices_exactly(Value container)
{
    return list_check_exact(container) || str_check_exact(container) || tuple_check_exact(container) ||
           object_is_exact(container, KIND_BYTES);
}
MUST_CHECK Value slow_getitem_slice(Thread *t, Value container, const Value parts[3]);
/* temporary: the caller releases the value next. */
int slow_setitem_slice(Thread *t, Value container, const Value parts[3], Value value, bool temporary);
int slow_unpack(Thread *t, Value v, Value *out, int32_t n); /* out: empty registers, filled with owned items */
int slow_unpack_ex(Thread *t, Value v, Value *out, int32_t before, int32_t after);
MUST_CHECK Value slow_build_dict(Thread *t, const Value *pairs, int32_t n);
MUST_CHECK Value slow_build_set(Thread *t, const Value *items, int32_t n);
int slow_list_extend(Thread *t, Value list,
                     Value iterable); /* *iterable in a display: TypeError "Value after * must be an iterable" */
int slow_dict_update(Thread *t, Value dict, Value mapping);                /* **mapping in a display */
int slow_dict_merge(Thread *t, Value dict, Value mapping, Value callable); /* **mapping in a call */
MUST_CHECK Value slow_make_function(Thread *t, Frame *f, Value code, const Value *parts,
                                    uint32_t flags); /* parts are borrowed */
MUST_CHECK Value slow_common(Thread *t, int which);
int slow_special(Thread *t, Value v, int which, Value pair[2]);
MUST_CHECK Value slow_super_attribute(Thread *t, const Value *base, Value name, bool implicit,
                                      Value *self); /* self NULL: plain attribute */
void slow_unbound_local(Thread *t, Code *code, int32_t reg);
void slow_unbound_free(Thread *t, Code *code, Value name);
MUST_CHECK Value slow_intrinsic(Thread *t, int which, Value v);
MUST_CHECK Value slow_intrinsic2(Thread *t, int which, const Value *pair);
int slow_raise(Thread *t, Value exc, Value cause /* empty: none given */); /* always -1 */
int slow_raise_bare(Thread *t); /* -1: RuntimeError (a new one); -2: the handled exception again */
MUST_CHECK Value slow_with_exit(Thread *t, const Value *pair, Value exc);
int slow_check_except_type(Thread *t, Value type, bool star);
MUST_CHECK Value slow_convert(Thread *t, Value v, int how);
MUST_CHECK Value slow_call_ex(Thread *t, Value callable, Value args, Value kwargs); /* kwargs may be empty */
void slow_stop_iteration_error(Thread *t, Frame *f, Value exc);
int slow_setup_annotations(Thread *t, Frame *f);

/* names in a mapping (class bodies, exec with a mapping) */
MUST_CHECK Value slow_load_name(Thread *t, Frame *f, uint32_t site);
MUST_CHECK Value slow_load_dict_or_global(Thread *t, Frame *f, Value mapping, uint32_t site);
int slow_store_name(Thread *t, Frame *f, Value name, Value value);
int slow_delete_name(Thread *t, Frame *f, Value name);
int slow_delete_global(Thread *t, Frame *f, Value name);

/* import.c */
MUST_CHECK Value import_name(Thread *t, Frame *f, Value name, Value level, Value from_list);
MUST_CHECK Value import_from(Thread *t, Value module, Value name);
int import_star(Thread *t, Frame *f, Value module);

/* match.c */
MUST_CHECK Value match_keys(Thread *t, Value subject, Value keys); /* tuple, None, or empty with an exception */
MUST_CHECK Value match_class(Thread *t, Value subject, Value class, int32_t positional, Value names);
MUST_CHECK Value match_dict_without(Thread *t, Value subject, Value keys);

#endif
