/* code_image.c: see code_image.h.
 *
 * Most functions of a library are never called.  So a code object from the image begins with its head only: what a call looks at before it makes a frame, and its
 * names.  code_complete adds the rest: constants, names, caches; instructions and tables stay where they are (a mapped file), or were read to: code
 * objects keep that memory (CodeImage) alive.
 * Invariants.  Code.instructions is NULL until everything else of the code object is there, and is stored last.  A string is made once for its module, when first wanted.
 * Locks: with the lock off, the code object's own while the parts are put in.  The image is this program's own and is not checked, but for damage that its header shows;
 * a build with checks looks at every code object.  Read next: code.h, ../run/image.c. */
#include "code_image.h"

#include "../lib/marshal.h"
#include "../memory/alloc.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../thread/objlock.h"
#include "check.h"

/* Tags of constants, and what follows them; numbers are 32 bits wide and not aligned. */
enum {
    TAG_NONE,
    TAG_TRUE,
    TAG_FALSE,
    TAG_STR,       /* index */
    TAG_INT,       /* the number */
    TAG_CODE,      /* offset of its record */
    TAG_TUPLE,     /* count, items */
    TAG_FROZENSET, /* count, items */
    TAG_OTHER      /* size, marshalled */
};

/* ---- writing ---- */

/* What is in two: of the part, of the rest. */
typedef struct Dump {
    Thread *t;
    BytesBuilder records, bodies[2], strings[2], characters[2];
    uint32_t string_count[2];
    int noting;    /* the half that new strings go to */
    Value indices; /* dict: str to index */
} Dump;

static int put(Dump *d, BytesBuilder *b, const void *data, size_t n) { return bytesbuilder_append(d->t, b, data, n); }
static int put_uint32(Dump *d, BytesBuilder *b, uint32_t u) { return put(d, b, &u, sizeof u); }

/* The index of a string: 0 or -1. */
static int string_index(Dump *d, Value v, uint32_t *index)
{
    Thread *t = d->t;
    Value known, text;
    int found = dict_get_optional(t, d->indices, v, &known);
    if (found) {
        *index = found < 0 ? 0 : (uint32_t)value_to_int(known);
        return found < 0 ? -1 : 0;
    }
    const Str *s = str_of(v);
    const void *data = s->data;
    size_t n = s->length;
    text = str_is_ascii(s) ? VALUE_NONE : str_to_utf8_errors(t, v, STR_SURROGATEPASS);
    if (value_is_empty(text))
        return -1;
    if (!str_is_ascii(s)) {
        data = bytes_of(text)->data;
        n = bytes_of(text)->length;
    }
    uint32_t flags = (str_is_ascii(s) ? 0 : CODE_IMAGE_WIDE) | (s->head.aux & STR_INTERNED ? CODE_IMAGE_INTERNED : 0);
    int half = d->noting;
    CodeImageString entry = {(uint32_t)d->characters[half].length, (uint32_t)n << CODE_IMAGE_SHIFT | flags};
    *index = d->string_count[0] + d->string_count[1];
    d->string_count[half]++;
    int status = put(d, &d->strings[half], &entry, sizeof entry) < 0 || put(d, &d->characters[half], data, n) < 0 ||
                 dict_set(t, d->indices, v, value_from_int(*index)) < 0;
    ref_dec(t, text);
    return status ? -1 : 0;
}

static int put_string(Dump *d, BytesBuilder *b, Value v)
{
    uint32_t index;
    return string_index(d, v, &index) < 0 ? -1 : put_uint32(d, b, index);
}

static int dump_code(Dump *d, const Code *c, uint32_t *offset);

static int put_tagged(Dump *d, BytesBuilder *b, uint8_t tag, uint32_t u)
{
    return bytesbuilder_byte(d->t, b, tag) < 0 ? -1 : put_uint32(d, b, u);
}

static int put_constant(Dump *d, BytesBuilder *b, Value v)
{
    Thread *t = d->t;
    uint32_t u;
    if (value_is_none(v) || value_is(v, VALUE_TRUE) || value_is(v, VALUE_FALSE))
        return bytesbuilder_byte(t, b, value_is_none(v) ? TAG_NONE : value_is(v, VALUE_TRUE) ? TAG_TRUE : TAG_FALSE);
    if (str_check_exact(v))
        return string_index(d, v, &u) < 0 ? -1 : put_tagged(d, b, TAG_STR, u);
    if (value_is_int(v) && value_to_int(v) == (int32_t)value_to_int(v))
        return put_tagged(d, b, TAG_INT, (uint32_t)value_to_int(v));
    if (code_check(v))
        return dump_code(d, code_of(v), &u) < 0 ? -1 : put_tagged(d, b, TAG_CODE, u);
    if (tuple_check_exact(v) || object_is_exact(v, KIND_FROZENSET)) {
        Value items = tuple_check_exact(v) ? ref_inc(t, v) : object_to_tuple(t, v);
        int status = value_is_empty(items) ? -1
                                           : put_tagged(d, b, tuple_check_exact(v) ? TAG_TUPLE : TAG_FROZENSET,
                                                        (uint32_t)tuple_length(items));
        for (size_t i = 0; status == 0 && i < tuple_length(items); i++)
            status = put_constant(d, b, tuple_peek(items, i));
        ref_dec(t, items);
        return status;
    }
    Value data = marshal_dumps(t, v, MARSHAL_VERSION, false);
    int status = value_is_empty(data) ? -1 : put_tagged(d, b, TAG_OTHER, (uint32_t)bytes_of(data)->length);
    if (status == 0)
        status = put(d, b, bytes_of(data)->data, bytes_of(data)->length);
    ref_dec(t, data);
    return status;
}

static int put_strings(Dump *d, BytesBuilder *b, const Value *strings, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (put_string(d, b, strings[i]) < 0)
            return -1;
    return 0;
}

static int align(Dump *d, BytesBuilder *b)
{
    while (b->length % 8)
        if (bytesbuilder_byte(d->t, b, 0) < 0)
            return -1;
    return 0;
}

static int note_strings(Dump *d, const Value *strings, uint32_t n)
{
    uint32_t index;
    for (uint32_t i = 0; i < n; i++)
        if (string_index(d, strings[i], &index) < 0)
            return -1;
    return 0;
}

/* The strings that the import of the module wants: of code that runs (the module and its classes), and names of functions. */
static int note_code(Dump *d, const Code *c)
{
    if (note_strings(d, (const Value[]){c->filename, c->name, c->qualname}, 3) < 0)
        return -1;
    if (c->flags & CODE_OPTIMIZED)
        return 0;
    if (note_strings(d, c->site_names, c->site_count) < 0 ||
        note_strings(d, tuple_of(c->local_names)->items, c->local_count) < 0)
        return -1;
    for (uint32_t i = 0; i < c->constant_count; i++)
        if ((str_check_exact(c->constants[i]) && note_strings(d, &c->constants[i], 1) < 0) ||
            (code_check(c->constants[i]) && note_code(d, code_of(c->constants[i])) < 0))
            return -1;
    return 0;
}

static int dump_code(Dump *d, const Code *c, uint32_t *offset)
{
    Thread *t = d->t;
    BytesBuilder tail = {0},
                 *bodies = &d->bodies[(c->flags & CODE_OPTIMIZED) !=
                                      0]; /* tail: names strings and inner records, which come before this one */
    CodeImageRecord r = {
        .instruction_count = c->instruction_count,
        .exception_count = c->exception_count,
        .site_count = c->site_count,
        .local_count = c->local_count,
        .free_count = c->free_count,
        .positions_size = c->positions_size,
        .constant_count = c->constant_count,
        .register_count = c->register_count,
        .argument_count = c->argument_count,
        .posonly_count = c->posonly_count,
        .kwonly_count = c->kwonly_count,
        .flags = c->flags,
        .first_line = c->first_line,
    };
    int status = -1;
    if (string_index(d, c->name, &r.name) < 0 || string_index(d, c->qualname, &r.qualname) < 0 ||
        string_index(d, c->filename, &r.filename) < 0 || put_strings(d, &tail, c->site_names, c->site_count) < 0 ||
        put_strings(d, &tail, tuple_of(c->local_names)->items, c->local_count) < 0 ||
        put_strings(d, &tail, tuple_of(c->free_names)->items, c->free_count) < 0 ||
        put(d, &tail, c->local_kinds, c->local_count) < 0)
        goto done;
    for (uint32_t i = 0; i < c->constant_count; i++)
        if (put_constant(d, &tail, c->constants[i]) < 0)
            goto done;
    r.positions = (uint32_t)d->bodies[1].length;
    if (put(d, &d->bodies[1], c->positions, c->positions_size) < 0 || align(d, bodies) < 0)
        goto done;
    r.body = (uint32_t)bodies->length;
    *offset = (uint32_t)(sizeof(CodeImageHeader) + d->records.length);
    if (put(d, &d->records, &r, sizeof r) < 0 ||
        put(d, bodies, c->instructions, c->instruction_count * sizeof(Instruction)) < 0 ||
        put(d, bodies, c->exceptions, c->exception_count * sizeof(ExceptionEntry)) < 0 ||
        (tail.length && put(d, bodies, tail.b->data, tail.length) < 0))
        goto done;
    status = 0;
done:
    bytesbuilder_discard(t, &tail);
    return status;
}

/* Adds the strings of a half to what is before them there. */
static int put_half(Dump *d, BytesBuilder *out, int half, uint32_t *strings)
{
    if (align(d, out) < 0)
        return -1;
    *strings = (uint32_t)out->length;
    uint32_t characters = *strings + (uint32_t)d->strings[half].length;
    CodeImageString *entries = d->strings[half].b ? (void *)d->strings[half].b->data : NULL;
    assert(entries || d->string_count[half] == 0);
    for (uint32_t i = 0; i < d->string_count[half]; i++)
        entries[i].data += characters;
    return d->string_count[half] && (put(d, out, entries, d->strings[half].length) < 0 ||
                                     (d->characters[half].length &&
                                      put(d, out, d->characters[half].b->data, d->characters[half].length) < 0))
               ? -1
               : align(d, out);
}

/* The bodies of the part lie behind its records: their places become offsets from its start. */
static void place_bodies(Dump *d)
{
    CodeImageRecord *records = (void *)d->records.b->data;
    for (size_t i = 0; i < d->records.length / sizeof *records; i++)
        if (!(records[i].flags & CODE_OPTIMIZED))
            records[i].body += (uint32_t)(sizeof(CodeImageHeader) + d->records.length);
}

int code_image_dump(Thread *t, Value code, Value parts[2])
{
    Dump d = {.t = t, .indices = dict_new(t)};
    BytesBuilder part = {0};
    CodeImageHeader h = {0};
    parts[0] = parts[1] = VALUE_EMPTY;
    if (value_is_empty(d.indices) || note_code(&d, code_of(code)) < 0)
        goto done;
    d.noting = 1;
    if (dump_code(&d, code_of(code), &h.root) < 0)
        goto done;
    place_bodies(&d);
    if (put(&d, &part, &h, sizeof h) < 0 || put(&d, &part, d.records.b->data, d.records.length) < 0 ||
        put(&d, &part, d.bodies[0].b->data, d.bodies[0].length) < 0 || put_half(&d, &part, 0, &h.strings[0]) < 0 ||
        put_half(&d, &d.bodies[1], 1, &h.strings[1]) < 0)
        goto done;
    h.size[0] = (uint32_t)part.length;
    h.size[1] = (uint32_t)d.bodies[1].length;
    memcpy(h.string_count, d.string_count, sizeof h.string_count);
    memcpy(part.b->data, &h, sizeof h);
    parts[0] = bytesbuilder_finish(t, &part);
    parts[1] = bytesbuilder_finish(t, &d.bodies[1]);
done:
    bytesbuilder_discard(t, &part);
    bytesbuilder_discard(t, &d.records);
    for (int half = 0; half < 2; half++) {
        bytesbuilder_discard(t, &d.bodies[half]);
        bytesbuilder_discard(t, &d.strings[half]);
        bytesbuilder_discard(t, &d.characters[half]);
    }
    ref_dec(t, d.indices);
    if (!value_is_empty(parts[0]) && !value_is_empty(parts[1]))
        return 0;
    ref_clear(t, &parts[0]);
    ref_clear(t, &parts[1]);
    return -1;
}

/* ---- reading ---- */

#define GROUP 64

/* Strings are kept in groups, which are made when one of them is wanted. */
typedef struct CodeImage {
    _Atomic uint32_t users;  /* code objects */
    const uint8_t *parts[2]; /* the part, CodeImageHeader first, and the rest */
    void *owned;             /* their memory, or NULL: it is not ours */
    Value *_Atomic groups[]; /* GROUP strings each, owned, empty until wanted; or NULL */
} CodeImage;

static const CodeImageHeader *header_of(const CodeImage *image) { return (const void *)image->parts[0]; }
static uint32_t group_count(const CodeImageHeader *h)
{
    return (h->string_count[0] + h->string_count[1] + GROUP - 1) / GROUP;
}

void code_image_release(Thread *t, CodeImage *image)
{
    if (atomic_fetch_sub_explicit(&image->users, 1, memory_order_acq_rel) > 1)
        return;
    for (uint32_t i = 0, n = group_count(header_of(image)); i < n; i++) {
        Value *group = image->groups[i];
        for (uint32_t k = 0; group && k < GROUP; k++)
            ref_dec(t, group[k]);
        alloc_memory_free(t, group);
    }
    alloc_memory_free(t, image->owned);
    alloc_memory_free(t, image);
}

/* The place of a string; NULL without memory. */
static Value *place_of(Thread *t, CodeImage *image, uint32_t index)
{
    Value *_Atomic *slot = &image->groups[index / GROUP], *group = atomic_load_explicit(slot, memory_order_acquire),
                   *made;
    if (UNLIKELY(!group)) {
        made = alloc_memory_zeroed(t, GROUP, sizeof *made);
        if (!made)
            return NULL;
        if (atomic_compare_exchange_strong_explicit(slot, &group, made, memory_order_acq_rel, memory_order_acquire))
            group = made;
        else
            alloc_memory_free(t, made);
    }
    return &group[index % GROUP];
}

static COLD Value make_string(Thread *t, CodeImage *image, uint32_t index, Value *place)
{
    const CodeImageHeader *h = header_of(image);
    int half = index >= h->string_count[0];
    const uint8_t *part = image->parts[half];
    const CodeImageString *entry =
        (const CodeImageString *)(const void *)(part + h->strings[half]) + (half ? index - h->string_count[0] : index);
    const uint8_t *data = part + entry->data;
    size_t n = entry->size >> CODE_IMAGE_SHIFT;
    Value v;
    switch (entry->size & (CODE_IMAGE_WIDE | CODE_IMAGE_INTERNED)) {
    case CODE_IMAGE_INTERNED: v = str_intern_ascii(t, data, n); break;
    case 0: v = str_from_latin1(t, data, n); break;
    case CODE_IMAGE_WIDE: v = str_from_utf8_errors(t, (const char *)data, n, STR_SURROGATEPASS); break;
    default: v = str_intern_take(t, str_from_utf8_errors(t, (const char *)data, n, STR_SURROGATEPASS)); break;
    }
    uint64_t empty = VALUE_EMPTY.bits;
    if (value_is_empty(v) ||
        __atomic_compare_exchange_n(&place->bits, &empty, v.bits, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return v;
    ref_dec(t, v); /* another thread was faster */
    return (Value){empty};
}

/* A string of the module: owned. */
static Value string_at(Thread *t, CodeImage *image, uint32_t index)
{
    Value *place = place_of(t, image, index);
    if (UNLIKELY(!place))
        return VALUE_EMPTY;
    Value v = slot_peek(place);
    if (value_is_empty(v))
        v = make_string(t, image, index, place);
    return ref_inc(t, v);
}

/* The head of a code object. */
static Value code_at(Thread *t, CodeImage *image, uint32_t offset, Value filename)
{
    const CodeImageRecord *r = (const void *)(image->parts[0] + offset);
    Code *code = alloc_object(t, t->types[KIND_CODE], sizeof *code);
    if (!code)
        return VALUE_EMPTY;
    atomic_fetch_add_explicit(&image->users, 1, memory_order_relaxed);
    code->image = image;
    code->record = r;
    code->register_count = r->register_count;
    code->local_count = r->local_count;
    code->free_count = r->free_count;
    code->argument_count = r->argument_count;
    code->posonly_count = r->posonly_count;
    code->kwonly_count = r->kwonly_count;
    code->flags = r->flags;
    code->first_line = r->first_line;
    code->simple_count = CODE_NOT_SIMPLE; /* until it is complete: calls that look no further may be made then */
    code->filename = value_is_empty(filename) ? string_at(t, image, r->filename) : ref_inc(t, filename);
    code->name = string_at(t, image, r->name);
    code->qualname = string_at(t, image, r->qualname);
    if (value_is_empty(code->filename) || value_is_empty(code->name) || value_is_empty(code->qualname)) {
        ref_dec_ptr(t, code);
        return VALUE_EMPTY;
    }
    return value_of(code);
}

static uint32_t get_uint32(const uint8_t **at)
{
    uint32_t u;
    memcpy(&u, *at, sizeof u);
    *at += sizeof u;
    return u;
}

static Value get_constant(Thread *t, Code *code, const uint8_t **at)
{
    uint8_t tag = *(*at)++;
    if (tag == TAG_NONE)
        return VALUE_NONE;
    if (tag == TAG_TRUE || tag == TAG_FALSE)
        return value_from_bool(tag == TAG_TRUE);
    uint32_t u = get_uint32(at);
    switch (tag) {
    case TAG_STR: return string_at(t, code->image, u);
    case TAG_INT: return value_from_int((int32_t)u);
    case TAG_CODE: return code_at(t, code->image, u, code->filename);
    case TAG_OTHER: *at += u; return marshal_loads(t, *at - u, u, false);
    default: break;
    }
    Value items = u ? tuple_new(t, u) : ref_inc(t, t->interp->empty_tuple);
    for (uint32_t i = 0; i < u && !value_is_empty(items); i++) {
        Value item = get_constant(t, code, at);
        tuple_of(items)->items[i] = item;
        if (value_is_empty(item))
            ref_clear(t, &items);
    }
    if (tag == TAG_TUPLE || value_is_empty(items))
        return items;
    Value set = frozenset_new(t, items);
    ref_dec(t, items);
    return set;
}

static Value get_names(Thread *t, CodeImage *image, const uint32_t *indices, uint32_t n)
{
    Value names = n ? tuple_new(t, n) : ref_inc(t, t->interp->empty_tuple);
    for (uint32_t i = 0; i < n && !value_is_empty(names); i++) {
        Value name = string_at(t, image, indices[i]);
        tuple_of(names)->items[i] = name;
        if (value_is_empty(name))
            ref_clear(t, &names);
    }
    return names;
}

/* What completing adds. */
typedef struct Parts {
    Value constants, local_names, free_names;
    Value *site_names;
    uint32_t site_count; /* names that are there */
    void *caches;
} Parts;

static void release_parts(Thread *t, Parts *p)
{
    ref_dec(t, p->constants);
    ref_dec(t, p->local_names);
    ref_dec(t, p->free_names);
    for (uint32_t i = 0; i < p->site_count; i++)
        ref_dec(t, p->site_names[i]);
    alloc_memory_free(t, p->site_names);
    alloc_memory_free(t, p->caches);
}

static Instruction *body_of(const Code *code)
{
    return (void *)(code->image->parts[(code->record->flags & CODE_OPTIMIZED) != 0] + code->record->body);
}

/* Puts the parts in, unless another thread was faster: then false. */
static bool install(Thread *t, Code *code, const Parts *p, const uint8_t *kinds)
{
    const CodeImageRecord *r = code->record;
    Instruction *instructions = body_of(code);
    objlock_enter(t, code);
    bool first = !code->instructions;
    if (first) {
        code->instruction_count = r->instruction_count;
        code->exceptions = (void *)(instructions + r->instruction_count);
        code->exception_count = r->exception_count;
        code->site_names = p->site_names;
        code->site_count = r->site_count;
        code->caches = p->caches;
        code->constants_tuple = p->constants;
        code->constants = tuple_of(p->constants)->items;
        code->constant_count = r->constant_count;
        code->local_names = p->local_names;
        code->free_names = p->free_names;
        code->local_kinds = (uint8_t *)kinds;
        code_count_kinds(code);
        code->positions = (uint8_t *)code->image->parts[1] + r->positions;
        code->positions_size = r->positions_size;
        __atomic_store_n(&code->instructions, instructions, __ATOMIC_RELEASE);
        __atomic_store_n(&code->simple_count, code_simple_count(r->flags, r->argument_count, r->kwonly_count),
                         __ATOMIC_RELEASE);
    }
    objlock_exit(t, code);
    return first;
}

int code_complete_slow(Thread *t, Code *code)
{
    const CodeImageRecord *r = code->record;
    CodeImage *image = code->image;
    const uint32_t *sites =
        (const void *)((const ExceptionEntry *)(const void *)(body_of(code) + r->instruction_count) +
                       r->exception_count);
    const uint32_t *locals = sites + r->site_count, *frees = locals + r->local_count;
    const uint8_t *kinds = (const void *)(frees + r->free_count), *at = kinds + r->local_count;
    Parts p = {.site_names = alloc_memory(t, (r->site_count + 1) * sizeof(Value)),
               .caches = code_caches_new(t, r->site_count)};
    if (!p.site_names || !p.caches)
        goto fail;
    for (; p.site_count < r->site_count; p.site_count++) {
        p.site_names[p.site_count] = string_at(t, image, sites[p.site_count]);
        if (value_is_empty(p.site_names[p.site_count]))
            goto fail;
    }
    p.constants = tuple_new(t, r->constant_count);
    for (uint32_t i = 0; i < r->constant_count && !value_is_empty(p.constants); i++) {
        Value v = get_constant(t, code, &at);
        tuple_of(p.constants)->items[i] = v;
        if (value_is_empty(v))
            goto fail;
    }
    p.local_names = get_names(t, image, locals, r->local_count);
    p.free_names = get_names(t, image, frees, r->free_count);
    if (value_is_empty(p.constants) || value_is_empty(p.local_names) || value_is_empty(p.free_names))
        goto fail;
    if (!install(t, code, &p, kinds))
        release_parts(t, &p);
    const char *fault;
    if (!BATON_CHECKS)
        return 0;
    if (check_code(t, code, &fault) < 0)
        return -1;
    return fault ? (error_set(t, EXC_ImportError, "the image of the standard library is damaged: %s", fault), -1) : 0;
fail:
    release_parts(t, &p);
    return -1;
}

static bool strings_fit(const CodeImageHeader *h, int half)
{
    return h->strings[half] <= h->size[half] &&
           h->string_count[half] <= (h->size[half] - h->strings[half]) / sizeof(CodeImageString);
}

Value code_image_load(Thread *t, const void *const parts[2], const size_t sizes[2], void *owned)
{
    const CodeImageHeader *h = parts[0];
    if (sizes[0] < sizeof *h || h->size[0] != sizes[0] || h->size[1] != sizes[1] || h->root >= sizes[0] ||
        !strings_fit(h, 0) || !strings_fit(h, 1))
        return error_set(t, EXC_ImportError, "the image of the standard library is damaged");
    CodeImage *image = alloc_memory_zeroed(t, 1, sizeof *image + group_count(h) * sizeof(Value *));
    if (!image)
        return VALUE_EMPTY;
    image->parts[0] = parts[0];
    image->parts[1] = parts[1];
    atomic_init(&image->users, 1);
    Value code = code_at(t, image, h->root, VALUE_EMPTY);
    if (!value_is_empty(code))
        image->owned = owned;
    code_image_release(t, image);
    return code;
}
