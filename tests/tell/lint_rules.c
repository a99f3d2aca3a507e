/* lint_rules.c: each rule of LINT.md finds its fault, and is silent beside it. */
#include "promise.h"

#include "tell/lint.h"

#include <string.h>

#define FRONT "---\ntitle: SPM-2025-001 x\nnav: SPM-2025-001\nmodified_at: 2025-03-28\n---\n"
#define ROWS "| **11:17** | `a` is down |\n| **11:30** | `a` is reachable again |\n"

static const struct rule_case {
    const char *rule;
    char severity;
    int line;
    const char *found;       /* what the finding shows; "" where it shows nothing */
    const char *bad, *good;
} cases[] = {
    { "A1", 'E', 1, "12 minutes", "It was down from 11:17 to 11:30, for 12 minutes.\n",
      "It was down from 23:50 to 00:10, for 20 minutes. Within 50 minutes of 11:17 we knew.\n" },
    { "A1", 'E', 1, "12 minutes", "La panne a duré 12 minutes, de 11:17 à 11:30.\n", "La panne a duré 13 minutes, de 11:17 à 11:30.\n" },
    { "A2", 'W', 3, "20 minutes", "UTC\n\nA downtime of 20 minutes in all.\n\n" ROWS, "UTC\n\nA downtime of 13 minutes in all.\n\n" ROWS },
    { "A2", 'W', 3, "48 minutes", "UTC\n\nA cumulative disruption of 48 minutes.\n\n" ROWS
      "| **14:41** | moved back in the pool. |\n| **14:46** | still under attack, removing it. |\n",
      "UTC\n\nA cumulative disruption of 18 minutes.\n\n" ROWS
      "| **14:41** | moved back in the pool. |\n| **14:46** | still under attack, removing it. |\n" },
    { "A3", 'E', 3, "49 minutes", "A cumulative disruption of 48 minutes.\n\nThe downtime amounts to 49 minutes.\n",
      "`a` was unreachable for 10 minutes in all. `b` was unreachable for 49 minutes in all.\n" },
    { "A4", 'E', 1, "25 minutes", "Between 11:17 and 11:30 it was down for 10 + 10 + 5 minutes.\n",
      "Between 11:17 and 11:50 it was down for 10 + 10 + 5 minutes.\n" },
    { "A5", 'E', 1, "50 minutes", "In all 50 minutes of unavailability (13 + 13 + 10 + 5 + 8 minutes).\n",
      "In all 49 minutes of unavailability (13 + 13 + 10 + 5 + 8 minutes).\n" },
    { "A5", 'E', 1, "71 minutes", "71 minutes of disturbance; for 50 of it, 30 + 40 minutes are 71 minutes.\n",
      "Two disturbances add up to 81 minutes (41 + 40 minutes): for 76 minutes of it (36 + 40 minutes) it was unreachable.\n" },
    { "A6", 'E', 3, "90 minutes", "UTC\n\nA cumulative downtime of 90 minutes.\n\n" ROWS,
      "UTC\n\nIn such a month 90 minutes are allowed; a downtime of 13 minutes in all.\n\n" ROWS },
    { "A7", 'E', 3, "30 minutes", "UTC\n\nTime to detect: 30 minutes.\n\n" ROWS, "UTC\n\nTime to recover: 13 minutes.\n\n" ROWS },
    { "A8", 'W', 1, "2 hours", "At 11:17 it broke. Two hours later, at 11:40, it was well.\n",
      "At 11:17 it broke. Twenty minutes later, at 11:38, it was well. `sleep two hours later, 11:50`\n" },
    { "A9", 'W', 3, "11:21", "UTC\n\nAt 11:21 the provider escalated our second ticket.\n\n"
      "| **11:17** | `a` is down |\n| **11:44** | the provider escalated our second ticket |\n",
      "UTC\n\nAt 11:21 somebody called.\n\n| **11:17** | `a` is down |\n| **11:44** | the provider escalated our second ticket |\n" },
    { "A10", 'E', 4, "11:17", "UTC\n\n| **11:30** | b |\n| **11:17** | a |\n", "UTC\n\n| **11:17** | b |\n| **11:17** | a |\n" },
    { "A10", 'E', 6, "16:57", "UTC\n\n## Timeline\n\n- **16:58 UTC** - b\n- **16:57 UTC** - a\n",
      "UTC\n\n## Timeline\n\n- Jan 18 23:58: b\n- Jan 19 00:02: a\n\n## Other\n\n- 16:58 x\n- 16:50 y\n" },
    { "A11", 'W', 5, "14:16", "UTC\n\n" ROWS "| **14:16** | `a` is down |\n| **14:20** | a note |\n",
      "UTC\n\n" ROWS "| **14:16** | a note |\n" },
    { "A12", 'W', 3, "11:35", "UTC\n\nIt was unavailable from 11:17 to 11:35.\n\n" ROWS, "UTC\n\nIt was unavailable from 11:17 to 11:30.\n\n" ROWS },
    { "A13", 'E', 2, "11:10", "Impact began: 11:17\nMitigated: 11:10\n", "Impact began: 23:50\nMitigated: 00:10\nResolved: 00:20\n" },
    { "A14", 'W', 3, "blocked", "UTC\n\n| **11:17** | the sources are blocked |\n", "UTC\n\n| **11:17** | blocked |\n| **11:20** | unblocked |\n" },

    { "B1", 'E', 0, "", "| **11:17** | a |\n", "Times are in CET.\n\n| **11:17** | a |\n" },
    { "B2", 'E', 1, "UTC+2", "On March 11th (SPM-2025-001). Times are in CET (UTC+2).\n", "On March 11th (SPM-2025-001). Times are in CET (UTC+1).\n" },
    { "B2", 'E', 1, "EST", "On July 11th, 2025, times in EST.\n", "On July 11th, 2025, times in EDT.\n" },
    { "B3", 'E', 1, "10:27", "It broke at 11:17 CET (10:27 UTC).\n", "It broke at 11:17 CET (10:17 UTC), and 23:30 UTC / 00:30 CET.\n" },
    { "B4", 'W', 3, "UTC", "At 11:17 CET.\n\nAt 14:00 UTC.\n", "At 11:17 CET (10:17 UTC).\n\nAll in CET (UTC+1).\n" },
    { "B5", 'E', 1, "Monday", "On Monday, March 11th (SPM-2025-001).\n", "On Tuesday, March 11th (SPM-2025-001).\n" },
    { "B5", 'E', 1, "lundi", "Le lundi 11 mars 2025.\n", "Le mardi 11 mars 2025.\n" },
    { "B6", 'E', 3, "02:30", "On March 30th, 2025, CEST.\n\nAt 02:30 it broke.\n", "On March 31st, 2025, CEST.\n\nAt 02:30 it broke.\n" },
    { "B6", 'W', 3, "02:30", "On October 26th, 2025, CEST.\n\nAt 02:30 it broke.\n",
      "On October 26th, 2025, CEST (UTC+2), then CET (UTC+1).\n\nAt 02:30 it broke.\n" },
    { "B7", 'W', 1, "14:30", "It began at 14:30 PM.\n", "It began at 2:30 PM, or 14:30.\n" },
    { "B8", 'I', 3, "20/10/2023", "On 2025-03-28.\n\nSince 20/10/2023.\n", "On 2025-03-28, and March 28th. Version 1.10.3, 1/2.\n" },
    { "B9", 'E', 0, "2025-03-28", FRONT "On April 11th.\n", FRONT "On March 11th.\n" },
    { "B9", 'W', 9, "2025-03-27", FRONT "On March 11th.\n\n## Changelog\n2025-03-27: first\n", FRONT "On March 11th.\n\n## Changelog\n2025-03-28: first\n" },

    { "C1", 'W', 0, "", FRONT "## Impact\n", "no report of this house\n" },
    { "C2", 'W', 2, "level 3", "# a\n### b\n", "# a\n## b\n### c\n# d\n" },
    { "C2", 'W', 8, "Impact", FRONT "## TL;DR\n## What happened\n## Impact\n## Timeline\n## Actions\n",
      FRONT "## TL;DR\n## What happened\n## Timeline\n## Impact\n## Actions\n" },
    { "C3", 'E', 0, "SPM-2025-002 x", "---\ntitle: SPM-2025-002 x\nnav: SPM-2025-001\n---\n", "---\ntitle: SPM-2025-001 x\nnav: SPM-2025-001\n---\n" },
    { "C3", 'E', 6, "SPM-2025-003", FRONT "# SPM-2025-003: floods\n", FRONT "# SPM-2025-001: floods\n\nAs in SPM-2025-003.\n" },
    { "C4", 'E', 2, "TODO", "one\nTODO: two\n", "one `TODO` two, TODOs, METHODTODO\n" },
    { "C4", 'E', 3, "", "UTC\n\n| **11:17** | |\n", "UTC\n\n| | What |\n| --- | --- |\n| 11:17 | a |\n" },
    { "C5", 'I', 3, "14:??", "UTC\n\n| **14:??** | a |\n", "UTC\n\n| **14:00** | why?? |\n" },
    { "C5", 'I', 4, "2019-12-03 --:--", "UTC\n\n| **11:17** | a |\n| 2019-12-03 --:-- | a |\n", "UTC\n\n| **11:17** | ~14:30 |\n" },
    { "C6", 'I', 3, "", "UTC\n\n| **11:17** | a |\n", "UTC\n\n| Time | What |\n| --- | --- |\n| 11:17 | a |\n" },
    { "C6", 'W', 5, "3 cells", "UTC\n\n| Time | What |\n| --- | --- |\n| 11:17 | a | b |\n", "UTC\n\n| Time | What |\n| --- | --- |\n| 11:17 | a \\| b `c|d` |\n" },
    { "C7", 'W', 1, "â€", "the platformâ€™s\n", "the platform’s\n" },
    { "C7", 'W', 1, "**", "an **unclosed word\n\nand more\n", "a **closed\nword**, 2 \\*\\* 3, `**`\n\n***\n" },
    { "C7", 'W', 1, "![](", "![](a.png)\n", "![a picture](a.png)\n" },
    { "C7", 'W', 1, "", "no end", "an end\n" },
    { "C8", 'W', 1, "b", "`a` and `b` were unreachable.\n\n## Impact\n\nOn `a`, 5 minutes.\n",
      "`a` and `192.0.2.1` were unreachable.\n\n## Impact\n\nOn `a`, 5 minutes.\n" },
    { "C9", 'W', 3, "43 minutes", "On March 11th, CET. See SPM-2025-001.\n\nOur SLA guarantees 99.9% a month, at most 43 minutes of downtime.\n",
      "On March 11th, CET. See SPM-2025-001.\n\nOur SLA guarantees 99.9% a month, at most 44.58 minutes of downtime.\n" },
    { "C9", 'W', 1, "49 minutes", "On March 11th, 2025, CET: a downtime of 49 minutes in all.\n\nWe guarantee 99.9% a month.\n",
      "On March 11th, 2025, CET: a downtime of 49 minutes in all.\n\nWe guarantee 99.9% a month, and exceeded it.\n" },
    { "C9", 'E', 3, "49 minutes", "Of these, 44 minutes (44 minutes) may be lost.\n\n`a` used 49 minutes of it in March, which is within the allowance.\n",
      "Of these, 44 minutes (44 minutes) may be lost.\n\n`a` used 40 minutes of it in March, which is within the allowance.\n" },
    { "C10", 'E', 0, "2025-02-31", "---\ntitle: x\nmodified_at: 2025-02-31\n---\n", "---\ntitle: x\nmodified_at: 2025-02-28\n---\n" },
    { "C10", 'W', 1, "", "---\nnav: x\nmodified_at: 2025-02-28\n---\n", "---\ntitle: x\nmodified_at: 2025-02-28\nsimulated: true\n---\n" },
    { "C10", 'E', 1, "title", "---\ntitle: x\ntitle: y\nmodified_at: 2025-02-28\n---\n", "---\ntitle: x\nmodified_at: 2025-02-28\n---\n" },

    { "D1", 'W', 3, "", "## Action items\n\n- Split the network\n", "## Action items\n\n- Split the network (alice, due 2025-06-30)\n- Alert sooner (#48213)\n- Test OPS-12\n" },
    { "D2", 'W', 3, "A", "## Action items\n\n- A redesign is underway (#1)\n", "## Action items\n\n- Redesign it (#1)\n" },
    { "D2", 'W', 3, "ongoing", "## Action items\n\n- Improve it, ongoing (#1)\n", "## Other\n\n- A list, ongoing\n" },
    { "D3", 'W', 4, "", "## Action items\n\n- Split the network (#1)\n- The alert was mended (#2)\n",
      "## Action items\n\n- Split the network (#1)\n- Done: the alert was mended (#2)\n" },

    { "E1", 'W', 1, "human error", "It was human error.\n", "It was an error of the `human error` handler.\n" },
    { "E1", 'W', 1, "failed to", "The engineer failed to see it.\n", "The probe failed to see it.\n" },
    { "E2", 'I', 1, "root cause", "The root cause was a flood.\n", "It was caused by a flood.\n" },
    { "E3", 'W', 3, "should have", "UTC\n\n| **11:17** | we should have seen it |\n", "UTC. We should have seen it.\n\n| **11:17** | we saw it |\n" },
    { "E4", 'W', 1, "outage", "The outage: degraded, a part was slow.\n", "The outage: first degraded, then unreachable.\n" },
    { "E5", 'W', 1, "TAM", "We called the TAM.\n\nOur Technical Account Manager (TAM) helped.\n",
      "Our Technical Account Manager (TAM) helped. The TAM called. See (CET).\n" },
    { "E6", 'W', 3, "some customers", "## Impact\n\nFor some customers, 5 minutes.\n", "We told some customers.\n\n## Impact\n\nFor 12 customers.\n" },
    { "E8", 'W', 1, "password=", "It used `password=hunter22`.\n", "A password: none. Tokens were changed.\n" },
    { "E8", 'W', 1, ".internal", "On db1.internal it failed.\n", "An internal matter, localized: a.internally, 192.0.2.10.\n" },
    { "E8", 'W', 1, "10.0.12.7", "From 10.0.12.7 it came.\n", "Version 110.0.12.7, 10.0.12, and 172.15.0.1.\n" },
};

static const struct finding *finding(const struct findings *found, const struct rule_case *c)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->finding[i].rule, c->rule) == 0 && found->finding[i].severity == c->severity)
            return &found->finding[i];
    return NULL;
}

static void each_rule_finds_its_fault_with_its_line(void **_)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct rule_case *c = &cases[i];
        struct findings found;
        lint_document(&found, "x.md", c->bad, test_keep());
        const struct finding *f = finding(&found, c);
        if (!f)
            fail_msg("%s was not found in:\n%s", c->rule, c->bad);
        if (f->line != c->line || f->severity != c->severity || strcmp(f->found, c->found) != 0)
            fail_msg("%s: line %d %c '%s' (%s), expected line %d %c '%s'", c->rule, f->line, f->severity, f->found, f->message,
                     c->line, c->severity, c->found);
    }
}

static void each_rule_is_silent_where_nothing_is_wrong(void **_)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct findings found;
        lint_document(&found, "x.md", cases[i].good, test_keep());
        const struct finding *f = finding(&found, &cases[i]);
        if (f)
            fail_msg("%s is a false alarm, line %d: %s\n%s", f->rule, f->line, f->message, cases[i].good);
    }
}

/* The forms of rows that readers meet are all read: each pair is in disorder. */
static void every_form_of_a_row_is_read(void **_)
{
    static const char *const forms[] = {
        "| **11:08** | a |\n| **11:07** | b |\n",
        "| Jan 18 11:30 | a |\n| Jan 18 11:29 | b |\n",
        "| Jan 18 14:40 - 14:55 | a |\n| Jan 18 14:39 - 14:41 | b |\n",
        "| **Jan. 29 20:05** | a |\n| **Jan. 29 20:04** | b |\n",
        "| **Saturday, August 2, 19:42** | a |\n| **Saturday, August 2, 19:41** | b |\n",
        "| Time | What |\n| --- | --- |\n| 09:15:04 UTC | a |\n| 09:15:03 UTC | b |\n",
        "## Timeline\n- 09:15:04 UTC text\n- 09:15:03 UTC text\n",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct findings found;
        bool seen = false;
        lint_document(&found, "x.md", arena_print(test_keep(), "All times of 2025-01-18 in UTC.\n\n%s", forms[i]), test_keep());
        for (size_t k = 0; k < found.count; k++)
            seen = seen || strcmp(found.finding[k].rule, "A10") == 0;
        if (!seen)
            fail_msg("not read: %s", forms[i]);
    }
}

static void a_document_that_wants_to_keep_us_busy_is_done_soon(void **_)
{
    struct text t = text_new(test_keep());
    for (int i = 0; i < 3000; i++)
        text_print(&t, "- At 12:%02d the provider escalated `n%d` unreachable, time to detect: 7 hours (ABC) Impact # x |\n", i % 60, i);
    for (int i = 0; i < 3000; i++)
        text_print(&t, "| 11:%02d | the provider escalated everything, unreachable |\n", i % 60);
    for (int i = 0; i < 3000; i++)
        text_add(&t, "###### Impact `a` (\n");
    struct findings found;
    lint_document(&found, "x.md", t.at, test_keep());
    assert_true(found.count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        promise(each_rule_finds_its_fault_with_its_line),
        promise(each_rule_is_silent_where_nothing_is_wrong),
        promise(every_form_of_a_row_is_read),
        promise(a_document_that_wants_to_keep_us_busy_is_done_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
