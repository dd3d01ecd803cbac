/* memoryview.c: memoryview objects: making, slicing, casting, indexing, and being a buffer again.
 *
 * Invariants.  A memoryview that is not released counts as one user of its ManagedBuffer; the exporter is let go when the last user is gone.  While a
 * memoryview has exports, or is pinned by an operation here that runs Python code, it cannot be released.  The flag RELEASED and the counts change under
 * the object's lock.  Items are in memoryview_item.c, comparison and searching in memoryview_compare.c. */
#include "memoryview.h"

#include "../memory/alloc.h"
#include "../thread/objlock.h"
#include "bytes_methods.h"
#include "error.h"
#include "generic_alias.h"
#include "int.h"
#include "list.h"
#include "str.h"

static const char released_text[] = "operation forbidden on released memoryview object";

/* ---- managed buffers ---- */

static void managed_dealloc(Thread *t, Object *o) { buffer_release(t, &((ManagedBuffer *)o)->master); }
static int managed_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((ManagedBuffer *)o)->master.owner);
    return 0;
}
static void managed_clear(Thread *t, Object *o)
{
    ManagedBuffer *managed = (ManagedBuffer *)o;
    if (atomic_load_explicit(&managed->users, memory_order_relaxed) == 0)
        buffer_release(t, &managed->master);
}

static const TypeSpec managed_spec = {
    .name = "managedbuffer",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(ManagedBuffer),
    .slots = {.dealloc = managed_dealloc, .traverse = managed_traverse, .clear = managed_clear},
};

Type *memoryview_helper_type(Thread *t, Type **slot, const TypeSpec *spec)
{
    Type *type = __atomic_load_n(slot, __ATOMIC_ACQUIRE), *expected = NULL;
    if (LIKELY(type != NULL))
        return type;
    type = type_from_spec(t, spec, NULL);
    if (type && !__atomic_compare_exchange_n(slot, &expected, type, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        ref_dec_ptr(t, type);
        type = expected;
    }
    return type;
}

static ManagedBuffer *managed_new(Thread *t)
{
    Type *type = memoryview_helper_type(t, &t->interp->managed_buffer_type, &managed_spec);
    return type ? alloc_object(t, type, sizeof(ManagedBuffer)) : NULL;
}

/* ---- making ---- */

static void find_flags(MemoryView *m)
{
    const Buffer *v = &m->view;
    m->flags &= MEMORYVIEW_RELEASED | MEMORYVIEW_RESTRICTED;
    if (v->suboffsets) {
        m->flags |= MEMORYVIEW_INDIRECT;
    } else if (v->ndim == 0) {
        m->flags |= MEMORYVIEW_C | MEMORYVIEW_FORTRAN;
    } else if (v->ndim == 1) {
        if (v->shape[0] == 1 || v->strides[0] == v->item_size)
            m->flags |= MEMORYVIEW_C | MEMORYVIEW_FORTRAN;
    } else {
        /* Not by buffer_is_contiguous, which calls every empty view contiguous. */
        Buffer probe = *v;
        probe.length = 1;
        m->flags |= buffer_is_contiguous(&probe, 'C') ? MEMORYVIEW_C : 0;
        m->flags |= buffer_is_contiguous(&probe, 'F') ? MEMORYVIEW_FORTRAN : 0;
    }
}

/* A memoryview of `ndim` dimensions with the contents of `source`, whose shape and strides are copied when `copy_dims` (strides filled in when absent). */
static MemoryView *view_new(Thread *t, ManagedBuffer *managed, const Buffer *source, int ndim, bool copy_dims)
{
    MemoryView *m = alloc_object(t, t->types[KIND_MEMORYVIEW], sizeof *m);
    if (!m)
        return NULL;
    m->flags = MEMORYVIEW_RELEASED; /* until it counts as a user */
    m->view = *source;
    m->view.internal = NULL;
    m->view.ndim = ndim;
    m->view.shape = m->view.strides = m->view.suboffsets = NULL;
    if (!source->format)
        m->view.format = "B";
    if (source->format) {
        size_t length = strlen(source->format);
        if (length < sizeof m->format) { /* may belong to another memoryview, which this one may outlive */
            memcpy(m->format, source->format, length + 1);
            m->view.format = m->format;
        }
    }
    if (ndim == 1 && !source->suboffsets) {
        m->view.shape = &m->view.shape1;
        m->view.strides = &m->view.stride1;
    } else if (ndim > 0) {
        m->dims = alloc_memory_zeroed(t, 3 * (size_t)ndim, sizeof *m->dims);
        if (!m->dims) {
            ref_dec_ptr(t, m);
            return NULL;
        }
        m->view.shape = m->dims;
        m->view.strides = m->dims + ndim;
        if (source->suboffsets)
            m->view.suboffsets = m->dims + 2 * ndim;
    }
    if (copy_dims && ndim > 0) {
        int64_t stride = source->item_size;
        for (int i = ndim - 1; i >= 0; i--) {
            m->view.shape[i] = source->shape ? source->shape[i]
                                             : (int64_t)source->length / (source->item_size ? source->item_size : 1);
            m->view.strides[i] = source->strides ? source->strides[i] : stride;
            stride *= m->view.shape[i];
            if (source->suboffsets)
                m->view.suboffsets[i] = source->suboffsets[i];
        }
        find_flags(m);
    } else if (ndim == 0) {
        find_flags(m);
    }
    m->managed = ref_inc_ptr(t, managed);
    atomic_fetch_add_explicit(&managed->users, 1, memory_order_relaxed);
    m->flags &= ~(uint32_t)MEMORYVIEW_RELEASED;
    return m;
}

/* A memoryview over the master of a managed buffer (taken). */
static Value view_of_managed_take(Thread *t, ManagedBuffer *managed)
{
    MemoryView *m = view_new(t, managed, &managed->master, managed->master.ndim, true);
    ref_dec_ptr(t, managed);
    return value_of(m);
}

static bool usable(Thread *t, const MemoryView *m)
{
    if (UNLIKELY(m->flags & MEMORYVIEW_RELEASED)) {
        error_set(t, EXC_ValueError, "%s", released_text);
        return false;
    }
    return true;
}

static bool viewable(Thread *t, const MemoryView *m)
{
    if (!usable(t, m))
        return false;
    if (m->flags & MEMORYVIEW_RESTRICTED) {
        error_set(t, EXC_ValueError, "cannot create new view on restricted memoryview");
        return false;
    }
    return true;
}

int memoryview_pin(Thread *t, MemoryView *m)
{
    objlock_enter(t, m);
    bool ok = !(m->flags & MEMORYVIEW_RELEASED);
    m->exports += ok;
    objlock_exit(t, m);
    return ok ? 0 : (error_set(t, EXC_ValueError, "%s", released_text), -1);
}

void memoryview_unpin(Thread *t, MemoryView *m)
{
    objlock_enter(t, m);
    m->exports--;
    objlock_exit(t, m);
}

void memoryview_drop_export(Thread *t, Value v) { memoryview_unpin(t, memoryview_of(v)); }

Value memoryview_from_flags(Thread *t, Value v, int flags)
{
    if (!buffer_supported(t, v))
        return error_set(t, EXC_TypeError, "memoryview: a bytes-like object is required, not '%.200T'", v);
    return memoryview_from_getter(t, v, value_object(v)->type->slots.buffer_get, flags);
}

Value memoryview_from_getter(Thread *t, Value v, BufferGetFn get, int flags)
{
    if (object_is(v, KIND_MEMORYVIEW)) {
        MemoryView *m = memoryview_of(v);
        if (!viewable(t, m) || memoryview_pin(t, m) < 0)
            return VALUE_EMPTY;
        Value result = value_of(view_new(t, m->managed, &m->view, m->view.ndim, true));
        memoryview_unpin(t, m);
        return result;
    }
    ManagedBuffer *managed = managed_new(t);
    if (!managed)
        return VALUE_EMPTY;
    if (get(t, v, &managed->master, flags) < 0) {
        managed->master.owner = VALUE_EMPTY;
        ref_dec_ptr(t, managed);
        return VALUE_EMPTY;
    }
    return view_of_managed_take(t, managed);
}

Value memoryview_new(Thread *t, Value v) { return memoryview_from_flags(t, v, BUFFER_FULL_RO); }

Value memoryview_from_buffer_take(Thread *t, Buffer *view)
{
    ManagedBuffer *managed = managed_new(t);
    if (!managed) {
        buffer_release(t, view);
        return VALUE_EMPTY;
    }
    buffer_move(&managed->master, view);
    return view_of_managed_take(t, managed);
}

Value memoryview_restricted(Thread *t, const Buffer *view)
{
    ManagedBuffer *managed = managed_new(t);
    if (!managed)
        return VALUE_EMPTY;
    managed->master = *view;
    managed->master.owner = VALUE_EMPTY;
    if (view->shape == &view->shape1)
        managed->master.shape = &managed->master.shape1;
    if (view->strides == &view->stride1)
        managed->master.strides = &managed->master.stride1;
    Value result = view_of_managed_take(t, managed);
    if (!value_is_empty(result))
        memoryview_of(result)->flags |= MEMORYVIEW_RESTRICTED;
    return result;
}

/* ---- ending ---- */

/* Gives up the share in the managed buffer. */
static void drop_managed(Thread *t, MemoryView *m)
{
    ManagedBuffer *managed = m->managed;
    m->managed = NULL;
    m->view.owner = VALUE_EMPTY;
    if (!managed)
        return;
    if (atomic_fetch_sub_explicit(&managed->users, 1, memory_order_acq_rel) == 1)
        buffer_release(t, &managed->master);
    ref_dec_ptr(t, managed);
}

int memoryview_release(Thread *t, Value v)
{
    MemoryView *m = memoryview_of(v);
    objlock_enter(t, m);
    bool was_released = m->flags & MEMORYVIEW_RELEASED;
    int64_t exports = m->exports;
    if (!exports)
        m->flags |= MEMORYVIEW_RELEASED;
    objlock_exit(t, m);
    if (was_released)
        return 0;
    if (exports) {
        error_set(t, EXC_BufferError, "memoryview has %lld exported buffer%s", (long long)exports,
                  exports == 1 ? "" : "s");
        return -1;
    }
    drop_managed(t, m);
    return 0;
}

static void memoryview_dealloc(Thread *t, Object *o)
{
    MemoryView *m = (MemoryView *)o;
    m->flags |= MEMORYVIEW_RELEASED;
    drop_managed(t, m);
    alloc_memory_free(t, m->dims);
    m->dims = NULL;
}
static int memoryview_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT_PTR(((MemoryView *)o)->managed);
    return 0;
}
static void memoryview_clear(Thread *t, Object *o)
{
    MemoryView *m = (MemoryView *)o;
    if (!m->exports && !(m->flags & MEMORYVIEW_RELEASED)) {
        m->flags |= MEMORYVIEW_RELEASED;
        drop_managed(t, m);
    }
}

/* ---- being a buffer ---- */

static int buffer_slot(Thread *t, Value self, Buffer *view, int flags)
{
    MemoryView *m = memoryview_of(self);
    const Buffer *base = &m->view;
    const char *refusal = NULL;
    if (!viewable(t, m) || memoryview_pin(t, m) < 0)
        return -1;
    *view = *base;
    view->owner = VALUE_EMPTY;
    view->internal = NULL;
    if (!(flags & BUFFER_FORMAT))
        view->format = NULL;
    if ((flags & BUFFER_WRITABLE) && base->readonly)
        refusal = "memoryview: underlying buffer is not writable";
    else if ((flags & BUFFER_C_CONTIGUOUS) == BUFFER_C_CONTIGUOUS && !(m->flags & MEMORYVIEW_C))
        refusal = "memoryview: underlying buffer is not C-contiguous";
    else if ((flags & BUFFER_F_CONTIGUOUS) == BUFFER_F_CONTIGUOUS && !(m->flags & MEMORYVIEW_FORTRAN))
        refusal = "memoryview: underlying buffer is not Fortran contiguous";
    else if ((flags & BUFFER_ANY_CONTIGUOUS) == BUFFER_ANY_CONTIGUOUS &&
             !(m->flags & (MEMORYVIEW_C | MEMORYVIEW_FORTRAN)))
        refusal = "memoryview: underlying buffer is not contiguous";
    else if ((flags & BUFFER_INDIRECT) != BUFFER_INDIRECT && (m->flags & MEMORYVIEW_INDIRECT))
        refusal = "memoryview: underlying buffer requires suboffsets";
    if (!refusal && (flags & BUFFER_STRIDES) != BUFFER_STRIDES) {
        if (!(m->flags & MEMORYVIEW_C))
            refusal = "memoryview: underlying buffer is not C-contiguous";
        view->strides = NULL;
    }
    if (!refusal && !(flags & BUFFER_ND)) {
        if (view->format)
            refusal = "memoryview: cannot cast to unsigned bytes if the format flag is present";
        view->ndim = 1;
        view->shape = NULL;
    }
    if (refusal) {
        memoryview_unpin(t, m);
        error_set(t, EXC_BufferError, "%s", refusal);
        return -1;
    }
    if (view->shape == &base->shape1)
        view->shape = &view->shape1;
    if (view->strides == &base->stride1)
        view->strides = &view->stride1;
    view->owner = ref_inc(t, self);
    return 0;
}

static void release_slot(Thread *t, Value self, Buffer *view) { memoryview_unpin(t, memoryview_of(self)); }

/* ---- casting ---- */

static bool is_byte_code(char code) { return code == 'b' || code == 'B' || code == 'c'; }

/* A one-dimensional view with another native format. */
static int cast_to_1d(Thread *t, MemoryView *m, Value format)
{
    int64_t item_size, source_size;
    if (!str_is_ascii(str_of(format))) {
        error_set(t, EXC_ValueError, "memoryview: format argument must be an ASCII string");
        return -1;
    }
    const char *text = (const char *)str_of(format)->data;
    char code = memoryview_native_code(text, &item_size), source = memoryview_native_code(m->view.format, &source_size);
    if (!code || strlen(text) != str_length(format)) {
        error_set(
            t, EXC_ValueError,
            "memoryview: destination format must be a native single character format prefixed with an optional '@'");
        return -1;
    }
    if (!is_byte_code(source) && !is_byte_code(code)) {
        error_set(t, EXC_TypeError, "memoryview: cannot cast between two non-byte formats");
        return -1;
    }
    if (m->view.length % (size_t)item_size) {
        error_set(t, EXC_TypeError, "memoryview: length is not a multiple of itemsize");
        return -1;
    }
    memcpy(m->format, text, str_length(format) + 1);
    m->view.format = m->format;
    m->view.item_size = item_size;
    m->view.ndim = 1;
    m->view.suboffsets = NULL;
    m->view.shape = &m->view.shape1;
    m->view.strides = &m->view.stride1;
    m->view.shape1 = (int64_t)m->view.length / item_size;
    m->view.stride1 = item_size;
    find_flags(m);
    return 0;
}

/* Gives a one-dimensional contiguous view a new shape (list or tuple of n ints > 0). */
static int cast_to_nd(Thread *t, MemoryView *m, const Value *shape, int n)
{
    int64_t total = m->view.item_size;
    int64_t *dims = NULL;
    if (n > 0 && !(dims = alloc_memory_zeroed(t, 3 * (size_t)n, sizeof *dims)))
        return -1;
    for (int i = 0; i < n; i++) {
        if (!int_check(shape[i])) {
            error_set(t, EXC_TypeError, "memoryview.cast(): elements of shape must be integers");
            goto fail;
        }
        int overflow;
        int64_t extent = int_to_int64_overflow(t, shape[i], &overflow);
        if (overflow > 0 || extent > PTRDIFF_MAX) {
            error_set(t, EXC_OverflowError, "Python int too large to convert to C ssize_t");
            goto fail;
        }
        if (overflow < 0 || extent <= 0) {
            error_set(t, EXC_ValueError, "memoryview.cast(): elements of shape must be integers > 0");
            goto fail;
        }
        if (total > PTRDIFF_MAX / extent) {
            error_set(t, EXC_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
            goto fail;
        }
        total *= extent;
        dims[i] = extent;
    }
    if (total != (int64_t)m->view.length) {
        error_set(t, EXC_TypeError, "memoryview: product(shape) * itemsize != buffer size");
        goto fail;
    }
    int64_t stride = m->view.item_size;
    for (int i = n - 1; i >= 0; i--) {
        dims[n + i] = stride;
        stride *= dims[i];
    }
    alloc_memory_free(t, m->dims);
    m->dims = dims;
    m->view.ndim = n;
    m->view.shape = n ? dims : NULL;
    m->view.strides = n ? dims + n : NULL;
    m->view.suboffsets = NULL;
    find_flags(m);
    return 0;
fail:
    alloc_memory_free(t, dims);
    return -1;
}

static bool zero_in_shape(const MemoryView *m)
{
    for (int i = 0; i < m->view.ndim; i++)
        if (m->view.shape[i] == 0)
            return true;
    return false;
}

static Value cast(Thread *t, MemoryView *m, Value format, Value shape)
{
    if (!str_check(format))
        return error_set(t, EXC_TypeError, "cast() argument 'format' must be str, not %.50s",
                         value_is_none(format) ? "None" : type_name(type_of(t, format)));
    if (!(m->flags & MEMORYVIEW_C))
        return error_set(t, EXC_TypeError, "memoryview: casts are restricted to C-contiguous views");
    bool shaped = !value_is_empty(shape) && !value_is_none(shape);
    if ((shaped || m->view.ndim != 1) && zero_in_shape(m))
        return error_set(t, EXC_TypeError, "memoryview: cannot cast view with zeros in shape or strides");
    Value result = VALUE_EMPTY;
    if (!shaped) {
        MemoryView *made = view_new(t, m->managed, &m->view, 1, false);
        if (made && cast_to_1d(t, made, format) == 0)
            return value_of(made);
        ref_dec_ptr(t, made);
        return VALUE_EMPTY;
    }
    if (!list_check(shape) && !tuple_check(shape))
        return error_set(t, EXC_TypeError, "shape must be a list or a tuple");
    Value items = object_to_tuple(t, shape);
    if (value_is_empty(items))
        return VALUE_EMPTY;
    size_t n = tuple_length(items);
    if (n > BUFFER_MAX_NDIM) {
        error_set(t, EXC_ValueError, "memoryview: number of dimensions must not exceed %d", BUFFER_MAX_NDIM);
    } else if (m->view.ndim != 1 && n != 1) {
        error_set(t, EXC_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
    } else {
        MemoryView *made = view_new(t, m->managed, &m->view, 1, false);
        if (made && cast_to_1d(t, made, format) == 0 && cast_to_nd(t, made, tuple_of(items)->items, (int)n) == 0)
            result = value_of(made);
        else
            ref_dec_ptr(t, made);
    }
    ref_dec(t, items);
    return result;
}

/* ---- indexing ---- */

static bool is_index(Value v) { return int_check(v) || (value_is_object(v) && value_object(v)->type->slots.index); }

/* Every element of a tuple is an index (1) or a slice (2); else 0. */
static int tuple_of_keys(Value key)
{
    if (!tuple_check(key))
        return 0;
    bool indices = true, slices = tuple_length(key) > 0;
    for (size_t i = 0; i < tuple_length(key); i++) {
        indices &= is_index(tuple_peek(key, i));
        slices &= object_is(tuple_peek(key, i), KIND_SLICE);
    }
    return indices ? 1 : slices ? 2 : 0;
}

static char *step_to(Thread *t, const Buffer *v, char *p, int dim, int64_t index)
{
    int64_t n = v->shape[dim];
    if (index < 0)
        index += n;
    if ((uint64_t)index >= (uint64_t)n) {
        error_set(t, EXC_IndexError, "index out of bounds on dimension %d", dim + 1);
        return NULL;
    }
    p += v->strides[dim] * index;
    if (v->suboffsets && v->suboffsets[dim] >= 0)
        p = *(char **)(void *)p + v->suboffsets[dim];
    return p;
}

/* Address of the item that an index or a tuple of indices names; runs __index__ methods, after which the view may be released. */
static void *find_item(Thread *t, MemoryView *m, Value key)
{
    const Buffer *v = &m->view;
    int64_t indices[BUFFER_MAX_NDIM];
    size_t n = 1;
    if (tuple_check(key)) {
        n = tuple_length(key);
        if (n < (size_t)v->ndim) {
            error_set(t, EXC_NotImplementedError, "sub-views are not implemented");
            return NULL;
        }
        if (n > (size_t)v->ndim) {
            error_set(t, EXC_TypeError, "cannot index %d-dimension view with %zu-element tuple", v->ndim, n);
            return NULL;
        }
    }
    for (size_t i = 0; i < n; i++) {
        Value k = tuple_check(key) ? tuple_peek(key, i) : key;
        indices[i] = value_is_int(k) ? value_to_int(k) : number_index_int64(t, k, EXC_IndexError);
        if (indices[i] == -1 && error_pending(t))
            return NULL;
    }
    if (!usable(t, m))
        return NULL;
    char *p = v->data;
    for (size_t i = 0; i < n && p; i++)
        p = step_to(t, v, p, (int)i, indices[i]);
    return p;
}

static char item_code(Thread *t, const MemoryView *m)
{
    char code = memoryview_item_code(m->view.format);
    if (!code)
        error_set(t, EXC_NotImplementedError, "memoryview: unsupported format %s", m->view.format);
    return code;
}

/* Reads the item at p, under the lock so that a release elsewhere comes before or after. */
static Value read_item(Thread *t, MemoryView *m, char code, const void *p)
{
    objlock_enter(t, m);
    bool released = m->flags & MEMORYVIEW_RELEASED;
    Value result = released ? VALUE_EMPTY : memoryview_unpack_item(t, code, p);
    objlock_exit(t, m);
    if (released)
        usable(t, m);
    return result;
}

/* The part of m that a slice of its first dimension selects. */
static Value sliced(Thread *t, MemoryView *m, Value key)
{
    MemoryView *made = view_new(t, m->managed, &m->view, m->view.ndim, true);
    if (!made)
        return VALUE_EMPTY;
    Buffer *v = &made->view;
    int64_t start, stop, step, count;
    if (slice_indices(t, key, v->shape[0], &start, &stop, &step, &count) < 0) {
        ref_dec_ptr(t, made);
        return VALUE_EMPTY;
    }
    if (count < 0)
        count = 0;
    int64_t offset = v->strides[0] * start;
    if (v->suboffsets) {
        int n = 0;
        while (n < v->ndim && v->suboffsets[n] < 0)
            n++;
        if (n == 0 || n == v->ndim)
            v->data = (char *)v->data + offset;
        else
            v->suboffsets[n - 1] += offset;
    } else {
        v->data = (char *)v->data + offset;
    }
    v->shape[0] = count;
    v->strides[0] *= step;
    int64_t length = v->item_size;
    for (int i = 0; i < v->ndim; i++)
        length *= v->shape[i];
    v->length = (size_t)length;
    find_flags(made);
    return value_of(made);
}

static Value getitem_slot(Thread *t, Value self, Value key)
{
    MemoryView *m = memoryview_of(self);
    if (!usable(t, m))
        return VALUE_EMPTY;
    if (m->view.ndim == 0) {
        if (tuple_check(key) && tuple_length(key) == 0) {
            char code = item_code(t, m);
            return code ? read_item(t, m, code, m->view.data) : VALUE_EMPTY;
        }
        if (value_is(key, VALUE_ELLIPSIS))
            return ref_inc(t, self);
        return error_set(t, EXC_TypeError, "invalid indexing of 0-dim memory");
    }
    if (LIKELY(is_index(key)) || tuple_of_keys(key) == 1) {
        char code = item_code(t, m);
        if (!code)
            return VALUE_EMPTY;
        if (!tuple_check(key) && m->view.ndim > 1)
            return error_set(t, EXC_NotImplementedError, "multi-dimensional sub-views are not implemented");
        void *p = find_item(t, m, key);
        return p ? read_item(t, m, code, p) : VALUE_EMPTY;
    }
    if (object_is(key, KIND_SLICE)) {
        if (!viewable(t, m) || memoryview_pin(t, m) < 0)
            return VALUE_EMPTY;
        Value result = sliced(t, m, key);
        memoryview_unpin(t, m);
        return result;
    }
    if (tuple_of_keys(key) == 2)
        return error_set(t, EXC_NotImplementedError, "multi-dimensional slicing is not implemented");
    return error_set(t, EXC_TypeError, "memoryview: invalid slice key");
}

/* Writes an item through a copy, because converting it runs Python code. */
static int write_item(Thread *t, MemoryView *m, char code, void *p, Value value)
{
    union {
        char bytes[16];
        long double align;
    } packed;
    if (memoryview_pack_item(t, code, &packed, value, m->view.format) < 0)
        return -1;
    objlock_enter(t, m);
    bool released = m->flags & MEMORYVIEW_RELEASED;
    if (!released)
        memcpy(p, &packed, (size_t)m->view.item_size);
    objlock_exit(t, m);
    return released ? (usable(t, m), -1) : 0;
}

/* m[slice] = value, both one-dimensional and of the same structure; they may overlap. */
static int assign_slice(Thread *t, MemoryView *m, Value key, Value value)
{
    Buffer source;
    if (buffer_get(t, value, &source, BUFFER_FULL_RO) < 0)
        return -1;
    int result = -1;
    if (memoryview_pin(t, m) < 0) {
        buffer_release(t, &source);
        return -1;
    }
    Value target = sliced(t, m, key);
    if (!value_is_empty(target)) {
        Buffer *to = &memoryview_of(target)->view;
        const char *f1 = to->format + (to->format[0] == '@'),
                   *f2 = source.format ? source.format + (source.format[0] == '@') : "B";
        bool same = strcmp(f1, f2) == 0 && to->item_size == source.item_size && source.ndim == 1 &&
                    (source.shape ? source.shape[0] : (int64_t)source.length) == to->shape[0];
        if (!same) {
            error_set(t, EXC_ValueError, "memoryview assignment: lvalue and rvalue have different structures");
        } else if (buffer_is_contiguous(to, 'C') && buffer_is_contiguous(&source, 'C')) {
            memmove(to->data, source.data, to->length);
            result = 0;
        } else {
            uint8_t *copy = alloc_memory(t, source.length);
            if (copy) {
                buffer_copy_out(&source, copy, 'C');
                buffer_copy_in(to, copy, 'C');
                alloc_memory_free(t, copy);
                result = 0;
            }
        }
        ref_dec(t, target);
    }
    memoryview_unpin(t, m);
    buffer_release(t, &source);
    return result;
}

static int setitem_slot(Thread *t, Value self, Value key, Value value)
{
    MemoryView *m = memoryview_of(self);
    if (!usable(t, m))
        return -1;
    char code = item_code(t, m);
    if (!code)
        return -1;
    if (m->view.readonly)
        return error_set(t, EXC_TypeError, "cannot modify read-only memory"), -1;
    if (value_is_empty(value))
        return error_set(t, EXC_TypeError, "cannot delete memory"), -1;
    if (m->view.ndim == 0) {
        if (value_is(key, VALUE_ELLIPSIS) || (tuple_check(key) && tuple_length(key) == 0))
            return write_item(t, m, code, m->view.data, value);
        return error_set(t, EXC_TypeError, "invalid indexing of 0-dim memory"), -1;
    }
    int keys = tuple_of_keys(key);
    if (is_index(key) || keys == 1) {
        if (!keys && m->view.ndim > 1)
            return error_set(t, EXC_NotImplementedError, "sub-views are not implemented"), -1;
        void *p = find_item(t, m, key);
        return p ? write_item(t, m, code, p, value) : -1;
    }
    if (object_is(key, KIND_SLICE) && m->view.ndim == 1)
        return assign_slice(t, m, key, value);
    if (object_is(key, KIND_SLICE) || keys == 2)
        return error_set(t, EXC_NotImplementedError,
                         "memoryview slice assignments are currently restricted to ndim = 1"),
               -1;
    return error_set(t, EXC_TypeError, "memoryview: invalid slice key"), -1;
}

static int64_t len_slot(Thread *t, Value self)
{
    MemoryView *m = memoryview_of(self);
    if (!usable(t, m))
        return -1;
    if (m->view.ndim == 0)
        return error_set(t, EXC_TypeError, "0-dim memory has no length"), -1;
    return m->view.shape[0];
}

/* ---- any object ---- */

static Value repr_slot(Thread *t, Value self)
{
    return str_format(t,
                      memoryview_of(self)->flags & MEMORYVIEW_RELEASED ? "<released memory at %p>" : "<memory at %p>",
                      (void *)value_object(self));
}

static hash_t hash_slot(Thread *t, Value self)
{
    MemoryView *m = memoryview_of(self);
    hash_t h = atomic_load_explicit(&m->hash, memory_order_relaxed);
    if (h)
        return h;
    if (!usable(t, m))
        return -1;
    int64_t size;
    if (!m->view.readonly)
        return error_set(t, EXC_ValueError, "cannot hash writable memoryview object"), -1;
    if (!is_byte_code(memoryview_native_code(m->view.format, &size)))
        return error_set(t, EXC_ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"), -1;
    if (memoryview_pin(t, m) < 0)
        return -1;
    h = -1;
    if (value_is_empty(m->view.owner) || object_hash(t, m->view.owner) != -1) {
        if (m->flags & MEMORYVIEW_C) {
            h = str_hash_bytes(t, m->view.data, m->view.length);
        } else {
            uint8_t *copy = alloc_memory(t, m->view.length);
            if (copy) {
                buffer_copy_out(&m->view, copy, 'C');
                h = str_hash_bytes(t, copy, m->view.length);
                alloc_memory_free(t, copy);
            }
        }
    }
    memoryview_unpin(t, m);
    if (h != -1)
        store_relaxed(&m->hash, h);
    return h;
}

static Value create_slot(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value out[1];
    if (native_parse(t, "memoryview", "(object)", args, n, names, out) < 0)
        return VALUE_EMPTY;
    return memoryview_new(t, out[0]);
}

/* ---- methods ---- */

NATIVE(memoryview_release, "release", "($self, /)", "Lets go of the underlying buffer.")
{
    return memoryview_release(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(memoryview_enter, "__enter__", "($self, /)", "Returns the view, which the end of the block will release.")
{
    return usable(t, memoryview_of(args[0])) ? ref_inc(t, args[0]) : VALUE_EMPTY;
}
NATIVE(memoryview_exit, "__exit__", "($self, /, *exc_info)", "Releases the view.")
{
    return memoryview_release(t, args[0]) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

NATIVE(memoryview_tobytes, "tobytes", "($self, /, order='C')",
       "The contents as bytes, in the order 'C', 'F' or 'A' (as they are stored).")
{
    MemoryView *m = memoryview_of(args[0]);
    char order = 'C';
    if (!value_is_empty(args[1]) && !value_is_none(args[1])) {
        if (!str_check(args[1]))
            return error_set(t, EXC_TypeError, "tobytes() argument 'order' must be str or None, not %.50T", args[1]);
        const char *text = str_ascii_or(args[1], "?");
        if (strcmp(text, "C") && strcmp(text, "F") && strcmp(text, "A"))
            return error_set(t, EXC_ValueError, "order must be 'C', 'F' or 'A'");
        order = text[0];
    }
    if (memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (buffer_is_contiguous(&m->view, 'C') && order != 'F') {
        result = bytes_new(t, m->view.data, m->view.length);
    } else {
        result = bytes_new(t, NULL, m->view.length);
        if (!value_is_empty(result) && m->view.length)
            buffer_copy_out(&m->view, bytes_of(result)->data, order);
    }
    memoryview_unpin(t, m);
    return result;
}

NATIVE(memoryview_hex, "hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)",
       "The contents in hexadecimal digits, with sep between groups of bytes_per_sep.")
{
    MemoryView *m = memoryview_of(args[0]);
    int sep;
    int64_t group;
    if (!usable(t, m) || bytes_hex_arguments(t, args[1], args[2], &sep, &group) < 0 || memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    Value result = VALUE_EMPTY;
    if (m->flags & MEMORYVIEW_C) {
        result = bytes_hex(t, m->view.data, m->view.length, sep, group);
    } else {
        uint8_t *copy = alloc_memory(t, m->view.length);
        if (copy) {
            buffer_copy_out(&m->view, copy, 'C');
            result = bytes_hex(t, copy, m->view.length, sep, group);
            alloc_memory_free(t, copy);
        }
    }
    memoryview_unpin(t, m);
    return result;
}

NATIVE(memoryview_tolist, "tolist", "($self, /)", "The items as a list, nested for more dimensions.")
{
    MemoryView *m = memoryview_of(args[0]);
    if (memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    Value result = memoryview_to_list(t, m);
    memoryview_unpin(t, m);
    return result;
}

NATIVE(memoryview_cast, "cast", "($self, /, format, shape=<unrepresentable>)",
       "The same memory with another format or shape.")
{
    MemoryView *m = memoryview_of(args[0]);
    if (!viewable(t, m) || memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    Value result = cast(t, m, args[1], args[2]);
    memoryview_unpin(t, m);
    return result;
}

NATIVE(memoryview_toreadonly, "toreadonly", "($self, /)", "A view of the same memory that cannot change it.")
{
    MemoryView *m = memoryview_of(args[0]);
    if (!viewable(t, m) || memoryview_pin(t, m) < 0)
        return VALUE_EMPTY;
    MemoryView *made = view_new(t, m->managed, &m->view, m->view.ndim, true);
    if (made)
        made->view.readonly = true;
    memoryview_unpin(t, m);
    return value_of(made);
}

NATIVE_FLAGS(memoryview_from_flags, "_from_flags", "($type, /, object, flags)",
             "A view got with the given flags of the buffer protocol.", NATIVE_CLASS)
{
    int flags;
    return int_to_int(t, args[2], &flags) < 0 ? VALUE_EMPTY : memoryview_from_flags(t, args[1], flags);
}

NATIVE(memoryview_count, "count", "($self, value, /)", "How many items equal the value.")
{
    return memoryview_count(t, args[0], args[1]);
}
NATIVE(memoryview_index, "index", "($self, value, start=0, stop=sys.maxsize, /)",
       "Index of the first item that equals the value; ValueError when there is none.")
{
    return memoryview_index(t, args[0], args[1], args[2], args[3]);
}

NATIVE_FLAGS(memoryview_class_getitem, "__class_getitem__", "($type, object, /)", "A generic alias: memoryview[int].",
             NATIVE_CLASS)
{
    return generic_alias_new(t, args[0], args[1]);
}

static const NativeDef *const methods[] = {&native_memoryview_release,
                                           &native_memoryview_enter,
                                           &native_memoryview_exit,
                                           &native_memoryview_tobytes,
                                           &native_memoryview_hex,
                                           &native_memoryview_tolist,
                                           &native_memoryview_cast,
                                           &native_memoryview_toreadonly,
                                           &native_memoryview_from_flags,
                                           &native_memoryview_count,
                                           &native_memoryview_index,
                                           &native_memoryview_class_getitem,
                                           NULL};

/* ---- attributes ---- */

static Value get_obj(Thread *t, Value self)
{
    MemoryView *m = memoryview_of(self);
    if (!usable(t, m))
        return VALUE_EMPTY;
    return value_is_empty(m->view.owner) ? VALUE_NONE : ref_inc(t, m->view.owner);
}
static Value get_nbytes(Thread *t, Value self)
{
    return usable(t, memoryview_of(self)) ? int_from_size(t, memoryview_of(self)->view.length) : VALUE_EMPTY;
}
static Value get_readonly(Thread *t, Value self)
{
    return usable(t, memoryview_of(self)) ? value_from_bool(memoryview_of(self)->view.readonly) : VALUE_EMPTY;
}
static Value get_itemsize(Thread *t, Value self)
{
    return usable(t, memoryview_of(self)) ? int_from_int64(t, memoryview_of(self)->view.item_size) : VALUE_EMPTY;
}
static Value get_format(Thread *t, Value self)
{
    return usable(t, memoryview_of(self)) ? str_from_string(t, memoryview_of(self)->view.format) : VALUE_EMPTY;
}
static Value get_ndim(Thread *t, Value self)
{
    return usable(t, memoryview_of(self)) ? value_from_int(memoryview_of(self)->view.ndim) : VALUE_EMPTY;
}

static Value dims_tuple(Thread *t, const int64_t *dims, int n)
{
    Value items[BUFFER_MAX_NDIM];
    for (int i = 0; dims && i < n; i++)
        items[i] = value_from_int(dims[i]); /* sizes in memory fit */
    return dims ? tuple_from_array(t, items, (size_t)n) : tuple_new(t, 0);
}
static Value get_shape(Thread *t, Value self)
{
    return usable(t, memoryview_of(self))
               ? dims_tuple(t, memoryview_of(self)->view.shape, memoryview_of(self)->view.ndim)
               : VALUE_EMPTY;
}
static Value get_strides(Thread *t, Value self)
{
    return usable(t, memoryview_of(self))
               ? dims_tuple(t, memoryview_of(self)->view.strides, memoryview_of(self)->view.ndim)
               : VALUE_EMPTY;
}
static Value get_suboffsets(Thread *t, Value self)
{
    return usable(t, memoryview_of(self))
               ? dims_tuple(t, memoryview_of(self)->view.suboffsets, memoryview_of(self)->view.ndim)
               : VALUE_EMPTY;
}
static Value flag(Thread *t, Value self, uint32_t bits)
{
    return usable(t, memoryview_of(self)) ? value_from_bool(memoryview_of(self)->flags & bits) : VALUE_EMPTY;
}
static Value get_c_contiguous(Thread *t, Value self) { return flag(t, self, MEMORYVIEW_C); }
static Value get_f_contiguous(Thread *t, Value self) { return flag(t, self, MEMORYVIEW_FORTRAN); }
static Value get_contiguous(Thread *t, Value self) { return flag(t, self, MEMORYVIEW_C | MEMORYVIEW_FORTRAN); }

static const GetSetDef getsets[] = {
    {"obj", get_obj, NULL, "The object whose memory is shown."},
    {"nbytes", get_nbytes, NULL, "How many bytes tobytes() would give."},
    {"readonly", get_readonly, NULL, "May the memory not be changed through the view?"},
    {"itemsize", get_itemsize, NULL, "Bytes an item."},
    {"format", get_format, NULL, "The format of an item, as in the module struct."},
    {"ndim", get_ndim, NULL, "Number of dimensions."},
    {"shape", get_shape, NULL, "Items along each dimension."},
    {"strides", get_strides, NULL, "Bytes from one item to the next along each dimension."},
    {"suboffsets", get_suboffsets, NULL, "Offsets after following pointers, for arrays of pointers."},
    {"c_contiguous", get_c_contiguous, NULL, "Are the items contiguous, last index fastest?"},
    {"f_contiguous", get_f_contiguous, NULL, "Are the items contiguous, first index fastest?"},
    {"contiguous", get_contiguous, NULL, "Are the items contiguous in one of the two orders?"},
    {NULL, NULL, NULL, NULL},
};

/* ---- the iterator ---- */

typedef struct MemoryIterator {
    Object head;
    Value view; /* memoryview; empty once exhausted */
    int64_t index, length;
    char code;
} MemoryIterator;

static Value iter_slot(Thread *t, Value self)
{
    MemoryView *m = memoryview_of(self);
    if (!usable(t, m))
        return VALUE_EMPTY;
    if (m->view.ndim == 0)
        return error_set(t, EXC_TypeError, "invalid indexing of 0-dim memory");
    if (m->view.ndim != 1)
        return error_set(t, EXC_NotImplementedError, "multi-dimensional sub-views are not implemented");
    char code = item_code(t, m);
    MemoryIterator *it = code ? alloc_object(t, t->types[KIND_MEMORY_ITERATOR], sizeof *it) : NULL;
    if (!it)
        return VALUE_EMPTY;
    it->view = ref_inc(t, self);
    it->length = m->view.shape[0];
    it->code = code;
    return value_of(it);
}

static Value iterator_next(Thread *t, Value self)
{
    MemoryIterator *it = (MemoryIterator *)value_object(self);
    objlock_enter(t, it);
    Value v = ref_inc(t, it->view), drop = VALUE_EMPTY;
    int64_t index = it->index++;
    if (index >= it->length) {
        drop = it->view;
        it->view = VALUE_EMPTY;
    }
    objlock_exit(t, it);
    ref_dec(t, drop);
    Value result = VALUE_EMPTY;
    if (!value_is_empty(v) && index < it->length) {
        MemoryView *m = memoryview_of(v);
        char *p = usable(t, m) ? step_to(t, &m->view, m->view.data, 0, index) : NULL;
        if (p)
            result = read_item(t, m, it->code, p);
    }
    ref_dec(t, v);
    return result;
}

static void iterator_dealloc(Thread *t, Object *o) { ref_clear(t, &((MemoryIterator *)o)->view); }
static int iterator_traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((MemoryIterator *)o)->view);
    return 0;
}

const TypeSpec type_spec_memory_iterator = {
    .name = "memory_iterator",
    .kind = KIND_MEMORY_ITERATOR,
    .flags = TYPE_IMMUTABLE | TYPE_NO_NEW,
    .size = sizeof(MemoryIterator),
    .slots = {.dealloc = iterator_dealloc,
              .traverse = iterator_traverse,
              .iter = slot_iter_self,
              .next = iterator_next},
};

const TypeSpec type_spec_memoryview = {
    .name = "memoryview",
    .doc = "The memory of another object, without copying it.",
    .signature = "(object)",
    .kind = KIND_MEMORYVIEW,
    .flags = TYPE_IMMUTABLE | TYPE_SEQUENCE,
    .size = sizeof(MemoryView),
    .weak_offset = offsetof(MemoryView, weakrefs),
    .methods = methods,
    .getsets = getsets,
    .slots = {.dealloc = memoryview_dealloc,
              .traverse = memoryview_traverse,
              .clear = memoryview_clear,
              .create = create_slot,
              .repr = repr_slot,
              .hash = hash_slot,
              .compare = memoryview_compare,
              .iter = iter_slot,
              .len = len_slot,
              .getitem = getitem_slot,
              .setitem = setitem_slot,
              .buffer_get = buffer_slot,
              .buffer_release = release_slot},
};
