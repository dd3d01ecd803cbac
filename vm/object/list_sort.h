/* list_sort.h: what list_sort.c and list_sort_words.c know of each other. */
#ifndef BATON_OBJECT_LIST_SORT_H
#define BATON_OBJECT_LIST_SORT_H

#include "container.h"

#define RUNS_MAX 85 /* powers strictly ascend on the stack and are below 64 */
#define TEMP_INLINE 128

/* How keys are compared: looked up once instead of at every comparison. */
typedef enum Order { ORDER_INT, ORDER_FLOAT, ORDER_STR, ORDER_TUPLE, ORDER_ANY } Order;

typedef struct Run {
    size_t start, length;
    int power; /* of the boundary to the next run */
} Run;

typedef struct Sorter {
    Thread *t;
    Order order;
    Order first_order;              /* ORDER_TUPLE: of the first items */
    Value *keys;                    /* what is compared */
    Value *values;                  /* moved along with the keys; NULL: the keys are the values */
    Value *temp_keys, *temp_values; /* room for the shorter run of a merge */
    size_t temp_capacity;
    size_t gallop; /* wins in a row before galloping begins: adapts to the data */
    size_t run_count;
    Run runs[RUNS_MAX];
    Value temp_inline[TEMP_INLINE];
} Sorter;

static ALWAYS_INLINE Order order_of(Value v)
{
    return value_is_int(v) ? ORDER_INT : value_is_double(v) ? ORDER_FLOAT : str_check_exact(v) ? ORDER_STR : ORDER_ANY;
}

/* Both sort keys[0, n), stably: 0 or -1, and then the array is in any order.  The second looks for a quicker way first. */
int sort_merging(Sorter *s, size_t n);
int sort_by_words(Sorter *s, size_t n);

#endif
