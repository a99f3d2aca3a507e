#include "promise.h"

#include "record/parcel.h"

#include <string.h>

static struct text packed(void)
{
    static struct stream_bytes stream[2], blob[1], output[2];
    static char a[SHA256_HEX + 1], b[SHA256_HEX + 1];
    sha256_hex(a, "a", 1);
    sha256_hex(b, "b", 1);
    stream[0] = (struct stream_bytes){ b, "second\nstream\n", 14 };
    stream[1] = (struct stream_bytes){ a, "first stream\n", 13 };
    blob[0] = (struct stream_bytes){ a, "bytes \0 of a blob", 17 };
    output[0] = (struct stream_bytes){ "C3", "theirs", 6 };
    output[1] = (struct stream_bytes){ "C3", "ours", 4 };
    struct parcel p = { "00000000000000000000000000000001", stream, 2, blob, 1, output, 2 };
    struct text out = text_new(test_keep());
    parcel_write(&out, &p);
    return out;
}

static void what_was_packed_is_unpacked_sorted_by_name(void **_)
{
    struct text t = packed();
    struct parcel p;
    struct err e = { 0 };
    assert_good(parcel_read(&p, "f", t.at, t.length, test_keep(), &e), &e);
    assert_string_equal(p.id, "00000000000000000000000000000001");
    assert_int_equal(p.streams, 2);
    assert_int_equal(p.blobs, 1);
    assert_true(strcmp(p.stream[0].name, p.stream[1].name) < 0);
    assert_int_equal(p.blob[0].length, 17);
    assert_int_equal(p.outputs, 2);
    assert_string_equal(p.output[1].name, "C3");
    assert_memory_equal(p.blob[0].bytes, "bytes \0 of a blob", 17);
    struct text again = text_new(test_keep());
    parcel_write(&again, &p);
    assert_string_equal(again.at, t.at);
}

static void every_cut_is_refused_with_its_byte(void **_)
{
    struct text t = packed();
    struct parcel p;
    for (size_t length = 0; length < t.length; length++) {
        struct err e = { 0 };
        assert_refused(parcel_read(&p, "f", t.at, length, test_keep(), &e), &e, ERR_INPUT, "'f' is damaged at byte");
    }
}

static void every_flipped_bit_in_a_part_is_refused(void **_)
{
    struct text t = packed();
    struct parcel p;
    struct err e = { 0 };
    assert_good(parcel_read(&p, "f", t.at, t.length, test_keep(), &e), &e);
    for (size_t i = 0; i < p.streams; i++)
        for (size_t bit = 0; bit < 8 * p.stream[i].length; bit++) {
            char *byte = (char *)p.stream[i].bytes + bit / 8;
            struct parcel q;
            *byte = (char)(*byte ^ 1 << bit % 8);
            assert_refused(parcel_read(&q, "f", t.at, t.length, test_keep(), &e), &e, ERR_INPUT, "sha256");
            *byte = (char)(*byte ^ 1 << bit % 8);
        }
}

static void a_parcel_of_a_newer_version_is_named_as_such(void **_)
{
    struct parcel p;
    struct err e = { 0 };
    const char *text = "{\"tocsin_parcel\":2,\"id\":\"x\"}\n";
    assert_refused(parcel_read(&p, "f", text, strlen(text), test_keep(), &e), &e, ERR_INPUT,
                   "no incident that this version can unpack");
}

int main(void)
{
    const struct CMUnitTest parcel[] = {
        promise(what_was_packed_is_unpacked_sorted_by_name),
        promise(every_cut_is_refused_with_its_byte),
        promise(every_flipped_bit_in_a_part_is_refused),
        promise(a_parcel_of_a_newer_version_is_named_as_such),
    };
    return cmocka_run_group_tests(parcel, NULL, NULL);
}
