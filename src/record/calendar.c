/* calendar.c: see calendar.h. */
#include "record/calendar.h"

#include "base/text.h"

bool stretch_covers(const struct stretch *s, const char *service)
{
    if (!s->services || !*s->services)
        return true;
    for (const char *const *name = s->services; *name; name++)
        if (text_equal(*name, service))
            return true;
    return false;
}

static bool read_moment(int64_t *out, struct yaml *y, const char *zone, struct arena *keep,
                        struct err *e)
{
    struct moment m;
    struct err why = { 0 };
    if (!yaml_is(y, YAML_SCALAR, "a moment, 2025-03-05 02:00", e))
        return false;
    if (!moment_parse(&m, y->text, zone, INT64_MAX / 4, keep, &why) || !m.said_day)
        return yaml_err(e, y, "found '%s', expected a moment with its day, 2025-03-05 02:00%s%s",
                        y->text, *why.text ? ": " : "", why.text);
    *out = m.at;
    return true;
}

static bool read_services(const char *const **out, struct yaml *y, struct arena *keep,
                          struct err *e)
{
    size_t count = 0;
    if (!y)
        return true;
    if (!yaml_is(y, YAML_LIST, "a list of services", e))
        return false;
    for (struct yaml *item = y->first; item; item = item->next)
        count++;
    const char **name = arena_many(keep, const char *, count + 1);
    count = 0;
    for (struct yaml *item = y->first; item; item = item->next)
        if (!yaml_text(item, &name[count++], e))
            return false;
    *out = name;
    return true;
}

static bool read_stretch(struct stretch *s, struct yaml *y, const char *zone, struct arena *keep,
                         struct err *e)
{
    struct yaml *from, *to;
    *s = (struct stretch){ .announced = INSTANT_NONE, .kind = "", .why = "" };
    if (!yaml_is(y, YAML_MAP, "{from: ..., to: ...}", e)
        || !(from = yaml_need(y, "from", e)) || !read_moment(&s->start, from, zone, keep, e)
        || !(to = yaml_need(y, "to", e)) || !read_moment(&s->end, to, zone, keep, e)
        || !read_services(&s->services, yaml_get(y, "services"), keep, e)
        || !yaml_text(yaml_get(y, "why"), &s->why, e))
        return false;
    return s->end > s->start
        || yaml_err(e, to, "found '%s', expected a moment after '%s'", to->text, from->text);
}

static struct stretch *room_for(struct yaml *y, struct arena *keep)
{
    size_t count = 0;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next)
        count++;
    return arena_many(keep, struct stretch, count + 1);
}

static bool read_maintenance(struct calendar *out, struct yaml *y, const char *zone,
                             struct arena *keep, struct err *e)
{
    struct stretch *list = room_for(y, keep);
    if (y && !yaml_is(y, YAML_LIST, "a list of {from, to, announced, services}", e))
        return false;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next) {
        struct stretch *s = &list[out->maintenances++];
        if (!read_stretch(s, item, zone, keep, e))
            return false;
        struct yaml *announced = yaml_get(item, "announced");
        if (announced && !read_moment(&s->announced, announced, zone, keep, e))
            return false;
    }
    out->maintenance = list;
    return true;
}

static bool read_exclusions(struct calendar *out, struct yaml *y, const char *zone,
                            struct arena *keep, struct err *e)
{
    struct stretch *list = room_for(y, keep);
    if (y && !yaml_is(y, YAML_LIST, "a list of {from, to, kind, why, services}", e))
        return false;
    for (struct yaml *item = y ? y->first : NULL; item; item = item->next) {
        struct stretch *s = &list[out->exclusions++];
        struct yaml *kind;
        if (!read_stretch(s, item, zone, keep, e) || !(kind = yaml_need(item, "kind", e))
            || !yaml_text(kind, &s->kind, e))
            return false;
    }
    out->exclusion = list;
    return true;
}

bool calendar_parse(struct calendar *out, struct yaml *maintenance, struct yaml *exclusions,
                    const char *zone, struct arena *keep, struct err *e)
{
    *out = (struct calendar){ 0 };
    return read_maintenance(out, maintenance, zone, keep, e)
        && read_exclusions(out, exclusions, zone, keep, e);
}
