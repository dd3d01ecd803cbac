/* lifecycle.c: start of an interpreter (lifecycle.h); its end is shutdown.c. */
#include "lifecycle.h"

#include <stdio.h>

#include "../lib/io_std.h"
#include "../lib/mod__signal.h"
#include "../lib/std_printer.h"
#include "../memory/ref.h"
#include "../object/dict.h"
#include "../object/list.h"
#include "../object/error.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../thread/world.h"
#include "../os/os.h"
#include "frame_access.h"
#include "image.h"
#include "import_image.h"

static int set_streams(Thread *t)
{
    static const char *const names[] = {"stdout", "__stdout__", "stderr", "__stderr__"};
    for (int i = 0; i < 4; i++)
        if (dict_set_string_take(t, t->interp->sys_dict, names[i], std_printer_new(t, i < 2 ? 1 : 2)) < 0)
            return -1;
    return 0;
}

static int start_modules(Thread *t)
{
    Interp *interp = t->interp;
    interp->builtins_module = module_from_def(t, &module_def_builtins);
    if (value_is_empty(interp->builtins_module))
        return -1;
    interp->builtins_dict = ref_inc(t, module_peek_dict(interp->builtins_module));
    interp->import_func = dict_get_string(t, interp->builtins_dict, "__import__");
    interp->sys_module = module_from_def(t, &module_def_sys);
    if (value_is_empty(interp->sys_module))
        return -1;
    interp->sys_dict = ref_inc(t, module_peek_dict(interp->sys_module));
    if (dict_set_string(t, interp->modules, "builtins", interp->builtins_module) < 0 ||
        dict_set_string(t, interp->modules, "sys", interp->sys_module) < 0)
        return -1;
    return set_streams(t);
}

Thread *lifecycle_start(const Config *config)
{
    Interp *interp = interp_new(config);
    if (!interp) {
        fprintf(stderr, "baton: no memory to start\n");
        return NULL;
    }
    Thread *t = interp->main_thread;
    if (interp_bootstrap(t) < 0)
        return NULL;
    t->recursion_left = (int32_t)interp->recursion_limit;
    if (start_modules(t) < 0) {
        error_unraisable(t, VALUE_EMPTY, "start-up failed");
        return NULL;
    }
    return t;
}

/* ---- the import system ---- */

/* A module made of code in the image, before importing works.  A module of that name that exists already is filled. */
static MUST_CHECK Value module_from_image(Thread *t, const char *name, const char *original_name)
{
    const ImageEntry *entry = image_find(t, name, strlen(name));
    if (!entry)
        return error_set(t, EXC_ImportError, "no module %s in the image of the standard library", name);
    Value module = dict_get_string(t, t->interp->modules, name), code = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(module)) {
        Value text = str_intern(t, name);
        module = module_new(t, text);
        ref_dec(t, text);
    }
    if (value_is_empty(module))
        return module;
    Value dict = module_peek_dict(module);
    code = image_code(t, entry, VALUE_EMPTY);
    /* importlib takes __origname__ away again when it completes the module's spec. */
    if (!value_is_empty(code) && dict_set_string(t, dict, "__builtins__", t->interp->builtins_module) == 0 &&
        (!original_name || dict_set_string_take(t, dict, "__origname__", str_from_string(t, original_name)) == 0) &&
        dict_set_string(t, t->interp->modules, name, module) == 0)
        result = frame_access_run(t, code, dict, dict, VALUE_EMPTY);
    ref_dec(t, code);
    if (value_is_empty(result)) {
        ref_dec(t, module);
        return VALUE_EMPTY;
    }
    ref_dec(t, result);
    return module;
}

/* sys.stdlib_module_names: modules in C and those of the image. */
static int name_library_modules(Thread *t)
{
    Value names = image_module_names(t), builtin = dict_get_string(t, t->interp->sys_dict, "builtin_module_names"),
          set = VALUE_EMPTY;
    if (!value_is_empty(names) && !value_is_empty(builtin) && list_extend(t, names, builtin) == 0)
        set = frozenset_new(t, names);
    ref_dec(t, names);
    ref_dec(t, builtin);
    return value_is_empty(set) ? -1 : dict_set_string_take(t, t->interp->sys_dict, "stdlib_module_names", set);
}

/* The folder of the library: lib/python3.14 beside the program. */
static int find_library(Thread *t)
{
    char path[4096], image[4096];
    int n = os_program_path(path, sizeof path);
    if (n < 0)
        return -1;
    if (dict_set_string_take(t, t->interp->sys_dict, "executable", str_from_fs(t, path, (size_t)n)) < 0 ||
        dict_set_string_take(t, t->interp->sys_dict, "_base_executable", str_from_fs(t, path, (size_t)n)) < 0)
        return -1;
    while (n > 0 && path[n - 1] != '/')
        n--;
    static const char *const prefixes[] = {"prefix", "base_prefix", "exec_prefix", "base_exec_prefix"};
    for (int i = 0; i < 4; i++)
        if (dict_set_string_take(t, t->interp->sys_dict, prefixes[i],
                                 str_from_fs(t, path, n > 1 ? (size_t)n - 1 : (size_t)n)) < 0)
            return -1;
    if (os_library_path(path, sizeof path, "") < 0 || os_library_path(image, sizeof image, "stdlib.image") < 0)
        return -1;
    if (image_open(t, image) < 0 || name_library_modules(t) < 0)
        return -1;
    Value folder = str_from_fs(t, path, strlen(path));
    int status = value_is_empty(folder) ? -1 : dict_set_string(t, t->interp->sys_dict, "_stdlib_dir", folder);
    if (status == 0) {
        Value list = dict_get_string(t, t->interp->sys_dict, "path");
        status = value_is_empty(list) ? -1 : list_append(t, list, folder);
        ref_dec(t, list);
    }
    ref_dec(t, folder);
    return status;
}

static int call_method(Thread *t, Value object, const char *name, Value a, Value b)
{
    Value result = object_call_method_string(t, object, name, a, b, VALUE_EMPTY);
    ref_dec(t, result);
    return value_is_empty(result) ? -1 : 0;
}

/* SIGINT raises KeyboardInterrupt, SIGPIPE is an error of write. */
static int start_signals(Thread *t)
{
    Value module = import_module(t, "_signal");
    ref_dec(t, module);
    return value_is_empty(module) ? -1 : signal_install_defaults(t);
}

int lifecycle_start_imports(Thread *t)
{
    Interp *interp = t->interp;
    if (find_library(t) < 0)
        return -1;
    Value imp = module_from_def(t, &module_def__imp), image_module;
    if (value_is_empty(imp) || dict_set_string(t, interp->modules, "_imp", imp) < 0)
        return -1;
    Value io = module_from_def(t, &module_def__io);
    if (value_is_empty(io) || dict_set_string(t, interp->modules, "_io", io) < 0)
        return -1;
    ref_dec(t, io);
    interp->importlib = module_from_image(t, "_frozen_importlib", "importlib._bootstrap");
    if (value_is_empty(interp->importlib) ||
        call_method(t, interp->importlib, "_install", interp->sys_module, imp) < 0 ||
        call_method(t, interp->importlib, "_install_external_importers", VALUE_EMPTY, VALUE_EMPTY) < 0)
        return -1;
    ref_dec(t, imp);
    image_module = module_from_image(t, "_baton_image", NULL);
    if (value_is_empty(image_module))
        return -1;
    ref_dec(t, image_module);
    if (import_image_start(t) < 0)
        return -1;
    return io_start_encoding(t) < 0 || io_std_open(t) < 0 ? -1 : start_signals(t);
}

int lifecycle_start_site(Thread *t)
{
    Value options = dict_get_string(t, t->interp->sys_dict, "warnoptions");
    bool filters = !value_is_empty(options) && list_check(options) && list_length(options) > 0;
    ref_dec(t, options);
    Value module = filters ? import_module(t, "warnings") : VALUE_NONE;
    ref_dec(t, module);
    if (value_is_empty(module))
        return -1;
    if (t->interp->config.no_site)
        return 0;
    module = import_module(t, "site"); /* acts when it is imported */
    ref_dec(t, module);
    return value_is_empty(module) ? -1 : 0;
}
