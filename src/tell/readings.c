/* readings.c: see readings.h. */
#include "tell/readings.h"

#include <string.h>

/* One value of what an entry measured; `of` NULL: it measured nothing. */
struct measured { const char *of; enum rate_unit unit; struct reading reading; };

static const int64_t RATE_MOST = INT64_C(1000000000000); /* what nothing on earth serves */

static struct measured measure(const struct entry *n, struct arena *keep)
{
    struct json data = n->event->data, result = json_get(data, "result"), args = json_get(data, "args");
    struct measured m = { NULL, RATE_PACKETS, { n->at, -1, -1 } };
    bool read = n->event->kind == EVENT_READ || n->event->kind == EVENT_WAITED;
    if (n->struck || !data.at)
        return m;
    if (n->event->kind == EVENT_SIGNAL && json_get(data, "rate").at) {
        m.of = json_get_text(data, "ip", keep);
        m.reading.value = json_int_or(json_get(data, "rate"), -1);
    } else if (read && json_is(json_get(data, "action"), "sense.rate")) {
        m.of = json_get_text(args, "service", keep);
        m.unit = RATE_REQUESTS;
        m.reading.value = json_int_or(json_get(result, "rpm"), -1);
        m.reading.usual = json_int_or(json_get(result, "usual"), -1);
    } else if (read && json_is(json_get(data, "action"), "sense.flood")) {
        m.of = json_get_text(result, "ip", keep);
        m.reading.value = json_int_or(json_get(result, "rate"), -1);
    } else if (read && json_is(json_get(data, "action"), "sense.quiet") && json_is_true(json_get(result, "observed"))) {
        m.of = json_get_text(args, "ip", keep);
        m.reading.value = json_int_or(json_get(result, "rate"), -1);
    }
    if (m.reading.value < 0 || m.reading.value > RATE_MOST || m.reading.usual > RATE_MOST)
        m.of = NULL;
    return m;
}

static bool name_flood(struct flood_seen *out, const struct entry *n, struct arena *keep)
{
    struct json data = n->event->data, result = json_get(data, "result");
    bool read = n->event->kind == EVENT_READ && json_is(json_get(data, "action"), "sense.flood");
    if (n->struck || !data.at || (!read && n->event->kind != EVENT_SIGNAL))
        return false;
    struct json what = read ? result : data;
    const char *kind = json_get_text(what, read ? "kind" : "flood", keep);
    *out = (struct flood_seen){ n->at, json_int_or(json_get(what, "since"), INSTANT_NONE),
                                json_int_or(json_get(what, "rate"), 0), json_get_text(what, "ip", keep), kind ? kind : "" };
    return out->ip && (read || kind);
}

static struct rate *rate_of(struct readings *r, struct rate *list, const struct measured *m)
{
    for (size_t i = 0; i < r->rates; i++)
        if (list[i].unit == m->unit && text_equal(list[i].of, m->of))
            return &list[i];
    list[r->rates] = (struct rate){ .unit = m->unit, .of = m->of };
    return &list[r->rates++];
}

void readings_fold(struct readings *out, const struct incident *i, struct arena *keep)
{
    size_t found = 0, floods = 0, filled = 0;
    struct measured *all = arena_many(keep, struct measured, i->entries + 1);
    struct flood_seen *flood = arena_many(keep, struct flood_seen, i->entries + 1);
    *out = (struct readings){ 0 };
    for (size_t k = 0; k < i->entries; k++) {
        all[found] = measure(&i->entry[k], keep);
        found += all[found].of != NULL;
        floods += name_flood(&flood[floods], &i->entry[k], keep);
    }
    struct rate *rate = arena_many(keep, struct rate, found + 1);
    struct reading *reading = arena_many(keep, struct reading, found + 1);
    for (size_t k = 0; k < found; k++)
        rate_of(out, rate, &all[k])->count++;
    for (size_t k = 0; k < out->rates; filled += rate[k].count, k++) {
        rate[k].reading = reading + filled;
        size_t n = filled;
        for (size_t m = 0; m < found; m++)
            if (all[m].unit == rate[k].unit && text_equal(all[m].of, rate[k].of))
                reading[n++] = all[m].reading;
    }
    out->rate = rate;
    out->flood = flood;
    out->floods = floods;
}
