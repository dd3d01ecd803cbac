/* posix_strings.c: arguments and environments of other programs as arrays of C strings.  No state, no locks.
 *
 * A list of bytes objects keeps what the array points to.  Read next: posix_exec.c, posix_start.c. */
#include <string.h>

#include "../memory/alloc.h"
#include "../object/bytes.h"
#include "../object/list.h"
#include "../object/module.h"
#include "argument.h"
#include "mod_posix.h"
#include "posix_exec.h"

char **posix_strings(Thread *t, Value sequence, Value *owners)
{
    Value items = object_to_tuple(t, sequence);
    if (value_is_empty(items))
        return NULL;
    size_t count = tuple_length(items);
    char **array = alloc_memory(t, (count + 1) * sizeof *array);
    *owners = list_new(t, count);
    for (size_t i = 0; array && i < count; i++) {
        Value bytes = value_is_empty(*owners) ? VALUE_EMPTY : str_to_fs(t, tuple_peek(items, i));
        if (value_is_empty(bytes) || list_append_take(t, *owners, bytes) < 0) {
            alloc_memory_free(t, array);
            array = NULL;
            break;
        }
        array[i] = (char *)bytes_of(bytes)->data;
    }
    ref_dec(t, items);
    if (array)
        array[count] = NULL;
    else
        ref_clear(t, owners);
    return array;
}

Value posix_environment(Thread *t, Value mapping)
{
    Value items = object_call_method_string(t, mapping, "items", VALUE_EMPTY, VALUE_EMPTY, VALUE_EMPTY),
          list = list_new(t, 16);
    Value pairs = value_is_empty(items) ? VALUE_EMPTY : object_to_tuple(t, items);
    ref_dec(t, items);
    for (size_t i = 0; !value_is_empty(pairs) && !value_is_empty(list) && i < tuple_length(pairs); i++) {
        Value pair = tuple_peek(pairs, i), key = VALUE_EMPTY, value = VALUE_EMPTY, whole = VALUE_EMPTY;
        if (tuple_check(pair) && tuple_length(pair) == 2) {
            key = str_to_fs(t, tuple_peek(pair, 0));
            value = value_is_empty(key) ? VALUE_EMPTY : str_to_fs(t, tuple_peek(pair, 1));
            if (!value_is_empty(value) &&
                (bytes_of(key)->length == 0 || strchr((const char *)bytes_of(key)->data + 1, '='))) {
                ref_clear(t, &value);
                error_set(t, EXC_ValueError, "illegal environment variable name");
            }
        }
        if (!value_is_empty(value)) {
            size_t a = bytes_of(key)->length, b = bytes_of(value)->length;
            whole = bytes_new(t, NULL, a + 1 + b);
            if (!value_is_empty(whole)) {
                memcpy(bytes_of(whole)->data, bytes_of(key)->data, a);
                bytes_of(whole)->data[a] = '=';
                memcpy(bytes_of(whole)->data + a + 1, bytes_of(value)->data, b);
            }
        }
        ref_dec(t, key);
        ref_dec(t, value);
        if (value_is_empty(whole) || list_append_take(t, list, whole) < 0)
            ref_clear(t, &list);
    }
    if (value_is_empty(pairs))
        ref_clear(t, &list);
    ref_dec(t, pairs);
    return list;
}

void posix_strings_free(Thread *t, char **strings, Value *owners)
{
    alloc_memory_free(t, strings);
    ref_clear(t, owners);
}
