/* decimal.h: the General Decimal Arithmetic specification on numbers of any precision, without Python objects.
 *
 * A Num is a sign, a coefficient in base 10^9 (decimal_digits.h) and an exponent, or an infinity or a NaN.  Operations take a Work (the thread, the context's
 * settings, and the status that they raise); the result is a Num of the caller's, never one of the operands, initialised by num_init.  After a failure (no
 * memory, a signal handler's exception) the thread's exception is pending and the result is some valid Num.
 *
 * decimal_num.c rounds; decimal_arith.c adds, multiplies, divides; decimal_compare.c orders; decimal_misc.c shifts and selects digits; decimal_functions.c has
 * roots, logarithms and powers; decimal_text.c reads and writes.  mod__decimal*.c make Python types of it. */
#ifndef BATON_LIB_DECIMAL_H
#define BATON_LIB_DECIMAL_H

#include "decimal_digits.h"

/* Limits of contexts and exponents. */
#define DECIMAL_MAX_PREC INT64_C(999999999999999999)
#define DECIMAL_MAX_EMAX INT64_C(999999999999999999)
#define DECIMAL_MIN_EMIN (-INT64_C(999999999999999999))
#define DECIMAL_MIN_ETINY (DECIMAL_MIN_EMIN - (DECIMAL_MAX_PREC - 1))

typedef enum Rounding {
    ROUND_UP,
    ROUND_DOWN,
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_05UP,
    ROUND_COUNT
} Rounding;

/* Conditions. Those of DECIMAL_INVALID are all reported by the signal InvalidOperation. */
#define DECIMAL_CLAMPED 0x0001u
#define DECIMAL_CONVERSION_SYNTAX 0x0002u
#define DECIMAL_DIVISION_BY_ZERO 0x0004u
#define DECIMAL_DIVISION_IMPOSSIBLE 0x0008u
#define DECIMAL_DIVISION_UNDEFINED 0x0010u
#define DECIMAL_INEXACT 0x0040u
#define DECIMAL_INVALID_CONTEXT 0x0080u
#define DECIMAL_INVALID_OPERATION 0x0100u
#define DECIMAL_OVERFLOW 0x0800u
#define DECIMAL_ROUNDED 0x1000u
#define DECIMAL_SUBNORMAL 0x2000u
#define DECIMAL_UNDERFLOW 0x4000u
#define DECIMAL_FLOAT_OPERATION 0x8000u
#define DECIMAL_INVALID                                                                                                \
    (DECIMAL_CONVERSION_SYNTAX | DECIMAL_DIVISION_IMPOSSIBLE | DECIMAL_DIVISION_UNDEFINED | DECIMAL_INVALID_CONTEXT |  \
     DECIMAL_INVALID_OPERATION)

typedef struct Settings {
    int64_t prec, emax, emin;
    uint32_t traps;
    uint8_t rounding; /* Rounding */
    uint8_t clamp, capitals;
} Settings;

typedef struct Work {
    Thread *t;
    Settings s;
    uint32_t status;
} Work;

static inline int64_t settings_etiny(const Settings *s) { return s->emin - (s->prec - 1); }
static inline int64_t settings_etop(const Settings *s) { return s->emax - (s->prec - 1); }
/* The widest context: what is exact in it is exact. */
extern const Settings decimal_max_settings;

typedef enum NumKind { NUM_FINITE, NUM_INFINITE, NUM_NAN, NUM_SNAN } NumKind;

#define NUM_SMALL 16

/* Invariants.  digits[n - 1] is not 0; a finite zero has n 0 and places 1.  A NaN's coefficient is its payload, exponent 0. capacity 0: the digits belong to someone
 * else (an operand seen through num_view). */
typedef struct Num {
    uint8_t kind; /* NumKind */
    bool negative;
    int64_t exponent;
    int64_t places; /* decimal digits of the coefficient */
    size_t n;
    size_t capacity;
    Digit *digits; /* `small`, alloc_memory, or borrowed */
    Digit small[NUM_SMALL];
} Num;

static inline bool num_is_finite(const Num *a) { return a->kind == NUM_FINITE; }
static inline bool num_is_infinite(const Num *a) { return a->kind == NUM_INFINITE; }
static inline bool num_is_nan(const Num *a) { return a->kind >= NUM_NAN; }
static inline bool num_is_special(const Num *a) { return a->kind != NUM_FINITE; }
static inline bool num_is_zero(const Num *a) { return a->kind == NUM_FINITE && a->n == 0; }
static inline int64_t num_adjusted(const Num *a) { return a->exponent + a->places - 1; }
static inline bool num_is_odd(const Num *a) { return a->n && (a->digits[0] & 1); } /* the coefficient */

/* ---- decimal_num.c ---- */

static inline void num_init(Num *a) /* +0E0 */
{
    a->kind = NUM_FINITE;
    a->negative = false;
    a->exponent = 0;
    a->places = 1;
    a->n = 0;
    a->capacity = NUM_SMALL;
    a->digits = a->small;
}
void num_free(Thread *t, Num *a);
bool num_reserve(Work *w, Num *a, size_t n); /* room for n digits, keeping the old; false: MemoryError */
bool num_copy(Work *w, Num *r, const Num *a);
void num_normalise(Num *a, size_t n); /* after writing n digits: strips leading zeros, counts places */
void num_set_int(Num *a, int64_t value);
void num_set_zero(Num *a, bool negative, int64_t exponent);
void num_set_infinite(Num *a, bool negative);
void num_set_special(Num *a, NumKind kind, bool negative); /* no payload */
void num_set_max(Work *w, Num *a, bool negative);          /* the largest finite number */
void num_invalid(Work *w, Num *r, uint32_t condition);     /* NaN, raising */
/* The answer when an operand is a NaN (b may be NULL): true when it was. */
bool num_nan_result(Work *w, Num *r, const Num *a, const Num *b);
/* Drops the lowest `drop` places, rounding: true when something nonzero was dropped. The exponent grows. */
bool num_round(Work *w, Num *a, int64_t drop, Rounding rounding);
bool num_shift_left(Work *w, Num *a, int64_t places); /* coefficient times 10^places; the exponent stays */
void num_finalize(Work *w, Num *a);                   /* to the context: rounding, overflow, underflow, clamping */
/* To an exponent, without regard to the precision: padding or rounding. Returns like num_round. */
bool num_rescale(Work *w, Num *a, int64_t exponent, Rounding rounding);

/* ---- decimal_arith.c ---- */

void decimal_plus(Work *w, Num *r, const Num *a);
void decimal_minus(Work *w, Num *r, const Num *a);
void decimal_abs(Work *w, Num *r, const Num *a);
void decimal_add(Work *w, Num *r, const Num *a, const Num *b);
void decimal_sub(Work *w, Num *r, const Num *a, const Num *b);
void decimal_mul(Work *w, Num *r, const Num *a, const Num *b);
void decimal_fma(Work *w, Num *r, const Num *a, const Num *b, const Num *c);
void decimal_div(Work *w, Num *r, const Num *a, const Num *b);
void decimal_div_int(Work *w, Num *r, const Num *a, const Num *b);
void decimal_rem(Work *w, Num *r, const Num *a, const Num *b);
void decimal_divmod(Work *w, Num *q, Num *r, const Num *a, const Num *b);
void decimal_rem_near(Work *w, Num *r, const Num *a, const Num *b);
void decimal_sqrt(Work *w, Num *r, const Num *a);

/* ---- decimal_compare.c ---- */

int num_compare(const Num *a, const Num *b); /* by value; neither a NaN: -1, 0, 1 */
int num_compare_total(const Num *a, const Num *b);
int num_compare_total_mag(const Num *a, const Num *b);
void decimal_compare(Work *w, Num *r, const Num *a, const Num *b, bool signal);
void decimal_extreme(Work *w, Num *r, const Num *a, const Num *b, bool max, bool magnitude);
void decimal_next_minus(Work *w, Num *r, const Num *a);
void decimal_next_plus(Work *w, Num *r, const Num *a);
void decimal_next_toward(Work *w, Num *r, const Num *a, const Num *b);
bool num_is_normal(const Num *a, const Settings *s);
bool num_is_subnormal(const Num *a, const Settings *s);
const char *num_class(const Num *a, const Settings *s);
bool num_same_quantum(const Num *a, const Num *b);
bool num_is_integer(const Num *a);

/* ---- decimal_misc.c ---- */

void decimal_quantize(Work *w, Num *r, const Num *a, const Num *b);
void decimal_to_integral(Work *w, Num *r, const Num *a, bool exact);
void decimal_reduce(Work *w, Num *r, const Num *a);
void decimal_logb(Work *w, Num *r, const Num *a);
void decimal_scaleb(Work *w, Num *r, const Num *a, const Num *b);
void decimal_shift(Work *w, Num *r, const Num *a, const Num *b);
void decimal_rotate(Work *w, Num *r, const Num *a, const Num *b);
void decimal_logical(Work *w, Num *r, const Num *a, const Num *b, BinaryOp op); /* BINARY_AND, OR, XOR */
void decimal_invert(Work *w, Num *r, const Num *a);
/* An integral value as int64: false when it is not one, or does not fit. */
bool num_to_int64(const Num *a, int64_t *result);

/* ---- decimal_functions.c, decimal_power.c ---- */

void decimal_exp(Work *w, Num *r, const Num *a);
void decimal_ln(Work *w, Num *r, const Num *a);
void decimal_log10(Work *w, Num *r, const Num *a);
void decimal_power(Work *w, Num *r, const Num *a, const Num *b);
void decimal_power_mod(Work *w, Num *r, const Num *a, const Num *b, const Num *c);

/* ---- decimal_text.c ---- */

/* A number in ASCII text (of any length) exactly; conversion syntax errors and numbers beyond all limits raise. */
void decimal_parse(Work *w, Num *r, const char *text, size_t length);
/* to-scientific-string or to-engineering-string in memory from alloc_memory, NUL-terminated. NULL with MemoryError. */
char *decimal_text(Thread *t, const Num *a, bool engineering, bool capitals, size_t *length);

#endif
