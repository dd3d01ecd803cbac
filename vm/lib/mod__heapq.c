/* mod__heapq.c: the module _heapq: lists as heaps, with the smallest item first, or the largest (the functions named
 * _max).
 *
 * Comparing items may run any code.  So each item is held while it is compared, and the list is looked at afresh
 * afterwards: if its length has changed, the operation ends in RuntimeError.  Reads go through list_get; two items
 * change places under the list's lock. */
#include "../object/container.h"
#include "../object/module.h"
#include "argument.h"

typedef struct Heapq {
    Thread *t;
    Value list;
    size_t length; /* that the list must keep */
    bool max;      /* largest first */
} Heapq;

static int changed_size(Heapq *h)
{
    return error_set(h->t, EXC_RuntimeError, "list changed size during iteration"), -1;
}

/* Does a belong above b?  1, 0, -1 */
static ALWAYS_INLINE int above(Heapq *h, Value a, Value b)
{
    if (h->max) {
        Value kept = a;
        a = b;
        b = kept;
    }
    return items_less(h->t, a, b);
}

/* Does item i belong above item j?  1, 0, -1 */
static int item_above(Heapq *h, size_t i, size_t j)
{
    Value a = list_get(h->t, h->list, i), b = list_get(h->t, h->list, j);
    int result = value_is_empty(a) || value_is_empty(b) ? changed_size(h) : above(h, a, b);
    ref_dec(h->t, a);
    ref_dec(h->t, b);
    return result >= 0 && list_length(h->list) != h->length ? changed_size(h) : result;
}

static int swap_items(Heapq *h, size_t i, size_t j)
{
    List *l = list_of(h->list);
    objlock_enter(h->t, l);
    bool same = l->length == h->length;
    if (same) {
        Value kept = l->items[i];
        slot_put(h->t, &l->items[i], l->items[j]);
        slot_put(h->t, &l->items[j], kept);
    }
    objlock_exit(h->t, l);
    return same ? 0 : changed_size(h);
}

/* Moves an item up, not beyond `top`, until its parent belongs above it. */
static int move_up(Heapq *h, size_t top, size_t i)
{
    while (i > top) {
        size_t parent = (i - 1) / 2;
        int higher = item_above(h, i, parent);
        if (higher <= 0)
            return higher;
        if (swap_items(h, i, parent) < 0)
            return -1;
        i = parent;
    }
    return 0;
}

/* Moves an item down: first all the way to the bottom, along the children that belong highest, which saves
 * comparisons as it mostly came from there; then up to its place. */
static int move_down(Heapq *h, size_t top)
{
    size_t i = top, inner = h->length / 2;
    while (i < inner) {
        size_t child = 2 * i + 1;
        if (child + 1 < h->length) {
            int left = item_above(h, child, child + 1);
            if (left < 0)
                return -1;
            child += !left;
        }
        if (swap_items(h, i, child) < 0)
            return -1;
        i = child;
    }
    return move_up(h, top, i);
}

/* ---- the operations ---- */

static int check_list(Thread *t, Value v, const char *name, const char *what)
{
    return list_check(v) ? 0 : argument_wrong_type(t, name, what, "list", v);
}

static Value push(Thread *t, Value list, Value item, bool max, const char *name)
{
    if (check_list(t, list, name, "argument 1") < 0 || list_append(t, list, item) < 0)
        return VALUE_EMPTY;
    Heapq h = {t, list, list_length(list), max};
    return h.length && move_up(&h, 0, h.length - 1) < 0 ? VALUE_EMPTY : VALUE_NONE;
}

static Value pop(Thread *t, Value list, bool max, const char *name)
{
    if (check_list(t, list, name, "argument") < 0)
        return VALUE_EMPTY;
    if (list_length(list) == 0)
        return error_set(t, EXC_IndexError, "index out of range");
    Value last = list_pop(t, list, -1);
    if (value_is_empty(last))
        return VALUE_EMPTY;
    Heapq h = {t, list, list_length(list), max};
    if (h.length == 0)
        return last;
    Value first = list_get(t, list, 0);
    int status = list_set(t, list, 0, last);
    ref_dec(t, last);
    if (status < 0 || move_down(&h, 0) < 0)
        ref_clear(t, &first);
    return first;
}

static Value replace(Thread *t, Value list, Value item, bool max, const char *name)
{
    if (check_list(t, list, name, "argument 1") < 0)
        return VALUE_EMPTY;
    Heapq h = {t, list, list_length(list), max};
    if (h.length == 0)
        return error_set(t, EXC_IndexError, "index out of range");
    Value first = list_get(t, list, 0);
    if (list_set(t, list, 0, item) < 0 || move_down(&h, 0) < 0)
        ref_clear(t, &first);
    return first;
}

static Value push_pop(Thread *t, Value list, Value item, bool max, const char *name)
{
    if (check_list(t, list, name, "argument 1") < 0)
        return VALUE_EMPTY;
    Heapq h = {t, list, list_length(list), max};
    Value first = list_get(t, list, 0);
    if (value_is_empty(first))
        return ref_inc(t, item);
    int higher = above(&h, first, item);
    if (higher < 0) {
        ref_dec(t, first);
        return VALUE_EMPTY;
    }
    if (higher == 0) {
        ref_dec(t, first);
        return ref_inc(t, item);
    }
    ref_dec(t, first);
    if (list_length(list) == 0)
        return error_set(t, EXC_IndexError, "index out of range");
    h.length = list_length(list);
    first = list_get(t, list, 0);
    if (list_set(t, list, 0, item) < 0 || move_down(&h, 0) < 0)
        ref_clear(t, &first);
    return first;
}

/* From the last item that has children to the first: each time both parts below are heaps already. */
static Value heapify(Thread *t, Value list, bool max, const char *name)
{
    if (check_list(t, list, name, "argument") < 0)
        return VALUE_EMPTY;
    Heapq h = {t, list, list_length(list), max};
    for (size_t i = h.length / 2; i-- > 0;)
        if (move_down(&h, i) < 0)
            return VALUE_EMPTY;
    return VALUE_NONE;
}

#define BOTH(c_name, signature, min_doc, max_doc, call)                                                                \
    NATIVE(c_name, #c_name, signature, min_doc)                                                                        \
    {                                                                                                                  \
        const bool max = false;                                                                                        \
        const char *name = #c_name;                                                                                    \
        return call;                                                                                                   \
    }                                                                                                                  \
    NATIVE(c_name##_max, #c_name "_max", signature, max_doc)                                                           \
    {                                                                                                                  \
        const bool max = true;                                                                                         \
        const char *name = #c_name "_max";                                                                             \
        return call;                                                                                                   \
    }

BOTH(heappush, "($module, heap, item, /)", "Adds an item to a heap.",
     "Adds an item to a heap with the largest item first.", push(t, args[1], args[2], max, name))
BOTH(heappop, "($module, heap, /)", "Removes the smallest item and returns it.",
     "Removes the largest item and returns it.", pop(t, args[1], max, name))
BOTH(heapreplace, "($module, heap, item, /)", "heappop, then heappush, in one step.",
     "heappop_max, then heappush_max, in one step.", replace(t, args[1], args[2], max, name))
BOTH(heappushpop, "($module, heap, item, /)", "heappush, then heappop, in one step.",
     "heappush_max, then heappop_max, in one step.", push_pop(t, args[1], args[2], max, name))
BOTH(heapify, "($module, heap, /)", "Makes any list a heap.", "Makes any list a heap with the largest item first.",
     heapify(t, args[1], max, name))

static const NativeDef *const heapq_functions[] = {&native_heappush,
                                                   &native_heappush_max,
                                                   &native_heappop,
                                                   &native_heappop_max,
                                                   &native_heapreplace,
                                                   &native_heapreplace_max,
                                                   &native_heappushpop,
                                                   &native_heappushpop_max,
                                                   &native_heapify,
                                                   &native_heapify_max,
                                                   NULL};

static int heapq_exec(Thread *t, Value module)
{
    return module_add_string(t, module, "__about__",
                             "A heap is a list in which item i is not larger than the items 2*i+1 and 2*i+2.  So the "
                             "smallest item is the first one, and\n"
                             "adding an item or taking the smallest one out costs comparisons in proportion to the "
                             "logarithm of the length.");
}

const ModuleDef module_def__heapq = {
    .name = "_heapq",
    .doc = "Lists as heaps.",
    .methods = heapq_functions,
    .exec = heapq_exec,
};
