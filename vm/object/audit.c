/* audit.c: hooks are told of events (audit.h).  A hook is not traced, unless it has a true __cantrace__.  No locks. */
#include "audit.h"

#include <stdarg.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "error.h"
#include "int.h"
#include "list.h"
#include "str.h"

typedef struct AuditHook {
    Value hook; /* owned */
    struct AuditHook *_Atomic next;
} AuditHook;

static int call(Thread *t, Value hook, Value event, Value args)
{
    Value name = str_intern(t, "__cantrace__"), can_trace, result = VALUE_EMPTY;
    int traced = value_is_empty(name) ? -1 : object_getattr_optional(t, hook, name, &can_trace);
    ref_dec(t, name);
    if (traced > 0) {
        traced = object_truth(t, can_trace);
        ref_dec(t, can_trace);
    }
    if (traced >= 0) {
        uint32_t tracing = t->tracing;
        if (!traced)
            t->tracing++;
        result = object_call2(t, hook, event, args);
        t->tracing = tracing;
    }
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

int audit_tell(Thread *t, Value event, Value args)
{
    int status = 0;
    for (AuditHook *h = atomic_load(&t->interp->audit_hooks); h && status == 0; h = atomic_load(&h->next))
        status = call(t, h->hook, event, args);
    return status;
}

static Value argument(Thread *t, char letter, va_list *list)
{
    Value v;
    const char *text;
    switch (letter) {
    case 'N': return va_arg(*list, Value);
    case 'O': v = va_arg(*list, Value); return value_is_empty(v) ? VALUE_NONE : ref_inc(t, v);
    case 'i': return value_from_int(va_arg(*list, int));
    case 'l': return int_from_int64(t, va_arg(*list, int64_t));
    default: text = va_arg(*list, const char *); return text ? str_from_string(t, text) : VALUE_NONE;
    }
}

int audit_raise(Thread *t, const char *event, const char *format, ...)
{
    Value name = str_intern(t, event), args = tuple_new(t, strlen(format));
    va_list list;
    va_start(list, format);
    for (size_t i = 0; format[i]; i++) {
        Value v = argument(t, format[i], &list);
        if (value_is_empty(args))
            ref_dec(t, v);
        else
            tuple_of(args)->items[i] = value_is_empty(v) ? VALUE_NONE : v;
    }
    va_end(list);
    int status = error_pending(t) ? -1 : audit_tell(t, name, args);
    ref_dec(t, args);
    ref_dec(t, name);
    return status;
}

int audit_add_hook(Thread *t, Value hook)
{
    if (audit(t, "sys.addaudithook", "") < 0)
        return error_swallow(t, EXC_Exception) ? 0 : -1;
    AuditHook *added = alloc_raw(sizeof *added), *end = NULL;
    if (!added)
        return error_no_memory(t), -1;
    added->hook = ref_inc(t, hook);
    atomic_init(&added->next, NULL);
    for (AuditHook *_Atomic *at = &t->interp->audit_hooks; !atomic_compare_exchange_strong(at, &end, added); end = NULL)
        at = &end->next;
    return 0;
}

void audit_free(Thread *t)
{
    for (AuditHook *h = atomic_exchange(&t->interp->audit_hooks, NULL), *next; h; h = next) {
        next = atomic_load(&h->next);
        ref_dec(t, h->hook);
        alloc_raw_free(h);
    }
}
