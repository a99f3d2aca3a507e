#include "promise.h"

#include "base/instant.h"
#include "record/event.h"

#include <string.h>

#define SALT "000102030405060708090a0b0c0d0e0f"

static const char *line_of(struct draft d, char hash[SHA256_HEX + 1])
{
    struct text t = text_new(test_keep());
    event_write(&t, &d, 4, 1741688382118, SALT, event_no_hash, hash);
    assert_int_equal(t.at[t.length - 1], '\n');
    return arena_copy(test_keep(), t.at, t.length - 1);
}

static struct draft impact(void)
{
    return (struct draft){ .at = 1741688220000, .early_ms = 0, .late_ms = 59999, .by = "alice", .uid = "1000@bastion", .kind = EVENT_IMPACT,
                           .data = "{\"service\":\"osc-fr1\",\"level\":\"down\",\"basis\":\"person\"}" };
}

static enum event_line read_as(struct event *out, const char *line, char why[128])
{
    return event_read(out, line, strlen(line), event_no_hash, NULL, test_keep(), why);
}

static void a_line_is_written_as_the_format_says(void **_)
{
    char hash[SHA256_HEX + 1];
    const char *line = line_of(impact(), hash);
    /* both digests computed by another program over the bytes that FORMAT.md names */
    assert_string_equal(line,
        "{\"v\":1,\"seq\":4,\"at\":\"2025-03-11T10:17:00.000Z\",\"early_ms\":0,\"late_ms\":59999,"
        "\"recorded\":\"2025-03-11T10:19:42.118Z\",\"by\":\"alice\",\"uid\":\"1000@bastion\","
        "\"kind\":\"impact\",\"data_sha256\":\"00ffc3bf56a44e64009c8344474cd792720bc368dc77f762f8b6b0dc688b6ff2\","
        "\"hash\":\"bbc2e15358761bc6ee58427d7fc923ab8829c98573fd307b3214f1b41afded44\",\"salt\":\"" SALT "\","
        "\"data\":{\"service\":\"osc-fr1\",\"level\":\"down\",\"basis\":\"person\"}}");
}

static void what_was_written_is_read(void **_)
{
    char hash[SHA256_HEX + 1], why[128];
    struct event ev;
    struct draft d = impact();
    d.by = "Zoë \"the\nlead\" \\";
    const char *line = line_of(d, hash);
    assert_int_equal(read_as(&ev, line, why), EVENT_LINE_GOOD);
    assert_int_equal(ev.seq, 4);
    assert_int_equal(ev.at, d.at);
    assert_int_equal(ev.early_ms, 0);
    assert_int_equal(ev.late_ms, 59999);
    assert_int_equal(ev.recorded, 1741688382118);
    assert_string_equal(ev.by, d.by);
    assert_string_equal(ev.uid, d.uid);
    assert_int_equal(ev.kind, EVENT_IMPACT);
    assert_string_equal(ev.kind_name, "impact");
    assert_string_equal(ev.hash, hash);
    assert_true(json_is(json_get(ev.data, "level"), "down"));
}

static void an_event_without_a_time_happened_when_it_was_written(void **_)
{
    char hash[SHA256_HEX + 1], why[128];
    struct event ev;
    struct draft d = impact();
    d.at = INSTANT_NONE;
    assert_int_equal(read_as(&ev, line_of(d, hash), why), EVENT_LINE_GOOD);
    assert_int_equal(ev.at, ev.recorded);
}

static void every_flipped_bit_of_a_line_is_seen(void **_)
{
    char hash[SHA256_HEX + 1], why[128];
    struct event ev;
    const char *line = line_of(impact(), hash);
    size_t length = strlen(line);
    for (size_t bit = 0; bit < 8 * length; bit++) {
        struct arena scratch = *test_keep();
        char *damaged = arena_copy(&scratch, line, length);
        damaged[bit / 8] = (char)(damaged[bit / 8] ^ (1 << bit % 8));
        if (event_read(&ev, damaged, length, event_no_hash, NULL, &scratch, why) != EVENT_LINE_BAD)
            fail_msg("bit %zu of byte %zu was not seen", bit % 8, bit / 8);
    }
}

static void every_cut_of_a_line_is_seen(void **_)
{
    char hash[SHA256_HEX + 1], why[128];
    struct event ev;
    const char *line = line_of(impact(), hash);
    for (size_t length = 0; length < strlen(line); length++)
        assert_int_equal(event_read(&ev, line, length, event_no_hash, NULL, test_keep(), why),
                         EVENT_LINE_BAD);
}

static void a_line_out_of_another_chain_is_refused(void **_)
{
    char hash[SHA256_HEX + 1], why[128];
    struct event ev;
    const char *line = line_of(impact(), hash);
    assert_int_equal(event_read(&ev, line, strlen(line), hash, NULL, test_keep(), why),
                     EVENT_LINE_BAD);
    assert_string_equal(why, "its hash does not follow from the line before it");
}

static void a_line_without_its_data_is_told_apart(void **_)
{
    char hash[SHA256_HEX + 1], why[128];
    struct event ev;
    char *line = arena_string(test_keep(), line_of(impact(), hash));
    char *end = strstr(line, ",\"salt\"");
    memset(end, ' ', strlen(end));
    *end = '}';
    assert_int_equal(read_as(&ev, line, why), EVENT_LINE_ERASED);
    assert_null(ev.data.at);
    assert_string_equal(ev.hash, hash);
}

/* A line that says `front` before its hash, with digests that fit. */
static const char *forged(const char *front)
{
    char data_sha256[SHA256_HEX + 1], hash[SHA256_HEX + 1];
    sha256_two(data_sha256, SALT, 32, "{}", 2);
    const char *covered = arena_print(test_keep(), "%s,\"data_sha256\":\"%s\"", front, data_sha256);
    sha256_two(hash, event_no_hash, SHA256_HEX, covered, strlen(covered));
    return arena_print(test_keep(), "%s,\"hash\":\"%s\",\"salt\":\"" SALT "\",\"data\":{}}", covered,
                       hash);
}

#define FRONT(seq, at, early, kind)                                                          \
    "{\"v\":1,\"seq\":" seq ",\"at\":\"" at "\",\"early_ms\":" early ",\"late_ms\":0,"           \
    "\"recorded\":\"2025-03-11T10:19:42.118Z\",\"by\":\"a\",\"uid\":\"b\",\"kind\":\"" kind "\""

static void a_kind_of_a_newer_version_is_kept_by_its_name(void **_)
{
    struct event ev;
    char why[128];
    assert_int_equal(read_as(&ev, forged(FRONT("1", "2025-03-11T10:17:00.000Z", "0", "weather.seen")), why),
                     EVENT_LINE_GOOD);
    assert_int_equal(ev.kind, EVENT_UNKNOWN);
    assert_string_equal(ev.kind_name, "weather.seen");
}

static void a_wrong_form_is_refused_though_its_digests_fit(void **_)
{
    static const char *const front[] = {
        FRONT("01", "2025-03-11T10:17:00.000Z", "0", "note"),
        FRONT("-1", "2025-03-11T10:17:00.000Z", "0", "note"),
        FRONT("1.0", "2025-03-11T10:17:00.000Z", "0", "note"),
        FRONT("1111111111111111111", "2025-03-11T10:17:00.000Z", "0", "note"),
        FRONT("1", "2025-02-29T10:17:00.000Z", "0", "note"),
        FRONT("1", "2025-03-11T24:00:00.000Z", "0", "note"),
        FRONT("1", "2025-03-11T10:17:00.00xZ", "0", "note"),
        FRONT("1", "2025-03-11T10:17:00Z", "0", "note"),
        FRONT("1", "2025-03-11T10:17:00.000Z", "", "note"),
        FRONT("1", "2025-03-11T10:17:00.000Z", "0", "Note"),
        FRONT("1", "2025-03-11T10:17:00.000Z", "0", ""),
        FRONT("1", "2025-03-11T10:17:00.000Z", " 0", "note"),
    };
    struct event ev;
    char why[128];
    for (size_t i = 0; i < sizeof front / sizeof *front; i++)
        if (read_as(&ev, forged(front[i]), why) != EVENT_LINE_BAD)
            fail_msg("taken: %s", front[i]);
}

static void data_that_is_no_valid_object_is_refused_though_its_digest_fits(void **_)
{
    static const char *const data[] = { "[]", "{\"a\":1", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "{}}",
                                        "{\"a\":\"\n\"}", "{} " };
    struct event ev;
    char why[128], hash[SHA256_HEX + 1];
    for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
        struct draft d = impact();
        d.data = data[i];
        if (read_as(&ev, line_of(d, hash), why) != EVENT_LINE_BAD)
            fail_msg("taken: %s", data[i]);
    }
}

static void the_names_of_all_kinds_lead_back_to_them(void **_)
{
    for (unsigned i = 0; i < EVENT_UNKNOWN; i++)
        assert_int_equal(event_kind_from(event_kinds[i].name, strlen(event_kinds[i].name)), i);
    assert_int_equal(event_kind_from("run", 3), EVENT_UNKNOWN);
    assert_int_equal(event_kind_from("notes", 5), EVENT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest event[] = {
        promise(a_line_is_written_as_the_format_says),
        promise(what_was_written_is_read),
        promise(an_event_without_a_time_happened_when_it_was_written),
        promise(every_flipped_bit_of_a_line_is_seen),
        promise(every_cut_of_a_line_is_seen),
        promise(a_line_out_of_another_chain_is_refused),
        promise(a_line_without_its_data_is_told_apart),
        promise(a_kind_of_a_newer_version_is_kept_by_its_name),
        promise(a_wrong_form_is_refused_though_its_digests_fit),
        promise(data_that_is_no_valid_object_is_refused_though_its_digest_fits),
        promise(the_names_of_all_kinds_lead_back_to_them),
    };
    return cmocka_run_group_tests(event, NULL, NULL);
}
