/* image.c: building and reading the image of the standard library (image.h). */
#include "image.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../compile/code_image.h"
#include "../compile/compile.h"
#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/error.h"
#include "../object/list.h"
#include "../object/str.h"
#include "../os/os.h"
#include "../thread/breaker.h"
#include "../thread/gil.h"

#define IMAGE_MAGIC "BATONIMG"
#define IMAGE_VERSION 4

typedef struct ImageHeader {
    char magic[8];
    uint32_t version, count;
    uint32_t directory_size; /* header, entries and names */
    uint32_t instructions;   /* opcode_magic() of the program that made it */
} ImageHeader;

/* ---- reading ---- */

/* Invariant: `directory` holds the file's first `size` bytes: header, entries and names, all names within it.  Where files can be mapped it is the whole file: what
 * is never used costs nothing, and the pages are those of all processes.  Else modules are read one by one. */
typedef struct Image {
    char *path;
    OsFileStamp stamp; /* not mapped: the file must stay the one that was opened */
    uint32_t size;
    char *directory;
    size_t mapped;          /* size of the file, or 0: not mapped */
    size_t part;            /* mapped: bytes of the file that a bit of `asked` stands for */
    _Atomic uint64_t asked; /* which parts the system has been told to read */
} Image;

static const ImageEntry *entries_of(const Image *image)
{
    return (const void *)(image->directory + sizeof(ImageHeader));
}
static uint32_t count_of(const Image *image) { return ((const ImageHeader *)(const void *)image->directory)->count; }

static bool directory_fits(const Image *image)
{
    const ImageEntry *entries = entries_of(image);
    if (count_of(image) > (image->size - sizeof(ImageHeader)) / sizeof(ImageEntry))
        return false;
    for (uint32_t i = 0; i < count_of(image); i++)
        if ((uint64_t)entries[i].name + entries[i].name_size > image->size)
            return false;
    return true;
}

int image_open(Thread *t, const char *path)
{
    ImageHeader h;
    Image *image = alloc_raw_zeroed(sizeof *image);
    if (!image)
        goto fail;
    image->directory = (char *)os_file_map(path, &image->mapped);
    if (image->mapped) {
        size_t end = image->mapped < CONFIG_IMAGE_START ? image->mapped : CONFIG_IMAGE_START;
        for (image->part = CONFIG_IMAGE_READ_AHEAD; image->mapped / image->part >= 64;)
            image->part *= 2;
        atomic_init(&image->asked, (UINT64_C(1) << end / image->part) - 1);
        os_file_prefetch(image->directory, end);
    }
    if (image->mapped >= sizeof h)
        memcpy(&h, image->directory, sizeof h);
    else if (image->mapped || os_file_read(path, &image->stamp, 0, &h, sizeof h) < 0)
        goto fail;
    if (memcmp(h.magic, IMAGE_MAGIC, 8) != 0)
        goto fail;
    if (h.version != IMAGE_VERSION || h.instructions != opcode_magic()) {
        error_set(t, EXC_ImportError, "the image of the standard library at %s was made by another build", path);
        goto fail;
    }
    if (h.directory_size < sizeof h || h.directory_size > INT32_MAX)
        goto fail;
    image->size = h.directory_size;
    image->path = strdup(path);
    if (!image->mapped) {
        image->directory = alloc_raw(image->size);
        if (!image->directory || os_file_read(path, &image->stamp, 0, image->directory, image->size) < 0)
            goto fail;
    }
    if (!image->path || (image->mapped && image->mapped < image->size) || !directory_fits(image))
        goto fail;
    t->interp->image = image;
    return 0;
fail:
    t->interp->image = image;
    image_close(t->interp);
    if (!error_pending(t))
        error_set(t, EXC_ImportError, "no image of the standard library at %s", path);
    return -1;
}

void image_close(Interp *interp)
{
    if (interp->image) {
        free(interp->image->path);
        if (interp->image->mapped)
            os_file_unmap(interp->image->directory, interp->image->mapped);
        else
            alloc_raw_free(interp->image->directory);
        alloc_raw_free(interp->image);
        interp->image = NULL;
    }
}

static int compare_names(const char *a, size_t an, const char *b, size_t bn)
{
    int order = memcmp(a, b, an < bn ? an : bn);
    return order ? order : an < bn ? -1 : an > bn;
}

const ImageEntry *image_find(Thread *t, const char *name, size_t n)
{
    const Image *image = t->interp->image;
    if (!image)
        return NULL;
    uint32_t low = 0, high = count_of(image);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const ImageEntry *e = &entries_of(image)[middle];
        int order = compare_names(name, n, image->directory + e->name, e->name_size);
        if (order == 0)
            return e;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

Value image_module_names(Thread *t)
{
    const Image *image = t->interp->image;
    Value list = list_new(t, 384);
    for (uint32_t i = 0; i < count_of(image) && !value_is_empty(list); i++) {
        const ImageEntry *e = &entries_of(image)[i];
        const char *name = image->directory + e->name;
        if (!memchr(name, '.', e->name_size) && list_append_take(t, list, str_from_utf8(t, name, e->name_size)) < 0)
            ref_clear(t, &list);
    }
    return list;
}

void image_set_filename(Thread *t, Code *code, Value filename)
{
    Value old = code->filename;
    code->filename = ref_inc(t, filename);
    ref_dec(t, old);
    for (uint32_t i = 0; i < code->constant_count; i++)
        if (code_check(code->constants[i]))
            image_set_filename(t, code_of(code->constants[i]), filename);
}

static bool in_file(const Image *image, const ImageEntry *e, int half)
{
    return e->code[half].at <= image->mapped && e->code[half].size <= image->mapped - e->code[half].at;
}

/* Reads both parts of a module into one block of memory. */
static MUST_CHECK Value read_code(Thread *t, Image *image, const ImageEntry *e)
{
    size_t sizes[2] = {e->code[0].size, e->code[1].size};
    char *data = alloc_memory(t, sizes[0] + sizes[1]);
    if (!data)
        return VALUE_EMPTY;
    Value code = VALUE_EMPTY;
    thread_detach(t, EVENT_IO);
    int status = os_file_read(image->path, &image->stamp, e->code[0].at, data, sizes[0]) < 0 ||
                 os_file_read(image->path, &image->stamp, e->code[1].at, data + sizes[0], sizes[1]) < 0;
    thread_attach(t);
    if (status == 0)
        code = code_image_load(t, (const void *const[]){data, data + sizes[0]}, sizes, data);
    else if (breaker_check_signals(t) == 0)
        error_set(t, EXC_ImportError, "the image of the standard library is gone, has changed or could not be loaded");
    if (value_is_empty(code))
        alloc_memory_free(t, data);
    return code;
}

/* Modules that are imported one after another lie one after another: a few long reads bring them in, each once. */
static void prefetch(Image *image, size_t at, size_t end)
{
    for (size_t i = at / image->part; i * image->part < end; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (atomic_load_explicit(&image->asked, memory_order_relaxed) & bit)
            continue;
        atomic_fetch_or_explicit(&image->asked, bit, memory_order_relaxed);
        size_t begin = i * image->part, rest = image->mapped - begin;
        os_file_prefetch(image->directory + begin, rest < image->part ? rest : image->part);
    }
}

Value image_code(Thread *t, const ImageEntry *e, Value folder)
{
    Image *image = t->interp->image;
    Value code;
    if (image->mapped) {
        size_t sizes[2] = {0, 0};
        for (int half = 0; half < 2; half++) {
            if (in_file(image, e, half)) {
                sizes[half] = e->code[half].size;
                prefetch(image, e->code[half].at, e->code[half].at + e->code[half].size);
            }
        }
        code = code_image_load(
            t, (const void *const[]){image->directory + e->code[0].at, image->directory + e->code[1].at}, sizes, NULL);
    } else {
        code = read_code(t, image, e);
    }
    if (value_is_empty(code))
        return code;
    Value relative = code_of(code)->filename;
    if (!value_is_empty(folder) && str_length(relative) && str_at(str_of(relative), 0) != '<') {
        Value full = str_format(t, "%U/%U", folder, relative);
        if (value_is_empty(full)) {
            ref_dec(t, code);
            return full;
        }
        image_set_filename(t, code_of(code), full);
        ref_dec(t, full);
    }
    return code;
}

/* ---- building ---- */

typedef struct Piece {
    char *name; /* module name */
    bool is_package;
    enum Group { GROUP_START, GROUP_LISTED, GROUP_OTHERS } group; /* in image_order.def or not */
    int rank;                                                     /* and the place in it */
    struct {
        char *data;
        size_t size;
        uint32_t at;
    } code[2];
} Piece;

typedef struct Build {
    Thread *t;
    const char *folder;
    Piece *pieces;
    size_t count, capacity;
    int failures;
} Build;

static char *read_whole(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    long size;
    if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 && fseek(f, 0, SEEK_SET) == 0 &&
        (text = malloc((size_t)size + 1))) {
        *n = fread(text, 1, (size_t)size, f);
        text[*n] = 0;
    }
    if (f)
        fclose(f);
    return text;
}

/* Where a module is to lie. */
static void place(Piece *p)
{
    static const struct {
        const char *name;
        enum Group group;
    } listed[] = {
#define START(name) {name, GROUP_START},
#define MODULE(name) {name, GROUP_LISTED},
#include "image_order.def"
#undef MODULE
#undef START
    };
    const int count = (int)(sizeof listed / sizeof *listed);
    p->rank = 0;
    while (p->rank < count && strcmp(listed[p->rank].name, p->name) != 0)
        p->rank++;
    p->group = p->rank < count ? listed[p->rank].group : GROUP_OTHERS;
}

/* Room for one more, cleared; NULL without memory. */
static Piece *next_piece(Build *b)
{
    if (b->count == b->capacity) {
        size_t capacity = b->capacity ? b->capacity * 2 : 256;
        Piece *grown = realloc(b->pieces, capacity * sizeof *grown);
        if (!grown)
            return NULL;
        b->pieces = grown;
        b->capacity = capacity;
    }
    Piece *p = &b->pieces[b->count++];
    *p = (Piece){0};
    return p;
}

static int add_piece(Build *b, const char *name, bool is_package, Value code)
{
    Thread *t = b->t;
    Value parts[2];
    if (code_image_dump(t, code, parts) < 0)
        return -1;
    Piece *p = next_piece(b);
    bool done = p && (p->name = strdup(name));
    if (done) {
        p->is_package = is_package;
        place(p);
    }
    for (int half = 0; half < 2; half++) {
        const Bytes *part = bytes_of(parts[half]);
        if (done && (p->code[half].data = malloc(part->length))) {
            p->code[half].size = part->length;
            memcpy(p->code[half].data, part->data, part->length);
        } else {
            done = false;
        }
        ref_dec(t, parts[half]);
    }
    return done ? 0 : -1;
}

static int compile_file(Build *b, const char *path, const char *filename, const char *name, bool is_package)
{
    Thread *t = b->t;
    size_t n;
    char *source = read_whole(path, &n);
    if (!source) {
        fprintf(stderr, "baton: cannot read %s\n", path);
        return -1;
    }
    Value file = str_from_string(t, filename), code = VALUE_EMPTY;
    if (!value_is_empty(file))
        code = compile_source(t, source, n, file, PARSE_FILE, 0, COMPILE_SMALL, 0);
    ref_dec(t, file);
    free(source);
    if (value_is_empty(code)) {
        Value exc = error_take(t), text = object_str(t, exc), owner = VALUE_EMPTY;
        size_t length;
        const char *utf8 = value_is_empty(text) ? "?" : str_utf8(t, text, &length, &owner);
        fprintf(stderr, "baton: left out of the image: %s: %s\n", path, utf8 ? utf8 : "?");
        ref_dec(t, owner);
        ref_dec(t, text);
        ref_dec(t, exc);
        error_clear(t);
        b->failures++;
        return 0;
    }
    int status = add_piece(b, name, is_package, code);
    ref_dec(t, code);
    return status;
}

static int walk(Build *b, const char *relative, const char *package)
{
    char path[4096], name[1024], file[2048];
    snprintf(path, sizeof path, "%s/%s", b->folder, relative);
    DIR *d = opendir(path);
    if (!d)
        return -1;
    int status = 0;
    struct dirent *entry;
    while (status == 0 && (entry = readdir(d))) {
        const char *base = entry->d_name;
        size_t n = strlen(base);
        struct stat st;
        if (base[0] == '.' || !strcmp(base, "__pycache__"))
            continue;
        snprintf(file, sizeof file, "%s%s%s", relative, *relative ? "/" : "", base);
        snprintf(path, sizeof path, "%s/%s", b->folder, file);
        if (stat(path, &st) < 0)
            continue;
        if (S_ISDIR(st.st_mode)) {
            snprintf(name, sizeof name, "%s%s%s", package, *package ? "." : "", base);
            status = walk(b, file, name);
        } else if (n > 3 && !strcmp(base + n - 3, ".py")) {
            bool is_package = !strcmp(base, "__init__.py");
            if (is_package)
                snprintf(name, sizeof name, "%s", package);
            else
                snprintf(name, sizeof name, "%s%s%.*s", package, *package ? "." : "", (int)(n - 3), base);
            if (*name)
                status = compile_file(b, path, file, name, is_package);
        }
    }
    closedir(d);
    return status;
}

static int compare_pieces(const void *a, const void *b)
{
    return strcmp(((const Piece *)a)->name, ((const Piece *)b)->name);
}

/* One of the two parts of a module. */
typedef struct Part {
    Piece *piece;
    int half;
} Part;

/* As they lie in the file: group by group what the imports read, and then the rest. */
static int compare_parts(const void *a, const void *b)
{
    const Part *p = a, *q = b;
    int group = (int)p->piece->group - (int)q->piece->group, half = p->half - q->half,
        rank = p->piece->rank - q->piece->rank;
    return group ? group : half ? half : rank ? rank : strcmp(p->piece->name, q->piece->name);
}

static int write_image(Build *b, const char *output)
{
    assert(b->pieces && b->count > 0); /* the frozen modules at least */
    char fresh[4096];
    snprintf(fresh, sizeof fresh, "%s.new", output);
    Part *parts = malloc(2 * b->count * sizeof *parts);
    FILE *f = parts ? fopen(fresh, "wb") : NULL;
    if (!f) {
        perror(fresh);
        free(parts);
        return -1;
    }
    qsort(b->pieces, b->count, sizeof *b->pieces, compare_pieces);
    uint32_t name = (uint32_t)(sizeof(ImageHeader) + b->count * sizeof(ImageEntry)), at = name;
    for (size_t i = 0; i < b->count; i++) {
        parts[2 * i] = (Part){&b->pieces[i], 0};
        parts[2 * i + 1] = (Part){&b->pieces[i], 1};
        at += (uint32_t)strlen(b->pieces[i].name);
    }
    uint32_t padding = (8 - at % 8) % 8; /* the parts, a multiple of 8 long each, are aligned */
    at += padding;
    ImageHeader h = {
        .version = IMAGE_VERSION, .count = (uint32_t)b->count, .directory_size = at, .instructions = opcode_magic()};
    memcpy(h.magic, IMAGE_MAGIC, 8);
    fwrite(&h, sizeof h, 1, f);
    qsort(parts, 2 * b->count, sizeof *parts, compare_parts);
    for (size_t i = 0; i < 2 * b->count; i++) {
        parts[i].piece->code[parts[i].half].at = at;
        at += (uint32_t)parts[i].piece->code[parts[i].half].size;
    }
    for (size_t i = 0; i < b->count; i++) {
        const Piece *p = &b->pieces[i];
        ImageEntry e = {.name = name, .name_size = (uint32_t)strlen(p->name), .is_package = p->is_package};
        for (int half = 0; half < 2; half++) {
            e.code[half].at = p->code[half].at;
            e.code[half].size = (uint32_t)p->code[half].size;
        }
        name += e.name_size;
        fwrite(&e, sizeof e, 1, f);
    }
    for (size_t i = 0; i < b->count; i++)
        fwrite(b->pieces[i].name, 1, strlen(b->pieces[i].name), f);
    fwrite("\0\0\0\0\0\0\0", 1, padding, f);
    for (size_t i = 0; i < 2 * b->count; i++)
        fwrite(parts[i].piece->code[parts[i].half].data, 1, parts[i].piece->code[parts[i].half].size, f);
    free(parts);
    bool failed = ferror(f) != 0;
    /* Programs that run may have the old image mapped: it is replaced, not overwritten. */
    if (fclose(f) != 0 || failed || rename(fresh, output) != 0) {
        perror(output);
        return -1;
    }
    return 0;
}

/* The import system itself comes before any file can be imported: kept under the names that CPython gives it. */
static int add_frozen(Build *b)
{
    static const char *const frozen[][3] = {
        {"_frozen_importlib", "importlib/_bootstrap.py", "<frozen importlib._bootstrap>"},
        {"_frozen_importlib_external", "importlib/_bootstrap_external.py", "<frozen importlib._bootstrap_external>"},
    };
    char path[4096];
    for (size_t i = 0; i < sizeof frozen / sizeof *frozen; i++) {
        snprintf(path, sizeof path, "%s/%s", b->folder, frozen[i][1]);
        if (compile_file(b, path, frozen[i][2], frozen[i][0], false) < 0)
            return -1;
    }
    return 0;
}

int image_build(Thread *t, const char *folder, const char *output)
{
    Build b = {.t = t, .folder = folder};
    int status = add_frozen(&b) < 0 || walk(&b, "", "") < 0 || write_image(&b, output) < 0;
    if (status)
        fprintf(stderr, "baton: no image made of %s\n", folder);
    for (size_t i = 0; i < b.count; i++) {
        free(b.pieces[i].name);
        free(b.pieces[i].code[0].data);
        free(b.pieces[i].code[1].data);
    }
    free(b.pieces);
    return status;
}
