/* parse_parameters.c: the parameters of functions, lambdas and generic declarations, and their known mistakes.
 *
 * Functions have annotations, type comments and end at `)`; lambdas have neither and end at `:`. */
#include "parser_internal.h"

typedef struct ParameterReader {
    Parser *p;
    bool lambda;
    TokenKind end;
} ParameterReader;

static AstArg *read_param(ParameterReader *r, bool star)
{
    Parser *p = r->p;
    if (parser_peek(p) != TOKEN_NAME)
        return NULL;
    uint32_t start = p->at++;
    Value name = parser_name(p, &p->tokens[start]);
    AstExpr *annotation = NULL;
    if (p->failed)
        return NULL;
    if (!r->lambda && parser_peek(p) == TOKEN_COLON) {
        uint32_t before = p->at++;
        annotation = star ? parse_star_expression(p) : parse_expression(p);
        if (!annotation)
            p->at = before;
    }
    AstArg *arg = p->failed ? NULL : parser_alloc(p, sizeof *arg);
    if (arg) {
        arg->kind = AST_arg;
        arg->position = parser_position(p, start);
        arg->arg = name;
        arg->annotation = annotation;
    }
    return arg;
}

/* = expression */
static AstExpr *read_default(ParameterReader *r)
{
    Parser *p = r->p;
    uint32_t equal = p->at++;
    AstExpr *e = parse_expression(p);
    if (!e && !p->failed && parser_diagnoses(p)) {
        p->at = equal + 1;
        TokenKind kind = parser_peek(p);
        if (kind == TOKEN_RPAR || kind == TOKEN_COMMA)
            return parser_error_token(p, &p->tokens[equal], "expected default value expression");
    }
    return e;
}

/* What must follow a parameter: a comma, or the end; and the type comment that may come with it. */
static bool read_separator(ParameterReader *r, AstArg *arg)
{
    Parser *p = r->p;
    if (parser_accept(p, TOKEN_COMMA)) {
        if (!r->lambda)
            arg->type_comment = parse_type_comment(p);
        return !p->failed;
    }
    if (!r->lambda)
        arg->type_comment = parse_type_comment(p);
    return !p->failed && parser_peek(p) == r->end;
}

/* ---- diagnosis: pieces of parameter lists; all leave `at` behind what matched, or where it was ---- */

typedef enum DefaultRule { WITHOUT_DEFAULT, WITH_DEFAULT, MAYBE_DEFAULT } DefaultRule;

static bool skip_param(ParameterReader *r, DefaultRule rule, Position *position)
{
    Parser *p = r->p;
    uint32_t start = p->at;
    AstArg *arg = read_param(r, false);
    if (arg) {
        if (position)
            *position = arg->position;
        bool has_default = parser_peek(p) == TOKEN_EQUAL;
        if (has_default ? rule != WITHOUT_DEFAULT && read_default(r) : rule != WITH_DEFAULT)
            if (!p->failed && read_separator(r, arg))
                return true;
    }
    p->at = start;
    return false;
}

static uint32_t skip_params(ParameterReader *r, DefaultRule rule)
{
    uint32_t n = 0;
    while (skip_param(r, rule, NULL))
        n++;
    return n;
}

static bool skip_slash(ParameterReader *r, bool with_default)
{
    Parser *p = r->p;
    uint32_t start = p->at;
    uint32_t n = skip_params(r, WITHOUT_DEFAULT);
    if (with_default)
        n = skip_params(r, WITH_DEFAULT);
    if (n && !p->failed && parser_accept(p, TOKEN_SLASH) && (parser_accept(p, TOKEN_COMMA) || parser_peek(p) == r->end))
        return true;
    p->at = start;
    return false;
}

static bool skip_any_slash(ParameterReader *r)
{
    return skip_slash(r, false) || (!r->p->failed && skip_slash(r, true));
}

static void *at_token(Parser *p, const char *message) { return parser_error_token(p, &p->tokens[p->at], message); }

static void diagnose_parameters(ParameterReader *r)
{
    Parser *p = r->p;
    uint32_t start = p->at;
    Position position;
    if (parser_peek(p) == TOKEN_SLASH && parser_peek2(p) == TOKEN_COMMA) {
        at_token(p, "at least one argument must precede /");
        return;
    }
    if (skip_any_slash(r)) {
        skip_params(r, MAYBE_DEFAULT);
        if (!p->failed && parser_peek(p) == TOKEN_SLASH)
            at_token(p, "/ may appear only once");
    }
    if (p->failed)
        return;
    p->at = start;
    skip_slash(r, false);
    skip_params(r, WITHOUT_DEFAULT);
    if (!p->failed && (skip_slash(r, true) || skip_params(r, WITH_DEFAULT)) &&
        skip_param(r, WITHOUT_DEFAULT, &position))
        parser_error_range(p, position, "parameter without a default follows parameter with a default");
    if (p->failed)
        return;
    p->at = start;
    skip_params(r, WITHOUT_DEFAULT);
    if (!p->failed && parser_peek(p) == TOKEN_LPAR) {
        uint32_t open = p->at++;
        bool some;
        if (r->lambda) {
            some = false;
            while (read_param(r, false)) {
                some = true;
                if (!parser_accept(p, TOKEN_COMMA))
                    break;
            }
        } else {
            some = skip_params(r, WITHOUT_DEFAULT) > 0;
            parser_accept(p, TOKEN_COMMA);
        }
        if (some && !p->failed && parser_peek(p) == TOKEN_RPAR)
            parser_error_between(p, parser_token_position(&p->tokens[open]), parser_token_position(&p->tokens[p->at]),
                                 r->lambda ? "Lambda expression parameters cannot be parenthesized"
                                           : "Function parameters cannot be parenthesized");
    }
    if (p->failed)
        return;
    p->at = start;
    skip_any_slash(r);
    skip_params(r, MAYBE_DEFAULT);
    if (!p->failed && parser_accept(p, TOKEN_STAR) &&
        (parser_accept(p, TOKEN_COMMA) || skip_param(r, WITHOUT_DEFAULT, NULL))) {
        skip_params(r, MAYBE_DEFAULT);
        if (!p->failed && parser_peek(p) == TOKEN_SLASH)
            at_token(p, "/ must be ahead of *");
    }
    if (p->failed)
        return;
    p->at = start;
    if (skip_params(r, MAYBE_DEFAULT) && !p->failed && parser_accept(p, TOKEN_SLASH) && parser_peek(p) == TOKEN_STAR)
        at_token(p, "expected comma between / and *");
    p->at = start;
}

static void bare_star(ParameterReader *r, uint32_t star)
{
    static const char message[] = "named arguments must follow bare *";
    if (r->lambda) /* as CPython has it */
        parser_error_last(r->p, EXC_SyntaxError, message);
    else
        parser_error_token(r->p, &r->p->tokens[star], message);
}

/* `at` is at the star. */
static void diagnose_star(ParameterReader *r)
{
    Parser *p = r->p;
    uint32_t star = p->at++;
    TokenKind kind = parser_peek(p);
    if (kind == TOKEN_COMMA) {
        p->at++;
        kind = parser_peek(p);
        if (kind == r->end || kind == TOKEN_DOUBLESTAR)
            bare_star(r, star);
        else if (!r->lambda && kind == TOKEN_TYPE_COMMENT)
            parser_error_last(p, EXC_SyntaxError, "bare * has associated type comment");
    } else if (kind == r->end) {
        bare_star(r, star);
    } else if (read_param(r, false) && parser_peek(p) == TOKEN_EQUAL) {
        at_token(p, "var-positional argument cannot have default value");
    }
    if (p->failed)
        return;
    p->at = star + 1;
    if (skip_param(r, WITHOUT_DEFAULT, NULL) || (!p->failed && parser_accept(p, TOKEN_COMMA))) {
        skip_params(r, MAYBE_DEFAULT);
        uint32_t second = p->at;
        if (!p->failed && parser_accept(p, TOKEN_STAR) &&
            (skip_param(r, WITHOUT_DEFAULT, NULL) || parser_peek(p) == TOKEN_COMMA) && !p->failed)
            parser_error_token(p, &p->tokens[second], "* argument may appear only once");
    }
    p->at = star;
}

static void diagnose_double_star(ParameterReader *r)
{
    Parser *p = r->p;
    uint32_t star = p->at++;
    if (read_param(r, false)) {
        if (parser_peek(p) == TOKEN_EQUAL) {
            at_token(p, "var-keyword argument cannot have default value");
        } else if (parser_accept(p, TOKEN_COMMA)) {
            uint32_t next = p->at;
            AstArg *arg = read_param(r, false);
            p->at = next;
            TokenKind kind = parser_peek(p);
            if (arg && !p->failed)
                parser_error_range(p, arg->position, "arguments cannot follow var-keyword argument");
            else if (kind == TOKEN_STAR || kind == TOKEN_DOUBLESTAR || kind == TOKEN_SLASH)
                at_token(p, "arguments cannot follow var-keyword argument");
        }
    }
    p->at = star;
}

/* ---- parsing ---- */

/* Turns entries of the stack (pairs of parameter and default) into sequences. */
static AstArgSeq *collect_args(Parser *p, uint32_t mark, uint32_t end)
{
    uint32_t n = (end - mark) / 2;
    if (!n)
        return parser_empty_seq();
    AstArgSeq *args = parser_alloc(p, sizeof *args + n * sizeof(AstArg *));
    if (args) {
        args->n = n;
        for (uint32_t i = 0; i < n; i++)
            args->at[i] = (AstArg *)(uintptr_t)p->stack[mark + 2 * i];
    }
    return args;
}

static AstExprSeq *collect_defaults(Parser *p, uint32_t mark, uint32_t end, bool with_absent)
{
    uint32_t n = 0;
    for (uint32_t i = mark + 1; i < end; i += 2)
        n += with_absent || p->stack[i];
    if (!n)
        return parser_empty_seq();
    AstExprSeq *defaults = parser_alloc(p, sizeof *defaults + n * sizeof(AstExpr *));
    if (defaults) {
        defaults->n = n;
        uint32_t k = 0;
        for (uint32_t i = mark + 1; i < end; i += 2)
            if (with_absent || p->stack[i])
                defaults->at[k++] = (AstExpr *)(uintptr_t)p->stack[i];
    }
    return defaults;
}

AstArguments *parse_parameters(Parser *p, bool lambda)
{
    ParameterReader reader = {p, lambda, lambda ? TOKEN_COLON : TOKEN_RPAR}, *r = &reader;
    AstArguments *result = parser_alloc(p, sizeof *result);
    if (!result)
        return NULL;
    result->kind = AST_arguments;
    if (parser_diagnoses(p) && parser_peek(p) != r->end) {
        diagnose_parameters(r);
        if (p->failed)
            return NULL;
    }
    uint32_t mark = p->stack_n, slash = mark, star = UINT32_MAX;
    bool had_slash = false, had_default = false;
    while (parser_peek(p) != r->end) {
        TokenKind kind = parser_peek(p);
        if (kind == TOKEN_NAME) {
            AstArg *arg = read_param(r, false);
            AstExpr *value = NULL;
            if (!arg)
                goto fail;
            if (parser_peek(p) == TOKEN_EQUAL) {
                value = read_default(r);
                if (!value)
                    goto fail;
                had_default = true;
            } else if (had_default && star == UINT32_MAX) {
                goto fail;
            }
            if (!read_separator(r, arg) || !parser_push(p, arg) || !parser_push(p, value))
                goto fail;
        } else if (kind == TOKEN_SLASH) {
            if (had_slash || star != UINT32_MAX || p->stack_n == mark ||
                !parser_version(p, 8, "Positional-only parameters are"))
                goto fail;
            p->at++;
            had_slash = true;
            slash = p->stack_n;
            if (!parser_accept(p, TOKEN_COMMA) && parser_peek(p) != r->end)
                goto fail;
        } else if (kind == TOKEN_STAR) {
            if (parser_diagnoses(p)) {
                diagnose_star(r);
                if (p->failed)
                    goto fail;
            }
            if (star != UINT32_MAX)
                goto fail;
            star = p->stack_n;
            p->at++;
            if (parser_accept(p, TOKEN_COMMA)) {
                if (parser_peek(p) != TOKEN_NAME)
                    goto fail;
            } else {
                result->vararg = read_param(r, true);
                if (!result->vararg || !read_separator(r, result->vararg))
                    goto fail;
            }
        } else if (kind == TOKEN_DOUBLESTAR) {
            if (parser_diagnoses(p)) {
                diagnose_double_star(r);
                if (p->failed)
                    goto fail;
            }
            p->at++;
            result->kwarg = read_param(r, false);
            if (!result->kwarg || !read_separator(r, result->kwarg))
                goto fail;
            break;
        } else {
            goto fail;
        }
    }
    uint32_t end = p->stack_n, plain_end = star == UINT32_MAX ? end : star;
    result->posonlyargs = collect_args(p, mark, slash);
    result->args = collect_args(p, slash, plain_end);
    result->defaults = collect_defaults(p, mark, plain_end, false);
    result->kwonlyargs = collect_args(p, plain_end, end);
    result->kw_defaults = collect_defaults(p, plain_end, end, true);
    p->stack_n = mark;
    return p->failed ? NULL : result;
fail:
    p->stack_n = mark;
    return NULL;
}

/* ---- type parameters ---- */

static AstTypeParam *parse_type_param(Parser *p)
{
    uint32_t start = p->at;
    TokenKind kind = parser_peek(p);
    bool starred = kind == TOKEN_STAR || kind == TOKEN_DOUBLESTAR;
    if (starred)
        p->at++;
    if (parser_peek(p) != TOKEN_NAME)
        return NULL;
    Value name = parser_name(p, &p->tokens[p->at++]);
    AstExpr *bound = NULL, *value = NULL;
    if (p->failed)
        return NULL;
    if (parser_peek(p) == TOKEN_COLON) {
        uint32_t colon = p->at;
        if (!starred || (parser_diagnoses(p))) {
            p->at++;
            bound = parse_expression(p);
            if (p->failed)
                return NULL;
            if (bound && starred)
                return parser_error_from(p, parser_token_position(&p->tokens[colon]), "cannot use %s with %s",
                                         bound->kind == AST_Tuple ? "constraints" : "bound",
                                         kind == TOKEN_STAR ? "TypeVarTuple" : "ParamSpec");
            if (!bound || starred)
                p->at = colon;
        }
    }
    if (parser_peek(p) == TOKEN_EQUAL) {
        uint32_t equal = p->at++;
        value = kind == TOKEN_STAR ? parse_star_expression(p) : parse_expression(p);
        if (!value)
            p->at = equal;
        else if (!parser_version(p, 13, "Type parameter defaults are"))
            return NULL;
    }
    AstTypeParam *param = p->failed ? NULL : parser_alloc(p, sizeof *param);
    if (!param)
        return NULL;
    param->position = parser_position(p, start);
    if (kind == TOKEN_STAR) {
        param->kind = AST_TypeVarTuple;
        param->TypeVarTuple.name = name;
        param->TypeVarTuple.default_value = value;
    } else if (kind == TOKEN_DOUBLESTAR) {
        param->kind = AST_ParamSpec;
        param->ParamSpec.name = name;
        param->ParamSpec.default_value = value;
    } else {
        param->kind = AST_TypeVar;
        param->TypeVar.name = name;
        param->TypeVar.bound = bound;
        param->TypeVar.default_value = value;
    }
    return param;
}

AstTypeParamSeq *parse_type_params(Parser *p)
{
    if (parser_peek(p) != TOKEN_LSQB)
        return parser_empty_seq();
    uint32_t start = p->at++, mark = p->stack_n;
    if (parser_peek(p) == TOKEN_RSQB && parser_diagnoses(p))
        return parser_error_from(p, parser_token_position(&p->tokens[p->at]), "Type parameter list cannot be empty");
    do {
        if (parser_peek(p) == TOKEN_RSQB && p->stack_n > mark)
            break;
        AstTypeParam *param = parse_type_param(p);
        if (!param || !parser_push(p, param)) {
            p->stack_n = mark;
            p->at = start;
            return p->failed ? NULL : parser_empty_seq();
        }
    } while (parser_accept(p, TOKEN_COMMA));
    AstTypeParamSeq *params = parser_finish(p, mark);
    if (!params || !parser_accept(p, TOKEN_RSQB)) {
        p->at = start;
        return p->failed ? NULL : parser_empty_seq();
    }
    return parser_version(p, 12, "Type parameter lists are") ? params : NULL;
}
