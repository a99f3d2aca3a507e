/* tests/play/words.c: the page that a stranger reads says what the table says. */
#include "theatre.h"

#include "play/engine.h"

static const char *page(void)
{
    struct world *w = world_real("alice", test_keep());
    const char *root = getenv("ROOT"), *bytes;
    size_t length;
    struct err e = { 0 };
    assert_good(w->read_file(w, arena_print(test_keep(), "%s/runbooks/README.md", root ? root : "."), &bytes,
                             &length, test_keep(), &e), &e);
    return arena_copy(test_keep(), bytes, length);
}

static void every_word_stands_in_the_page_as_in_the_table(void **_)
{
    const char *text = page();
    for (const struct word *w = engine_words; w->name; w++) {
        const char *row = arena_print(test_keep(), "| `%s` | %s |", w->shape, w->help);
        if (!strstr(text, row))
            fail_msg("runbooks/README.md lacks: %s", row);
    }
}

/* The example of the page, as it stands there. */
static const char *example(void)
{
    const char *text = page(), *from = strstr(text, "```lua\n") + strlen("```lua\n");
    return arena_copy(test_keep(), from, (size_t)(strstr(from, "```") - from));
}

static void the_pages_example_runs_dry_and_by_hand(void **_)
{
    static const char *const done[] = { "yes", "done", "done", "done", "done", "done", "done", NULL };
    static const char *const args[] = { "service=osc-fr1", "ip=192.0.2.1", NULL };
    static const char *const none[] = { NULL };
    struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1, 192.0.2.2] }\n");
    struct plan plan;
    t->line = done;
    stage_write(t->stage, "runbooks/take_out.lua", example());
    struct run_request q = theatre_request(t, "take_out", args);
    assert_good(run_plan(&plan, &q, none, test_keep(), &t->e), &t->e);
    assert_string_equal(plan.end, "it would end well");
    assert_good(run_start(&t->outcome, &q, test_keep(), &t->e), &t->e);
    assert_string_equal(theatre_changes(t), "pool.remove pool:osc-fr1/192.0.2.1 ok");
    assert_non_null(strstr(t->said.at, "? manual:"));
}

static void a_word_with_a_wrong_option_is_refused_with_its_line(void **_)
{
    static const char *const wrong[][2] = {
        { "step { txt = \"x\" }", "step has no 'txt'; did you mean 'text'?" },
        { "stp \"x\"", "nothing is called 'stp' here; did you mean 'step'?" },
        { "pool.remov { }", "there is no 'pool.remov'; did you mean 'pool.remove'?" },
        { "pool.remove { service = \"osc-fr1\", up = \"192.0.2.1\" }", "up" },
        { "pool.remove { service = \"osc-fr1\", ip = \"192.0.2\" }", "192.0.2" },
        { "pool.remove { service = \"osc-fr2\", ip = \"192.0.2.1\" }", "osc-fr2" },
        { "wait \"soon\"", "span" },
        { "wait_until { pool.list, service = \"osc-fr1\" }", "wait_until needs a question first" },
        { "call { \"nope\" }", "there is no runbook 'nope'" },
        { "phase \"mitigatd\"", "did you mean mitigated" },
        { "note(p.srvice)", "has no 'srvice'" },
        { "step()", "write step" },
        { "step { \"x\" }", "takes names" },
        { "each { 1, 2 }", "write each" },
        { "table.sort({ 2, 1 }, function() step \"x\" end)", "" },
        { "pcall(function() end)", "try" },
        { "impact { service = \"osc-fr1\", level = \"gone\" }", "level is" },
        { "restore { }", "say all = true" },
        { "call { \"book\" }", "book calls itself" },
        { "parallel { function() call { \"book\" } end }", "book calls itself" },
        { "note((\"x\"):rep(70000))", "note takes 65536 bytes at most, and this is 70000" },
        { "exec.run { program = \"sh\", args = { (\"x\"):rep(70000) } }", "exec.run takes 65536 bytes at most" },
        { "each { { 1 }, function() end, on_failur = \"go_on\" }", "each has no 'on_failur'; did you mean 'on_failure'?" },
        { "each { { 1 }, function() end, at_onc = 3, zzz = 1 }", "each has no 'at_onc'; did you mean 'at_once'?" },
        { "each { { 1 }, function() end, 3 }", "each takes no more than that: each { list, function(item) ... end }" },
        { "retry { function() end, tims = 9 }", "retry has no 'tims'; did you mean 'times'?" },
        { "retry { function() end, every = 5 }", "every is a span" },
        { "retry { function() end, function() end }", "retry takes no more than that" },
        { "retry { pool.list, servce = \"osc-fr1\", times = 2 }", "servce" },
        { "try { function() end, times = 2 }", "try has no 'times'" },
        { "try { pool.list, service = \"osc-fr1\", times = 2 }", "pool.list takes no 'times'" },
        { "parallel { function() end, on_failur = \"stop\" }", "parallel has no 'on_failur'; did you mean 'on_failure'?" },
        { "parallel { function() end, on_failure = true }", "on_failure is" },
        { "pool.remove { service = \"osc-fr1\", ip = \"192.0.2.1\", or_nothing = true }", "takes no 'or_nothing'" },
        { "sense.flood { service = \"osc-fr1\", even_so = \"x\" }", "takes no 'even_so'" },
        { "wait { text = \"1s\", txt = 2 }", "wait has no 'txt'; did you mean 'text'?" },
        { "now { zone = \"UTC\" }", "now has no 'zone'" },
        { "random { from = 5, to = 1 }", "from 5 to 1" },
        { "random { from = 1.5, to = 2 }", "random: from: found 1.5, expected a whole number" },
        { "random { from = \"1\" }", "random: from: found \"1\", expected a whole number" },
        { "phase \"closed\"", "a runbook closes no incident" },
        { "lock \"\"", "lock needs a target" },
        { "lock { why = \"x\" }", "lock needs a target" },
        { "lock \"pool:osc-fr\"", "'pool:osc-fr' is no target: there is no service 'osc-fr'; known: 'osc-fr1'" },
        { "lock \"192.0.2.1\"", "'192.0.2.1' is no target; expected a role and what it is of" },
        { "approve { text = \"x\", who = \"bob\" }", "approve has no 'who'; it has: text" },
        { "ask { text = \"x\", default = \"y\" }", "ask has no 'default'" },
        { "restore { ip = \"1.2.3\" }", "restore: ip: found \"1.2.3\", expected an IP address" },
        { "restore { changes = \"C1\" }", "restore: changes: found \"C1\", expected a list: { \"C1\", \"C2\" }" },
        { "restore { change = { \"C1\" } }", "restore: change: found [\"C1\"], expected one change: \"C2\"" },
        { "restore { all = \"yes\" }", "restore: all: found \"yes\", expected true or false" },
        { "restore { all = true, ip = \"192.0.2.1\" }", "restore takes one of all, ip, change or changes: restore { all = true }" },
        { "phase { phase = \"mitigated\", text = \"because\" }", "phase takes one of phase or text" },
        { "each { { a = 1 }, function() end }", "each takes a list: { \"a\", \"b\" }; this one has names" },
        { "each { { [2] = 1 }, function() end }", "each takes a list without holes" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct theatre *t = theatre_open("world: simulated\nservices:\n  osc-fr1: { ips: [192.0.2.1] }\n");
        theatre_runbook(t, "book", wrong[i][0]);
        assert_false(theatre_run(t, "book"));
        if (!strstr(t->e.text, "runbooks/book.lua:2") || !strstr(t->e.text, wrong[i][1]))
            fail_msg("%s\n  says: %s", wrong[i][0], t->e.text);
    }
}

/* What is wrong in the runbook is nobody's to catch, in whichever branch it stands. */
static void a_mistake_in_a_branch_passes_through_try(void **_)
{
    static const char *const forms[] = {
        "try { function() parallel { function() step \"x\" end, function() error(\"typo\") end } end }",
        "try { function() parallel { function() fail \"x\" end, function() error(\"typo\") end, on_failure = \"go_on\" } end }",
        "try { function() each { { 1, 2 }, function(n) if n == 1 then fail \"x\" end error(\"typo\") end } end }",
        "try { function() parallel { function() parallel { function() error(\"typo\") end } end } end }",
        "retry { function() parallel { function() error(\"typo\") end } end, times = 3 }",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct theatre *t = theatre_open("services:\n  osc-fr1: { ips: [192.0.2.1] }\n");
        theatre_runbook(t, "book", arena_print(test_keep(), "%s\nnote \"it went on\"", forms[i]));
        assert_false(theatre_run(t, "book"));
        if (!strstr(t->e.text, "runbooks/book.lua:2") || !strstr(t->e.text, "typo"))
            fail_msg("%s\n  says: %s", forms[i], t->e.text);
        assert_int_equal(theatre_count(t, EVENT_NOTE), 0);
    }
}

static void a_loop_that_fills_the_record_is_stopped_with_its_line(void **_)
{
    static const char *const loops[] = {
        "while true do note \"x\" end", "while true do note((\"x\"):rep(60000)) end",
        "while true do try { function() fail \"x\" end } end", "while true do parallel { function() end } end",
        "each { { 1, 2, 3 }, function() while true do step \"x\" end end, at_once = 3, on_failure = \"go_on\" }",
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        struct theatre *t = theatre_open("limits: { record: 100000 }\nservices:\n  osc-fr1: { ips: [192.0.2.1] }\n");
        theatre_runbook(t, "book", loops[i]);
        assert_false(theatre_run(t, "book"));
        if (!strstr(t->e.text, "runbooks/book.lua:2: filled more of the record than its limit allows, stopped"))
            fail_msg("%s\n  says: %s", loops[i], t->e.text);
        assert_string_equal(t->outcome.how, "ran away");
        assert_true(theatre_journal(t).stream[0].end < 300000);
    }
}

static void a_broken_runbook_is_refused_before_anything_is_recorded(void **_)
{
    static const char *const broken[][2] = {
        { "return runbook { summary = \"x\" }", "steps" },
        { "return runbook { sumary = \"x\", steps = function() end }", "did you mean 'summary'" },
        { "return 1", "ends in 'return runbook" },
        { "return runbook {", "book.lua:1:" },
        { "return runbook { summary = \"x\", params = { a = { type = \"txt\" } }, steps = function() end }", "no type 'txt'" },
        { "return runbook { summary = \"x\", params = { a = { typ = \"text\" } }, steps = function() end }", "did you mean type" },
        { "return runbook { summary = \"x\", params = {\n a = { type = \"integer\", min = 5, max = 3 } }, steps = function() end }",
          "runbooks/book.lua:2: parameter 'a': min 5 is more than max 3" },
        { "return runbook { summary = \"x\", params = { a = { type = \"integer\", min = \"5\" } }, steps = function() end }",
          "min and max are whole numbers" },
        { "return runbook { summary = \"x\", params = { a = { type = \"integer\", default = 9, max = 3 } }, steps = function() end }",
          "book.lua:1: parameter 'a': default: a=9: at most 3" },
        { "return runbook { summary = \"x\", params = { a = { type = \"ip\", default = \"foo\" } }, steps = function() end }",
          "default: found \"foo\", expected an IP address" },
        { "return runbook { summary = \"x\", params = { a = { one_of = \"x\" } }, steps = function() end }", "one_of is a list" },
        { "return runbook { summary = \"x\", params = { a = { one_of = { \"x\" }, default = \"y\" } }, steps = function() end }",
          "default: a='y': expected one of x" },
        { "step \"x\"\nreturn runbook { summary = \"x\", steps = function() end }", "works only inside steps" },
        { "while true do end", "ran more instructions" },
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct theatre *t = theatre_open("limits: { instructions: 3000000 }\nservices:\n  osc-fr1: { ips: [192.0.2.1] }\n");
        stage_write(t->stage, "runbooks/book.lua", broken[i][0]);
        assert_false(theatre_run(t, "book"));
        if (t->e.kind != ERR_INPUT || !strstr(t->e.text, broken[i][1]))
            fail_msg("%s\n  says: %s", broken[i][0], t->e.text);
        assert_int_equal(theatre_count(t, EVENT_RUN_STARTED), 0);
    }
}

/* src/play/words_list.c says it to editors. */
static void what_a_word_answers_is_what_its_row_says(void **_)
{
    struct theatre *t = theatre_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    theatre_runbook(t, "book", "assert(math.type(now {}) == 'integer' and math.type(random {}) == 'integer')\n"
                    "assert(step 'x' == nil and note 'x' == nil and phase 'resolved' == nil and lock 'pool:shop' == nil and wait '1s' == nil)\n"
                    "assert(impact { service = 'shop', level = 'down' } == nil)\n"
                    "local got, why = try { function() fail 'no' end } assert(got == nil and type(why) == 'string')\n"
                    "local a, b = parallel { function() return 1 end, function() return 2 end } assert(a == 1 and b == 2)\n"
                    "assert(each { { 7, 8 }, function(i) return i end }[2] == 8 and retry { function() return 'x' end } == 'x')");
    assert_good(theatre_run(t, "book"), &t->e);
}

static void the_share_that_is_lost_is_recorded(void **_)
{
    static const char *const wrong[][2] = {
        { "lost = 25", "impact: lost: found 25, expected a share such as \"25%\"" },
        { "lost = 'much'", "found \"much\", expected a share" },
        { "lost = '25%', level = 'down'", "goes with level = \"degraded\"" },
    };
    struct theatre *t = theatre_open("services:\n  shop: { ips: [192.0.2.1] }\n");
    theatre_runbook(t, "book", "impact { service = 'shop', level = 'degraded', lost = '25%' } impact { service = 'shop', level = 'up' }");
    assert_good(theatre_run(t, "book"), &t->e);
    const struct journal j = theatre_journal(t);
    int64_t ppb = 0;
    for (size_t i = 0; i < j.count; i++)
        if (j.event[i].kind == EVENT_IMPACT && json_get(j.event[i].data, "lost_ppb").at)
            ppb = json_int_or(json_get(j.event[i].data, "lost_ppb"), 0);
    assert_int_equal(ppb, 250000000);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        t = theatre_open("services:\n  shop: { ips: [192.0.2.1] }\n");
        theatre_runbook(t, "book", arena_print(test_keep(), "impact { service = 'shop', level = 'degraded', %s }", wrong[i][0]));
        assert_false(theatre_run(t, "book"));
        assert_non_null(strstr(t->e.text, wrong[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest words[] = {
        promise(the_share_that_is_lost_is_recorded),
        promise(what_a_word_answers_is_what_its_row_says),
        promise(every_word_stands_in_the_page_as_in_the_table),
        promise(the_pages_example_runs_dry_and_by_hand),
        promise(a_word_with_a_wrong_option_is_refused_with_its_line),
        promise(a_mistake_in_a_branch_passes_through_try),
        promise(a_loop_that_fills_the_record_is_stopped_with_its_line),
        promise(a_broken_runbook_is_refused_before_anything_is_recorded),
    };
    return cmocka_run_group_tests(words, NULL, NULL);
}
