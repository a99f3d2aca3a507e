/* check_flow.c: which way a runbook goes: loops without an end, and what is
 * never reached. A text that compiles is read statement by statement. */
#include "play/check_inside.h"

#include <string.h>

static const char no_end[] = "a loop without an end: wait_until and retry have one";
static const char no_bound[] = "nothing says when this loop gives up: wait_until has at_most, retry has times";

/* What a condition is, when it is always the same: 1, 0; -1: it depends. */
static int truth(const struct check *c, size_t from, size_t to)
{
    if (token_is_word(c, from, "not")) {
        int value = truth(c, from + 1, to);
        return value < 0 ? -1 : !value;
    }
    if (token_is(c, from, "(") && behind_bracket(c, from) == to)
        return truth(c, from + 1, to - 1);
    const char *constant = constant_at(c, from, to);
    return !constant ? -1 : strcmp(constant, "false") != 0 && strcmp(constant, "null") != 0;
}

static const struct block *block_at(const struct check *c, size_t head, enum block_kind kind)
{
    for (size_t k = 0; k < c->blocks; k++)
        if (c->block[k].head == head && c->block[k].kind == kind)
            return &c->block[k];
    return NULL;
}

/* Where the next statement of this body begins; to: nowhere. */
static size_t next_statement(const struct check *c, size_t i, size_t to)
{
    for (i++; i < to; i++) {
        if (statement_at(c, i) && !token_is_word(c, i, "function"))
            return i;
        if (token_is_word(c, i, "function"))
            i = behind_function(c, i) - 1;
        else if (token_is(c, i, "(") || token_is(c, i, "{") || token_is(c, i, "["))
            i = behind_bracket(c, i) - 1;
    }
    return to;
}

/* Does anything between the tokens lead out, or count? A loop that compares
 * numbers is taken to have an end. */
static bool may_end(const struct check *c, size_t from, size_t to, bool compares)
{
    static const char *const out[] = { "break", "return", "fail", "error", "goto", NULL };
    static const char *const order[] = { "<", ">", "<=", ">=", NULL };
    for (size_t i = from; i < to; i++)
        if (compares ? c->token[i].kind == TOKEN_SYMBOL && name_in(order, c->token[i].text)
                     : c->token[i].kind == TOKEN_NAME && name_in(out, c->token[i].text))
            return true;
    return false;
}

static bool waits(const struct check *c, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (token_is_word(c, i, "wait") && !names_visible(c, i) && !token_is(c, i + 1, "="))
            return true;
    return false;
}

/* A loop whose condition stands in [from, to) and whose whole is [head, end). Can nothing come behind it? */
static bool look_at_loop(struct check *c, size_t head, size_t end, int goes_on)
{
    bool compares = may_end(c, head, end, true), leads_out = may_end(c, head, end, false);
    if (goes_on == 1 && !leads_out)
        check_find(c, c->token[head].line, 'W', "%s", no_end);
    else if ((goes_on == 1 || waits(c, head, end)) && !compares)
        check_find(c, c->token[head].line, 'W', "%s", no_bound);
    return goes_on == 1 && !leads_out;
}

static bool body_ends(struct check *c, size_t from, size_t to);

/* The branches of the if at *i, and behind it; true: none of them comes out again. */
static bool if_ends(struct check *c, size_t *i)
{
    bool all = true, otherwise = false;
    const struct block *b = block_at(c, *i, BLOCK_IF);
    while (b) {
        int value = b->kind == BLOCK_ELSE ? -1 : truth(c, b->head + 1, b->body - 1);
        if (value == 0 && b->body < b->end)
            check_find(c, c->token[b->body].line, 'W', "never reached: its condition is never so");
        otherwise = otherwise || b->kind == BLOCK_ELSE || value == 1;
        if (!body_ends(c, b->body, b->end) && value != 0)
            all = false;
        *i = b->end;
        const struct block *next = block_at(c, b->end, BLOCK_ELSEIF);
        b = next ? next : block_at(c, b->end, BLOCK_ELSE);
    }
    ++*i;
    return all && otherwise;
}

static bool while_ends(struct check *c, const struct block *b, size_t *i)
{
    int value = truth(c, b->head + 1, b->body - 1);
    if (value == 0 && b->body < b->end)
        check_find(c, c->token[b->body].line, 'W', "never reached: its condition is never so");
    body_ends(c, b->body, b->end);
    *i = b->end + 1;
    return value != 0 && look_at_loop(c, b->head, b->end, value);
}

static bool repeat_ends(struct check *c, const struct block *b, size_t *i, size_t to)
{
    *i = next_statement(c, b->end, to);
    int value = truth(c, b->end + 1, *i);
    bool out = body_ends(c, b->body, b->end);
    bool leaves = may_end(c, b->body, b->end, false);
    return look_at_loop(c, b->head, *i, value < 0 ? -1 : !value) || (out && !leaves);
}

/* A goto back to its label: a loop as well. */
static void look_at_goto(struct check *c, size_t i)
{
    for (size_t k = i; k > 1; k--)
        if (token_is(c, k, "::") && token_is(c, k - 2, "::") && text_equal(c->token[k - 1].text, c->token[i + 1].text)) {
            bool depends = may_end(c, k, i, false);
            for (size_t n = k; n < i; n++)
                depends = depends || token_is_word(c, n, "if");
            if (!depends || (waits(c, k, i) && !may_end(c, k, i, true)))
                check_find(c, c->token[k].line, 'W', "%s", depends ? no_bound : no_end);
            return;
        }
}

/* `for n = 1, math.huge` */
static void look_at_for(struct check *c, const struct block *b)
{
    for (size_t i = b->head; i + 2 < b->body; i++)
        if (token_is_word(c, i, "math") && token_is(c, i + 1, ".") && token_is_word(c, i + 2, "huge")
            && !may_end(c, b->body, b->end, true))
            check_find(c, c->token[b->head].line, 'W', "%s", no_bound);
}

/* The statement at *i, and behind it; true: nothing right behind it is reached. */
static bool statement_ends(struct check *c, size_t *i, size_t to)
{
    size_t at = *i;
    const struct block *loop = block_at(c, at, BLOCK_WHILE), *again = block_at(c, at, BLOCK_REPEAT);
    const struct block *each = block_at(c, at, BLOCK_FOR), *plain = block_at(c, at, BLOCK_DO);
    if (token_is_word(c, at, "if"))
        return if_ends(c, i);
    if (loop)
        return while_ends(c, loop, i);
    if (again)
        return repeat_ends(c, again, i, to);
    if (each || plain) {
        bool ends = body_ends(c, (each ? each : plain)->body, (each ? each : plain)->end);
        *i = (each ? each : plain)->end + 1;
        if (each)
            look_at_for(c, each);
        return plain && ends;
    }
    bool function = token_is_word(c, at, "function") || (token_is_word(c, at, "local") && token_is_word(c, at + 1, "function"));
    *i = function ? behind_function(c, at) : next_statement(c, at, to);
    if (token_is_word(c, at, "goto"))
        look_at_goto(c, at);
    bool stops = token_is_word(c, at, "fail") || token_is_word(c, at, "error");
    return (stops && !names_visible(c, at)) || token_is_word(c, at, "return") || token_is_word(c, at, "break")
        || token_is_word(c, at, "goto");
}

/* True: whoever comes into this body does not come out at its end. What is never reached is said once. */
static bool body_ends(struct check *c, size_t from, size_t to)
{
    bool over = false, said = false;
    size_t last = from;
    for (size_t i = from; i < to;) {
        while (i < to && token_is(c, i, ";"))
            i++;
        if (i >= to)
            break;
        if (token_is(c, i, "::")) { /* a goto may come here */
            over = false;
            i += 3;
            continue;
        }
        if (over && !said)
            check_find(c, c->token[i].line, 'W', "never reached: what stands in line %d goes no further", c->token[last].line);
        said = said || over;
        last = i;
        over = statement_ends(c, &i, to) || over;
    }
    return over;
}

void check_flow(struct check *c)
{
    body_ends(c, 0, c->count);
    for (size_t k = 0; c->block && k < c->blocks; k++)
        if (c->block[k].kind == BLOCK_FUNCTION)
            body_ends(c, c->block[k].body, c->block[k].end);
}
