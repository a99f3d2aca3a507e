#include "play/check.h"
#include "play/engine.h"
#include "play/shelf.h"
#include "play/words_list.h"

#include "stage.h"

static const char *found; /* all findings, a line each */

#define HEAD "return runbook { summary = \"s\", params = { service = { type = \"service\" } },\nsteps = function(p)\n"
#define FOOT "\nend }\n"
#define USES "note(p.service)\n"

static const char *check(const char *steps)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    struct findings f = { .keep = test_keep() };
    struct text t = text_new(test_keep());
    stage_write(s, "runbooks/some.lua", "return runbook { summary = \"s\", params = { count = { type = \"integer\", min = 0, max = 8 } },\n"
                "steps = function(p) note(p.count) end }\n");
    stage_write(s, "runbooks/x.lua", arena_print(test_keep(), "%s%s%s", HEAD, steps, FOOT));
    check_runbook(&f, &s->ws, "x");
    for (size_t i = 0; i < f.count; i++)
        text_print(&t, "%d %c %s\n", f.finding[i].line, f.finding[i].severity, f.finding[i].message);
    plugins_close(s->plugins);
    return found = t.at;
}

static void a_word_that_is_none_is_named_with_line_and_the_nearest(void **_)
{
    assert_string_equal(check(USES "stepp \"x\""), "4 E unknown word 'stepp'; did you mean 'step'?\n");
    assert_string_equal(check(USES "sense.flod { service = p.service }"),
                        "4 E unknown action 'sense.flod', did you mean 'sense.flood'?\n");
    assert_string_equal(check(USES "step"), "5 E syntax error near 'end'\n");
}

static void arguments_are_held_against_the_contract(void **_)
{
    assert_string_equal(check(USES "pool.remove { service = p.service, ipp = \"192.0.2.1\" }"),
                        "4 E pool.remove needs 'ip': which IP\n"
                        "4 E pool.remove takes no 'ipp'; did you mean 'ip'?\n");
    assert_string_equal(check(USES "pool.remove { service = \"shopp\", ip = \"192.0.2\" }"),
                        "4 E pool.remove: 'ip': found \"192.0.2\", expected an IP address\n"
                        "4 E there is no service 'shopp'; known: 'shop'\n");
    assert_string_equal(check(USES "pool.remove { service = \"shop\", ip = \"192.0.2.1\" }"), "");
}

static void options_behind_a_function_are_seen_and_items_that_nobody_takes(void **_)
{
    static const char *const wrong[][2] = {
        { "each { { 1 }, function(i) if i then note \"x\" end end, on_failur = \"go_on\" }",
          "4 E each has no 'on_failur'; did you mean 'on_failure'?\n" },
        { "each { { 1 }, function() for _ = 1, 2 do note \"x\" end end, 3 }", "4 E write each { list, function(item) ... end }\n" },
        { "retry { function() repeat note \"x\" until true end, tims = 9 }", "4 E retry has no 'tims'; did you mean 'times'?\n" },
        { "try { function() end, times = 2 }", "4 E try has no 'times'\n" },
        { "retry { function() end, times = 0 }", "4 E retry: times: found 0, expected 1 to 1000\n" },
        { "retry { pool.list, service = p.service, times = 1001 }", "4 E retry: times: found 1001, expected 1 to 1000\n" },
        { "local q = p note(q.service) note(q.servce)", "4 E 'servce' is none of the parameters; did you mean 'service'?\n" },
        { "parallel { function() end, function() end, on_failur = \"stop\" }",
          "4 E parallel has no 'on_failur'; did you mean 'on_failure'?\n" },
        { "retry { pool.list, servce = p.service, times = 2 }", "4 E pool.list needs 'service': whose pool\n"
          "4 E pool.list takes no 'servce'; did you mean 'service'?\n" },
        { "try { pool.list, service = p.service, times = 2 }", "4 E pool.list takes no 'times'\n" },
        { "pool.list({ service = p.service, even_so = \"x\" })", "4 E pool.list takes no 'even_so'\n" },
        { "pool.add { service = p.service, ip = \"192.0.2.1\", or_nothing = true }", "4 E pool.add takes no 'or_nothing'\n" },
        { "lock { \"x\" }", "4 E write lock \"target\"\n" },
        { "local r = try { function() return ask \"Who?\" end }\nretry { pool.list, service = p.service, times = 2 }", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

static void a_value_that_stands_there_is_held_against_what_the_word_takes(void **_)
{
    static const char *const wrong[][2] = {
        { "phase \"closed\"", "4 E a runbook closes no incident; 'tocsin phase closed' does when all is over\n" },
        { "phase \"identifed\"", "4 E phase: there is no phase 'identifed'; did you mean 'identified'?\n" },
        { "impact { service = p.service, level = \"dwn\" }", "4 E impact: there is no level 'dwn'; did you mean 'down'?\n" },
        { "impact { service = \"shopp\", level = \"down\" }", "4 E there is no service 'shopp'; known: 'shop'\n" },
        { "impact { service = p.service, level = \"degraded\", lost = \"much\" }",
          "4 E impact: found \"much\", expected a share such as \"25%\"\n" },
        { "wait \"5x\"", "4 E wait: found \"5x\", expected a span such as \"30s\" or \"5m\"\n" },
        { "wait_until { sense.answers, service = p.service, at_most = \"5 parsecs\" }",
          "4 E wait_until: found \"5 parsecs\", expected a span such as \"30s\" or \"5m\"\n" },
        { "retry { function() end, every = \"soon\" }", "4 E retry: found \"soon\", expected a span such as \"30s\" or \"5m\"\n" },
        { "parallel { function() end, on_failure = \"goon\" }",
          "4 E parallel: there is no on_failure 'goon'; did you mean 'go_on'?\n" },
        { "phase \"mitigated\" wait(\"5\" .. \"m\") retry { function() end, every = \"1s\", times = 2 }\n"
          "impact { service = \"shop\", level = \"up\", text = \"phase\" } phase { phase = \"resolved\" }", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

static void what_stands_there_is_held_against_what_the_other_runbook_allows(void **_)
{
    static const char *const wrong[][2] = {
        { "call { \"some\", count = 99 }", "4 E runbook 'some': count=99: at most 8\n" },
        { "call { \"some\", count = -1 }", "4 E runbook 'some': count=-1: at least 0\n" },
        { "call { \"some\", count = {} }", "" },
        { "pool.remove { service = true, ip = nil }", "4 E pool.remove needs 'ip': which IP\n"
          "4 E pool.remove: 'service': found true, expected a service\n" },
        { "random { from = 6, to = 1 }", "4 E random: from 6 to 1\n" },
        { "random { from = 101 }", "4 E random: from 101 to 100\n" },
        { "local n = 3 random { from = n, to = 1 } random { from = -5, to = -1 }", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

static void a_word_that_lacks_what_it_needs_is_found(void **_)
{
    static const char *const wrong[][2] = {
        { "restore { }", "4 E restore needs all, ip, change or changes: restore { all = true }\n" },
        { "restore({ even_so = \"x\" })", "4 E restore needs all, ip, change or changes: restore { all = true }\n" },
        { "restore { changes = \"C1\" } restore { ip = \"192.0.2.999\" }", "4 E restore: changes: found \"C1\", expected a list: { \"C1\", \"C2\" }\n"
          "4 E restore: ip: found \"192.0.2.999\", expected an IP address\n" },
        { "restore { change = { \"C1\" } }", "4 E restore: change: found [\"C1\"], expected one change: \"C2\"\n" },
        { "phase { phase = \"mitigated\", text = \"x\" }", "4 E phase takes one of phase or text: phase \"mitigated\"\n" },
        { "impact { level = \"down\" }", "4 E impact needs service: impact { service = ..., level = \"down\" }\n" },
        { "impact { service = \"shop\" }", "4 E impact needs level: impact { service = ..., level = \"down\" }\n" },
        { "step {}", "4 E step needs text: step \"text\"\n" },
        { "lock \"pool:shp\"", "4 E lock: 'pool:shp' is no target: there is no service 'shp'; known: 'shop'\n" },
        { "lock { target = \"pool:shop/\", why = \"x\" }", "4 E lock: 'pool:shop/' is no target: nothing stands behind 'pool:shop/'\n" },
        { "lock { why = \"x\" }", "4 E lock needs target or text: lock \"target\"\n" },
        { "restore { changes = { \"C1\" } } lock { target = \"pool:shop\" } phase { phase = \"resolved\" } now {} random {}", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

static void a_library_has_no_function_of_that_name(void **_)
{
    assert_string_equal(check(USES "note(string.upperr(\"x\")) table.insrt({}, 1)\nnote(math[\"flor\"](2))\nnote(pcal(tostring))"),
                        "4 E there is no 'string.upperr'; did you mean 'string.upper'?\n"
                        "4 E there is no 'table.insrt'; did you mean 'table.insert'?\n"
                        "5 E there is no 'math.flor'; did you mean 'math.floor'?\n"
                        "6 E unknown word 'pcal'; did you mean 'pcall'?\n");
    assert_string_equal(check(USES "local s = { upperr = 1 } local string = s note(string.upperr) note(pcall(tostring, utf8.char(9)))"), "");
}

static void what_is_never_reached_is_found(void **_)
{
    static const char *const wrong[][2] = {
        { "fail \"x\"\nnote \"y\"\nnote \"z\"", "5 W never reached: what stands in line 4 goes no further\n" },
        { "error(\"x\" .. 1)\npool.list { service = p.service }", "5 W never reached: what stands in line 4 goes no further\n" },
        { "if p.service then\nfail \"a\"\nelse\ndo return end\nend\nnote \"never\"",
          "9 W never reached: what stands in line 4 goes no further\n" },
        { "each { { 1 }, function(i)\nfail { text = \"x\" }\nnote(i) end }", "6 W never reached: what stands in line 5 goes no further\n" },
        { "for i = 1, 3 do break\nnote(i) end", "5 W never reached: what stands in line 4 goes no further\n" },
        { "if false then\nnote \"x\" end", "5 W never reached: its condition is never so\n" },
        { "while not 1 do\nwait \"1s\" end", "5 W never reached: its condition is never so\n" },
        { "while true do wait \"1s\" end\nnote \"never\"", "4 W a loop without an end: wait_until and retry have one\n"
          "5 W never reached: what stands in line 4 goes no further\n" },
        { "if p.service then fail \"a\" end\nnote \"b\"\nlocal why = p.service or fail \"no\"\nnote(why)\n"
          "local function fails() fail \"x\" end\nfails() do goto out end ::out:: note \"c\"\n"
          "local ok = try { function() error(\"x\") end } note(ok and \"d\" or \"e\")\n"
          "if p.service then return elseif ok then fail \"y\" end\nnote \"f\"; return { fail = 1 };", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

#define NO_END "4 W a loop without an end: wait_until and retry have one\n"
#define NO_BOUND "4 W nothing says when this loop gives up: wait_until has at_most, retry has times\n"
static void a_loop_that_nothing_ends_is_found_however_it_is_written(void **_)
{
    static const char *const wrong[][2] = {
        { "while 1 do wait \"1s\" end", NO_END },
        { "while (not false) do wait \"1s\" end", NO_END },
        { "repeat wait \"1s\" until false", NO_END },
        { "repeat wait \"1s\" until nil note \"x\"", NO_END "4 W never reached: what stands in line 4 goes no further\n" },
        { "::again:: wait \"1s\" goto again", NO_END },
        { "::again:: wait \"1s\" if p.service then goto again end", NO_BOUND },
        { "while true do wait \"1s\" if p.service then break end end", NO_BOUND },
        { "repeat wait \"1s\" local s = sense.answers { service = p.service } until s.answers", NO_BOUND },
        { "while not sense.answers { service = p.service }.answers do wait \"10s\" end", NO_BOUND },
        { "for n = 1, math.huge do wait \"1s\" note(n) end", NO_BOUND },
        { "local n = 0 repeat n = n + 1 wait \"1s\" until n > 9 while true do n = n - 1 wait \"1s\" if n < 0 then break end end\n"
          "while p.service do p = { } end for i = 1, 10 do if i > 3 then goto on end note(i) ::on:: end\n"
          "local list = { 1 } while #list > 0 do table.remove(list) wait \"1s\" end", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

static void fields_are_followed_through_words_brackets_and_branches(void **_)
{
    static const char *const wrong[][2] = {
        { "note(p[\"servce\"])", "4 E 'servce' is none of the parameters; did you mean 'service'?\n" },
        { "local f = sense.flood { service = p.service } note(f[\"ipp\"])", "4 E the result of sense.flood has no 'ipp'; did you mean 'ip'?\n" },
        { "local f, why = try { sense.flood, service = p.service } note(f.ipp) note(why)", "4 E the result of sense.flood has no 'ipp'; did you mean 'ip'?\n" },
        { "local f = try { function() note \"x\" return sense.flood { service = p.service } end } note(f.ipp)",
          "4 E the result of sense.flood has no 'ipp'; did you mean 'ip'?\n" },
        { "local d = retry { function() local x = call { \"detect\", service = p.service } return x end } note(d.rat)",
          "4 E the result of detect has no 'rat'; did you mean 'rate'?\n" },
        { "if p.service then local f = sense.flood { service = p.service }\nnote(f.ipp)\nelse\nlocal f = pool.list { service = p.service }\n"
          "note(f.countt) end", "5 E the result of sense.flood has no 'ipp'; did you mean 'ip'?\n"
          "8 E the result of pool.list has no 'countt'; did you mean 'count'?\n" },
        { "local q = pool q.remov { service = p.service }", "4 E unknown action 'pool.remov', did you mean 'pool.remove'?\n" },
        { "pool.list { [\"servce\"] = p.service }", "4 E pool.list needs 'service': whose pool\n"
          "4 E pool.list takes no 'servce'; did you mean 'service'?\n" },
        { "::here:: stp \"x\" goto here", NO_END "4 E unknown word 'stp'; did you mean 'step'?\n" },
        { "pool = 1 step = 2", "4 E 'pool' is a word here; choose another name\n4 E 'step' is a word here; choose another name\n" },
        { "p.more = 1 note(p.more)", "" },
        { "local function look(s) return pool.list { servce = s } end note(look(p.service).x)", "4 E pool.list needs 'service': whose pool\n"
          "4 E pool.list takes no 'servce'; did you mean 'service'?\n" },
        { "local f = sense.flood { service = p.service, or_nothing = true } or { color = 1 } note(f.color)\n"
          "local g = sense.flood { service = p.service } g = { color = 2 } note(g.color) local h = g note(h.any)\n"
          "local s = pool.list { service = p.service } do local s = { x = 1 } note(s.x) end note(s.count)\n"
          "repeat local a = sense.answers { service = p.service } until a.answers\n"
          "total = 1 total = total + 1 function more(n) return n end note(more(total)) local x <const>, y = 1, 2 note(x .. y)\n"
          "local w = pool.list { service = p.service } w.more = 1 note(w.more) local k = note each { { 1 }, k } each { { 1 }, note }\n"
          "local args = { sense.answers, service = p.service, at_most = \"1m\" } wait_until(args) wait_until({ sense.answers,\n"
          "service = p.service, at_most = \"1m\" }) call({ \"detect\", service = p.service })\n"
          "local key = \"all\" restore { [key] = true } pool.list { [\"service\"] = p.service } pool.list { [key] = p.service }\n"
          "local m = { n = 1 } function m:more(by) self.n = self.n + by return self.n end function m.less() return m.n end note(m:more(m.less()))\n"
          "goto here ::here:: note \"x\" local a = 0x1F + 1e3 // 2 ~= 3 and #\"\\z  \\u{41}\" << 1 local f = function(...) return select(\"#\", ...) end note(f(a))\n"
          "local t = { phase = 1; level = 2, [\"a\"] = 3 } t.phase = t.level note(t.a)", "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(check(arena_print(test_keep(), USES "%s", wrong[i][0])), wrong[i][1]);
}

static void a_circle_of_calls_is_found_where_it_closes(void **_)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    struct findings f = { .keep = test_keep() };
    stage_write(s, "runbooks/a.lua", "return runbook { summary = \"s\", steps = function() call { \"b\" } end }\n");
    stage_write(s, "runbooks/b.lua", "return runbook { summary = \"s\",\nsteps = function() call { \"c\" } end }\n");
    stage_write(s, "runbooks/c.lua", "return runbook { summary = \"s\", steps = function()\nnote \"x\"\ncall { \"b\" } end }\n");
    check_runbook(&f, &s->ws, "a");
    assert_int_equal(f.count, 1);
    assert_true(text_ends(f.finding[0].file, "c.lua"));
    assert_int_equal(f.finding[0].line, 3);
    assert_string_equal(f.finding[0].message, "'b' calls this one again: a circle, at which a run stops");
    plugins_close(s->plugins);
}

static void parameters_that_steps_does_not_even_take_are_never_used(void **_)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    struct findings f = { .keep = test_keep() };
    stage_write(s, "runbooks/a.lua", "return runbook { summary = \"s\", params = {\nx = { type = \"text\" } }, steps = function() end }\n");
    check_runbook(&f, &s->ws, "a");
    assert_int_equal(f.count, 1);
    assert_int_equal(f.finding[0].line, 2);
    assert_string_equal(f.finding[0].message, "the parameter 'x' is never used");
    plugins_close(s->plugins);
}

static void a_function_may_call_its_own_parameter_as_the_steps_call_theirs(void **_)
{
    assert_string_equal(check(USES "each { { { name = \"a\" } }, function(p) note(p.name) end }"), "");
}

static void a_binding_that_no_runbook_uses_is_checked_too(void **_)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\nroles:\n  chat: { plugin: webhook, ulr: \"http://x\" }\n  dns: { plugin: nope }\n");
    struct findings f = { .keep = test_keep() };
    check_roles(&f, &s->ws);
    assert_int_equal(f.errors, 2);
    assert_int_equal(f.finding[0].line, 4);
    assert_int_equal(f.finding[1].line, 5); /* there is no plugin 'nope' */
    assert_non_null(strstr(f.finding[0].message, "no setting 'ulr'; did you mean 'url'?"));
    plugins_close(s->plugins);
}

static void a_mistake_in_a_runbook_that_is_called_is_found_where_it_stands(void **_)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\nroles:\n  pool: { plugin: mine }\n");
    struct findings f = { .keep = test_keep() };
    stage_write(s, "plugins/mine/plugin.lua", "return { summary = 's', plays = { 'pool' }, actions = {} }");
    stage_write(s, "runbooks/outer.lua", "return runbook { summary = \"s\", params = {\n a = { type = \"text\" } },\n"
                "steps = function(p) call { \"isolate_ip\", service = \"shop\", ip = \"192.0.2.1\" } call { \"outer\" } end }\n");
    check_runbook(&f, &s->ws, "outer");
    assert_int_equal(f.errors, 4); /* pool.list and pool.remove, pool.add of what that one calls, outer in itself */
    for (size_t i = 0; i < f.count; i++)
        if (text_ends(f.finding[i].file, "outer.lua"))
            assert_string_equal(f.finding[i].message, f.finding[i].line == 2 ? "the parameter 'a' is never used" : "'outer' calls itself");
        else
            assert_true(text_starts(f.finding[i].message, "plugin 'mine' has no 'pool."));
    plugins_close(s->plugins);
}

static void a_field_that_a_result_does_not_have_is_found(void **_)
{
    assert_string_equal(check("local f = sense.flood { service = p.service }\nnote(f.ipp)\nnote(f.ip)"),
                        "4 E the result of sense.flood has no 'ipp'; did you mean 'ip'?\n");
    assert_string_equal(check("note(sense.flood { service = p.service }.color)"),
                        "3 E the result of sense.flood has no 'color'\n");
    assert_string_equal(check("local d = call { \"detect\", service = p.service }\nnote(d.ipx)"),
                        "4 E the result of detect has no 'ipx'; did you mean 'ip'?\n");
}

static void a_call_is_held_against_what_the_other_one_takes(void **_)
{
    assert_string_equal(check("call { \"dettect\", service = p.service }"),
                        "3 E there is no runbook 'dettect'; did you mean 'detect'?\n");
    assert_string_equal(check(USES "call { \"detect\", color = \"red\" }"),
                        "4 E runbook 'detect' needs 'service': the region under attack\n"
                        "4 E runbook 'detect' takes no 'color'\n");
}

static void parameters_are_declared_and_used(void **_)
{
    assert_string_equal(check("note(p.servce)"), "1 W the parameter 'service' is never used\n"
                        "3 E 'servce' is none of the parameters; did you mean 'service'?\n");
    assert_string_equal(check("call { \"detect\", service = p.service }"), "");
}

static void a_wait_is_for_something_that_can_be_and_not_for_ever(void **_)
{
    assert_string_equal(check("wait_until { sense.answers, service = p.service }"),
                        "3 W wait_until says no at_most: it gives up after 10 minutes\n");
    assert_string_equal(check("wait_until { pool.list, service = p.service, at_most = \"1m\" }"),
                        "3 E pool.list is nothing that can be waited for\n");
    assert_string_equal(check(USES "while true do wait \"1s\" end"),
                        "4 W a loop without an end: wait_until and retry have one\n");
}

static void a_binding_that_does_not_fit_is_said_once_where_it_stands(void **_)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\nroles:\n  dns: { plugin: exec }\n  pool: { plugin: mine }\n");
    struct findings f = { .keep = test_keep() };
    stage_write(s, "plugins/mine/plugin.lua", "return { summary = 's', plays = { 'pool' }, actions = { ['pool.list'] = { perform = function() end } } }");
    stage_write(s, "runbooks/a.lua", "return runbook { summary = \"s\", steps = function()\ndns.list { service = \"shop\" }\n"
                "dns.list { service = \"shop\" }\npool.list { service = \"shop\" }\npool.holds { service = \"shop\", ip = \"192.0.2.1\" } end }\n");
    check_roles(&f, &s->ws);
    check_runbook(&f, &s->ws, "a");
    assert_int_equal(f.count, 2);
    for (size_t i = 0; i < f.count; i++) {
        bool book = text_ends(f.finding[i].file, "a.lua");
        assert_true(book || text_ends(f.finding[i].file, "tocsin.yaml"));
        assert_int_equal(f.finding[i].line, book ? 5 : 4);
        assert_string_equal(f.finding[i].message, book ? "plugin 'mine' has no 'pool.holds'" : "plugin 'exec' does not play the role 'dns'");
    }
    plugins_close(s->plugins);
}

static void a_change_without_undo_is_worth_knowing(void **_)
{
    assert_string_equal(check(USES "chat.say { text = \"hello\" }"),
                        "4 I chat.say cannot be put back: what was said is said\n");
}

static void comments_strings_and_local_names_raise_nothing(void **_)
{
    assert_string_equal(check("local stepp = function(n) return n + 1 end -- flod\n"
                              "--[[ sense.flod { ]] note(\"sense.flod \\\" { \" .. stepp(1) .. [==[ x.y ]] ]==])\n"
                              "for i, ip in ipairs(pool.list { service = p.service }.ips) do note(ip .. i) end"), "");
}

static void the_shipped_runbooks_are_clean(void **_)
{
    struct stage *s = stage_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    struct names books;
    assert_good(shelf_names(&books, &s->ws, test_keep(), &s->e), &s->e);
    assert_true(books.count >= 6);
    for (size_t i = 0; i < books.count; i++) {
        struct findings f = { .keep = test_keep() };
        check_runbook(&f, &s->ws, books.name[i]);
        for (size_t k = 0; k < f.count; k++)
            if (f.finding[k].severity != 'I')
                fail_msg("%s:%d: %s", f.finding[k].file, f.finding[k].line, f.finding[k].message);
    }
    plugins_close(s->plugins);
}

static void it_knows_the_words_that_the_engine_knows(void **_)
{
    size_t ours = 0, theirs = 0;
    for (const struct word *w = engine_words; w->name; w++, theirs++) {
        bool has = false;
        for (const struct word_row *r = word_rows; r->name; r++)
            has = has || strcmp(r->name, w->name) == 0;
        if (!has)
            fail_msg("check does not know '%s'", w->name);
    }
    for (const struct word_row *r = word_rows; r->name; r++, ours++)
        for (const char *const *o = r->option ? r->option : word_wait_options; *o; o++)
            if (!word_option(r->name, *o) && r->items != 1)
                fail_msg("nothing says what '%s' of '%s' is", *o, r->name);
    assert_int_equal(ours, theirs);
}

int main(void)
{
    const struct CMUnitTest checks[] = {
        promise(a_word_that_is_none_is_named_with_line_and_the_nearest),
        promise(arguments_are_held_against_the_contract),
        promise(options_behind_a_function_are_seen_and_items_that_nobody_takes),
        promise(a_value_that_stands_there_is_held_against_what_the_word_takes),
        promise(what_stands_there_is_held_against_what_the_other_runbook_allows),
        promise(a_word_that_lacks_what_it_needs_is_found),
        promise(a_library_has_no_function_of_that_name),
        promise(what_is_never_reached_is_found),
        promise(a_loop_that_nothing_ends_is_found_however_it_is_written),
        promise(fields_are_followed_through_words_brackets_and_branches),
        promise(a_circle_of_calls_is_found_where_it_closes),
        promise(parameters_that_steps_does_not_even_take_are_never_used),
        promise(a_function_may_call_its_own_parameter_as_the_steps_call_theirs),
        promise(a_binding_that_no_runbook_uses_is_checked_too),
        promise(a_mistake_in_a_runbook_that_is_called_is_found_where_it_stands),
        promise(a_field_that_a_result_does_not_have_is_found),
        promise(a_call_is_held_against_what_the_other_one_takes),
        promise(parameters_are_declared_and_used),
        promise(a_wait_is_for_something_that_can_be_and_not_for_ever),
        promise(a_binding_that_does_not_fit_is_said_once_where_it_stands),
        promise(a_change_without_undo_is_worth_knowing),
        promise(comments_strings_and_local_names_raise_nothing),
        promise(the_shipped_runbooks_are_clean),
        promise(it_knows_the_words_that_the_engine_knows),
    };
    return cmocka_run_group_tests(checks, NULL, NULL);
}
