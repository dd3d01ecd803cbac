/* slots.c: the correspondence between dunder methods and slots, in both directions.
 *
 * A native type's slots appear in its dict as slot wrappers (slots_add_wrappers).  A class that defines a dunder in Python has in the slot a slot_python_...
 * function (slots_python.c), which looks the dunder up and calls it (slots_fix, slots_update).  The table below is the only place that pairs names with slots.
 *
 * Several names may share a slot (__lt__ ... __ge__, __add__ and __radd__): their entries are adjacent, and one function answers for all of them.  One
 * name may serve two slots (__add__: number and sequence): the first that a native type fills gives the wrapper.
 * Read next: slots_python.c, descriptor.c (wrapper objects), type_new.c. */
#include "slots.h"
#include "type_internal.h"

#define SLOT(field) offsetof(Slots, field)
#define PYTHON(function) ((SlotFn)(function))

#define BINARY(op, name, rname, symbol)                                                                                \
    {NAME_##name,                                                                                                      \
     #name,                                                                                                            \
     SLOT(binary) + BINARY_##op * sizeof(SlotFn),                                                                      \
     WRAP_BINARY,                                                                                                      \
     0,                                                                                                                \
     PYTHON(slot_python_binary_##op),                                                                                  \
     "($self, value, /)",                                                                                              \
     "The result of self " symbol " value."},                                                                          \
    {                                                                                                                  \
        NAME_##rname, #rname, SLOT(binary) + BINARY_##op * sizeof(SlotFn), WRAP_BINARY_REFLECTED, 0,                   \
            PYTHON(slot_python_binary_##op), "($self, value, /)", "The result of value " symbol " self."               \
    }
#define INPLACE(op, name, symbol)                                                                                      \
    {                                                                                                                  \
        NAME_##name, #name, SLOT(inplace) + BINARY_##op * sizeof(SlotFn), WRAP_BINARY, 0,                              \
            PYTHON(slot_python_inplace_##op), "($self, value, /)",                                                     \
            "The result of self " symbol " value; self may be changed."                                                \
    }
#define UNARY(op, name, symbol)                                                                                        \
    {                                                                                                                  \
        NAME_##name, #name, SLOT(unary) + UNARY_##op * sizeof(SlotFn), WRAP_UNARY, 0, PYTHON(slot_python_unary_##op),  \
            "($self, /)", "The result of " symbol "."                                                                  \
    }
#define COMPARISON(op, name, symbol)                                                                                   \
    {                                                                                                                  \
        NAME_##name, #name, SLOT(compare), WRAP_COMPARE, COMPARE_##op, PYTHON(slot_python_compare),                    \
            "($self, value, /)", "Is self " symbol " value?"                                                           \
    }
#define ENTRY(name, field, wrap, python, signature, doc)                                                               \
    {                                                                                                                  \
        NAME_##name, #name, SLOT(field), wrap, 0, PYTHON(python), signature, doc                                       \
    }

/* Entries of one slot are adjacent. */
const SlotDef slot_defs[] = {
    ENTRY(__getattribute__, getattr, WRAP_GETATTR, slot_python_getattr, "($self, name, /)",
          "Looks an attribute up: getattr(self, name)."),
    ENTRY(__getattr__, getattr, WRAP_NONE, slot_python_getattr, NULL, NULL),
    ENTRY(__setattr__, setattr, WRAP_SETATTR, slot_python_setattr, "($self, name, value, /)",
          "Sets an attribute: setattr(self, name, value)."),
    ENTRY(__delattr__, setattr, WRAP_DELATTR, slot_python_setattr, "($self, name, /)",
          "Deletes an attribute: delattr(self, name)."),
    ENTRY(__repr__, repr, WRAP_UNARY, slot_python_repr, "($self, /)",
          "A str that shows the object to a programmer: repr(self)."),
    ENTRY(__hash__, hash, WRAP_HASH, slot_python_hash, "($self, /)", "The hash value: hash(self)."),
    ENTRY(__call__, call, WRAP_CALL, slot_python_call, "($self, /, *args, **kwargs)", "Calls self like a function."),
    ENTRY(__str__, str, WRAP_UNARY, slot_python_str, "($self, /)", "A str for the user: str(self)."),
    COMPARISON(LT, __lt__, "<"),
    COMPARISON(LE, __le__, "<="),
    COMPARISON(EQ, __eq__, "=="),
    COMPARISON(NE, __ne__, "!="),
    COMPARISON(GT, __gt__, ">"),
    COMPARISON(GE, __ge__, ">="),
    ENTRY(__iter__, iter, WRAP_UNARY, slot_python_iter, "($self, /)", "An iterator over self: iter(self)."),
    ENTRY(__next__, next, WRAP_NEXT, slot_python_next, "($self, /)", "The next item: next(self)."),
    ENTRY(__get__, descr_get, WRAP_DESCR_GET, slot_python_descr_get, "($self, instance, owner=None, /)",
          "The value that the descriptor gives for an attribute of instance, whose class is owner."),
    ENTRY(__set__, descr_set, WRAP_DESCR_SET, slot_python_descr_set, "($self, instance, value, /)",
          "Sets the attribute of instance to value."),
    ENTRY(__delete__, descr_set, WRAP_DESCR_DELETE, slot_python_descr_set, "($self, instance, /)",
          "Deletes the attribute of instance."),
    ENTRY(__init__, init, WRAP_INIT, slot_python_init, "($self, /, *args, **kwargs)",
          "Initializes a new object; see help(type(self))."),
    ENTRY(__del__, finalize, WRAP_FINALIZE, slot_python_finalize, "($self, /)",
          "Called when the object is about to be destroyed."),
    ENTRY(__await__, await, WRAP_UNARY, slot_python_await, "($self, /)", "The iterator that an await expression runs."),
    ENTRY(__aiter__, aiter, WRAP_UNARY, slot_python_aiter, "($self, /)", "An asynchronous iterator over self."),
    ENTRY(__anext__, anext, WRAP_UNARY, slot_python_anext, "($self, /)", "An awaitable of the next item."),

    BINARY(ADD, __add__, __radd__, "+"),
    BINARY(SUB, __sub__, __rsub__, "-"),
    BINARY(MUL, __mul__, __rmul__, "*"),
    BINARY(MOD, __mod__, __rmod__, "%"),
    {NAME___divmod__, "__divmod__", SLOT(binary) + BINARY_DIVMOD * sizeof(SlotFn), WRAP_BINARY, 0,
     PYTHON(slot_python_binary_DIVMOD), "($self, value, /)", "Quotient and remainder: divmod(self, value)."},
    {NAME___rdivmod__, "__rdivmod__", SLOT(binary) + BINARY_DIVMOD * sizeof(SlotFn), WRAP_BINARY_REFLECTED, 0,
     PYTHON(slot_python_binary_DIVMOD), "($self, value, /)", "Quotient and remainder: divmod(value, self)."},
    {NAME___pow__, "__pow__", SLOT(binary) + BINARY_POW * sizeof(SlotFn), WRAP_POWER, 0, PYTHON(slot_python_binary_POW),
     "($self, value, mod=None, /)", "The power: pow(self, value, mod)."},
    {NAME___rpow__, "__rpow__", SLOT(binary) + BINARY_POW * sizeof(SlotFn), WRAP_POWER_REFLECTED, 0,
     PYTHON(slot_python_binary_POW), "($self, value, mod=None, /)", "The power: pow(value, self, mod)."},
    ENTRY(__pow__, power, WRAP_POWER, slot_python_power, "($self, value, mod=None, /)",
          "The power: pow(self, value, mod)."),
    ENTRY(__rpow__, power, WRAP_POWER_REFLECTED, slot_python_power, "($self, value, mod=None, /)",
          "The power: pow(value, self, mod)."),
    UNARY(NEG, __neg__, "-self"),
    UNARY(POS, __pos__, "+self"),
    UNARY(ABS, __abs__, "abs(self)"),
    ENTRY(__bool__, truth, WRAP_TRUTH, slot_python_truth, "($self, /)", "The truth value: bool(self)."),
    UNARY(INVERT, __invert__, "~self"),
    BINARY(LSHIFT, __lshift__, __rlshift__, "<<"),
    BINARY(RSHIFT, __rshift__, __rrshift__, ">>"),
    BINARY(AND, __and__, __rand__, "&"),
    BINARY(XOR, __xor__, __rxor__, "^"),
    BINARY(OR, __or__, __ror__, "|"),
    ENTRY(__int__, to_int, WRAP_UNARY, slot_python_to_int, "($self, /)", "The object as an int: int(self)."),
    ENTRY(__float__, to_float, WRAP_UNARY, slot_python_to_float, "($self, /)", "The object as a float: float(self)."),
    INPLACE(ADD, __iadd__, "+="),
    INPLACE(SUB, __isub__, "-="),
    INPLACE(MUL, __imul__, "*="),
    INPLACE(MOD, __imod__, "%="),
    INPLACE(POW, __ipow__, "**="),
    INPLACE(LSHIFT, __ilshift__, "<<="),
    INPLACE(RSHIFT, __irshift__, ">>="),
    INPLACE(AND, __iand__, "&="),
    INPLACE(XOR, __ixor__, "^="),
    INPLACE(OR, __ior__, "|="),
    BINARY(FLOORDIV, __floordiv__, __rfloordiv__, "//"),
    BINARY(TRUEDIV, __truediv__, __rtruediv__, "/"),
    INPLACE(FLOORDIV, __ifloordiv__, "//="),
    INPLACE(TRUEDIV, __itruediv__, "/="),
    ENTRY(__index__, index, WRAP_UNARY, slot_python_index, "($self, /)",
          "The object as an int where one is needed, as for indices."),
    BINARY(MATMUL, __matmul__, __rmatmul__, "@"),
    INPLACE(MATMUL, __imatmul__, "@="),

    ENTRY(__len__, len, WRAP_LEN, slot_python_len, "($self, /)", "The number of items: len(self)."),
    ENTRY(__getitem__, getitem, WRAP_BINARY, slot_python_getitem, "($self, key, /)", "The item for a key: self[key]."),
    ENTRY(__setitem__, setitem, WRAP_SETITEM, slot_python_setitem, "($self, key, value, /)",
          "Sets the item for a key: self[key] = value."),
    ENTRY(__delitem__, setitem, WRAP_DELITEM, slot_python_setitem, "($self, key, /)",
          "Deletes the item for a key: del self[key]."),
    ENTRY(__contains__, contains, WRAP_CONTAINS, slot_python_contains, "($self, key, /)",
          "Is the key contained? key in self."),
    ENTRY(__add__, concat, WRAP_BINARY, NULL, "($self, value, /)", "The concatenation self + value."),
    ENTRY(__mul__, repeat, WRAP_REPEAT, NULL, "($self, value, /)", "The repetition self * value."),
    ENTRY(__rmul__, repeat, WRAP_REPEAT, NULL, "($self, value, /)", "The repetition value * self."),
    ENTRY(__iadd__, inplace_concat, WRAP_BINARY, NULL, "($self, value, /)", "Extends self: self += value."),
    ENTRY(__imul__, inplace_repeat, WRAP_REPEAT, NULL, "($self, value, /)", "Repeats self: self *= value."),
    ENTRY(__buffer__, buffer_get, WRAP_BUFFER_GET, slot_python_buffer_get, "($self, flags, /)",
          "A memoryview that shows the object's buffer."),
    ENTRY(__release_buffer__, buffer_release, WRAP_BUFFER_RELEASE, slot_python_buffer_release, "($self, buffer, /)",
          "Releases a buffer that __buffer__ gave."),
};
#define SLOT_DEF_COUNT (sizeof slot_defs / sizeof *slot_defs)

static inline SlotFn *slot_at(Type *type, const SlotDef *def)
{
    return (SlotFn *)(void *)((char *)&type->slots + def->offset);
}

/* ---- from slots to dunders ---- */

NATIVE(type_new_wrapper, "__new__", "($type, *args, **kwargs)",
       "Makes a new object; see help(type) for what it accepts.")
{
    Type *type = type_as(args[0]);
    if (n < 2)
        return error_set(t, EXC_TypeError, "%N.__new__(): not enough arguments", type);
    if (!type_check(args[1]))
        return error_set(t, EXC_TypeError, "%N.__new__(X): X is not a type object (%T)", type, args[1]);
    Type *subtype = type_as(args[1]);
    if (!type_is_subtype(subtype, type))
        return error_set(t, EXC_TypeError, "%N.__new__(%N): %N is not a subtype of %N", type, subtype, subtype, type);
    Type *base = subtype;
    while (base && base->slots.create == slot_python_create)
        base = base->base;
    if (base && base->slots.create != type->slots.create && base->slots.create != type_create_abstract)
        return error_set(t, EXC_TypeError, "%N.__new__(%N) is not safe, use %N.__new__()", type, subtype, base);
    return type->slots.create(t, subtype, args + 2, n - 2, names);
}

int slots_add_wrappers(Thread *t, Type *type)
{
    const Slots *slots = &type->spec->slots;
    for (size_t i = 0; i < SLOT_DEF_COUNT; i++) {
        const SlotDef *def = &slot_defs[i];
        SlotFn fn;
        memcpy(&fn, (const char *)slots + def->offset, sizeof fn);
        if (!fn || def->wrap == WRAP_NONE)
            continue;
        Value name = t->interp->names[def->name];
        int present = dict_contains(t, type->dict, name);
        if (present)
            goto check;
        Value wrapper = fn == (SlotFn)slot_hash_unhashable ? VALUE_NONE : wrapper_descriptor_new(t, type, def, fn);
        if (value_is_empty(wrapper))
            return -1;
        present = dict_set(t, type->dict, name, wrapper);
        ref_dec(t, wrapper);
    check:
        if (present < 0)
            return -1;
    }
    /* A type that is made like its base needs no __new__ of its own. */
    if (type->spec->slots.create && !(type->base && type->base->slots.create == type->spec->slots.create)) {
        Value wrapper = native_new(t, &native_type_new_wrapper, value_of(type), VALUE_EMPTY);
        if (value_is_empty(wrapper))
            return -1;
        int result = dict_set(t, type->dict, ID(t, __new__), wrapper);
        ref_dec(t, wrapper);
        if (result < 0)
            return -1;
    }
    /* Equality of its own without a hash of its own: unhashable. */
    if (type->spec->slots.compare && !type->spec->slots.hash &&
        dict_set(t, type->dict, ID(t, __hash__), VALUE_NONE) < 0)
        return -1;
    return 0;
}

/* ---- from dunders to slots ---- */

/* Is `found` the slot wrapper of the same dunder in a type that `type` derives from? Then the slot of that type does. */
static const WrapperDescriptor *same_wrapper(const SlotDef *def, Type *type, Value found)
{
    if (!object_is_exact(found, KIND_WRAPPER_DESCRIPTOR))
        return NULL;
    const WrapperDescriptor *wrapper = (const WrapperDescriptor *)value_object(found);
    return wrapper->def->name == def->name && type_is_subtype(type, wrapper->owner) ? wrapper : NULL;
}

/* Computes one slot of a class from all dunders that share it: slot_defs[first ...]. Returns the index behind them. */
static size_t update_one(Thread *t, Type *type, size_t first)
{
    SlotFn specific = NULL, generic = NULL;
    bool use_generic = false, unhashable = false;
    size_t i = first;
    do {
        const SlotDef *def = &slot_defs[i];
        Value found = type_lookup_uncached(t, type, t->interp->names[def->name]);
        if (value_is_empty(found))
            continue;
        const WrapperDescriptor *wrapper = same_wrapper(def, type, found);
        if (wrapper) {
            SlotFn fn = wrapper->def == def ? wrapper->fn : *slot_at(wrapper->owner, def);
            if (fn && (!specific || specific == fn))
                specific = fn;
            else if (fn)
                use_generic = true;
            if (def->python)
                generic = def->python;
        } else if (value_is_none(found) && def->name == NAME___hash__) {
            unhashable = true;
        } else {
            use_generic = true;
            generic = def->python;
        }
        ref_dec(t, found);
    } while (++i < SLOT_DEF_COUNT && slot_defs[i].offset == slot_defs[first].offset);
    SlotFn fn = unhashable                 ? (SlotFn)slot_hash_unhashable
                : specific && !use_generic ? specific
                : use_generic              ? generic
                                           : NULL;
    *slot_at(type, &slot_defs[first]) = fn;
    return i;
}

/* slots.create follows __new__: a native wrapper means the base's own function. */
static void update_create(Thread *t, Type *type)
{
    Value found = type_lookup_uncached(t, type, ID(t, __new__));
    Value (*inherited)(Thread *, Type *, const Value *, uint32_t, Value) = type->native->slots.create;
    bool native = false;
    if (value_is_empty(found)) {
        native = true;
    } else if (object_is_exact(found, KIND_NATIVE)) {
        const Native *f = (const Native *)value_object(found);
        native = f->def == &native_type_new_wrapper && type_as(f->self)->slots.create == inherited;
    }
    type->slots.create = native ? inherited : slot_python_create;
    if (type->flags & TYPE_ABSTRACT && type->slots.create == type_create_plain)
        type->slots.create = type_create_abstract;
    ref_dec(t, found);
}

static void set_derived_flags(Type *type)
{
    store_relaxed(&type->alloc_info, 0);
    if (type->slots.finalize)
        type->flags |= TYPE_HAS_FINALIZER;
    else
        type->flags &= ~TYPE_HAS_FINALIZER;
}

int slots_update_all(Thread *t, Type *type)
{
    for (size_t i = 0; i < SLOT_DEF_COUNT;)
        i = update_one(t, type, i);
    update_create(t, type);
    set_derived_flags(type);
    return 0;
}

/* STR_SLOT_SHIFT's number of __new__, which no entry pairs with its slot. */
#define NO_SLOT 0xFF
_Static_assert(SLOT_DEF_COUNT < NO_SLOT, "indices of slot_defs fit above STR_SLOT_SHIFT");

static size_t first_of_slot(size_t i)
{
    while (i > 0 && slot_defs[i - 1].offset == slot_defs[i].offset)
        i--;
    return i;
}

/* Marks the first entry of each slot that the names of a class's dict concern.  False: some name is not the interned one, so that only comparing tells. */
static bool mark_defined(Thread *t, Type *type, bool *defined, bool *new_defined)
{
    size_t position = 0;
    Value key, value;
    while (dict_next(type->dict, &position, &key, &value)) {
        if (!str_check_exact(key) || !(str_of(key)->head.aux & STR_INTERNED))
            return false;
        uint32_t marks = str_of(key)->head.aux;
        if (!(marks & STR_OF_SLOT))
            continue;
        *new_defined |= marks >> STR_SLOT_SHIFT == NO_SLOT;
        for (size_t i = marks >> STR_SLOT_SHIFT; i < SLOT_DEF_COUNT; i++) {
            if (value_is(t->interp->names[slot_defs[i].name], key))
                defined[first_of_slot(i)] = true;
            if (!(marks & STR_OF_SLOTS))
                break;
        }
    }
    return true;
}

/* The slots of a new class are its base's, but for those whose dunders are defined by a class that its MRO has beside the base's.  (With the lock off, the dicts of other
 * classes may change meanwhile.) */
int slots_fix(Thread *t, Type *type)
{
    bool defined[SLOT_DEF_COUNT] = {false}, new_defined = false;
    Type *base = type->base;
    size_t inherited = 0;
    for (size_t i = 0; i < type_mro_length(type); i++) {
        Type *c = type_mro_at(type, i);
        if (inherited < type_mro_length(base) && c == type_mro_at(base, inherited))
            inherited++;
        else if (value_is_empty(type_peek_dict(t, c)))
            return -1;
        else if ((c != type && t->free_threaded) || !mark_defined(t, c, defined, &new_defined))
            return slots_update_all(t, type);
    }
    if (inherited < type_mro_length(base)) /* a metaclass has made an MRO of its own */
        return slots_update_all(t, type);
    for (size_t i = 0; i < SLOT_DEF_COUNT; i++) {
        if (defined[i])
            update_one(t, type, i);
        else if (i == 0 || slot_defs[i].offset != slot_defs[i - 1].offset)
            *slot_at(type, &slot_defs[i]) = *slot_at(base, &slot_defs[i]);
    }
    if (new_defined)
        update_create(t, type);
    set_derived_flags(type);
    return 0;
}

static void mark_name(Value name, size_t first)
{
    Str *s = str_of(name);
    uint32_t marks = STR_OF_SLOT | (s->head.aux & STR_OF_SLOT ? STR_OF_SLOTS : 0) | (uint32_t)first << STR_SLOT_SHIFT;
    s->head.aux = (uint16_t)((s->head.aux & ((1 << STR_SLOT_SHIFT) - 1)) | marks);
}

void slots_mark_names(Thread *t)
{
    for (size_t i = SLOT_DEF_COUNT; i-- > 0;)
        mark_name(t->interp->names[slot_defs[i].name], i);
    mark_name(ID(t, __new__), NO_SLOT);
}

bool slots_is_dunder(Value name)
{
    const Str *s = str_of(name);
    return s->length > 4 && str_is_ascii(s) && s->data[0] == '_' && s->data[1] == '_' &&
           s->data[s->length - 1] == '_' && s->data[s->length - 2] == '_';
}

/* Recomputes the slots in which the name at `defs` takes part, in type and in all subclasses that do not define the name themselves. */
static int update_name(Thread *t, Type *type, Value name)
{
    if (value_is(name, ID(t, __new__)))
        update_create(t, type);
    for (size_t i = 0, group = 0; i < SLOT_DEF_COUNT; i++) {
        if (slot_defs[i].offset != slot_defs[group].offset)
            group = i;
        if (value_is(t->interp->names[slot_defs[i].name], name))
            update_one(t, type, group);
    }
    set_derived_flags(type);
    Value subclasses = type_subclasses_list(t, type);
    if (value_is_empty(subclasses))
        return -1;
    int result = 0;
    for (size_t i = 0; i < list_length(subclasses) && result == 0; i++) {
        Type *subclass = type_as(list_peek(subclasses, i));
        Value dict = type_peek_dict(t, subclass);
        int own = value_is_empty(dict) ? -1 : dict_contains(t, dict, name);
        if (own < 0 || (own == 0 && update_name(t, subclass, name) < 0))
            result = -1;
    }
    ref_dec(t, subclasses);
    return result;
}

static bool has_slot(Thread *t, Value name)
{
    for (size_t i = 0; i < SLOT_DEF_COUNT; i++) {
        if (value_is(t->interp->names[slot_defs[i].name], name))
            return true;
    }
    return value_is(name, ID(t, __new__));
}

/* With the world stopped: others look at a slot, then call it. */
int slots_update(Thread *t, Type *type, Value name)
{
    if (!has_slot(t, name))
        return 0;
    world_stop(t);
    int result = update_name(t, type, name);
    world_start(t);
    return result;
}

/* ---- calling a wrapper ---- */

static int expect(Thread *t, uint32_t n, uint32_t expected)
{
    if (LIKELY(n == expected))
        return 0;
    error_set(t, EXC_TypeError, "expected %d argument%s, got %d", (int)expected, expected == 1 ? "" : "s", (int)n);
    return -1;
}
/* Some are told of with the name. */
static int expect_named(Thread *t, NameId name, uint32_t n, uint32_t least, uint32_t most)
{
    if (LIKELY(n >= least && n <= most))
        return 0;
    uint32_t limit = n < least ? least : most;
    error_set(t, EXC_TypeError, "%U expected %s%d argument%s, got %d", t->interp->names[name],
              least == most ? ""
              : n < least   ? "at least "
                            : "at most ",
              (int)limit, limit == 1 ? "" : "s", (int)n);
    return -1;
}

static Value none_or_error(int result) { return result < 0 ? VALUE_EMPTY : VALUE_NONE; }

typedef int (*SetattrFn)(Thread *t, Value self, Value name, Value value);

/* Refuses object.__setattr__(some_class, ...) and the like, which would jump over the native type's own rules. */
static bool setattr_is_allowed(Thread *t, Value self, SetattrFn fn, const char *what)
{
    Type *type = type_of(t, self), *defining = type;
    for (size_t i = type_mro_length(type); i-- > 0;) {
        Type *base = type_mro_at(type, i);
        if (base->slots.setattr != slot_python_setattr && base->slots.setattr == type->slots.setattr) {
            defining = base;
            break;
        }
    }
    for (Type *base = defining; base; base = base->base) {
        if (base->slots.setattr == fn)
            return true;
        if (base->slots.setattr != slot_python_setattr) {
            error_set(t, EXC_TypeError, "can't apply this %s to %N object", what, type);
            return false;
        }
    }
    return true;
}

static int require_name(Thread *t, Value name)
{
    if (LIKELY(str_check(name)))
        return 0;
    error_set(t, EXC_TypeError, "attribute name must be string, not '%T'", name);
    return -1;
}

Value slots_call_wrapper(Thread *t, const WrapperDescriptor *w, Value self, const Value *args, uint32_t n, Value names)
{
    const SlotDef *def = w->def;
    SlotFn fn = w->fn;
    if (UNLIKELY(!value_is_empty(names) && tuple_length(names)) && def->wrap != WRAP_CALL && def->wrap != WRAP_INIT)
        return error_set(t, EXC_TypeError, "wrapper %s() takes no keyword arguments", def->text);
    typedef Value (*UnaryFn)(Thread *, Value);
    typedef Value (*BinaryFn)(Thread *, Value, Value);
    switch ((SlotWrap)def->wrap) {
    case WRAP_UNARY: return expect(t, n, 0) < 0 ? VALUE_EMPTY : ((UnaryFn)fn)(t, self);
    case WRAP_NEXT: {
        if (expect(t, n, 0) < 0)
            return VALUE_EMPTY;
        Value item = ((UnaryFn)fn)(t, self);
        if (value_is_empty(item) && !error_pending(t))
            return error_set_none(t, EXC_StopIteration);
        return item;
    }
    case WRAP_BINARY: return expect(t, n, 1) < 0 ? VALUE_EMPTY : ((BinaryFn)fn)(t, self, args[0]);
    case WRAP_BINARY_REFLECTED: return expect(t, n, 1) < 0 ? VALUE_EMPTY : ((BinaryFn)fn)(t, args[0], self);
    case WRAP_POWER:
    case WRAP_POWER_REFLECTED: {
        if (n < 1 || n > 2)
            return error_set(t, EXC_TypeError, "expected 1 or 2 arguments, got %d", (int)n);
        bool reflected = def->wrap == WRAP_POWER_REFLECTED;
        Value a = reflected ? args[0] : self, b = reflected ? self : args[0];
        Value modulus = n > 1 ? args[1] : VALUE_NONE;
        if (w->owner->slots.power && (!value_is_none(modulus) || !w->owner->slots.binary[BINARY_POW]))
            return w->owner->slots.power(t, a, b, modulus);
        if (!value_is_none(modulus))
            return VALUE_NOTIMPLEMENTED;
        return w->owner->slots.binary[BINARY_POW](t, a, b);
    }
    case WRAP_COMPARE:
        return expect(t, n, 1) < 0
                   ? VALUE_EMPTY
                   : ((Value(*)(Thread *, Value, Value, Compare))fn)(t, self, args[0], (Compare)def->op);
    case WRAP_HASH: {
        if (expect(t, n, 0) < 0)
            return VALUE_EMPTY;
        hash_t hash = ((hash_t(*)(Thread *, Value))fn)(t, self);
        return hash == -1 && error_pending(t) ? VALUE_EMPTY : int_from_int64(t, hash);
    }
    case WRAP_LEN: {
        if (expect(t, n, 0) < 0)
            return VALUE_EMPTY;
        int64_t length = ((int64_t(*)(Thread *, Value))fn)(t, self);
        return length < 0 ? VALUE_EMPTY : int_from_int64(t, length);
    }
    case WRAP_TRUTH: {
        if (expect(t, n, 0) < 0)
            return VALUE_EMPTY;
        int truth = ((int (*)(Thread *, Value))fn)(t, self);
        return truth < 0 ? VALUE_EMPTY : value_from_bool(truth);
    }
    case WRAP_CALL: return ((Value(*)(Thread *, Value, const Value *, uint32_t, Value))fn)(t, self, args, n, names);
    case WRAP_INIT:
        return none_or_error(((int (*)(Thread *, Value, const Value *, uint32_t, Value))fn)(t, self, args, n, names));
    case WRAP_GETATTR:
        return expect(t, n, 1) < 0 || require_name(t, args[0]) < 0 ? VALUE_EMPTY : ((BinaryFn)fn)(t, self, args[0]);
    case WRAP_SETATTR:
        if (expect_named(t, def->name, n, 2, 2) < 0 || !setattr_is_allowed(t, self, (SetattrFn)fn, "__setattr__") ||
            require_name(t, args[0]) < 0)
            return VALUE_EMPTY;
        return none_or_error(((SetattrFn)fn)(t, self, args[0], args[1]));
    case WRAP_DELATTR:
        if (expect(t, n, 1) < 0 || !setattr_is_allowed(t, self, (SetattrFn)fn, "__delattr__") ||
            require_name(t, args[0]) < 0)
            return VALUE_EMPTY;
        return none_or_error(((SetattrFn)fn)(t, self, args[0], VALUE_EMPTY));
    case WRAP_SETITEM:
    case WRAP_DESCR_SET:
        return expect_named(t, def->name, n, 2, 2) < 0 ? VALUE_EMPTY
                                                       : none_or_error(((SetattrFn)fn)(t, self, args[0], args[1]));
    case WRAP_DELITEM:
    case WRAP_DESCR_DELETE:
        return expect(t, n, 1) < 0 ? VALUE_EMPTY : none_or_error(((SetattrFn)fn)(t, self, args[0], VALUE_EMPTY));
    case WRAP_DESCR_GET: {
        if (expect_named(t, def->name, n, 1, 2) < 0)
            return VALUE_EMPTY;
        Value instance = value_is_none(args[0]) ? VALUE_EMPTY : args[0];
        Value owner = n < 2 || value_is_none(args[1]) ? VALUE_EMPTY : args[1];
        if (value_is_empty(instance) && value_is_empty(owner))
            return error_set(t, EXC_TypeError, "__get__(None, None) is invalid");
        return ((Value(*)(Thread *, Value, Value, Value))fn)(t, self, instance, owner);
    }
    case WRAP_CONTAINS: {
        if (expect(t, n, 1) < 0)
            return VALUE_EMPTY;
        int contained = ((int (*)(Thread *, Value, Value))fn)(t, self, args[0]);
        return contained < 0 ? VALUE_EMPTY : value_from_bool(contained);
    }
    case WRAP_REPEAT: {
        if (expect(t, n, 1) < 0)
            return VALUE_EMPTY;
        int64_t count = number_index_int64(t, args[0], EXC_OverflowError);
        if (count == -1 && error_pending(t))
            return VALUE_EMPTY;
        return ((Value(*)(Thread *, Value, int64_t))fn)(t, self, count);
    }
    case WRAP_FINALIZE:
        if (expect(t, n, 0) < 0)
            return VALUE_EMPTY;
        if (value_is_object(self))
            ((void (*)(Thread *, Object *))fn)(t, value_object(self));
        return VALUE_NONE;
    case WRAP_BUFFER_GET:
        return expect_named(t, def->name, n, 1, 1) < 0 ? VALUE_EMPTY
                                                       : buffer_method_get(t, self, (BufferGetFn)fn, args[0]);
    case WRAP_BUFFER_RELEASE:
        return expect_named(t, def->name, n, 1, 1) < 0 ? VALUE_EMPTY : buffer_method_release(t, self, args[0]);
    case WRAP_NONE: break;
    }
    return error_bad_internal_call(t, "slots_call_wrapper");
}
