#include "promise.h"

#include "base/instant.h"
#include "record/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 6 };

/* A stream of a few lines, and where each ends. */
struct made {
    char *bytes;
    size_t length;
    struct head head[LINES + 1]; /* behind line n */
};

static struct made make_stream_of(const char *const data[LINES])
{
    struct made m = { 0 };
    struct text t = text_new(test_keep());
    char previous[SHA256_HEX + 1];
    memcpy(previous, event_no_hash, sizeof previous);
    memcpy(m.head[0].hash, event_no_hash, sizeof previous);
    for (int i = 0; i < LINES; i++) {
        struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "1@h", .kind = i ? EVENT_NOTE : EVENT_OPENED, .data = data[i] };
        event_write(&t, &d, i + 1, 1741688220000 + i, "000102030405060708090a0b0c0d0e0f", previous,
                    previous);
        m.head[i + 1] = (struct head){ t.length, i + 1, "" };
        memcpy(m.head[i + 1].hash, previous, sizeof previous);
    }
    m.bytes = t.at;
    m.length = t.length;
    return m;
}

static struct made make_stream(void)
{
    return make_stream_of((const char *const[LINES]){
        "{\"id\":\"00000000000000000000000000000001\"}", "{\"text\":\"one\"}", "{\"text\":\"two\"}",
        "{\"text\":\"three\"}", "{\"text\":\"four\"}", "{\"text\":\"five\"}" });
}

/* Lines 3 to 5 were written as one. */
static struct made make_batch(void)
{
    return make_stream_of((const char *const[LINES]){
        "{\"text\":\"one\"}", "{\"text\":\"two\"}", batch_mark("{\"text\":\"three\"}", 3, test_keep()),
        "{\"text\":\"four\"}", "{\"text\":\"five\"}", "{\"text\":\"six\"}" });
}

static struct stream read_it(const struct head *head, const char *bytes, size_t length,
                             struct stream_reader *r, struct arena *keep)
{
    struct stream s;
    *r = stream_begin(head, NULL, 0);
    stream_read(&s, r, bytes, length, keep);
    return s;
}

/* What counts of the first lines when that many were acknowledged: not the front of a batch. */
static size_t whole_batches(size_t lines, size_t acknowledged)
{
    return lines > 2 && lines < 5 && acknowledged <= 2 ? 2 : lines;
}

static void behind_the_head_a_batch_counts_whole_or_not_at_all(void **_)
{
    struct made m = make_batch();
    for (size_t acknowledged = 0; acknowledged <= LINES; acknowledged++)
        for (size_t length = (size_t)m.head[acknowledged].offset; length <= m.length; length++) {
            struct arena keep = *test_keep();
            struct stream_reader r;
            size_t lines = 0;
            while (lines < LINES && m.head[lines + 1].offset <= length)
                lines++;
            lines = whole_batches(lines, acknowledged);
            struct stream s = read_it(&m.head[acknowledged], m.bytes, length, &r, &keep);
            assert_null(s.damage);
            assert_int_equal(s.last_seq, lines);
            assert_int_equal(r.count, lines);
            assert_int_equal(s.end, m.head[lines].offset);
            if (lines)
                assert_string_equal(s.head, m.head[lines].hash);
        }
}

static void behind_the_head_a_flipped_bit_costs_the_batch_that_it_hits(void **_)
{
    struct made m = make_batch();
    for (size_t byte = (size_t)m.head[2].offset; byte < m.length; byte++) {
        struct arena keep = *test_keep();
        struct stream_reader r;
        char *damaged = arena_copy(&keep, m.bytes, m.length);
        damaged[byte] = (char)(damaged[byte] ^ (1 << byte % 8));
        struct stream s = read_it(&m.head[2], damaged, m.length, &r, &keep);
        assert_null(s.damage);
        assert_int_equal(r.count, byte < m.head[5].offset ? 2 : 5);
    }
}

static void a_mark_of_a_batch_is_the_stores_alone(void **_)
{
    static const struct { const char *data; size_t count; const char *marked; } rows[] = {
        { "{}", 1, "{}" },
        { "{}", 2, "{\"batch\":2}" },
        { "{\"text\":\"x\"}", 1, "{\"text\":\"x\"}" },
        { "{\"text\":\"x\"}", 12, "{\"batch\":12,\"text\":\"x\"}" },
        { "{\"batch\":3,\"text\":\"x\"}", 1, "{\"text\":\"x\"}" },
        { "{\"batch\":3,\"text\":\"x\"}", 2, "{\"batch\":2,\"text\":\"x\"}" },
        { "{\"batch\":3}", 1, "{}" },
        { "{\"batch\":\"a,b\"}", 1, "{\"batch\":\"a,b\"}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(batch_mark(rows[i].data, rows[i].count, test_keep()), rows[i].marked);
}

static void a_stream_is_read_in_pieces_of_any_size(void **_)
{
    struct made m = make_stream();
    for (size_t piece = 1; piece <= m.length; piece += piece < 40 ? 1 : 97) {
        struct arena keep = *test_keep();
        struct stream_reader r = stream_begin(&m.head[LINES], NULL, 0);
        struct stream s;
        size_t from = 0, upto = 0;
        while (upto < m.length) {
            upto = upto + piece < m.length ? upto + piece : m.length;
            from += stream_take(&r, m.bytes + from, upto - from, &keep);
        }
        stream_end(&s, &r, upto - from, &keep);
        assert_null(s.damage);
        assert_int_equal(r.count, LINES);
        assert_int_equal(s.last_seq, LINES);
        assert_int_equal(s.end, m.length);
        assert_int_equal(r.event[3].offset, m.head[3].offset);
        assert_string_equal(s.name, m.head[1].hash);
        assert_string_equal(s.head, m.head[LINES].hash);
    }
}

static void every_cut_before_the_head_is_an_alteration_and_none_behind_it(void **_)
{
    struct made m = make_stream();
    for (int acknowledged = 0; acknowledged <= LINES; acknowledged++)
        for (size_t length = 0; length <= m.length; length++) {
            struct arena keep = *test_keep();
            struct stream_reader r;
            struct stream s = read_it(&m.head[acknowledged], m.bytes, length, &r, &keep);
            assert_int_equal(s.altered, length < m.head[acknowledged].offset);
            assert_true(s.end <= length);
        }
}

static void every_flipped_bit_before_the_head_is_an_alteration_and_none_behind_it(void **_)
{
    struct made m = make_stream();
    const struct head *head = &m.head[LINES / 2];
    for (size_t bit = 0; bit < 8 * m.length; bit++) {
        struct arena keep = *test_keep();
        struct stream_reader r;
        char *damaged = arena_copy(&keep, m.bytes, m.length);
        damaged[bit / 8] = (char)(damaged[bit / 8] ^ (1 << bit % 8));
        struct stream s = read_it(head, damaged, m.length, &r, &keep);
        if (s.altered != (bit / 8 < head->offset))
            fail_msg("bit %zu of byte %zu: %s", bit % 8, bit / 8, s.altered ? s.damage : "not seen");
        if (s.altered && (r.bad_at > bit / 8 || !strstr(s.damage, "altered at byte")))
            fail_msg("byte %zu is told as %s", bit / 8, s.damage);
        assert_true(s.end <= bit / 8); /* what counts ends before the damage */
    }
}

static void lines_that_chain_to_one_another_but_not_to_the_head_are_an_alteration(void **_)
{
    struct made m = make_stream();
    struct head other = m.head[3];
    struct stream_reader r;
    other.hash[0] = other.hash[0] == '0' ? '1' : '0';
    struct stream s = read_it(&other, m.bytes, m.length, &r, test_keep());
    assert_true(s.altered);
    assert_non_null(strstr(s.damage, "not those that were acknowledged"));
    other = m.head[3];
    other.offset -= 7;
    assert_true(read_it(&other, m.bytes, m.length, &r, test_keep()).altered);
}

static void behind_damage_a_reader_shows_what_still_parses(void **_)
{
    struct made m = make_stream();
    struct stream_reader r = stream_begin(&m.head[LINES], NULL, 0);
    struct stream s;
    char *at = strstr(m.bytes, "\"two\"");
    at[1] = 'T';
    r.beyond_damage = true;
    stream_read(&s, &r, m.bytes, m.length, test_keep());
    assert_true(s.altered);
    assert_int_equal(r.bad, 1);
    assert_int_equal(r.count, LINES - 1);
    assert_int_equal(r.event[2].seq, 4);
    assert_int_equal(s.last_seq, 2);
}

static void a_line_that_skips_a_number_or_goes_back_in_time_is_damage(void **_)
{
    static const struct { int64_t seq, recorded; const char *words; } second[] = {
        { 3, 2000, "its seq is 3 where 2 is expected" },
        { 1, 2000, "its seq is 1 where 2 is expected" },
        { 2, 999, "it was recorded before the line in front of it" },
    };
    for (size_t i = 0; i < sizeof second / sizeof *second; i++) {
        struct text t = text_new(test_keep());
        struct draft d = { .by = "a", .uid = "b", .kind = EVENT_NOTE, .data = "{}" };
        char hash[SHA256_HEX + 1];
        const char *salt = "000102030405060708090a0b0c0d0e0f";
        event_write(&t, &d, 1, 1000, salt, event_no_hash, hash);
        event_write(&t, &d, second[i].seq, second[i].recorded, salt, hash, hash);
        struct stream_reader r;
        struct stream s = read_it(NULL, t.at, t.length, &r, test_keep());
        assert_non_null(s.damage);
        assert_non_null(strstr(s.damage, second[i].words));
    }
}

static void the_head_is_the_valid_slot_with_the_higher_seq(void **_)
{
    struct made m = make_stream();
    struct head h;
    char bytes[HEAD_SIZE];
    int next;
    head_write(bytes, &m.head[2]);
    head_write(bytes + HEAD_SLOT, &m.head[3]);
    assert_true(head_read(&h, &next, bytes, sizeof bytes));
    assert_int_equal(h.seq, 3);
    assert_int_equal(h.offset, m.head[3].offset);
    assert_string_equal(h.hash, m.head[3].hash);
    assert_int_equal(next, 0);
    bytes[HEAD_SLOT + 20] ^= 1;
    assert_true(head_read(&h, &next, bytes, sizeof bytes));
    assert_int_equal(h.seq, 2);
    assert_int_equal(next, 1);
    bytes[9] ^= 1;
    assert_false(head_read(&h, &next, bytes, sizeof bytes));
}

/* What is left of it, read as a stream that was taken in. */
static struct stream salvaged(const char *bytes, size_t length, struct salvaged *left,
                              struct stream_reader *r, struct arena *keep)
{
    struct stream s;
    stream_salvage(left, "INC-2025-001", "", NULL, bytes, length, keep);
    *r = stream_begin(NULL, NULL, 1);
    r->whole = true;
    stream_read(&s, r, left->bytes, left->length, keep);
    return s;
}

static void what_is_salvaged_of_any_damage_is_a_stream_that_verifies(void **_)
{
    struct made m = make_stream();
    for (size_t byte = 0; byte < 2 * m.length; byte++) {
        struct arena keep = *test_keep();
        struct stream_reader r;
        struct salvaged left;
        bool cut = byte >= m.length;
        char *damaged = arena_copy(&keep, m.bytes, m.length);
        if (!cut)
            damaged[byte] = (char)(damaged[byte] ^ (1 << byte % 8));
        struct stream s = salvaged(damaged, cut ? byte - m.length : m.length, &left, &r, &keep);
        if (s.damage)
            fail_msg("byte %zu: %s", byte, s.damage);
        assert_true(s.salvaged);
        assert_int_equal(r.count, left.good);
        assert_true(cut || (left.good >= LINES - 3 && left.good < LINES));
        for (size_t i = 0; i < r.count; i++)
            assert_string_equal(r.event[i].hash, m.head[r.event[i].seq].hash);
        if (!cut && r.count && r.event[r.count - 1].seq == LINES)
            assert_int_equal(s.lost, LINES - r.count);
        if (!cut && byte >= m.head[1].offset)
            assert_string_equal(s.id, "00000000000000000000000000000001");
    }
}

static void every_cut_and_every_flipped_bit_of_what_was_salvaged_is_found_by_its_head(void **_)
{
    struct made m = make_stream();
    struct stream_reader r;
    struct salvaged left;
    m.bytes[m.head[2].offset + 20] ^= 1;
    struct stream s = salvaged(m.bytes, m.length, &left, &r, test_keep());
    struct head h = { s.end, s.last_seq, "" };
    memcpy(h.hash, s.head, SHA256_HEX);
    const char *gap = strstr(left.bytes, "{\"lost\"");
    assert_non_null(gap);
    for (size_t bit = 0; bit < 9 * left.length; bit++) {
        struct arena keep = *test_keep();
        struct stream cut;
        bool flips = bit >= left.length;
        size_t byte = flips ? (bit - left.length) / 8 : bit;
        char *bytes = arena_copy(&keep, left.bytes, left.length);
        if (flips)
            bytes[byte] = (char)(bytes[byte] ^ (1 << bit % 8));
        r = stream_begin(&h, NULL, 1);
        r.whole = true;
        stream_read(&cut, &r, bytes, flips ? left.length : byte, &keep);
        /* The words about the incident and the number of lost lines are for people. */
        bool words = byte < strcspn(left.bytes, "\n") || (left.bytes + byte >= gap && left.bytes + byte < gap + 24);
        if (!cut.damage && !(flips && words))
            fail_msg("%s at byte %zu is not seen", flips ? "a flipped bit" : "a cut", byte);
    }
}

static void what_was_salvaged_once_is_salvaged_again_and_says_all_that_is_lost(void **_)
{
    struct made m = make_stream();
    struct stream_reader r;
    struct salvaged once, again;
    m.bytes[m.head[2].offset + 20] ^= 1;
    struct stream s = salvaged(m.bytes, m.length, &once, &r, test_keep());
    struct head h = { s.end, s.last_seq, "" };
    memcpy(h.hash, s.head, SHA256_HEX);
    assert_int_equal(once.lost, 1);
    assert_int_equal(once.good, LINES - 1);
    for (size_t byte = 0; byte < 2 * once.length; byte++) {
        struct arena keep = *test_keep();
        bool cut = byte >= once.length;
        char *damaged = arena_copy(&keep, once.bytes, once.length);
        if (!cut)
            damaged[byte] = (char)(damaged[byte] ^ (1 << byte % 8));
        stream_salvage(&again, "INC-2025-001", "00000000000000000000000000000001", &h, damaged,
                       cut ? byte - once.length : once.length, &keep);
        r = stream_begin(NULL, NULL, 1);
        r.whole = true;
        stream_read(&s, &r, again.bytes, again.length, &keep);
        if (s.damage)
            fail_msg("byte %zu: %s", byte, s.damage);
        assert_int_equal(r.count, again.good);
        assert_int_equal(again.good + again.lost, LINES);
        assert_int_equal(s.lost, again.lost);
        assert_true(cut || again.good >= LINES - 4);
        assert_string_equal(s.id, "00000000000000000000000000000001");
    }
}

static void our_own_journal_is_never_a_salvaged_one(void **_)
{
    struct made m = make_stream();
    struct stream_reader r;
    struct salvaged left;
    salvaged(m.bytes, m.length, &left, &r, test_keep());
    assert_non_null(read_it(NULL, left.bytes, left.length, &r, test_keep()).damage);
    assert_non_null(read_it(&m.head[LINES], left.bytes, left.length, &r, test_keep()).damage);
}

static void every_flipped_bit_of_a_slot_makes_it_invalid(void **_)
{
    struct made m = make_stream();
    char bytes[HEAD_SIZE];
    struct head h;
    int next;
    memset(bytes, ' ', sizeof bytes);
    head_write(bytes, &m.head[4]);
    assert_true(head_read(&h, &next, bytes, sizeof bytes));
    for (size_t bit = 0; bit < 8 * HEAD_SLOT; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        assert_false(head_read(&h, &next, bytes, sizeof bytes));
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t length = 0; length < HEAD_SLOT; length++)
        assert_false(head_read(&h, &next, bytes, length));
}

/* The incident of tests/golden/NAME as read by this version. */
static struct stream golden(const char *name, const char *file, bool has_head,
                            struct stream_reader *r)
{
    const char *root = getenv("ROOT");
    char head[HEAD_SIZE], *bytes = arena_many(test_keep(), char, 1 << 16);
    static struct head h;
    int next;
    FILE *f = fopen(arena_print(test_keep(), "%s/tests/golden/%s/%s", root ? root : ".", name, file), "r");
    assert_non_null(f);
    size_t length = fread(bytes, 1, 1 << 16, f);
    fclose(f);
    if (has_head) {
        f = fopen(arena_print(test_keep(), "%s/tests/golden/%s/head", root ? root : ".", name), "r");
        assert_non_null(f);
        assert_int_equal(fread(head, 1, sizeof head, f), sizeof head);
        fclose(f);
        assert_true(head_read(&h, &next, head, sizeof head));
        assert_int_equal(h.offset, length);
    }
    struct stream s = read_it(has_head ? &h : NULL, bytes, length, r, test_keep());
    if (s.damage)
        fail_msg("%s: %s", name, s.damage);
    return s;
}

static void the_plain_golden_journal_is_read(void **_)
{
    struct stream_reader r;
    struct stream s = golden("plain", "journal.jsonl", true, &r);
    assert_int_equal(s.last_seq, 7);
    assert_int_equal(r.event[1].kind, EVENT_IMPACT);
    assert_int_equal(r.event[1].late_ms, 59999);
    assert_string_equal(r.event[2].by, "Zo\xc3\xab");
    assert_string_equal(json_get_text(r.event[2].data, "text", test_keep()),
                        "a \"flood\" of SYN\\ACK, 2 Mpps \xe2\x86\x92 148.253.75.120\nsecond line");
    assert_true(json_is(json_get(r.event[4].data, "of"), r.event[2].hash));
}

static void the_golden_journal_with_an_erased_line_is_read(void **_)
{
    struct stream_reader r;
    struct stream s = golden("erased", "journal.jsonl", true, &r);
    assert_int_equal(s.erased, 1);
    assert_int_equal(s.last_seq, 5);
    assert_null(r.event[2].data.at);
    assert_string_equal(r.event[2].by, "bob");
}

static void the_golden_stream_of_another_store_is_read(void **_)
{
    struct stream_reader own, r;
    golden("foreign", "journal.jsonl", true, &own);
    struct stream s = golden("foreign",
        "streams/95df6c4af2c9916a128bd71be8618c927c371e5e29cfc2e68f80449a4a3d903d.jsonl", false, &r);
    assert_int_equal(r.event[0].kind, EVENT_FORKED);
    assert_true(json_is(json_get(r.event[0].data, "hash"), own.event[1].hash));
    assert_string_equal(s.name, "95df6c4af2c9916a128bd71be8618c927c371e5e29cfc2e68f80449a4a3d903d");
}

static void the_golden_journal_of_a_newer_version_is_read(void **_)
{
    struct stream_reader r;
    struct stream s = golden("newer", "journal.jsonl", true, &r);
    assert_int_equal(s.last_seq, 4);
    assert_int_equal(r.event[2].kind, EVENT_UNKNOWN);
    assert_string_equal(r.event[2].kind_name, "weather.seen");
    assert_int_equal(r.event[3].kind, EVENT_NOTE);
}

static void a_line_without_data_is_damage_unless_an_erasure_names_it(void **_)
{
    struct stream_reader r;
    golden("erased", "journal.jsonl", true, &r);
    struct arena *keep = test_keep();
    struct made m = make_stream();
    char *line = m.bytes + m.head[2].offset, *salt = strstr(line, ",\"salt\"");
    memset(salt, ' ', strcspn(salt, "\n"));
    *salt = '}';
    struct stream s = read_it(&m.head[LINES], m.bytes, m.length, &r, keep);
    assert_true(s.altered);
    assert_non_null(strstr(s.damage, "no erasure names it"));
}

static void erasing_keeps_every_length_and_the_chain(void **_)
{
    struct made m = make_stream();
    struct text t = text_new(test_keep());
    text_bytes(&t, m.bytes, m.length);
    char hash[SHA256_HEX + 1];
    struct draft d = { .at = INSTANT_NONE, .by = "alice", .uid = "1@h", .kind = EVENT_ERASED,
                       .data = arena_print(test_keep(), "{\"hash\":\"%s\",\"why\":\"x\"}", m.head[3].hash) };
    event_write(&t, &d, LINES + 1, 1741688230000, "000102030405060708090a0b0c0d0e0f",
                m.head[LINES].hash, hash);
    struct stream_reader r;
    struct stream s = read_it(NULL, t.at, t.length, &r, test_keep());
    assert_null(s.damage);
    lines_erase(t.at, t.length, &r);
    assert_null(strstr(t.at, "\"two\""));
    assert_non_null(strstr(t.at, "\"three\""));
    s = read_it(NULL, t.at, t.length, &r, test_keep());
    assert_null(s.damage);
    assert_int_equal(s.erased, 1);
    assert_int_equal(s.last_seq, LINES + 1);
    assert_string_equal(s.head, hash);
}

int main(void)
{
    const struct CMUnitTest journal[] = {
        promise(a_stream_is_read_in_pieces_of_any_size),
        promise(every_cut_before_the_head_is_an_alteration_and_none_behind_it),
        promise(every_flipped_bit_before_the_head_is_an_alteration_and_none_behind_it),
        promise(behind_the_head_a_batch_counts_whole_or_not_at_all),
        promise(behind_the_head_a_flipped_bit_costs_the_batch_that_it_hits),
        promise(a_mark_of_a_batch_is_the_stores_alone),
        promise(lines_that_chain_to_one_another_but_not_to_the_head_are_an_alteration),
        promise(behind_damage_a_reader_shows_what_still_parses),
        promise(a_line_that_skips_a_number_or_goes_back_in_time_is_damage),
        promise(the_head_is_the_valid_slot_with_the_higher_seq),
        promise(what_is_salvaged_of_any_damage_is_a_stream_that_verifies),
        promise(every_cut_and_every_flipped_bit_of_what_was_salvaged_is_found_by_its_head),
        promise(what_was_salvaged_once_is_salvaged_again_and_says_all_that_is_lost),
        promise(our_own_journal_is_never_a_salvaged_one),
        promise(every_flipped_bit_of_a_slot_makes_it_invalid),
        promise(the_plain_golden_journal_is_read),
        promise(the_golden_journal_with_an_erased_line_is_read),
        promise(the_golden_stream_of_another_store_is_read),
        promise(the_golden_journal_of_a_newer_version_is_read),
        promise(a_line_without_data_is_damage_unless_an_erasure_names_it),
        promise(erasing_keeps_every_length_and_the_chain),
    };
    return cmocka_run_group_tests(journal, NULL, NULL);
}
