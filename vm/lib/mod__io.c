/* mod__io.c: the module _io, on which the library's io stands: its types, open(), and the standard streams.
 *
 * Locks: none. Read next: mod__io.h (the layers), io_base.c. */
#include "mod__io.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../object/codec.h"
#include "../object/exception.h"
#include "io_std.h"
#include "mod__locale.h"

/* ---- open() ---- */

typedef struct OpenMode {
    char raw[4]; /* for FileIO */
    bool creating, reading, writing, appending, updating, binary;
} OpenMode;

static int parse_mode(Thread *t, const char *mode, OpenMode *m)
{
    bool text = false, *flag;
    *m = (OpenMode){{0}, false, false, false, false, false, false};
    int n = 0;
    for (const char *c = mode; *c; c++) {
        switch (*c) {
        case 'x': flag = &m->creating; break;
        case 'r': flag = &m->reading; break;
        case 'w': flag = &m->writing; break;
        case 'a': flag = &m->appending; break;
        case '+': flag = &m->updating; break;
        case 't': flag = &text; break;
        case 'b': flag = &m->binary; break;
        default: flag = NULL;
        }
        if (!flag || *flag)
            return error_set(t, EXC_ValueError, "invalid mode: '%s'", mode), -1;
        *flag = true;
    }
    int ways = m->creating + m->reading + m->writing + m->appending;
    if (text && m->binary)
        return error_set(t, EXC_ValueError, "can't have text and binary mode at once"), -1;
    if (ways == 0)
        return error_set(t, EXC_ValueError,
                         "Must have exactly one of create/read/write/append mode and at most one plus"),
               -1;
    if (ways != 1)
        return error_set(t, EXC_ValueError, "must have exactly one of create/read/write/append mode"), -1;
    m->raw[n++] = m->creating ? 'x' : m->reading ? 'r' : m->writing ? 'w' : 'a';
    if (m->updating)
        m->raw[n++] = '+';
    return 0;
}

static inline bool given(Value v) { return !value_is_empty(v) && !value_is_none(v); }
static inline Value or_none(Value v) { return value_is_empty(v) ? VALUE_NONE : v; }

static int check_binary(Thread *t, const Value *args, int64_t buffering)
{
    static const char *const names[] = {"encoding", "errors"};
    for (int i = 0; i < 2; i++) {
        if (given(args[4 + i]))
            return error_set(t, EXC_ValueError, "binary mode doesn't take an %s argument", names[i]), -1;
    }
    if (given(args[6]))
        return error_set(t, EXC_ValueError, "binary mode doesn't take a newline argument"), -1;
    if (buffering != 1)
        return 0;
    return error_warn(
        t, EXC_RuntimeWarning, 1,
        "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used");
}

static int check_text(Thread *t, const Value *args)
{
    static const char *const what[] = {"argument 'encoding'", "argument 'errors'", "argument 'newline'"};
    for (int i = 0; i < 3; i++) {
        if (given(args[4 + i]) && !str_check(args[4 + i]))
            return argument_wrong_type(t, "open", what[i], "str or None", args[4 + i]);
    }
    return 0;
}

/* The stream over a raw one: owned. `raw` is borrowed; on error it is closed. */
static Value wrap(Thread *t, Value raw, const OpenMode *m, Value mode, int64_t buffering, const Value *args)
{
    IoState *s = io_state(t);
    bool line_buffering = false;
    Value result = ref_inc(t, raw), buffer, text;
    if (buffering < 0) {
        int terminal = io_file_isatty_at_open(t, io_file(raw));
        if (terminal < 0)
            goto fail;
        line_buffering = terminal;
    }
    if (buffering == 1)
        line_buffering = true;
    if (buffering < 0 || buffering == 1 || line_buffering) {
        buffering = io_file(raw)->blksize;
        if (buffering > IO_BUFFER_MAX)
            buffering = IO_BUFFER_MAX;
        if (buffering < IO_BUFFER_SIZE)
            buffering = IO_BUFFER_SIZE;
    }
    if (buffering == 0) {
        if (m->binary)
            return result;
        error_set(t, EXC_ValueError, "can't have unbuffered text I/O");
        goto fail;
    }
    buffer = io_buffered_new(t, m->updating ? s->random : m->reading ? s->reader : s->writer, raw, buffering);
    if (value_is_empty(buffer))
        goto fail;
    ref_dec(t, result);
    result = buffer;
    if (m->binary)
        return result;
    text = io_text_new(t, buffer, or_none(args[4]), or_none(args[5]), or_none(args[6]), line_buffering, false);
    if (value_is_empty(text))
        goto fail;
    ref_dec(t, result);
    result = text;
    if (object_setattr(t, text, ID(t, mode), mode) == 0)
        return result;
fail:;
    Value exc = error_take(t), closed = io_call(t, result, ID(t, close));
    ref_dec(t, closed);
    ref_dec(t, result);
    error_chain_context_take(t, exc);
    return VALUE_EMPTY;
}

NATIVE(
    io_open, "open",
    "($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
    "Opens a file and returns a stream; OSError if that fails.\n\n"
    "  file\n    a path, or the descriptor of an open file.\n"
    "  mode\n    'r' reads, 'w' empties the file and writes, 'x' writes a file that must not exist yet, 'a' writes at "
    "the end; with '+' both are possible; 'b' is for bytes,\n"
    "    't' (or neither) for text.\n"
    "  buffering\n    0: none (bytes only), 1: by lines (text only), more: the size of the buffer.\n"
    "  encoding, errors, newline\n    of text: see TextIOWrapper.\n"
    "  closefd\n    False: the given descriptor stays open when the stream is closed.\n"
    "  opener\n    opener(file, flags) returns the descriptor.")
{
    OpenMode m;
    int64_t buffering = -1;
    int small;
    Value owner, path = VALUE_EMPTY, raw, result = VALUE_EMPTY,
                 mode_value = value_is_empty(args[2]) ? t->interp->latin1['r'] : args[2];
    const char *mode = argument_string(t, mode_value, "open", "argument 'mode'", &owner);
    if (!mode)
        return VALUE_EMPTY;
    if (argument_int(t, args[3], -1, &small) < 0)
        goto done;
    buffering = small;
    if (parse_mode(t, mode, &m) < 0 || check_text(t, args) < 0 || (m.binary && check_binary(t, args, buffering) < 0))
        goto done;
    Type *type = type_of(t, args[1]);
    bool number = type->slots.index || type->slots.to_int || type->slots.to_float;
    path = str_check(args[1]) || number ? ref_inc(t, args[1]) : str_fspath(t, args[1]);
    if (value_is_empty(path))
        goto done;
    raw = io_file_new(t, path, m.raw, args[7], args[8]);
    if (!value_is_empty(raw))
        result = wrap(t, raw, &m, mode_value, buffering, args);
    ref_dec(t, raw);
done:
    ref_dec(t, path);
    ref_dec(t, owner);
    return result;
}

NATIVE(io_open_code, "open_code", "($module, /, path)", "Opens a file whose contents will be executed, in mode 'rb'.")
{
    if (argument_str(t, args[1], "open_code", "argument 'path'") < 0)
        return VALUE_EMPTY;
    const OpenMode m = {.reading = true, .binary = true};
    Value raw = io_file_new(t, args[1], "r", VALUE_EMPTY, VALUE_EMPTY);
    Value result = value_is_empty(raw) ? raw : wrap(t, raw, &m, VALUE_NONE, -1, NULL);
    ref_dec(t, raw);
    return result;
}

NATIVE(io_text_encoding, "text_encoding", "($module, encoding, stacklevel=2, /)",
       "What a function should pass on that takes an encoding: itself, or what None stands for.\n\nEncodingWarning for "
       "None, if it is asked for (-X warn_default_encoding).")
{
    int level;
    if (argument_int(t, args[2], 2, &level) < 0)
        return VALUE_EMPTY;
    if (!value_is_none(args[1]))
        return ref_inc(t, args[1]);
    if (t->interp->config.warn_default_encoding && io_warn_encoding(t, level) < 0)
        return VALUE_EMPTY;
    return str_from_string(t, t->interp->config.utf8_mode ? "utf-8" : "locale");
}

/* ---- the standard streams ---- */

/* What Python calls the codec of an encoding: owned. */
static Value codec_name(Thread *t, const char *encoding, size_t n)
{
    Value given = str_from_utf8(t, encoding, n), info = VALUE_EMPTY, name = VALUE_EMPTY;
    if (!value_is_empty(given) && str_equal_ascii(given, "utf-8"))
        return given;
    if (!value_is_empty(given))
        info = codec_lookup(t, str_utf8(t, given, &n, &name));
    ref_clear(t, &name);
    if (!value_is_empty(info))
        name = object_getattr_string(t, info, "name");
    ref_dec(t, given);
    ref_dec(t, info);
    return name;
}

int io_start_encoding(Thread *t)
{
    Config *config = &t->interp->config;
    if (!t->interp->fs_encoding)
        return 0;
    Value name = codec_name(t, config->fs_encoding, strlen(config->fs_encoding)), owner = VALUE_EMPTY;
    size_t n = 0;
    const char *text = value_is_empty(name) ? NULL : str_utf8(t, name, &n, &owner);
    if (!text) {
        fputs("Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\n"
              "Python runtime state: core initialized\n",
              stderr);
    } else {
        snprintf(config->fs_encoding, sizeof config->fs_encoding, "%s", text);
        t->interp->fs_encoding = config->fs_encoding;
    }
    ref_dec(t, name);
    ref_dec(t, owner);
    return text ? 0 : -1;
}

/* The encoding and error handler of PYTHONIOENCODING, or the defaults; owned strs. */
static int std_coding(Thread *t, int fd, Value *encoding, Value *errors)
{
    const Config *config = &t->interp->config;
    const char *set = config->ignore_environment ? NULL : getenv("PYTHONIOENCODING"),
               *colon = set ? strchr(set, ':') : NULL, *own = t->interp->fs_encoding ? t->interp->fs_encoding : "utf-8";
    size_t n = colon ? (size_t)(colon - set) : set ? strlen(set) : 0;
    const char *handler = fd == 2                                  ? "backslashreplace"
                          : colon && colon[1]                      ? colon + 1
                          : n                                      ? "strict"
                          : config->utf8_mode || locale_is_plain() ? "surrogateescape"
                                                                   : "strict";
    *encoding = n ? codec_name(t, set, n) : str_intern(t, own);
    *errors = str_intern(t, handler);
    return value_is_empty(*encoding) || value_is_empty(*errors) ? -1 : 0;
}

static Value std_stream(Thread *t, int fd, const char *name)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return VALUE_NONE; /* the descriptor is closed */
    bool write = fd != 0, unbuffered = write && t->interp->config.unbuffered;
    Value raw = io_file_new(t, value_from_int(fd), write ? "w" : "r", VALUE_FALSE, VALUE_EMPTY);
    Value encoding = VALUE_EMPTY, errors = VALUE_EMPTY, buffer = VALUE_EMPTY, text = VALUE_EMPTY,
          title = str_intern(t, name);
    if (value_is_empty(raw) || value_is_empty(title))
        goto done;
    int terminal = io_file_isatty_at_open(t, io_file(raw));
    if (terminal < 0 || object_setattr(t, raw, ID(t, name), title) < 0 || std_coding(t, fd, &encoding, &errors) < 0)
        goto done;
    buffer = unbuffered ? ref_inc(t, raw)
                        : io_buffered_new(t, write ? io_state(t)->writer : io_state(t)->reader, raw, IO_BUFFER_SIZE);
    if (value_is_empty(buffer))
        goto done;
    text =
        io_text_new(t, buffer, encoding, errors, t->interp->latin1['\n'],
                    !unbuffered && (terminal || fd == 2 || (fd == 1 && t->interp->config.line_buffered)), unbuffered);
    if (!value_is_empty(text) && object_setattr(t, text, ID(t, mode), t->interp->latin1[write ? 'w' : 'r']) < 0)
        ref_clear(t, &text);
done:
    ref_dec(t, raw);
    ref_dec(t, title);
    ref_dec(t, encoding);
    ref_dec(t, errors);
    ref_dec(t, buffer);
    return text;
}

int io_std_open(Thread *t)
{
    static const struct {
        const char *name, *original, *title;
    } streams[] = {
        {"stdin", "__stdin__", "<stdin>"}, {"stdout", "__stdout__", "<stdout>"}, {"stderr", "__stderr__", "<stderr>"}};
    Value module = dict_get_string(t, t->interp->modules, "_io");
    Value open = value_is_empty(module) ? VALUE_EMPTY : object_getattr_string(t, module, "open");
    int status = value_is_empty(open) ? -1 : dict_set_string(t, t->interp->builtins_dict, "open", open);
    ref_dec(t, open);
    ref_dec(t, module);
    for (int fd = 0; fd < 3 && status == 0; fd++) {
        Value stream = std_stream(t, fd, streams[fd].title);
        if (value_is_empty(stream) && error_swallow(t, EXC_OSError))
            stream = VALUE_NONE; /* a directory, or closed meanwhile */
        if (value_is_empty(stream) &&
            error_matches(t, EXC_LookupError)) /* PYTHONIOENCODING; the error itself follows */
            fprintf(stderr, "Fatal Python error: init_stdio_encoding: %s\nPython runtime state: core initialized\n",
                    "failed to get the Python codec name of the stdio encoding");
        if (value_is_empty(stream) || dict_set_string(t, t->interp->sys_dict, streams[fd].name, stream) < 0 ||
            dict_set_string(t, t->interp->sys_dict, streams[fd].original, stream) < 0)
            status = -1;
        ref_dec(t, stream);
    }
    return status;
}

bool io_ends_silently(Thread *t, Object *o)
{
    const IoState *s = io_state(t);
    if (!s)
        return false;
    Value v = value_of(o);
    if (io_is_exact(v, s->text) && !io_has_own(t, v, ID(t, close)))
        v = io_text(v)->buffer;
    if (io_is_exact(v, s->reader) && !io_has_own(t, v, ID(t, close)))
        v = io_buffered(v)->raw;
    return io_is_exact(v, s->file) && !io_has_own(t, v, ID(t, close)) && !io_file(v)->closefd && !io_file(v)->writable;
}

/* ---- the module ---- */

static int add_type(Thread *t, Value module, const TypeSpec *spec, Type *base, Type **slot)
{
    Type *type = module_add_type(t, module, spec, base);
    if (!type)
        return -1;
    REF_CLEAR_PTR(t, *slot);
    *slot = ref_inc_ptr(t, type);
    return 0;
}

static int add_unsupported(Thread *t, Value module, IoState *s)
{
    Value bases =
        tuple_pack(t, 2, value_of(t->interp->exceptions[EXC_OSError]), value_of(t->interp->exceptions[EXC_ValueError]));
    if (value_is_empty(bases))
        return -1;
    Value made = exception_new_class(t, "io.UnsupportedOperation", bases, NULL);
    ref_dec(t, bases);
    if (value_is_empty(made))
        return -1;
    REF_CLEAR_PTR(t, s->unsupported);
    s->unsupported = (Type *)value_object(ref_inc(t, made));
    return module_add_take(t, module, "UnsupportedOperation", made);
}

static int io_exec(Thread *t, Value module)
{
    IoState *s = io_state(t);
    if (!s) {
        s = alloc_memory_zeroed(t, 1, sizeof *s);
        if (!s)
            return -1;
        t->interp->module_state[MODULE__io] = s;
    }
    if (module_add_int(t, module, "DEFAULT_BUFFER_SIZE", IO_BUFFER_SIZE) < 0 ||
        module_add_take(t, module, "BlockingIOError",
                        ref_inc(t, value_of(t->interp->exceptions[EXC_BlockingIOError]))) < 0 ||
        add_unsupported(t, module, s) < 0)
        return -1;
    const struct {
        const TypeSpec *spec;
        Type **base, **slot;
    } types[] = {
        {&io_base_spec, NULL, &s->base},
        {&io_raw_spec, &s->base, &s->raw},
        {&io_buffered_spec, &s->base, &s->buffered},
        {&io_text_base_spec, &s->base, &s->text_base},
        {&io_file_spec, &s->raw, &s->file},
        {&io_bytes_spec, &s->buffered, &s->bytes},
        {&io_bytes_buffer_spec, NULL, &s->bytes_buffer},
        {&io_string_spec, &s->text_base, &s->string},
        {&io_reader_spec, &s->buffered, &s->reader},
        {&io_writer_spec, &s->buffered, &s->writer},
        {&io_random_spec, &s->buffered, &s->random},
        {&io_pair_spec, &s->buffered, &s->pair},
        {&io_decoder_spec, NULL, &s->decoder},
        {&io_text_spec, &s->text_base, &s->text},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (add_type(t, module, types[i].spec, types[i].base ? *types[i].base : NULL, types[i].slot) < 0)
            return -1;
    }
    return 0;
}

static void io_free(Thread *t, void *p)
{
    IoState *s = p;
    Type **types = (Type **)p; /* the state is nothing but types */
    for (size_t i = 0; i < sizeof *s / sizeof(Type *); i++)
        REF_CLEAR_PTR(t, types[i]);
    alloc_memory_free(t, s);
}

static const NativeDef *const functions[] = {&native_io_open, &native_io_open_code, &native_io_text_encoding, NULL};

const ModuleDef module_def__io = {
    .name = "_io",
    .doc = "Streams: raw, buffered, text, and in memory.",
    .methods = functions,
    .exec = io_exec,
    .free_state = io_free,
};
