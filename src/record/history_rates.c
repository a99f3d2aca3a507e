/* history_rates.c: what a history says was measured. */
#include "record/history_inside.h"

#include "base/sha256.h"

/* As a runbook's word would have taken it, had there been one. */
void history_measured(struct reading *r, const struct item *item)
{
    char digest[SHA256_HEX + 1];
    struct text t = text_new(r->keep), args = text_new(r->keep);
    struct json_out o = json_out(&args);
    json_open(&o, NULL, '{');
    json_put(&o, "service", item->service);
    json_close(&o, '}');
    sha256_hex(digest, args.at, args.length);
    o = json_out(&t);
    json_open(&o, NULL, '{');
    json_put(&o, "action", "sense.rate");
    json_put_raw(&o, "args", args.at, args.length);
    json_put(&o, "args_sha256", digest);
    json_open(&o, "result", '{');
    json_put_int(&o, "rpm", item->rpm);
    json_close(&o, '}');
    json_close(&o, '}');
    history_add(r, &item->when, EVENT_READ, item->y->line)->draft.data = t.at;
}

/* A series: a value each `every`, from `from` on; "~" is one that nobody has. */
static bool read_series(struct reading *r, struct yaml *y, struct item *item, size_t *n, struct err *e)
{
    const char *service = NULL;
    struct moment first;
    struct err why = { 0 };
    int64_t every = MINUTE_MS, most = INT64_C(1000000000000);
    struct yaml *of, *from, *list;
    if (!yaml_is(y, YAML_MAP, "a map of service, from, every and rpm", e) || !(of = yaml_need(y, "service", e)) ||
        !yaml_text(of, &service, e) || !(from = yaml_need(y, "from", e)) || !history_moment(r, &first, from, e) ||
        !yaml_duration(yaml_get(y, "every"), &every, e) || !(list = yaml_need(y, "rpm", e)) ||
        !yaml_is(list, YAML_LIST, "a list of requests a minute", e))
        return false;
    if (!config_service(r->config, service, &why))
        return yaml_err(e, of, "%s", why.text);
    if (every < SECOND_MS || every > DAY_MS)
        return yaml_err(e, yaml_get(y, "every"), "found %s, expected 1s to 24h", duration_short(r->keep, every));
    int64_t at = first.at;
    for (struct yaml *v = list->first; v; v = v->next, at += every) {
        bool gap = v->kind == YAML_SCALAR && !v->quoted && (text_equal(v->text, "~") || text_equal(v->text, "null"));
        struct item *one = &item[*n];
        *one = (struct item){ .y = v, .when = first, .order = (int)*n, .service = service };
        one->when.at = at;
        v->seen = true;
        if (gap)
            continue;
        if (!yaml_int(v, 0, most, &one->rpm, e))
            return false;
        ++*n;
    }
    return true;
}

bool history_rates(struct reading *r, struct yaml *list, struct item *item, size_t *n, struct err *e)
{
    if (list && !yaml_is(list, YAML_LIST, "a list of measured rates", e))
        return false;
    for (struct yaml *y = list ? list->first : NULL; y; y = y->next)
        if (!read_series(r, y, item, n, e))
            return false;
    return true;
}

size_t history_values(struct yaml *list)
{
    size_t n = 0;
    for (struct yaml *y = list && list->kind == YAML_LIST ? list->first : NULL; y; y = y->next) {
        struct yaml *rpm = y->kind == YAML_MAP ? yaml_get(y, "rpm") : NULL;
        for (struct yaml *v = rpm && rpm->kind == YAML_LIST ? rpm->first : NULL; v; v = v->next)
            n++;
    }
    return n;
}
