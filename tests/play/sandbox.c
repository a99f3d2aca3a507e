/* tests/play/sandbox.c: what a chunk can do, and what it cannot. Each attack
 * must end in words, within its limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "attacks.h"
#include "play/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Whatever is tried ends by these, and by nothing of the test's own. */
static const struct sandbox_limits small = { .instructions = 5 * 1000 * 1000, .memory_bytes = 8 * 1024 * 1024,
                                             .computing_ms = 10 * 1000 };

/* Runs a chunk; its result as JSON, or "error: WHY". The answer is good until
 * the next call. */
static const char *run_within(const struct sandbox_limits *limits, const char *text)
{
    static char answer[4096];
    struct arena keep = arena_reserve(1 << 29), start = keep;
    struct sandbox *s = sandbox_open(limits);
    struct err e = { 0 };
    if (sandbox_load(s, "book.lua", text, strlen(text), &e) && sandbox_call(s, 0, 1, &e)) {
        struct text out = text_new(&keep);
        if (sandbox_to_json(sandbox_lua(s), -1, &out, &e))
            snprintf(answer, sizeof answer, "%s", out.at);
    }
    if (e.kind != ERR_NONE)
        snprintf(answer, sizeof answer, "error: %s", e.text);
    sandbox_close(s);
    arena_release(start);
    return answer;
}

static const char *run(const char *text) { return run_within(&small, text); }

static void gives(const char *text, const char *expected)
{
    assert_string_equal(run(text), expected);
}

static bool ends_in(const char *text, const char *words)
{
    const char *got = run(text);
    bool error = !strncmp(got, "error: ", 7), place = strstr(got, "book.lua:") || strstr(got, "cannot be recorded");
    if (words ? error && place && strstr(got, words) : !error || place)
        return true;
    print_error("%s\n  gave      %s\n  expected  error with its line and '%s'\n", text, got, words ? words : "");
    return false;
}

static void fails_with(const char *text, const char *words)
{
    assert_true(ends_in(text, words));
}

static void a_chunk_computes_and_answers(void **_)
{
    gives("return 6 * 7", "42");
    gives("local t = {} for i = 1, 3 do t[i] = i * i end return t", "[1,4,9]");
    gives("return { b = 1, a = 'x', c = { true, false } }", "{\"a\":\"x\",\"b\":1,\"c\":[true,false]}");
    gives("return 3.0", "3");
    gives("return 0.5", "0.5");
    gives("return {}", "{}");
    gives("return nil", "null");
}

static void an_error_names_file_and_line(void **_)
{
    fails_with("local x = 1\nerror('no route')", "book.lua:2: no route");
    fails_with("return = 1", "book.lua:1:");
    fails_with("local a = nil\nreturn a.b", "book.lua:2:");
    static char deep[4200] = "\nreturn ";
    memset(deep + strlen(deep), '(', 4000);
    fails_with(deep, "book.lua:2: ");
    fails_with(deep, "overflow");
}

static void an_unknown_name_is_refused_with_the_nearest(void **_)
{
    fails_with("\nstrng.rep('x', 2)", "book.lua:2: nothing is called 'strng' here; did you mean 'string'?");
    fails_with("string.fnd('a', 'a')", "there is no 'string.fnd'; did you mean 'string.find'?");
}

static void words_cannot_be_replaced(void **_)
{
    fails_with("tostring = 1", "'tostring' is a word here");
    fails_with("string.rep = nil", "'string' cannot be changed");
    gives("mine = 4 return mine", "4");
}

static void pairs_and_next_walk_in_a_fixed_order(void **_)
{
    const char *walk = "local t = { z = 1, a = 2, [2] = 3, [1] = 4, m = 5, [true] = 6, [1.5] = 7 }"
                       "local out = {} for k, v in pairs(t) do out[#out + 1] = tostring(k) end "
                       "return table.concat(out, ' ')";
    gives(walk, "\"1 1.5 2 a m z true\"");
    gives("local t = { z = 1, a = 2, [2] = 3 } local out, k = {}, nil "
          "repeat k = next(t, k) out[#out + 1] = tostring(k) until k == nil "
          "return table.concat(out, ' ')", "\"2 a z nil\"");
    gives("local t = { a = 1, b = 2, c = 3 } local n = 0 "
          "for k in pairs(t) do t[k] = nil t.c = nil n = n + 1 end return n", "2");
    fails_with("for k in pairs({ [{}] = 1 }) do end", "no fixed order");
}

static void sort_is_stable_and_survives_nonsense(void **_)
{
    gives("local t = { 3, 1, 2 } table.sort(t) return t", "[1,2,3]");
    gives("local t = {} for i = 1, 300 do t[i] = { k = i % 3, i = i } end "
          "table.sort(t, function(a, b) return a.k < b.k end) "
          "for i = 2, 300 do if t[i].k == t[i-1].k and t[i].i < t[i-1].i then return 'mixed' end end "
          "return 'stable'", "\"stable\"");
    gives("local t = { 3, 1, 2, 5 } table.sort(t, function() return true end) return #t", "4");
    fails_with("table.sort({ 1, 'x' })", "compare");
}

static void patterns_match_as_the_manual_says(void **_)
{
    gives("return { ('hello world'):find('o w') }", "[5,7]");
    gives("return { ('key = value'):match('^(%w+)%s*=%s*(%w+)$') }", "[\"key\",\"value\"]");
    gives("return { ('a.b'):find('.', 1, true) }", "[2,2]");
    gives("local t = {} for w in ('one two  three'):gmatch('%a+') do t[#t+1] = w end return t",
          "[\"one\",\"two\",\"three\"]");
    gives("return (('abc'):gsub('%w', '%0%0'))", "\"aabbcc\"");
    gives("return { ('hello'):gsub('l', { l = 'L' }) }", "[\"heLLo\",2]");
    gives("return (('abc'):gsub('', '-'))", "\"-a-b-c-\"");
    gives("return (('f(a(b)c)d'):match('%b()'))", "\"(a(b)c)\"");
    gives("return (('THE (quick) fox'):find('%f[%a]%a+%f[%A]'))", "1");
    gives("return (('x=[[a]]'):match('=(%[*)'))", "\"[[\"");
    gives("return { ('abc'):match('()b()') }", "[2,3]");
    gives("return (('\"it\"'):match('([\"\\'])(.-)%1'))", "\"\\\"\"");
    gives("return ('abc'):match('[^%a]') == nil", "true");
    gives("return ('a]c'):match('[]]')", "\"]\"");
    gives("return (('  trim  '):gsub('^%s*(.-)%s*$', '%1'))", "\"trim\"");
    gives("return ('2025-03-11'):match('%d+-(%d%d)-')", "\"03\"");
    fails_with("('a'):find('[a')", "lacks its ']'");
    fails_with("('a'):find('%')", "ends with '%'");
    fails_with("('a'):gsub('a', '%9')", "no capture");
}

static void json_goes_through_lua_unchanged(void **_)
{
    const char *texts[] = { "{\"a\":[1,2,{\"b\":\"x\\ny\"}],\"z\":9007199254740993}", "[]", "\"\\u00e9\"", "1.5" };
    const char *expected[] = { "{\"a\":[1,2,{\"b\":\"x\\ny\"}],\"z\":9007199254740993}", "{}", "\"\xc3\xa9\"", "1.5" };
    for (size_t i = 0; i < 4; i++) {
        struct arena keep = arena_reserve(1 << 20), start = keep;
        struct sandbox *s = sandbox_open(NULL);
        struct err e = { 0 };
        sandbox_push_json(sandbox_lua(s), json_from(texts[i]));
        struct text out = text_new(&keep);
        assert_true(sandbox_to_json(sandbox_lua(s), -1, &out, &e));
        assert_string_equal(out.at, expected[i]);
        sandbox_close(s);
        arena_release(start);
    }
}

static void what_cannot_be_recorded_is_refused_in_words(void **_)
{
    fails_with("return { f = print_me }", "nothing is called");
    fails_with("return { f = tostring }", "a function cannot be recorded");
    fails_with("local t = {} t.t = t return t", "inside itself");
    fails_with("return 0/0", "cannot be recorded");
    fails_with("return { 1, x = 2 }", "both names and numbers");
    fails_with("return { [1] = 1, [3] = 3 }", "holes");
}

/* One that hangs nevertheless is named, and not only the test. */
static const char *volatile tried;

static void it_hangs(int signal)
{
    (void)!write(STDERR_FILENO, "it hangs: ", 10);
    (void)!write(STDERR_FILENO, tried, strlen(tried));
    _exit(1);
}

static void no_attack_gets_out_or_hangs(void **_)
{
    size_t count = sizeof attacks / sizeof *attacks;
    const struct itimerval far_beyond = { .it_value = { .tv_sec = 120 } }, never = { 0 };
    assert_true(count >= 300);
    size_t wrong = 0;
    signal(SIGVTALRM, it_hangs);
    for (size_t i = 0; i < count; i++) {
        tried = attacks[i].text;
        setitimer(ITIMER_VIRTUAL, &far_beyond, NULL); /* of the processor; its own limits end it in ten seconds */
        wrong += !ends_in(attacks[i].text, attacks[i].words);
    }
    setitimer(ITIMER_VIRTUAL, &never, NULL);
    assert_int_equal(wrong, 0);
    gives("return string.rep('', 1 << 60)", "\"\"");
}

/* What C does for long in one instruction: as long as a workspace allows by
 * itself, and each ends by what it is charged for or by the time it takes. */
static const char *const lengthy[] = {
    "local s = ('x'):rep(4000000) local t = ('x'):rep(3999999) .. 'y' while true do local _ = s <= t end",
    "local s = ('x'):rep(4000000) local t = ('x'):rep(3999999) .. 'y' while true do local _ = s == t end",
    "local s = ('x'):rep(4000000) local t = ('x'):rep(3999999) .. 'y' while true do local _ = rawequal(s, t) end",
    "local s = ('0'):rep(4000000) while true do tonumber(s) end",
    "local s = ('0'):rep(4000000) while true do tonumber(s, 36) end",
    "local s = ('x'):rep(4000000) while true do utf8.len(s) end",
    "local s = ('x'):rep(4000000) while true do utf8.offset(s, -3999999) end",
    "local s = 'a' .. ('\\x80'):rep(4000000) local f = utf8.codes('a') while true do f(s, 1) end",
    "local s = ('\\0'):rep(700000) while true do string.format('%q', s) end",
    "local s = ('x'):rep(4000000) while true do string.format('%s', s) end",
    "local s = ('x'):rep(4000000) while true do s:upper() s:reverse() end",
    "local s = ('x'):rep(4000000) while true do s:byte(1, 900000) end",
    "local t, k = {} for i = 1, 100000 do t['k' .. i] = i end while true do k = next(t, k) end",
    "local t = {} for i = 1, 100000 do t['k' .. i] = i end for i = 1, 1e9 do for k in pairs(t) do break end end",
    "local t = {} for i = 1, 100000 do t[i] = i end while true do table.sort(t) end",
    "local function f(n, ...) if n == 0 then while true do local _ = select('#', ...) end end "
        "return f(n - 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...) end f(20000)",
};

static void what_takes_long_in_one_instruction_is_charged(void **_)
{
    static const struct sandbox_limits usual = { .instructions = 50 * 1000 * 1000, .memory_bytes = 64 << 20,
                                                 .computing_ms = 300 };
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof lengthy / sizeof *lengthy; i++) {
        const char *got = run_within(&usual, lengthy[i]);
        if (!strstr(got, "instructions than") && !strstr(got, "processor time") && !strstr(got, "invalid UTF-8")) {
            print_error("%s\n  gave  %s\n", lengthy[i], got);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    fails_with("return ('x'):rep(600000)", "a text longer than a sixteenth of its memory limit");
}

static void what_texts_give_is_as_in_lua(void **_)
{
    gives("return { ('abc'):byte(-2, -1) }", "[98,99]");
    gives("return { ('abc'):byte(2), ('abc'):byte(0, 1), ('abc'):byte(-9, 1), (('abc'):byte(9)) == nil }", "[98,97,97,true]");
    gives("return { ('abc'):byte(1, 99) }", "[97,98,99]");
    gives("local t = {} for at, c in utf8.codes('a\\u{e9}\\u{1f514}') do t[#t + 1] = at t[#t + 1] = c end return t",
          "[1,97,2,233,4,128276]");
    gives("return { utf8.len('\\u{e9}x'), utf8.offset('\\u{e9}x', 2), utf8.codepoint('\\u{e9}') }", "[2,3,233]");
    gives("return { tonumber('0x10'), tonumber('zz', 36), tonumber('7') , tonumber('x') == nil }", "[16,1295,7,true]");
    gives("return { ('aB'):upper(), ('aB'):lower(), ('ab'):reverse() }", "[\"AB\",\"ab\",\"ba\"]");
}

static bool third_time(void *context) { return ++*(int *)context >= 3; }

static void whoever_watches_ends_it_wherever_it_computes(void **_)
{
    struct sandbox *s = sandbox_open(NULL);
    struct err e = { 0 };
    int asked = 0;
    const char *text = "\nwhile true do pcall(function() while true do end end) end";
    sandbox_watch(s, third_time, &asked);
    assert_true(sandbox_load(s, "a.lua", text, strlen(text), &e));
    assert_false(sandbox_call(s, 0, 0, &e));
    assert_int_equal(e.kind, ERR_STOPPED);
    assert_non_null(strstr(e.text, "a.lua:2: stopped while it computed"));
    assert_true(sandbox_stopped(s) && sandbox_dead(s));
    sandbox_close(s);
}

static void a_dead_state_stays_dead(void **_)
{
    struct sandbox *s = sandbox_open(&small);
    struct err e = { 0 };
    const char *loop = "\nwhile true do end", *fine = "return 1";
    assert_true(sandbox_load(s, "a.lua", loop, strlen(loop), &e));
    assert_false(sandbox_call(s, 0, 0, &e));
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.text, "a.lua:2: ran more instructions"));
    assert_true(sandbox_dead(s));
    assert_false(sandbox_load(s, "b.lua", fine, strlen(fine), &e));
    sandbox_close(s);
}

static void a_refilled_state_serves_on_and_a_dead_one_does_not(void **_)
{
    struct sandbox *s = sandbox_open(&small);
    struct err e = { 0 };
    const char *work = "for i = 1, 300000 do end";
    for (int i = 0; i < 40; i++) { /* twice and a half its budget in all */
        sandbox_refill(s);
        assert_true(sandbox_load(s, "a.lua", work, strlen(work), &e) && sandbox_call(s, 0, 0, &e));
    }
    const char *loop = "while true do end";
    assert_true(sandbox_load(s, "a.lua", loop, strlen(loop), &e));
    assert_false(sandbox_call(s, 0, 0, &e));
    sandbox_refill(s);
    assert_false(sandbox_load(s, "a.lua", work, strlen(work), &e));
    sandbox_close(s);
}

static int word(lua_State *L) { return lua_yield(L, lua_gettop(L)); }

static void a_word_yields_through_pcall_and_gets_its_answer(void **_)
{
    struct sandbox *s = sandbox_open(&small);
    struct err e = { 0 };
    lua_pushcfunction(sandbox_lua(s), word);
    sandbox_set(s, "word");
    const char *text = "local ok, got = pcall(function() return word(7) end) return got";
    assert_true(sandbox_load(s, "a.lua", text, strlen(text), &e));
    lua_State *co = sandbox_thread(s);
    lua_xmove(sandbox_lua(s), co, 1);
    int results;
    assert_int_equal(sandbox_resume(s, co, 0, &results, &e), SANDBOX_YIELDED);
    assert_int_equal(lua_tointeger(co, -1), 7);
    lua_pop(co, results);
    lua_pushinteger(co, 42);
    assert_int_equal(sandbox_resume(s, co, 1, &results, &e), SANDBOX_RETURNED);
    assert_int_equal(lua_tointeger(co, -1), 42);
    sandbox_drop(s, co);
    sandbox_close(s);
}

static void a_coroutine_is_stopped_like_the_main_chunk(void **_)
{
    struct sandbox *s = sandbox_open(&small);
    struct err e = { 0 };
    const char *text = "while true do pcall(function() while true do end end) end";
    assert_true(sandbox_load(s, "a.lua", text, strlen(text), &e));
    lua_State *co = sandbox_thread(s);
    lua_xmove(sandbox_lua(s), co, 1);
    int results;
    assert_int_equal(sandbox_resume(s, co, 0, &results, &e), SANDBOX_RAISED);
    assert_non_null(strstr(e.text, "instructions"));
    sandbox_close(s);
}

int main(void)
{
    const struct CMUnitTest sandbox[] = {
        cmocka_unit_test(a_chunk_computes_and_answers),
        cmocka_unit_test(an_error_names_file_and_line),
        cmocka_unit_test(an_unknown_name_is_refused_with_the_nearest),
        cmocka_unit_test(words_cannot_be_replaced),
        cmocka_unit_test(pairs_and_next_walk_in_a_fixed_order),
        cmocka_unit_test(sort_is_stable_and_survives_nonsense),
        cmocka_unit_test(patterns_match_as_the_manual_says),
        cmocka_unit_test(json_goes_through_lua_unchanged),
        cmocka_unit_test(what_cannot_be_recorded_is_refused_in_words),
        cmocka_unit_test(no_attack_gets_out_or_hangs),
        cmocka_unit_test(what_takes_long_in_one_instruction_is_charged),
        cmocka_unit_test(what_texts_give_is_as_in_lua),
        cmocka_unit_test(whoever_watches_ends_it_wherever_it_computes),
        cmocka_unit_test(a_dead_state_stays_dead),
        cmocka_unit_test(a_refilled_state_serves_on_and_a_dead_one_does_not),
        cmocka_unit_test(a_word_yields_through_pcall_and_gets_its_answer),
        cmocka_unit_test(a_coroutine_is_stopped_like_the_main_chunk),
    };
    return cmocka_run_group_tests(sandbox, NULL, NULL);
}
