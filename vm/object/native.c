/* native.c: functions written in C as Python sees them: builtin_function_or_method, method_descriptor and classmethod_descriptor.
 *
 * A Native holds a NativeDef, whose signature in text form is the only description of its parameters.  Counts taken from it at creation serve the fast
 * path; the text is read again only to bind keywords and to word errors.  Natives never change after creation: no locks.
 * Read next: native.h, descriptor.c (the other descriptors), slots.c (dunders made from slots). */
#include "native.h"

#include "../memory/alloc.h"
#include "../thread/objlock.h"
#include "descriptor.h"
#include "error.h"
#include "list.h"
#include "method.h"
#include "str.h"
#include "dict.h"
#include "type.h"
#include "int.h"

/* ---- signatures ---- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Skips a default value: up to the comma or parenthesis that ends the parameter. */
static const char *skip_default(const char *p)
{
    int depth = 0;
    for (; *p; p++) {
        if (*p == '\'' || *p == '"') {
            char quote = *p++;
            while (*p && *p != quote)
                p += *p == '\\' && p[1] ? 2 : 1;
            if (!*p)
                return p;
        } else if (*p == '(' || *p == '{') {
            depth++;
        } else if (*p == ')' || *p == '}') {
            if (depth-- == 0)
                return p;
        } else if (depth == 0 && (*p == ',' || *p == ']')) {
            return p;
        } else if (*p == '[') {
            if (p[1] == ']')
                p++;
        }
    }
    return p;
}

void native_signature_parse(NativeSignature *s, const char *text)
{
    memset(s, 0, offsetof(NativeSignature, parameters));
    bool keyword_only = false, in_group = false;
    const char *p = text;
    if (*p == '(')
        p++;
    while (*p && *p != ')') {
        char c = *p;
        if (c == '/') {
            s->only = s->count;
            p++;
        } else if (c == '*') {
            p++;
            if (*p == '*') {
                p++;
                s->star_star = true;
            } else {
                keyword_only = true;
                s->star |= is_name_char(*p);
            }
            while (is_name_char(*p))
                p++;
        } else if (c == '$') {
            p++;
            while (is_name_char(*p))
                p++;
            s->has_self = true;
        } else if (is_name_char(c)) {
            const char *name = p;
            while (is_name_char(*p))
                p++;
            NativeParameter *parameter = &s->parameters[s->count];
            parameter->name = name;
            parameter->length = (uint16_t)(p - name);
            parameter->optional = in_group;
            if (*p == '=') {
                parameter->optional = true;
                p = skip_default(p + 1);
            }
            if (s->count + 1 < NATIVE_PARAMETERS_MAX)
                s->count++;
            if (!keyword_only) {
                s->positional++;
                if (!parameter->optional && s->required + 1 == s->positional)
                    s->required++;
            } else if (!parameter->optional) {
                s->keyword_required = true;
            }
        } else {
            in_group |= c == '[';
            p++;
        }
    }
}

/* Signatures that keywords were bound to lately, by the address of their text: with the lock on. */
#define SIGNATURES_KEPT 16
struct NativeSignatures {
    const char *texts[SIGNATURES_KEPT];
    NativeSignature signatures[SIGNATURES_KEPT];
};

/* The parts of a signature: kept ones, or *own.  To be used at once: whatever else is called may need the place. */
static const NativeSignature *signature_of(Thread *t, const char *text, NativeSignature *own)
{
    struct NativeSignatures **kept = &t->interp->native_signatures;
    if (LIKELY(!t->free_threaded) && (LIKELY(*kept != NULL) || (*kept = alloc_raw_zeroed(sizeof **kept)) != NULL)) {
        size_t i = ((uintptr_t)text >> 3 ^ (uintptr_t)text >> 8) % SIGNATURES_KEPT;
        NativeSignature *s = &(*kept)->signatures[i];
        if (UNLIKELY((*kept)->texts[i] != text)) {
            native_signature_parse(s, text);
            (*kept)->texts[i] = text;
        }
        return s;
    }
    native_signature_parse(own, text);
    return own;
}

static bool parameter_is(const NativeParameter *parameter, Value name)
{
    const Str *s = str_of(name);
    if (s->length != parameter->length || !str_is_ascii(s))
        return false;
    return memcmp(s->data, parameter->name, parameter->length) == 0;
}

static const char *plural(size_t n) { return n == 1 ? "" : "s"; }

static size_t names_length(Value names) { return value_is_empty(names) ? 0 : tuple_length(names); }

/* The errors of functions whose parameters can be passed by keyword. */
static int bind_keyword_errors(Thread *t, const char *fname, const NativeSignature *s, uint32_t n, size_t keywords)
{
    if (!s->star && !s->star_star && n + keywords > s->count) {
        error_set(t, EXC_TypeError, "%.200s() takes %s %d %sargument%s (%d given)", fname,
                  s->required < s->count ? "at most" : "exactly", (int)s->count, n == 0 ? "keyword " : "",
                  plural(s->count), (int)(n + keywords));
        return -1;
    }
    if (!s->star && n > s->positional) {
        if (s->positional == 0)
            error_set(t, EXC_TypeError, "%.200s() takes no positional arguments", fname);
        else
            error_set(t, EXC_TypeError, "%.200s() takes %s %d positional argument%s (%d given)", fname,
                      s->required < s->positional ? "at most" : "exactly", (int)s->positional, plural(s->positional),
                      (int)n);
        return -1;
    }
    uint32_t only = s->required < s->only ? s->required : s->only;
    if (n < only) {
        error_set(t, EXC_TypeError, "%.200s() takes %s %d positional argument%s (%d given)", fname,
                  only < s->positional ? "at least" : "exactly", (int)only, plural(only), (int)n);
        return -1;
    }
    return 0;
}

/* TypeError for a keyword that names no parameter, with the one that may have been meant. */
static COLD void unexpected_keyword(Thread *t, const char *fname, const NativeSignature *s, Value keyword)
{
    Value candidates = list_new(t, s->count), suggestion;
    for (uint32_t i = s->only; i < s->count && !value_is_empty(candidates); i++) {
        Value name = str_from_utf8(t, s->parameters[i].name, s->parameters[i].length);
        if (value_is_empty(name) || list_append_take(t, candidates, name) < 0)
            ref_clear(t, &candidates);
    }
    suggestion = value_is_empty(candidates) ? VALUE_EMPTY : error_suggest(t, candidates, keyword);
    ref_dec(t, candidates);
    if (value_is_empty(suggestion))
        return;
    if (value_is_none(suggestion))
        error_set(t, EXC_TypeError, "%.200s() got an unexpected keyword argument '%S'", fname, keyword);
    else
        error_set(t, EXC_TypeError, "%.200s() got an unexpected keyword argument '%S'. Did you mean '%U'?", fname,
                  keyword, suggestion);
    ref_dec(t, suggestion);
}

/* Binds `n` positional and the named values to out[0..count); the values stay borrowed. */
static int bind(Thread *t, const char *fname, const NativeSignature *s, const Value *args, uint32_t n, Value names,
                Value *out)
{
    size_t keywords = names_length(names);
    if (bind_keyword_errors(t, fname, s, n, keywords) < 0)
        return -1;
    uint32_t given = n < s->positional ? n : s->positional;
    for (uint32_t i = 0; i < given; i++)
        out[i] = args[i];
    for (uint32_t i = given; i < s->count; i++)
        out[i] = VALUE_EMPTY;
    size_t unknown = keywords;
    for (size_t k = 0; k < keywords; k++) {
        Value name = tuple_peek(names, k);
        for (uint32_t i = s->only; i < s->count; i++) {
            if (parameter_is(&s->parameters[i], name)) {
                if (i < given) {
                    error_set(t, EXC_TypeError, "argument for %.200s() given by name ('%U') and position (%d)", fname,
                              name, (int)i + 1);
                    return -1;
                }
                out[i] = args[n + k];
                name = VALUE_EMPTY;
                break;
            }
        }
        if (!value_is_empty(name) && unknown == keywords)
            unknown = k;
    }
    for (uint32_t i = given; i < s->count; i++) {
        if (value_is_empty(out[i]) && !s->parameters[i].optional) {
            Value name = str_from_utf8(t, s->parameters[i].name, s->parameters[i].length);
            if (!value_is_empty(name))
                error_set(t, EXC_TypeError, "%.200s() missing required argument '%U' (pos %d)", fname, name,
                          (int)i + 1);
            ref_dec(t, name);
            return -1;
        }
    }
    if (unknown < keywords && !s->star_star) {
        return unexpected_keyword(t, fname, s, tuple_peek(names, unknown)), -1;
    }
    return 0;
}

static int arity_error(Thread *t, const char *fname, uint32_t required, uint32_t positional, uint32_t n)
{
    if (n < required)
        error_set(t, EXC_TypeError, "%.200s expected %s%d argument%s, got %d", fname,
                  required < positional ? "at least " : "", (int)required, plural(required), (int)n);
    else
        error_set(t, EXC_TypeError, "%.200s expected %s%d argument%s, got %d", fname,
                  required < positional ? "at most " : "", (int)positional, plural(positional), (int)n);
    return -1;
}

int native_parse(Thread *t, const char *fname, const char *signature, const Value *args, uint32_t n, Value names,
                 Value *out)
{
    NativeSignature own;
    const NativeSignature *s = signature_of(t, signature, &own);
    if (s->only < s->count || s->star_star)
        return bind(t, fname, s, args, n, names, out);
    if (names_length(names)) {
        error_set(t, EXC_TypeError, "%.200s() takes no keyword arguments", fname);
        return -1;
    }
    if (n < s->required || (n > s->positional && !s->star))
        return arity_error(t, fname, s->required, s->positional, n);
    for (uint32_t i = 0; i < s->count; i++)
        out[i] = i < n ? args[i] : VALUE_EMPTY;
    return 0;
}

/* ---- making ---- */

static Native *native_alloc(Thread *t, Kind kind, const NativeDef *def)
{
    Native *f = alloc_object(t, t->types[kind], sizeof *f);
    if (!f)
        return NULL;
    f->def = def;
    f->least = NATIVE_NOT_FLAT;
    return f;
}

static COLD void learn_shape(Native *f)
{
    NativeSignature s;
    native_signature_parse(&s, f->def->signature ? f->def->signature : "(*args, **kwargs)");
    uint8_t self = s.has_self ? 1 : 0;
    Native made = {.known = true,
                   .raw = s.star || s.star_star,
                   .no_keywords = s.star && !s.star_star && s.only == s.count,
                   .count = (uint8_t)s.count + self,
                   .positional = (uint8_t)s.positional + self,
                   .required = s.keyword_required ? UINT8_MAX : (uint8_t)s.required + self};
    bool flat = !made.raw && made.required <= made.positional;
    uint8_t least = made.count - made.required > NATIVE_ABSENT_MAX ? made.count - NATIVE_ABSENT_MAX : made.required;
    flat = flat && least <= made.positional;
    made.least = flat ? least : NATIVE_NOT_FLAT;
    made.span = flat ? made.positional - least : 0;
    __atomic_store_n(&f->shape, made.shape, __ATOMIC_RELEASE);
}

static ALWAYS_INLINE void know_shape(Native *f)
{
    const Native now = {.shape = __atomic_load_n(&f->shape, __ATOMIC_ACQUIRE)};
    if (UNLIKELY(!now.known))
        learn_shape(f);
}

Value native_new(Thread *t, const NativeDef *def, Value self, Value module_name)
{
    Native *f = native_alloc(t, KIND_NATIVE, def);
    if (!f)
        return VALUE_EMPTY;
    f->self = ref_inc(t, self);
    f->module = ref_inc(t, module_name);
    if (object_is_exact(self, KIND_MODULE))
        ref_defer(t, &f->head); /* all threads call it */
    return value_of(f);
}

Value native_descriptor_new(Thread *t, const NativeDef *def, Type *owner)
{
    Kind kind = def->flags & NATIVE_STATIC  ? KIND_NATIVE
                : def->flags & NATIVE_CLASS ? KIND_CLASSMETHOD_DESCRIPTOR
                                            : KIND_METHOD_DESCRIPTOR;
    Native *f = native_alloc(t, kind, def);
    if (!f)
        return VALUE_EMPTY;
    f->owner = ref_inc_ptr(t, owner);
    ref_defer(t, &f->head);
    if (kind != KIND_NATIVE)
        return value_of(f);
    Value wrapped = staticmethod_new(t, value_of(f));
    ref_dec_ptr(t, f);
    return wrapped;
}

Value native_bind(Thread *t, Native *f, Value self)
{
    know_shape(f);
    Native *bound = alloc_container_raw(t, KIND_NATIVE, sizeof *bound);
    if (!bound)
        return VALUE_EMPTY;
    memcpy((char *)bound + sizeof(Object), (const char *)f + sizeof(Object), sizeof *bound - sizeof(Object));
    bound->weakrefs = NULL;
    bound->self = ref_inc(t, self);
    ref_inc(t, bound->module);
    ref_inc_ptr(t, bound->owner);
    return value_of(bound);
}

static void native_dealloc(Thread *t, Object *o)
{
    Native *f = (Native *)o;
    ref_dec(t, f->self);
    ref_dec(t, f->module);
    ref_dec_ptr(t, f->owner);
}

static int native_traverse(Object *o, VisitFn visit, void *arg)
{
    Native *f = (Native *)o;
    VISIT(f->self);
    VISIT(f->module);
    VISIT_PTR(f->owner);
    return 0;
}

/* ---- calling ---- */

static bool is_module_function(const Native *f)
{
    return value_is_empty(f->self) ? !f->owner : object_is(f->self, KIND_MODULE);
}

/* The type that a method belongs to as its qualified name says, or NULL for a function. */
static Type *method_type(Thread *t, const Native *f)
{
    if (f->head.kind != KIND_NATIVE)
        return f->owner;
    if (is_module_function(f))
        return NULL;
    if (value_is_empty(f->self))
        return f->owner;
    return type_check(f->self) ? type_as(f->self) : type_of(t, f->self);
}

/* "list.append", "math.sin", "len": as errors name a function. */
static Value full_name(Thread *t, const Native *f)
{
    Type *type = method_type(t, f);
    if (type)
        return str_format(t, "%S.%s", type->qualname, f->def->name);
    if (!value_is_empty(f->module) && !str_equal_ascii(f->module, "builtins"))
        return str_format(t, "%S.%s", f->module, f->def->name);
    return str_from_string(t, f->def->name);
}

static COLD Value keyword_error(Thread *t, const Native *f)
{
    Value name = full_name(t, f);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    error_set(t, EXC_TypeError, "%U() takes no keyword arguments", name);
    ref_dec(t, name);
    return VALUE_EMPTY;
}

/* n does not count self. */
static COLD Value flat_error(Thread *t, const Native *f, const NativeSignature *s, uint32_t n)
{
    if (s->count <= 1 && s->required == s->count) {
        Value name = full_name(t, f);
        if (value_is_empty(name))
            return VALUE_EMPTY;
        error_set(t, EXC_TypeError,
                  s->count ? "%U() takes exactly one argument (%d given)" : "%U() takes no arguments (%d given)", name,
                  (int)n);
        ref_dec(t, name);
    } else {
        arity_error(t, f->def->name, s->required, s->positional, n);
    }
    return VALUE_EMPTY;
}

int native_check_self(Thread *t, const Native *f, Value self)
{
    if (LIKELY(!f->owner || type_of(t, self) == f->owner))
        return 0;
    if (f->head.kind == KIND_CLASSMETHOD_DESCRIPTOR) {
        if (!type_check(self)) {
            error_set(t, EXC_TypeError, "descriptor '%s' for type '%N' needs a type, not a '%T' as arg 2", f->def->name,
                      f->owner, self);
            return -1;
        }
        if (!type_is_subtype(type_as(self), f->owner)) {
            error_set(t, EXC_TypeError, "descriptor '%s' requires a subtype of '%N' but received '%N'", f->def->name,
                      f->owner, type_as(self));
            return -1;
        }
        return 0;
    }
    if (type_is_subtype(type_of(t, self), f->owner))
        return 0;
    error_set(t, EXC_TypeError, "descriptor '%s' for '%N' objects doesn't apply to a '%T' object", f->def->name,
              f->owner, self);
    return -1;
}

static Value call_raw(Thread *t, Native *f, const Value *args, uint32_t n, Value names)
{
    size_t keywords = names_length(names);
    if (UNLIKELY(keywords && f->no_keywords))
        return keyword_error(t, f);
    if (value_is_empty(f->self))
        return f->def->fn(t, (Value *)args, n, keywords ? names : VALUE_EMPTY);
    size_t total = n + keywords + 1;
    Value small[12], *all = small;
    if (total > sizeof small / sizeof *small) {
        all = alloc_memory(t, total * sizeof(Value));
        if (!all)
            return VALUE_EMPTY;
    }
    all[0] = f->self;
    if (total > 1)
        memcpy(all + 1, args, (total - 1) * sizeof(Value));
    Value result = f->def->fn(t, all, n + 1, keywords ? names : VALUE_EMPTY);
    if (all != small)
        alloc_memory_free(t, all);
    return result;
}

static COLD Value call_flat_slow(Thread *t, Native *f, const Value *args, uint32_t n, Value names)
{
    NativeSignature room;
    const NativeSignature *s = signature_of(t, f->def->signature, &room);
    Value all[NATIVE_PARAMETERS_MAX + 1];
    uint32_t self = s->has_self, own = self;
    if (self && !value_is_empty(f->self)) {
        all[0] = f->self;
        own = 0;
    } else if (self) {
        all[0] = args[0];
    }
    args += own;
    n -= own;
    if (s->only == s->count) {
        if (names_length(names))
            return keyword_error(t, f);
        if (n < s->required || n > s->positional)
            return flat_error(t, f, s, n);
        for (uint32_t i = 0; i < s->count; i++)
            all[i + self] = i < n ? args[i] : VALUE_EMPTY;
    } else if (bind(t, f->def->name, s, args, n, names, all + self) < 0) {
        return VALUE_EMPTY;
    }
    return f->def->fn(t, all, n + self, VALUE_EMPTY);
}

Value native_call(Thread *t, Native *f, const Value *args, uint32_t n, Value names)
{
    know_shape(f);
    if (f->head.kind != KIND_NATIVE) {
        if (UNLIKELY(n == 0)) {
            if (f->head.kind == KIND_CLASSMETHOD_DESCRIPTOR)
                return error_set(t, EXC_TypeError, "descriptor '%s' of '%N' object needs an argument", f->def->name,
                                 f->owner);
            return error_set(t, EXC_TypeError, "unbound method %S.%s() needs an argument", f->owner->qualname,
                             f->def->name);
        }
        if (UNLIKELY(native_check_self(t, f, args[0]) < 0))
            return VALUE_EMPTY;
    }
    if (f->raw)
        return call_raw(t, f, args, n, names);
    uint32_t self = !value_is_empty(f->self), total = n + self;
    if (LIKELY(value_is_empty(names) && total >= f->required && total <= f->positional && f->count <= 8)) {
        if (!self && total == f->count)
            return f->def->fn(t, (Value *)args, total, VALUE_EMPTY);
        Value all[8];
        all[0] = f->self;
        for (uint32_t i = 0; i < n; i++)
            all[i + self] = args[i];
        for (uint32_t i = total; i < f->count; i++)
            all[i] = VALUE_EMPTY;
        return f->def->fn(t, all, total, VALUE_EMPTY);
    }
    return call_flat_slow(t, f, args, n, names);
}

static Value native_slot_call(Thread *t, Value self, const Value *args, uint32_t n, Value names)
{
    return native_call(t, (Native *)value_object(self), args, n, names);
}

static Value method_descriptor_get(Thread *t, Value self, Value instance, Value owner)
{
    Native *f = (Native *)value_object(self);
    if (value_is_empty(instance))
        return ref_inc(t, self);
    if (native_check_self(t, f, instance) < 0)
        return VALUE_EMPTY;
    return native_bind(t, f, instance);
}

static Value classmethod_descriptor_get(Thread *t, Value self, Value instance, Value owner)
{
    Native *f = (Native *)value_object(self);
    if (value_is_empty(owner)) {
        if (value_is_empty(instance))
            return error_set(t, EXC_TypeError, "descriptor '%s' for type '%N' needs either an object or a type",
                             f->def->name, f->owner);
        owner = value_of(type_of(t, instance));
    }
    if (!type_check(owner))
        return error_set(t, EXC_TypeError, "descriptor '%s' for type '%N' needs a type, not a '%T' as arg 2",
                         f->def->name, f->owner, owner);
    if (!type_is_subtype(type_as(owner), f->owner))
        return error_set(t, EXC_TypeError, "descriptor '%s' requires a subtype of '%N' but received '%N'", f->def->name,
                         f->owner, type_as(owner));
    return native_bind(t, f, owner);
}

/* ---- what Python sees of them ---- */

static Value native_repr(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    if (is_module_function(f))
        return str_format(t, "<built-in function %s>", f->def->name);
    Value bound = value_is_empty(f->self) ? value_of(f->owner) : f->self;
    return str_format(t, "<built-in method %s of %T object at %p>", f->def->name, bound, (void *)(uintptr_t)bound.bits);
}

static Value native_compare(Thread *t, Value a, Value b, Compare op)
{
    if ((op != COMPARE_EQ && op != COMPARE_NE) || !object_is_exact(b, KIND_NATIVE))
        return VALUE_NOTIMPLEMENTED;
    const Native *f = (const Native *)value_object(a), *g = (const Native *)value_object(b);
    bool equal = f->def == g->def && value_is(f->self, g->self);
    return value_from_bool(equal == (op == COMPARE_EQ));
}

static hash_t native_hash(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    uint64_t h = (uint64_t)(uintptr_t)f->def->fn * UINT64_C(0x9E3779B97F4A7C15) ^ (f->self.bits >> 4);
    return h == UINT64_MAX ? -2 : (hash_t)h;
}

static Value get_name(Thread *t, Value self) { return str_intern(t, ((const Native *)value_object(self))->def->name); }

static Value get_qualname(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    Type *type = method_type(t, f);
    if (!type)
        return str_from_string(t, f->def->name);
    return str_format(t, "%S.%s", type->qualname, f->def->name);
}

static Value get_doc(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    return f->def->doc ? str_from_string(t, f->def->doc) : VALUE_NONE;
}

static Value get_text_signature(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    return f->def->signature ? str_from_string(t, f->def->signature) : VALUE_NONE;
}

static Value get_self(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    if (value_is_empty(f->self))
        return f->owner ? ref_inc(t, value_of(f->owner)) : VALUE_NONE;
    return ref_inc(t, f->self);
}

static Value get_module(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    return value_is_empty(f->module) ? VALUE_NONE : ref_inc(t, f->module);
}

static int set_module(Thread *t, Value self, Value value)
{
    Native *f = (Native *)value_object(self);
    Value module = value_is_empty(value) ? VALUE_NONE : ref_inc(t, value);
    objlock_enter(t, f);
    Value old = f->module;
    slot_store(&f->module, module);
    objlock_exit(t, f);
    ref_dec(t, old);
    return 0;
}

static Value get_owner(Thread *t, Value self)
{
    return ref_inc(t, value_of(((const Native *)value_object(self))->owner));
}

/* (getattr, (object, name)): how pickle finds a method again. */
static Value reduce_getattr(Thread *t, Value object, Value name)
{
    Value getattr = dict_get_string(t, t->interp->builtins_dict, "getattr");
    if (value_is_empty(getattr))
        return error_pending(t) ? VALUE_EMPTY : error_set(t, EXC_RuntimeError, "lost builtins.getattr");
    Value args = tuple_pack(t, 2, object, name);
    Value result = value_is_empty(args) ? VALUE_EMPTY : tuple_pack(t, 2, getattr, args);
    ref_dec(t, args);
    ref_dec(t, getattr);
    return result;
}

NATIVE(native_reduce, "__reduce__", "($self, /)",
       "How pickle finds the function again: by its name, or as an attribute of what it is bound to.")
{
    const Native *f = (const Native *)value_object(args[0]);
    if (is_module_function(f))
        return str_from_string(t, f->def->name);
    Value name = get_name(t, args[0]);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = reduce_getattr(t, value_is_empty(f->self) ? value_of(f->owner) : f->self, name);
    ref_dec(t, name);
    return result;
}

NATIVE(descriptor_reduce, "__reduce__", "($self, /)",
       "How pickle finds the descriptor again: as an attribute of its class.")
{
    const Native *f = (const Native *)value_object(args[0]);
    Value name = get_name(t, args[0]);
    if (value_is_empty(name))
        return VALUE_EMPTY;
    Value result = reduce_getattr(t, value_of(f->owner), name);
    ref_dec(t, name);
    return result;
}

static Value method_descriptor_repr(Thread *t, Value self)
{
    const Native *f = (const Native *)value_object(self);
    return str_format(t, "<method '%s' of '%N' objects>", f->def->name, f->owner);
}

static const NativeDef *const native_methods[] = {&native_native_reduce, NULL};
static const GetSetDef native_getsets[] = {
    {"__doc__", get_doc, NULL, NULL},
    {"__name__", get_name, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL},
    {"__self__", get_self, NULL, NULL},
    {"__text_signature__", get_text_signature, NULL, NULL},
    {"__module__", get_module, set_module, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_native = {
    .name = "builtin_function_or_method",
    .kind = KIND_NATIVE,
    .size = sizeof(Native),
    .weak_offset = offsetof(Native, weakrefs),
    .methods = native_methods,
    .getsets = native_getsets,
    .slots = {.dealloc = native_dealloc,
              .traverse = native_traverse,
              .repr = native_repr,
              .compare = native_compare,
              .hash = native_hash,
              .call = native_slot_call},
};

static const NativeDef *const descriptor_methods[] = {&native_descriptor_reduce, NULL};
static const GetSetDef descriptor_getsets[] = {
    {"__doc__", get_doc, NULL, NULL},
    {"__name__", get_name, NULL, NULL},
    {"__qualname__", get_qualname, NULL, NULL},
    {"__objclass__", get_owner, NULL, NULL},
    {"__text_signature__", get_text_signature, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const TypeSpec type_spec_method_descriptor = {
    .name = "method_descriptor",
    .kind = KIND_METHOD_DESCRIPTOR,
    .flags = TYPE_METHOD_LIKE,
    .size = sizeof(Native),
    .methods = descriptor_methods,
    .getsets = descriptor_getsets,
    .slots = {.dealloc = native_dealloc,
              .traverse = native_traverse,
              .repr = method_descriptor_repr,
              .call = native_slot_call,
              .descr_get = method_descriptor_get},
};

const TypeSpec type_spec_classmethod_descriptor = {
    .name = "classmethod_descriptor",
    .kind = KIND_CLASSMETHOD_DESCRIPTOR,
    .size = sizeof(Native),
    .getsets = descriptor_getsets,
    .slots = {.dealloc = native_dealloc,
              .traverse = native_traverse,
              .repr = method_descriptor_repr,
              .call = native_slot_call,
              .descr_get = classmethod_descriptor_get},
};
