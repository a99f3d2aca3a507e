/* given.h: a journal as a test says it.
 *
 *   given_nothing_recorded();
 *   const char *opening = add("impact", "11:17", "{\"service\":...}");
 *   const struct incident *i = folded();
 * Times are minutes of 11 March 2025 in Paris ("11:17": a minute; "11:17:42":
 * a second). What is added later was recorded later. The hash of an event,
 * which other events refer to, is made of its number.
 */
#ifndef TESTS_RECORD_GIVEN_H
#define TESTS_RECORD_GIVEN_H

#include "promise.h"
#include "record/incident.h"

#include <stdio.h>
#include <string.h>

enum { GIVEN_EVENTS = 256 };
static struct event given_event[GIVEN_EVENTS];
static struct stream given_stream[2] = { { .name = "a", .head = "", .last_seq = 0 } };
static struct journal given_journal;

static inline int64_t at_that_day(const char *time)
{
    struct civil c = { .year = 2025, .month = 3, .day = 11 };
    int64_t at[2];
    assert_true(sscanf(time, "%d:%d:%d", &c.hour, &c.minute, &c.second) >= 2);
    assert_int_equal(civil_instants("Europe/Paris", c, at), 1);
    return at[0];
}

static inline struct event *last_event(void)
{
    return &given_event[given_journal.count - 1];
}

static inline const char *add(const char *kind, const char *time, const char *data)
{
    struct event *ev = &given_event[given_journal.count];
    *ev = (struct event){ .seq = (int64_t)given_journal.count + 1, .at = at_that_day(time),
                          .late_ms = strlen(time) > 5 ? 999 : 59999,
                          .recorded = at_that_day("09:00") + (int64_t)given_journal.count * 1000,
                          .by = "alice", .uid = "1000@bastion",
                          .kind = event_kind_from(kind, strlen(kind)), .kind_name = kind };
    ev->data = json_from(arena_string(test_keep(), data));
    ev->hash = arena_print(test_keep(), "%064zx", given_journal.count + 0xabc00000001u);
    given_journal.count++;
    given_stream[0].last_seq = ev->seq;
    return ev->hash;
}

static inline void given_nothing_recorded(void)
{
    given_journal = (struct journal){ .incident = "INC-2025-001", .id = "0123", .event = given_event,
                                      .stream = given_stream, .streams = 1 };
    add("opened", "11:00", "{\"id\":\"0123\",\"name\":\"INC-2025-001\",\"zone\":\"Europe/Paris\","
                           "\"world\":\"real\",\"drill\":false,\"title\":\"flood\"}");
}

static inline const char *add_opening(const char *time, const char *service, const char *basis)
{
    return add("impact", time, arena_print(test_keep(),
               "{\"service\":\"%s\",\"level\":\"down\",\"basis\":\"%s\"}", service, basis));
}

static inline const char *add_closing(const char *time, const char *service, const char *basis,
                                      const char *closes)
{
    return add("impact", time, arena_print(test_keep(),
               "{\"service\":\"%s\",\"edge\":\"up\",\"basis\":\"%s\",\"closes\":[\"%s\"]}",
               service, basis, closes));
}

static inline const char *add_strike(const char *of)
{
    return add("struck", "20:00", arena_print(test_keep(), "{\"of\":\"%s\",\"why\":\"wrong\"}", of));
}

static inline const struct incident *folded_at(const char *as_of)
{
    struct incident *i = arena_one(test_keep(), struct incident);
    struct err e = { 0 };
    assert_good(incident_fold(i, &given_journal, as_of ? at_that_day(as_of) : INSTANT_NONE,
                              at_that_day("23:00"), test_keep(), &e), &e);
    return i;
}

static inline const struct incident *folded(void)
{
    return folded_at(NULL);
}

#endif
