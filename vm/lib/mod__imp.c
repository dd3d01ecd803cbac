/* mod__imp.c: what importlib needs of the interpreter: built-in and frozen modules, the import lock, the image of the library.
 *
 * "Frozen" are the two files of importlib itself; everything else of the library comes from the image through the path entry of the library's folder
 * (py/_baton_image.py). */
#include "mod__imp.h"

#include "../compile/code.h"
#include "../compile/opcode.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/buffer.h"
#include "../object/dict.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "../os/os.h"
#include "../run/image.h"
#include "../thread/lock.h"

static const ModuleDef *const builtin_modules[] = {
#define MODULE(name) &module_def_##name,
#include "modules.def"
#undef MODULE
};

size_t imp_find_builtin(Value name)
{
    size_t id = 0;
    while (id < MODULE_COUNT && !str_equal_ascii(name, builtin_modules[id]->name))
        id++;
    return id;
}

/* The second module gets what the first one had at first: its types are made once, since C code knows them. */
Value imp_create_builtin(Thread *t, size_t id, Value name)
{
    Value *contents = &t->interp->module_contents[id], module;
    if (value_is_empty(*contents)) {
        module = module_from_def(t, builtin_modules[id]);
        Value copy = value_is_empty(module) ? VALUE_EMPTY : dict_copy(t, module_peek_dict(module));
        if (value_is_empty(copy))
            ref_clear(t, &module);
        else
            ref_replace_take(t, contents, copy);
    } else {
        module = module_new(t, name);
        if (!value_is_empty(module) && dict_update(t, module_peek_dict(module), *contents) < 0)
            ref_clear(t, &module);
    }
    return module;
}

static const ImageEntry *find_frozen(Thread *t, Value name)
{
    if (!str_equal_ascii(name, "_frozen_importlib") && !str_equal_ascii(name, "_frozen_importlib_external"))
        return NULL;
    return image_find(t, (const char *)str_of(name)->data, str_length(name));
}

static bool need_str(Thread *t, Value v, const char *function)
{
    if (str_check(v))
        return true;
    error_set(t, EXC_TypeError, "%s() argument must be str, not %T", function, v);
    return false;
}

NATIVE(imp_is_builtin, "is_builtin", "($module, name, /)",
       "1 for a module written in C that can be created again, -1 for builtins and sys, 0 for others.")
{
    if (!need_str(t, args[1], "is_builtin"))
        return VALUE_EMPTY;
    size_t id = imp_find_builtin(args[1]);
    return value_from_int(id == MODULE_COUNT ? 0 : id == MODULE_builtins || id == MODULE_sys ? -1 : 1);
}
NATIVE(imp_create_builtin, "create_builtin", "($module, spec, /)", "Creates a module written in C.")
{
    Value name = object_getattr_string(t, args[1], "name"), module;
    if (value_is_empty(name))
        return name;
    if (!need_str(t, name, "create_builtin")) {
        ref_dec(t, name);
        return VALUE_EMPTY;
    }
    size_t id = imp_find_builtin(name);
    if (id == MODULE_builtins)
        module = ref_inc(t, t->interp->builtins_module);
    else if (id == MODULE_sys)
        module = ref_inc(t, t->interp->sys_module);
    else
        module = id < MODULE_COUNT ? imp_create_builtin(t, id, name) : VALUE_NONE;
    ref_dec(t, name);
    return module;
}
NATIVE(imp_exec_builtin, "exec_builtin", "($module, mod, /)", "Does nothing: modules in C are complete when created.")
{
    return value_from_int(0);
}

NATIVE(imp_find_frozen, "find_frozen", "($module, name, /, *, withdata=False)",
       "(data, is_package, original name) of a frozen module, or None.")
{
    if (!need_str(t, args[1], "find_frozen"))
        return VALUE_EMPTY;
    const ImageEntry *e = find_frozen(t, args[1]);
    return e ? tuple_pack(t, 3, VALUE_NONE, value_from_bool(e->is_package), args[1]) : VALUE_NONE;
}
NATIVE(imp_is_frozen, "is_frozen", "($module, name, /)", "Whether a module is frozen.")
{
    return need_str(t, args[1], "is_frozen") ? value_from_bool(find_frozen(t, args[1]) != NULL) : VALUE_EMPTY;
}
NATIVE(imp_is_frozen_package, "is_frozen_package", "($module, name, /)",
       "Whether a frozen module is a package: none is.")
{
    if (!need_str(t, args[1], "is_frozen_package"))
        return VALUE_EMPTY;
    return find_frozen(t, args[1]) ? VALUE_FALSE
                                   : error_set(t, EXC_ImportError, "No such frozen object named %V", args[1]);
}
NATIVE(imp_get_frozen_object, "get_frozen_object", "($module, name, data=None, /)", "The code of a frozen module.")
{
    if (!need_str(t, args[1], "get_frozen_object"))
        return VALUE_EMPTY;
    const ImageEntry *e = find_frozen(t, args[1]);
    return e ? image_code(t, e, VALUE_EMPTY) : error_set(t, EXC_ImportError, "No such frozen object named %V", args[1]);
}

NATIVE(imp_image_find, "image_find", "($module, name, /)",
       "Whether the image has a module: None, False for a plain module, True for a package.")
{
    if (!need_str(t, args[1], "image_find"))
        return VALUE_EMPTY;
    if (!str_is_ascii(str_of(args[1])))
        return VALUE_NONE;
    const ImageEntry *e = image_find(t, (const char *)str_of(args[1])->data, str_length(args[1]));
    return e ? value_from_bool(e->is_package) : VALUE_NONE;
}
NATIVE(imp_image_beside, "image_beside", "($module, folder, name, /)",
       "Whether a folder has a file or folder that may be a module of that name.")
{
    static const char *const endings[] = {"", ".py", ".pyc"};
    bool there = false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings && !there; i++) {
        Value path = str_format(t, "%S/%S%s", args[1], args[2], endings[i]),
              bytes = value_is_empty(path) ? VALUE_EMPTY : str_to_fs(t, path);
        ref_dec(t, path);
        if (value_is_empty(bytes) && error_swallow(t, EXC_ValueError)) /* a null byte, which no file's name has */
            return VALUE_FALSE;
        if (value_is_empty(bytes))
            return VALUE_EMPTY;
        there = os_file_beside((const char *)bytes_of(bytes)->data);
        ref_dec(t, bytes);
    }
    return value_from_bool(there);
}
NATIVE(imp_image_code, "image_code", "($module, name, folder, /)",
       "The code object of a module in the image; folder is the prefix of its file name.")
{
    if (!need_str(t, args[1], "image_code") || !need_str(t, args[2], "image_code"))
        return VALUE_EMPTY;
    const ImageEntry *e =
        str_is_ascii(str_of(args[1])) ? image_find(t, (const char *)str_of(args[1])->data, str_length(args[1])) : NULL;
    return e ? image_code(t, e, args[2]) : error_set(t, EXC_ImportError, "No module named %V in the image", args[1]);
}

/* importlib locks each module by itself; this lock guards its table of those locks. */
NATIVE(imp_acquire_lock, "acquire_lock", "($module, /)",
       "Takes the lock of the import system; a thread may take it several times.")
{
    recursive_acquire(t, &t->interp->import_lock);
    return VALUE_NONE;
}
NATIVE(imp_release_lock, "release_lock", "($module, /)", "Gives the lock of the import system back.")
{
    if (!recursive_release(t, &t->interp->import_lock))
        return error_set(t, EXC_RuntimeError, "not holding the import lock");
    return VALUE_NONE;
}
NATIVE(imp_lock_held, "lock_held", "($module, /)", "Tells whether a thread holds the lock of the import system.")
{
    return value_from_bool(recursive_held(&t->interp->import_lock));
}
NATIVE(imp_extension_suffixes, "extension_suffixes", "($module, /)", "Endings of modules in machine code: none.")
{
    return list_new(t, 0);
}
NATIVE(imp_create_dynamic, "create_dynamic", "($module, spec, file=None, /)", "Not available.")
{
    return error_set(t, EXC_ImportError, "modules in machine code cannot be loaded");
}
NATIVE(imp_exec_dynamic, "exec_dynamic", "($module, mod, /)", "Not available.") { return value_from_int(0); }

NATIVE(imp_fix_co_filename, "_fix_co_filename", "($module, code, path, /)",
       "Sets the file name of a code object and of those inside it.")
{
    if (!code_check(args[1]) || !str_check(args[2]))
        return error_set(t, EXC_TypeError, "_fix_co_filename() needs a code object and a str");
    if (!str_equal(code_of(args[1])->filename, args[2]))
        image_set_filename(t, code_of(args[1]), args[2]);
    return VALUE_NONE;
}

NATIVE(imp_source_hash, "source_hash", "($module, /, key, source)", "Eight bytes that stand for a source text.")
{
    Buffer view;
    int64_t key;
    if (int_to_int64(t, args[1], &key) < 0 || buffer_get(t, args[2], &view, BUFFER_SIMPLE) < 0)
        return VALUE_EMPTY;
    /* FNV-1a over key and text, finished by a mixer: enough to notice a change. */
    uint64_t h = UINT64_C(0xCBF29CE484222325) ^ (uint64_t)key;
    for (size_t i = 0; i < view.length; i++)
        h = (h ^ ((const uint8_t *)view.data)[i]) * UINT64_C(0x100000001B3);
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    buffer_release(t, &view);
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(h >> (8 * i));
    return bytes_new(t, bytes, 8);
}
NATIVE(imp_override_check, "_override_multi_interp_extensions_check", "($module, override, /)",
       "Accepted for compatibility.")
{
    return value_from_int(0);
}
NATIVE(imp_override_frozen, "_override_frozen_modules_for_tests", "($module, override, /)",
       "Accepted for compatibility.")
{
    return VALUE_NONE;
}
NATIVE(imp_frozen_names, "_frozen_module_names", "($module, /)", "Names of the frozen modules.")
{
    Value list = list_new(t, 2);
    if (value_is_empty(list) || list_append_take(t, list, str_from_string(t, "_frozen_importlib")) < 0 ||
        list_append_take(t, list, str_from_string(t, "_frozen_importlib_external")) < 0)
        ref_clear(t, &list);
    return list;
}

static const NativeDef *const methods[] = {&native_imp_is_builtin,        &native_imp_create_builtin,
                                           &native_imp_exec_builtin,      &native_imp_find_frozen,
                                           &native_imp_is_frozen,         &native_imp_is_frozen_package,
                                           &native_imp_get_frozen_object, &native_imp_image_find,
                                           &native_imp_image_beside,      &native_imp_image_code,
                                           &native_imp_acquire_lock,      &native_imp_release_lock,
                                           &native_imp_lock_held,         &native_imp_extension_suffixes,
                                           &native_imp_create_dynamic,    &native_imp_exec_dynamic,
                                           &native_imp_fix_co_filename,   &native_imp_source_hash,
                                           &native_imp_override_check,    &native_imp_override_frozen,
                                           &native_imp_frozen_names,      NULL};

#define MARSHAL_FORM 1 /* changes with the marshalled form of code */

/* The number that caches of compiled modules begin with: those of another form, or made of other instructions, are ignored. */
static uint32_t magic_number(void)
{
    uint32_t magic = opcode_magic() ^ MARSHAL_FORM;
    return ((magic ^ magic >> 16) & 0xFFFF) | '\r' << 16 | '\n' << 24;
}

static int exec(Thread *t, Value module)
{
    if (module_add_string(t, module, "check_hash_based_pycs", "default") < 0)
        return -1;
    return module_add_int(t, module, "pyc_magic_number_token", magic_number());
}

const ModuleDef module_def__imp = {
    .name = "_imp",
    .doc = "What importlib needs of the interpreter.",
    .methods = methods,
    .exec = exec,
};
