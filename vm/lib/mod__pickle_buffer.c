/* mod__pickle_buffer.c: PickleBuffer, which marks a buffer as fit for being passed beside a pickle (PEP 574). */
#include "mod__pickle.h"

#include <stddef.h>

#include "../object/native.h"

static PickleBuffer *buffer_of(Value v) { return (PickleBuffer *)value_object(v); }

const Buffer *pickle_buffer_view(Thread *t, Value v)
{
    if (!value_is_empty(buffer_of(v)->view.owner))
        return &buffer_of(v)->view;
    error_set(t, EXC_ValueError, "operation forbidden on released PickleBuffer object");
    return NULL;
}

static Value create(Thread *t, Type *type, const Value *args, uint32_t n, Value names)
{
    Value object;
    if (native_parse(t, "PickleBuffer", "(object, /)", args, n, names, &object) < 0)
        return VALUE_EMPTY;
    PickleBuffer *b = type_alloc(t, type, 0);
    if (b && buffer_get(t, object, &b->view, BUFFER_FULL_RO) < 0) {
        ref_dec_ptr(t, b);
        return VALUE_EMPTY;
    }
    return value_of(b);
}

static void release(Thread *t, Object *o) { buffer_release(t, &((PickleBuffer *)o)->view); }
static int traverse(Object *o, VisitFn visit, void *arg)
{
    VISIT(((PickleBuffer *)o)->view.owner);
    return 0;
}

static int buffer_slot(Thread *t, Value self, Buffer *view, int flags)
{
    const Buffer *own = pickle_buffer_view(t, self);
    return own ? buffer_get(t, own->owner, view, flags) : -1;
}

NATIVE(buffer_raw, "raw", "($self, /)", "A memoryview of the raw memory: one dimension of bytes.")
{
    const Buffer *own = pickle_buffer_view(t, args[0]);
    Buffer view;
    if (!own)
        return VALUE_EMPTY;
    if (!buffer_is_contiguous(own, 'A'))
        return error_set(t, EXC_BufferError, "cannot extract raw buffer from non-contiguous buffer");
    if (buffer_get(t, own->owner, &view, BUFFER_FULL_RO) < 0)
        return VALUE_EMPTY;
    view.item_size = 1;
    view.ndim = 1;
    view.format = "B";
    view.shape1 = (int64_t)view.length;
    view.stride1 = 1;
    view.shape = &view.shape1;
    view.strides = &view.stride1;
    view.suboffsets = NULL;
    return memoryview_from_buffer_take(t, &view);
}

NATIVE(buffer_release_method, "release", "($self, /)", "Lets go of the buffer.")
{
    release(t, value_object(args[0]));
    return VALUE_NONE;
}

static const NativeDef *const methods[] = {&native_buffer_raw, &native_buffer_release_method, NULL};

const TypeSpec pickle_buffer_spec = {
    .name = "pickle.PickleBuffer",
    .doc = "A buffer that may be passed beside the pickle.",
    .signature = "(object, /)",
    .kind = KIND_OBJECT,
    .flags = TYPE_IMMUTABLE,
    .size = sizeof(PickleBuffer),
    .weak_offset = offsetof(PickleBuffer, weakrefs),
    .methods = methods,
    .slots = {.dealloc = release, .traverse = traverse, .clear = release, .create = create, .buffer_get = buffer_slot},
};
