/* buffer.c: the buffer protocol: getting and releasing views, walking and copying them, and classes that export by __buffer__ (PEP 688).
 *
 * Invariant: a Buffer whose owner is not empty holds one reference to it and one export of it.  No locks here; an exporter that can change size counts its
 * exports under its own.  Read next: memoryview.c, which shows a view to Python. */
#include "buffer.h"

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "bytes_methods.h"
#include "error.h"
#include "int.h"
#include "memoryview.h"
#include "type.h"

bool buffer_supported(Thread *t, Value v)
{
    return value_is_object(v) && value_object(v)->type->slots.buffer_get != NULL;
}

int buffer_get(Thread *t, Value v, Buffer *view, int flags)
{
    view->owner = VALUE_EMPTY;
    if (UNLIKELY(!buffer_supported(t, v))) {
        error_set(t, EXC_TypeError, "a bytes-like object is required, not '%.100T'", v);
        return -1;
    }
    if (value_object(v)->type->slots.buffer_get(t, v, view, flags) < 0) {
        view->owner = VALUE_EMPTY;
        return -1;
    }
    return 0;
}

void buffer_release(Thread *t, Buffer *view)
{
    Value owner = view->owner;
    if (value_is_empty(owner))
        return;
    void (*release)(Thread *, Value, Buffer *) = value_object(owner)->type->slots.buffer_release;
    if (release)
        release(t, owner, view);
    view->owner = VALUE_EMPTY;
    ref_dec(t, owner);
}

int buffer_fill(Thread *t, Buffer *view, Value owner, void *data, size_t n, bool readonly, int flags)
{
    view->owner = VALUE_EMPTY;
    if ((flags & BUFFER_WRITABLE) && readonly) {
        error_set(t, EXC_BufferError, "Object is not writable.");
        return -1;
    }
    view->data = data;
    view->owner = ref_inc(t, owner);
    view->length = n;
    view->item_size = 1;
    view->readonly = readonly;
    view->ndim = 1;
    view->format = flags & BUFFER_FORMAT ? "B" : NULL;
    view->shape1 = (int64_t)n;
    view->stride1 = 1;
    view->shape = flags & BUFFER_ND ? &view->shape1 : NULL;
    view->strides = (flags & BUFFER_STRIDES) == BUFFER_STRIDES ? &view->stride1 : NULL;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

int bytes_argument(Thread *t, Value v, Buffer *view)
{
    if (LIKELY(object_is_exact(v, KIND_BYTES))) {
        view->data = bytes_of(v)->data;
        view->length = bytes_of(v)->length;
        view->owner = ref_inc(t, v);
        return 0;
    }
    return buffer_get(t, v, view, BUFFER_SIMPLE);
}

/* ---- walking ---- */

static bool contiguous_c(const Buffer *view)
{
    if (!view->strides)
        return true;
    int64_t expected = view->item_size;
    for (int i = view->ndim - 1; i >= 0; i--) {
        if (view->shape[i] > 1 && view->strides[i] != expected)
            return false;
        expected *= view->shape[i];
    }
    return true;
}

static bool contiguous_f(const Buffer *view)
{
    if (view->ndim == 0)
        return true;
    if (!view->strides) { /* C order: Fortran's too if at most one dimension is longer than 1 */
        if (view->ndim == 1 || !view->shape)
            return true;
        int longer = 0;
        for (int i = 0; i < view->ndim; i++)
            longer += view->shape[i] > 1;
        return longer <= 1;
    }
    int64_t expected = view->item_size;
    for (int i = 0; i < view->ndim; i++) {
        if (view->shape[i] > 1 && view->strides[i] != expected)
            return false;
        expected *= view->shape[i];
    }
    return true;
}

bool buffer_is_contiguous(const Buffer *view, char order)
{
    if (view->suboffsets)
        return false;
    if (view->length == 0)
        return true;
    switch (order) {
    case 'C': return contiguous_c(view);
    case 'F': return contiguous_f(view);
    default: return contiguous_c(view) || contiguous_f(view);
    }
}

void *buffer_item(const Buffer *view, const int64_t *indices)
{
    char *p = view->data;
    int64_t stride = view->item_size;
    for (int i = view->ndim - 1; i >= 0 && !view->strides; i--) {
        p += indices[i] * stride;
        stride *= view->shape[i];
    }
    if (view->strides) {
        for (int i = 0; i < view->ndim; i++) {
            p += view->strides[i] * indices[i];
            if (view->suboffsets && view->suboffsets[i] >= 0)
                p = *(char **)(void *)p + view->suboffsets[i];
        }
    }
    return p;
}

/* Copies item by item; the contiguous side is walked with its last (C) or first (F) index fastest. */
static void copy_items(const Buffer *view, char *flat, bool fortran, bool out)
{
    int64_t indices[BUFFER_MAX_NDIM] = {0};
    size_t item = (size_t)view->item_size;
    if (view->length == 0 || item == 0)
        return;
    size_t count = view->length / item;
    for (size_t done = 0; done < count; done++) {
        void *p = buffer_item(view, indices);
        if (out)
            memcpy(flat, p, item);
        else
            memcpy(p, flat, item);
        flat += item;
        for (int k = 0; k < view->ndim; k++) {
            int i = fortran ? k : view->ndim - 1 - k;
            if (++indices[i] < view->shape[i])
                break;
            indices[i] = 0;
        }
    }
}

static bool flat_copy(const Buffer *view, char order, bool *fortran)
{
    *fortran = order == 'F' || (order == 'A' && !buffer_is_contiguous(view, 'C') && buffer_is_contiguous(view, 'F'));
    return !view->suboffsets && (!view->shape || buffer_is_contiguous(view, *fortran ? 'F' : 'C'));
}

void buffer_copy_out(const Buffer *view, void *out, char order)
{
    bool fortran;
    if (flat_copy(view, order, &fortran))
        memcpy(out, view->data, view->length);
    else
        copy_items(view, out, fortran, true);
}

void buffer_copy_in(const Buffer *view, const void *in, char order)
{
    bool fortran;
    if (flat_copy(view, order, &fortran))
        memcpy(view->data, in, view->length);
    else
        copy_items(view, (char *)(uintptr_t)in, fortran, false);
}

/* ---- PEP 688 ---- */

/* What a view exported by a Python __buffer__ is owned by: it keeps the memoryview that the method returned and the object itself. */
typedef struct BufferWrapper {
    Object head;
    Value view; /* memoryview, or empty once released */
    Value object;
} BufferWrapper;

static void wrapper_dealloc(Thread *t, Object *o)
{
    BufferWrapper *w = (BufferWrapper *)o;
    ref_clear(t, &w->view);
    ref_clear(t, &w->object);
}
static int wrapper_traverse(Object *o, VisitFn visit, void *arg)
{
    BufferWrapper *w = (BufferWrapper *)o;
    VISIT(w->view);
    VISIT(w->object);
    return 0;
}

/* Tells the object's Python __release_buffer__ that the view is going, showing it a memoryview: the one that its __buffer__ returned, or (empty) one of the view,
 * which ends with the call. */
static void call_release_buffer(Thread *t, Value object, Buffer *view, Value returned)
{
    Value earlier = error_take(t), method;
    Value shown = value_is_empty(returned) ? memoryview_restricted(t, view) : ref_inc(t, returned);
    if (!value_is_empty(shown)) {
        int found = object_special(t, object, ID(t, __release_buffer__), &method);
        if (found > 0) {
            ref_dec(t, object_call1(t, method, shown));
            ref_dec(t, method);
        }
    }
    if (error_pending(t))
        error_unraisable(t, VALUE_EMPTY, "Exception ignored in __release_buffer__ of %T", object);
    if (!value_is_empty(shown) && value_is_empty(returned) && memoryview_release(t, shown) < 0)
        error_unraisable(t, VALUE_EMPTY, "Exception ignored in __release_buffer__ of %T", object);
    ref_dec(t, shown);
    if (!value_is_empty(earlier))
        error_restore_take(t, earlier);
}

static void wrapper_release(Thread *t, Value self, Buffer *view)
{
    BufferWrapper *w = (BufferWrapper *)value_object(self);
    Value shown = w->view, object = w->object;
    w->view = w->object = VALUE_EMPTY;
    if (value_is_empty(shown) || value_is_empty(object)) {
        ref_dec(t, shown);
        ref_dec(t, object);
        return;
    }
    /* The export taken of the memoryview, which the wrapper had made its own, goes back: __release_buffer__ may release the memoryview. */
    memoryview_drop_export(t, shown);
    if (value_object(object)->type->slots.buffer_release == slot_python_buffer_release)
        call_release_buffer(t, object, view, shown);
    ref_dec(t, shown);
    ref_dec(t, object);
}

static const TypeSpec wrapper_spec = {
    .name = "_buffer_wrapper",
    .kind = KIND_OBJECT,
    .flags = TYPE_NO_NEW | TYPE_IMMUTABLE,
    .size = sizeof(BufferWrapper),
    .slots = {.dealloc = wrapper_dealloc, .traverse = wrapper_traverse, .buffer_release = wrapper_release},
};

int slot_python_buffer_get(Thread *t, Value self, Buffer *view, int flags)
{
    Value method;
    int found = object_special(t, self, ID(t, __buffer__), &method);
    if (found <= 0) {
        if (!found)
            error_attribute(t, self, ID(t, __buffer__), "'%.100T' object has no attribute '__buffer__'", self);
        return -1;
    }
    Value shown = object_call1(t, method, value_from_int(flags));
    ref_dec(t, method);
    if (value_is_empty(shown))
        return -1;
    if (!object_is(shown, KIND_MEMORYVIEW)) {
        error_set(t, EXC_TypeError, "__buffer__ returned non-memoryview object");
        ref_dec(t, shown);
        return -1;
    }
    Type *type = memoryview_helper_type(t, &t->interp->buffer_wrapper_type, &wrapper_spec);
    BufferWrapper *wrapper = type ? alloc_object(t, type, sizeof *wrapper) : NULL;
    if (!wrapper || buffer_get(t, shown, view, flags) < 0) {
        ref_dec_ptr(t, wrapper);
        ref_dec(t, shown);
        return -1;
    }
    wrapper->view =
        shown; /* with the reference of the call; the view's own goes, its export stays until wrapper_release */
    wrapper->object = ref_inc(t, self);
    ref_dec(t, view->owner);
    view->owner = value_of(wrapper);
    return 0;
}

void slot_python_buffer_release(Thread *t, Value self, Buffer *view)
{
    /* Reached when a class adds only __release_buffer__ to a base that exports in C, and for a view that its own __buffer__ got from such a base. */
    bool own = value_object(self)->type->slots.buffer_get == slot_python_buffer_get;
    for (Type *base = value_object(self)->type->base; base; base = base->base) {
        if (base->slots.buffer_release == slot_python_buffer_release)
            continue;
        if (!own)
            call_release_buffer(t, self, view, VALUE_EMPTY);
        if (base->slots.buffer_release)
            base->slots.buffer_release(t, self, view);
        return;
    }
}

Value buffer_method_get(Thread *t, Value self, BufferGetFn get, Value flags)
{
    int64_t bits;
    if (int_to_int64(t, flags, &bits) < 0)
        return VALUE_EMPTY;
    if (bits < INT32_MIN || bits > INT32_MAX)
        return error_set(t, EXC_OverflowError, "buffer flags out of range");
    return memoryview_from_getter(t, self, get, (int)bits);
}

Value buffer_method_release(Thread *t, Value self, Value view)
{
    if (!object_is(view, KIND_MEMORYVIEW))
        return error_set(t, EXC_TypeError, "expected a memoryview object");
    MemoryView *m = memoryview_of(view);
    if (m->flags & MEMORYVIEW_RELEASED)
        return error_set(t, EXC_ValueError, "memoryview's buffer has already been released");
    if (value_is_empty(m->view.owner)) /* made for a __release_buffer__ call: its view is released after it */
        return VALUE_NONE;
    if (!value_is(m->view.owner, self))
        return error_set(t, EXC_ValueError, "memoryview's buffer is not this object");
    if (m->exports) /* the view that this one was got for is going: it lets this one go next */
        return VALUE_NONE;
    return memoryview_release(t, view) < 0 ? VALUE_EMPTY : VALUE_NONE;
}
