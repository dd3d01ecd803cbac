/* mod__locale.c: the module _locale: the C library's locale functions.
 *
 * The C library's locale belongs to the whole process: the start of the program adopts the user's LC_CTYPE (../cli/encoding.c), the rest is up to programs. No locks. */
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <wchar.h>
#if defined(__GLIBC__)
#include <libintl.h>
#define HAVE_INTL 1
#else
#define HAVE_INTL 0
#endif
#include <errno.h>

#include "../memory/alloc.h"
#include "../memory/ref.h"
#include "../object/bytes.h"
#include "../object/dict.h"
#include "../object/exception.h"
#include "../object/int.h"
#include "../object/list.h"
#include "../object/module.h"
#include "../object/str.h"
#include "mod__locale.h"

typedef struct LocaleState {
    Value error; /* locale.Error */
} LocaleState;

static void free_state(Thread *t, void *state)
{
    ref_dec(t, ((LocaleState *)state)->error);
    alloc_memory_free(t, state);
}

static Value raise(Thread *t, const char *message)
{
    LocaleState *state = t->interp->module_state[MODULE__locale];
    return error_set_type(t, type_as(state->error), "%s", message);
}

static Value text(Thread *t, const char *s) { return s ? str_from_fs(t, s, strlen(s)) : str_from_string(t, ""); }

/* A str argument without null characters as bytes in the file-system encoding: owned. */
static Value c_string(Thread *t, const char *function, int index, Value v)
{
    if (!str_check(v))
        return error_set(t, EXC_TypeError, "%s() argument %d must be str, not %s", function, index,
                         value_is_none(v) ? "None" : type_name(type_of(t, v)));
    return str_to_fs(t, v);
}

static const char *c_data(Value bytes) { return (const char *)bytes_of(bytes)->data; }

/* ---- locales ---- */

NATIVE(setlocale, "setlocale", "($module, category, locale=<unrepresentable>, /)",
       "Sets a category of the locale, or tells it: the name in force.")
{
    int category;
    if (int_to_int(t, args[1], &category) < 0)
        return VALUE_EMPTY;
    if (value_is_empty(args[2]) || value_is_none(args[2])) {
        const char *name = setlocale(category, NULL);
        return name ? text(t, name) : raise(t, "locale query failed");
    }
    Value wanted = c_string(t, "setlocale", 2, args[2]);
    if (value_is_empty(wanted))
        return VALUE_EMPTY;
    const char *name = setlocale(category, c_data(wanted));
    ref_dec(t, wanted);
    return name ? text(t, name) : raise(t, "unsupported locale setting");
}

/* The grouping of digits: sizes, ended by 0 or CHAR_MAX. */
static Value grouping(Thread *t, const char *s)
{
    Value list = list_new(t, 0);
    for (; !value_is_empty(list) && *s; s++) {
        if (list_append(t, list, value_from_int(*s)) < 0)
            ref_clear(t, &list);
        if (*s == CHAR_MAX)
            return list;
    }
    if (!value_is_empty(list) && list_length(list) > 0 && list_append(t, list, value_from_int(0)) < 0)
        ref_clear(t, &list);
    return list;
}

NATIVE(localeconv, "localeconv", "($module, /)", "How numbers and money are written: a dict.")
{
    const struct lconv *c = localeconv();
    Value dict = dict_new(t);
    if (value_is_empty(dict))
        return VALUE_EMPTY;
    const struct {
        const char *name, *value;
    } texts[] = {
        {"decimal_point", c->decimal_point},         {"thousands_sep", c->thousands_sep},
        {"int_curr_symbol", c->int_curr_symbol},     {"currency_symbol", c->currency_symbol},
        {"mon_decimal_point", c->mon_decimal_point}, {"mon_thousands_sep", c->mon_thousands_sep},
        {"positive_sign", c->positive_sign},         {"negative_sign", c->negative_sign},
    };
    const struct {
        const char *name;
        char value;
    } numbers[] = {
        {"int_frac_digits", c->int_frac_digits}, {"frac_digits", c->frac_digits},
        {"p_cs_precedes", c->p_cs_precedes},     {"p_sep_by_space", c->p_sep_by_space},
        {"n_cs_precedes", c->n_cs_precedes},     {"n_sep_by_space", c->n_sep_by_space},
        {"p_sign_posn", c->p_sign_posn},         {"n_sign_posn", c->n_sign_posn},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (dict_set_string_take(t, dict, texts[i].name, text(t, texts[i].value)) < 0)
            goto fail;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (dict_set_string(t, dict, numbers[i].name, value_from_int(numbers[i].value)) < 0)
            goto fail;
    }
    if (dict_set_string_take(t, dict, "grouping", grouping(t, c->grouping)) < 0 ||
        dict_set_string_take(t, dict, "mon_grouping", grouping(t, c->mon_grouping)) < 0)
        goto fail;
    return dict;
fail:
    ref_dec(t, dict);
    return VALUE_EMPTY;
}

/* ---- collation ---- */

/* A str as wide characters, to be freed with alloc_memory_free; NULL on error. */
static wchar_t *wide(Thread *t, const char *function, int index, Value v)
{
    if (!str_check(v)) {
        error_set(t, EXC_TypeError, "%s() argument %d must be str, not %s", function, index,
                  value_is_none(v) ? "None" : type_name(type_of(t, v)));
        return NULL;
    }
    size_t n = str_length(v);
    wchar_t *w = alloc_memory_zeroed(t, n + 1, sizeof(wchar_t));
    for (size_t i = 0; w && i < n; i++) {
        w[i] = (wchar_t)str_at(str_of(v), i);
        if (!w[i]) {
            alloc_memory_free(t, w);
            error_set(t, EXC_ValueError, "embedded null character");
            return NULL;
        }
    }
    return w;
}

NATIVE(strcoll, "strcoll", "($module, os1, os2, /)",
       "Compares two strings in the locale's order: negative, 0 or positive.")
{
    wchar_t *a = wide(t, "strcoll", 1, args[1]), *b = a ? wide(t, "strcoll", 2, args[2]) : NULL;
    Value result = b ? value_from_int(wcscoll(a, b)) : VALUE_EMPTY;
    alloc_memory_free(t, a);
    alloc_memory_free(t, b);
    return result;
}

NATIVE(strxfrm, "strxfrm", "($module, string, /)", "The string as a key whose plain order is the locale's order.")
{
    wchar_t *s = wide(t, "strxfrm", 1, args[1]);
    if (!s)
        return VALUE_EMPTY;
    errno = 0;
    size_t n_needed = wcsxfrm(NULL, s, 0);
    Value result = VALUE_EMPTY;
    if (errno && errno != ERANGE) {
        error_from_errno(t, errno);
    } else {
        wchar_t *key = alloc_memory_zeroed(t, n_needed + 1, sizeof(wchar_t));
        if (key) {
            wcsxfrm(key, s, n_needed + 1);
            result = str_from_wide(t, key, n_needed);
            alloc_memory_free(t, key);
        }
    }
    alloc_memory_free(t, s);
    return result;
}

/* ---- language information ---- */

static const struct {
    const char *name;
    int key;
} langinfo_keys[] = {
#define KEY(name) {#name, name},
    KEY(DAY_1) KEY(DAY_2) KEY(DAY_3) KEY(DAY_4) KEY(DAY_5) KEY(DAY_6) KEY(DAY_7) KEY(ABDAY_1) KEY(ABDAY_2) KEY(ABDAY_3)
        KEY(ABDAY_4) KEY(ABDAY_5) KEY(ABDAY_6) KEY(ABDAY_7) KEY(MON_1) KEY(MON_2) KEY(MON_3) KEY(MON_4) KEY(MON_5)
            KEY(MON_6) KEY(MON_7) KEY(MON_8) KEY(MON_9) KEY(MON_10) KEY(MON_11) KEY(MON_12) KEY(ABMON_1) KEY(ABMON_2)
                KEY(ABMON_3) KEY(ABMON_4) KEY(ABMON_5) KEY(ABMON_6) KEY(ABMON_7) KEY(ABMON_8) KEY(ABMON_9) KEY(ABMON_10)
                    KEY(ABMON_11) KEY(ABMON_12) KEY(RADIXCHAR) KEY(THOUSEP) KEY(CRNCYSTR) KEY(D_FMT) KEY(D_T_FMT)
                        KEY(T_FMT) KEY(AM_STR) KEY(PM_STR) KEY(CODESET) KEY(T_FMT_AMPM) KEY(ERA) KEY(ERA_D_FMT)
                            KEY(ERA_D_T_FMT) KEY(ERA_T_FMT) KEY(ALT_DIGITS) KEY(YESEXPR) KEY(NOEXPR)
#undef KEY
};

NATIVE(nl_langinfo, "nl_langinfo", "($module, key, /)",
       "One piece of the locale's information: a name of the module such as DAY_1.")
{
    int key;
    if (int_to_int(t, args[1], &key) < 0)
        return VALUE_EMPTY;
    for (size_t i = 0; i < sizeof langinfo_keys / sizeof langinfo_keys[0]; i++) {
        if (langinfo_keys[i].key == key)
            return text(t, nl_langinfo(key));
    }
    return error_set(t, EXC_ValueError, "unsupported langinfo constant");
}

const char *locale_encoding(void)
{
    const char *codeset = CONFIG_HOST_MODULES ? nl_langinfo(CODESET) : "";
    return *codeset ? codeset : "UTF-8";
}

bool locale_is_plain(void)
{
    static const char *const names[] = {"C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"};
    const char *locale = setlocale(LC_CTYPE, NULL);
    for (size_t i = 0; locale && i < sizeof names / sizeof *names; i++)
        if (!strcmp(locale, names[i]))
            return true;
    return !locale;
}

NATIVE(getencoding, "getencoding", "($module, /)", "The encoding of the locale's texts.")
{
    return text(t, locale_encoding());
}

/* ---- translated messages ---- */

#if HAVE_INTL
NATIVE(gettext, "gettext", "($module, msg, /)", "The translation of a message.")
{
    Value msg = c_string(t, "gettext", 1, args[1]);
    if (value_is_empty(msg))
        return VALUE_EMPTY;
    Value result = text(t, gettext(c_data(msg)));
    ref_dec(t, msg);
    return result;
}

/* The domain may be None, the one in force. */
static Value translate(Thread *t, const char *function, Value domain, Value msg, int category)
{
    Value d = value_is_none(domain) ? VALUE_NONE : c_string(t, function, 1, domain), m = VALUE_EMPTY,
          result = VALUE_EMPTY;
    if (!value_is_empty(d))
        m = c_string(t, function, 2, msg);
    if (!value_is_empty(m))
        result = text(t, dcgettext(value_is_none(d) ? NULL : c_data(d), c_data(m), category));
    ref_dec(t, d);
    ref_dec(t, m);
    return result;
}

NATIVE(dgettext, "dgettext", "($module, domain, msg, /)", "The translation of a message in a domain.")
{
    return translate(t, "dgettext", args[1], args[2], LC_MESSAGES);
}

NATIVE(dcgettext, "dcgettext", "($module, domain, msg, category, /)",
       "The translation of a message in a domain and category.")
{
    int category;
    return int_to_int(t, args[3], &category) < 0 ? VALUE_EMPTY : translate(t, "dcgettext", args[1], args[2], category);
}

NATIVE(textdomain, "textdomain", "($module, domain, /)", "Sets the domain of gettext, or tells it (None).")
{
    Value domain = value_is_none(args[1]) ? VALUE_NONE : c_string(t, "textdomain", 1, args[1]);
    if (value_is_empty(domain))
        return VALUE_EMPTY;
    const char *current = textdomain(value_is_none(domain) ? NULL : c_data(domain));
    ref_dec(t, domain);
    return current ? text(t, current) : error_from_errno(t, errno);
}

NATIVE(bindtextdomain, "bindtextdomain", "($module, domain, dir, /)",
       "Sets the folder of a domain's translations, or tells it (None).")
{
    Value domain = c_string(t, "bindtextdomain", 1, args[1]), folder = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(domain))
        return VALUE_EMPTY;
    if (bytes_of(domain)->length == 0) {
        raise(t, "domain must be a non-empty string");
        goto done;
    }
    folder = value_is_none(args[2]) ? VALUE_NONE : str_to_fs(t, args[2]);
    if (value_is_empty(folder))
        goto done;
    const char *current = bindtextdomain(c_data(domain), value_is_none(folder) ? NULL : c_data(folder));
    result = current ? text(t, current) : error_from_errno(t, errno);
done:
    ref_dec(t, domain);
    ref_dec(t, folder);
    return result;
}

NATIVE(bind_textdomain_codeset, "bind_textdomain_codeset", "($module, domain, codeset, /)",
       "Sets the encoding of a domain's translations, or tells it (None).")
{
    Value domain = c_string(t, "bind_textdomain_codeset", 1, args[1]), codeset = VALUE_EMPTY, result = VALUE_EMPTY;
    if (value_is_empty(domain))
        return VALUE_EMPTY;
    codeset = value_is_none(args[2]) ? VALUE_NONE : c_string(t, "bind_textdomain_codeset", 2, args[2]);
    if (!value_is_empty(codeset)) {
        const char *current = bind_textdomain_codeset(c_data(domain), value_is_none(codeset) ? NULL : c_data(codeset));
        result = current ? text(t, current) : VALUE_NONE;
    }
    ref_dec(t, domain);
    ref_dec(t, codeset);
    return result;
}
#endif

/* ---- the module ---- */

static int exec(Thread *t, Value module)
{
    static const struct {
        const char *name;
        int value;
    } categories[] = {
        {"LC_CTYPE", LC_CTYPE},       {"LC_TIME", LC_TIME},         {"LC_COLLATE", LC_COLLATE},
        {"LC_MONETARY", LC_MONETARY}, {"LC_MESSAGES", LC_MESSAGES}, {"LC_NUMERIC", LC_NUMERIC},
        {"LC_ALL", LC_ALL},           {"CHAR_MAX", CHAR_MAX},
    };
    for (size_t i = 0; i < sizeof categories / sizeof categories[0]; i++) {
        if (module_add_int(t, module, categories[i].name, categories[i].value) < 0)
            return -1;
    }
    for (size_t i = 0; i < sizeof langinfo_keys / sizeof langinfo_keys[0]; i++) {
        if (module_add_int(t, module, langinfo_keys[i].name, langinfo_keys[i].key) < 0)
            return -1;
    }
    void **slot = &t->interp->module_state[MODULE__locale];
    if (!*slot) {
        LocaleState *state = alloc_memory_zeroed(t, 1, sizeof *state);
        if (!state)
            return -1;
        state->error = exception_new_class(t, "locale.Error", VALUE_EMPTY, NULL);
        if (value_is_empty(state->error)) {
            alloc_memory_free(t, state);
            return -1;
        }
        *slot = state;
    }
    return module_add_take(t, module, "Error", ref_inc(t, ((LocaleState *)*slot)->error));
}

static const NativeDef *const functions[] = {
    &native_setlocale,
    &native_localeconv,
    &native_strcoll,
    &native_strxfrm,
    &native_nl_langinfo,
    &native_getencoding,
#if HAVE_INTL
    &native_gettext,
    &native_dgettext,
    &native_dcgettext,
    &native_textdomain,
    &native_bindtextdomain,
    &native_bind_textdomain_codeset,
#endif
    NULL,
};

const ModuleDef module_def__locale = {
    .name = "_locale",
    .doc = "The C library's locale functions, for the module locale.",
    .methods = functions,
    .exec = exec,
    .free_state = free_state,
};
