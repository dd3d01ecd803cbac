/* main.c: the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile/compile.h"
#include "lib/mod_sys.h"
#include "memory/ref.h"
#include "object/dict.h"
#include "object/error.h"
#include "object/module.h"
#include "object/str.h"
#include "run/frame_access.h"
#include "run/image.h"
#include "run/lifecycle.h"

static char *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    char *text = NULL;
    size_t capacity = 0;
    *n = 0;
    for (;;) {
        if (*n + 65536 > capacity)
            text = realloc(text, capacity = capacity ? capacity * 2 : 1 << 17);
        size_t got = fread(text + *n, 1, 65536, f);
        *n += got;
        if (got == 0)
            break;
    }
    fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    Config config = {.gil = true, .int_max_str_digits = CONFIG_INT_MAX_STR_DIGITS};
    Thread *t = lifecycle_start(&config);
    if (!t)
        return 1;
    if (argc == 4 && !strcmp(argv[1], "--build-image"))
        return image_build(t, argv[2], argv[3]);
    if (lifecycle_start_imports(t) < 0) {
        Value exc = error_take(t);
        sys_print_exception(t, exc);
        ref_dec(t, exc);
    }
    const char *source = NULL, *name = "<string>";
    char *text = NULL;
    size_t n = 0;
    if (argc >= 3 && !strcmp(argv[1], "-c")) {
        source = argv[2];
        n = strlen(source);
    } else if (argc >= 2) {
        name = argv[1];
        source = text = read_file(name, &n);
    }
    if (!source)
        return 2;
    int status = 0;
    Value filename = str_from_string(t, name), main_name = str_intern(t, "__main__");
    Value main_module = module_new(t, main_name), globals = module_peek_dict(main_module);
    dict_set_string(t, t->interp->modules, "__main__", main_module);
    dict_set_string(t, globals, "__builtins__", t->interp->builtins_module);
    Value code = compile_source(t, source, n, filename, PARSE_FILE, 0, 0, 0), result = VALUE_EMPTY;
    if (!value_is_empty(code))
        result = frame_access_run(t, code, globals, globals, VALUE_EMPTY);
    if (value_is_empty(result)) {
        Value exc = error_take(t);
        sys_print_exception(t, exc);
        ref_dec(t, exc);
        status = 1;
    }
    ref_dec(t, result);
    ref_dec(t, code);
    free(text);
    return lifecycle_finish(t, status);
}
