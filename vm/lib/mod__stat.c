/* mod__stat.c: the module _stat: what the mode of a file says.  Numbers are POSIX's, the same on every target.  No state, no locks. */
#include "../memory/ref.h"
#include "../object/error.h"
#include "../object/int.h"
#include "../object/module.h"
#include "../object/str.h"

static const struct {
    const char *name;
    uint32_t value;
} numbers[] = {
    {"S_IFDIR", 0040000},
    {"S_IFCHR", 0020000},
    {"S_IFBLK", 0060000},
    {"S_IFREG", 0100000},
    {"S_IFIFO", 0010000},
    {"S_IFLNK", 0120000},
    {"S_IFSOCK", 0140000},
    {"S_IFDOOR", 0},
    {"S_IFPORT", 0},
    {"S_IFWHT", 0},
    {"S_ISUID", 04000},
    {"S_ISGID", 02000},
    {"S_ISVTX", 01000},
    {"S_ENFMT", 02000},
    {"S_IREAD", 0400},
    {"S_IWRITE", 0200},
    {"S_IEXEC", 0100},
    {"S_IRWXU", 0700},
    {"S_IRUSR", 0400},
    {"S_IWUSR", 0200},
    {"S_IXUSR", 0100},
    {"S_IRWXG", 0070},
    {"S_IRGRP", 0040},
    {"S_IWGRP", 0020},
    {"S_IXGRP", 0010},
    {"S_IRWXO", 0007},
    {"S_IROTH", 0004},
    {"S_IWOTH", 0002},
    {"S_IXOTH", 0001},
    {"UF_SETTABLE", 0x0000ffff},
    {"UF_NODUMP", 0x00000001},
    {"UF_IMMUTABLE", 0x00000002},
    {"UF_APPEND", 0x00000004},
    {"UF_OPAQUE", 0x00000008},
    {"UF_NOUNLINK", 0x00000010},
    {"UF_COMPRESSED", 0x00000020},
    {"UF_TRACKED", 0x00000040},
    {"UF_DATAVAULT", 0x00000080},
    {"UF_HIDDEN", 0x00008000},
    {"SF_SETTABLE", 0xffff0000},
    {"SF_ARCHIVED", 0x00010000},
    {"SF_IMMUTABLE", 0x00020000},
    {"SF_APPEND", 0x00040000},
    {"SF_RESTRICTED", 0x00080000},
    {"SF_NOUNLINK", 0x00100000},
    {"SF_SNAPSHOT", 0x00200000},
    {"SF_FIRMLINK", 0x00800000},
    {"SF_DATALESS", 0x40000000},
    {"ST_MODE", 0},
    {"ST_INO", 1},
    {"ST_DEV", 2},
    {"ST_NLINK", 3},
    {"ST_UID", 4},
    {"ST_GID", 5},
    {"ST_SIZE", 6},
    {"ST_ATIME", 7},
    {"ST_MTIME", 8},
    {"ST_CTIME", 9},
};

#define FORMAT_MASK 0170000u

static int to_mode(Thread *t, Value v, uint32_t *mode)
{
    if (!int_check(v)) {
        error_set(t, EXC_TypeError, "an integer is required");
        return -1;
    }
    if (int_sign(v) < 0) {
        error_set(t, EXC_OverflowError, "can't convert negative value to unsigned int");
        return -1;
    }
    uint64_t wide;
    if (int_to_uint64(t, v, &wide) < 0)
        return -1;
    if (wide > UINT32_MAX) {
        error_set(t, EXC_OverflowError, "mode out of range");
        return -1;
    }
    *mode = (uint32_t)wide;
    return 0;
}

#define IS_FORMAT(c_name, py_name, format, doc)                                                                        \
    NATIVE(c_name, py_name, "($module, mode, /)", doc)                                                                 \
    {                                                                                                                  \
        uint32_t mode;                                                                                                 \
        if (to_mode(t, args[1], &mode) < 0)                                                                            \
            return VALUE_EMPTY;                                                                                        \
        return value_from_bool((mode & FORMAT_MASK) == (format));                                                      \
    }
#define NEVER(c_name, py_name, doc)                                                                                    \
    NATIVE(c_name, py_name, "($module, mode, /)", doc)                                                                 \
    {                                                                                                                  \
        uint32_t mode;                                                                                                 \
        return to_mode(t, args[1], &mode) < 0 ? VALUE_EMPTY : VALUE_FALSE;                                             \
    }

IS_FORMAT(is_dir, "S_ISDIR", 0040000u, "Is it the mode of a directory?")
IS_FORMAT(is_chr, "S_ISCHR", 0020000u, "Is it the mode of a character device?")
IS_FORMAT(is_blk, "S_ISBLK", 0060000u, "Is it the mode of a block device?")
IS_FORMAT(is_reg, "S_ISREG", 0100000u, "Is it the mode of a regular file?")
IS_FORMAT(is_fifo, "S_ISFIFO", 0010000u, "Is it the mode of a named pipe?")
IS_FORMAT(is_lnk, "S_ISLNK", 0120000u, "Is it the mode of a symbolic link?")
IS_FORMAT(is_sock, "S_ISSOCK", 0140000u, "Is it the mode of a socket?")
NEVER(is_door, "S_ISDOOR", "Is it the mode of a door? (No system here has them.)")
NEVER(is_port, "S_ISPORT", "Is it the mode of an event port? (No system here has them.)")
NEVER(is_wht, "S_ISWHT", "Is it the mode of a whiteout? (No system here has them.)")

NATIVE(imode, "S_IMODE", "($module, mode, /)", "The part of a mode that chmod can set.")
{
    uint32_t mode;
    return to_mode(t, args[1], &mode) < 0 ? VALUE_EMPTY : value_from_int(mode & 07777);
}

NATIVE(ifmt, "S_IFMT", "($module, mode, /)", "The part of a mode that tells the kind of file.")
{
    uint32_t mode;
    return to_mode(t, args[1], &mode) < 0 ? VALUE_EMPTY : value_from_int(mode & FORMAT_MASK);
}

NATIVE(filemode, "filemode", "($module, mode, /)", "A mode as ls shows it: '-rwxr-xr-x'.")
{
    uint32_t mode;
    if (to_mode(t, args[1], &mode) < 0)
        return VALUE_EMPTY;
    char text[10];
    switch (mode & FORMAT_MASK) {
    case 0100000: text[0] = '-'; break;
    case 0040000: text[0] = 'd'; break;
    case 0120000: text[0] = 'l'; break;
    case 0060000: text[0] = 'b'; break;
    case 0020000: text[0] = 'c'; break;
    case 0010000: text[0] = 'p'; break;
    case 0140000: text[0] = 's'; break;
    default: text[0] = '?'; break;
    }
    for (int i = 0; i < 9; i++)
        text[i + 1] = mode & (0400u >> i) ? "rwx"[i % 3] : '-';
    if (mode & 04000)
        text[3] = mode & 0100 ? 's' : 'S';
    if (mode & 02000)
        text[6] = mode & 0010 ? 's' : 'S';
    if (mode & 01000)
        text[9] = mode & 0001 ? 't' : 'T';
    return str_from_utf8(t, text, sizeof text);
}

static int exec(Thread *t, Value module)
{
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (module_add_int(t, module, numbers[i].name, numbers[i].value) < 0)
            return -1;
    }
    return 0;
}

static const NativeDef *const functions[] = {
    &native_is_dir,   &native_is_chr, &native_is_blk,  &native_is_reg,
    &native_is_fifo,  &native_is_lnk, &native_is_sock, &native_is_door,
    &native_is_port,  &native_is_wht, &native_imode,   &native_ifmt,
    &native_filemode, NULL,
};

const ModuleDef module_def__stat = {
    .name = "_stat",
    .doc = "What the mode of a file says: constants and tests.",
    .methods = functions,
    .exec = exec,
};
