/* check_templates.c: see check_templates.h. A template is right when a document comes
 * out: so one is made, of an outage that never was, and thrown away. */
#include "verbs/check_templates.h"

#include "play/sandbox.h"
#include "tell/report.h"

#include <string.h>

/* ---- the invented incident */

struct invented { struct event event[8]; size_t count; int64_t at; struct arena *keep; };

static void happens(struct invented *x, const char *kind, const char *data)
{
    struct event *ev = &x->event[x->count];
    enum event_kind k = event_kind_from(kind, strlen(kind));
    x->at += MINUTE_MS;
    *ev = (struct event){ .seq = (int64_t)++x->count, .at = x->at, .late_ms = MINUTE_MS - 1, .recorded = x->at + MINUTE_MS,
                          .by = "nobody", .uid = "nobody", .kind = k, .kind_name = kind, .data = json_from(data) };
    ev->hash = arena_print(x->keep, "%064zu", x->count);
}

static void happen_all(struct invented *x, const char *service)
{
    struct text s = text_new(x->keep);
    json_quote(&s, service, strlen(service));
    happens(x, "opened", "{\"id\":\"00000000000000000000000000000000\",\"name\":\"INC-1970-001\",\"zone\":\"UTC\",\"world\":\"real\","
                         "\"drill\":false,\"title\":\"An outage that never was\"}");
    happens(x, "impact", arena_print(x->keep, "{\"service\":%s,\"level\":\"down\",\"basis\":\"person\"}", s.at));
    happens(x, "note", "{\"text\":\"somebody looks\"}");
    happens(x, "said", "{\"text\":\"We are looking into it\"}");
    happens(x, "impact", arena_print(x->keep, "{\"service\":%s,\"edge\":\"up\",\"basis\":\"person\",\"closes\":[\"%s\"]}",
                                     s.at, x->event[1].hash));
    happens(x, "task", "{\"text\":\"see that it never is\",\"owner\":\"nobody\",\"due\":\"1970-01-31\"}");
    happens(x, "note", "{\"text\":\"Nobody knows\",\"source\":\"report/cause\"}");
}

/* ---- the templates */

struct looking { struct findings *f; struct desk *d; const struct facts *facts; };

/* The path of a template of ours; NULL: it is a shipped one. */
static const char *own_path(struct looking *l, const char *locale, const char *name)
{
    struct desk *d = l->d;
    const char *inside = arena_print(d->keep, "templates/%s/%s", locale, name);
    if (d->world->exists(d->world, workspace_path(&d->ws, d->keep, inside), NULL))
        return inside;
    inside = arena_print(d->keep, "templates/%s", name);
    return d->world->exists(d->world, workspace_path(&d->ws, d->keep, inside), NULL) ? inside : NULL;
}

/* A mistake in a partial is said once, whatever includes it. */
static void say(struct looking *l, const char *locale, const char *name, const char *words)
{
    struct findings *f = l->f;
    findings_add_error(f, name, words);
    struct finding *last = &f->finding[f->count - 1];
    const char *path = own_path(l, locale, last->file);
    last->file = path ? path : last->file;
    findings_say_once(f);
}

static void look_at(struct looking *l, const char *locale, const char *name)
{
    struct report report;
    struct err e = { 0 };
    struct report_request request = { .template = name, .locale = locale, .number = "SPM-1970-001", .date = 0 };
    if (!report_make(&report, l->facts, &request, l->d->keep, &e))
        say(l, locale, name, e.text);
}

/* A partial that nothing includes is compiled at least. */
static void compile(struct looking *l, const char *locale, const char *inside, const char *name)
{
    struct desk *d = l->d;
    struct text lua = text_new(d->keep);
    struct err e = { 0 };
    const char *bytes;
    size_t length;
    struct sandbox *s = sandbox_open(NULL);
    if (!d->world->read_file(d->world, workspace_path(&d->ws, d->keep, inside), &bytes, &length, d->keep, &e)
        || !template_compile(&lua, name, bytes, length, &e) || !sandbox_load(s, name, lua.at, lua.length, &e))
        say(l, locale, name, e.text);
    sandbox_close(s);
}

static void look_into(struct looking *l, const char *folder, const char *locale)
{
    struct desk *d = l->d;
    struct names all;
    struct err none = { 0 };
    if (!d->world->list_folder(d->world, workspace_path(&d->ws, d->keep, folder), &all, d->keep, &none))
        return;
    for (size_t i = 0; i < all.count; i++) {
        const char *inside = arena_print(d->keep, "%s/%s", folder, all.name[i]);
        bool is_folder = false;
        d->world->exists(d->world, workspace_path(&d->ws, d->keep, inside), &is_folder);
        if (is_folder && text_equal(folder, "templates") && all.name[i][0] != '.')
            look_into(l, inside, all.name[i]);
        else if (is_folder || !text_ends(all.name[i], ".md") || text_equal(all.name[i], "README.md"))
            continue;
        else if (all.name[i][0] == '_')
            compile(l, locale, inside, all.name[i]);
        else
            look_at(l, locale, all.name[i]);
    }
}

/* The line of `template:` in the configuration; 0: it does not say it. */
static int line_of_template(struct desk *d)
{
    struct err none = { 0 };
    const char *bytes;
    size_t length;
    if (!d->world->read_file(d->world, workspace_path(&d->ws, d->keep, "tocsin.yaml"), &bytes, &length, d->keep, &none))
        return 0;
    struct yaml *top = yaml_parse("tocsin.yaml", bytes, length, d->keep, &none);
    struct yaml *publish = top && top->kind == YAML_MAP ? yaml_get(top, "publish") : NULL;
    struct yaml *template = publish && publish->kind == YAML_MAP ? yaml_get(publish, "template") : NULL;
    return template ? template->line : 0;
}

void check_templates(struct findings *f, struct desk *d)
{
    struct invented x = { .at = 0, .keep = d->keep };
    struct stream stream = { .name = "", .head = "" };
    struct incident incident;
    struct facts facts;
    struct err e = { 0 };
    happen_all(&x, d->ws.config.services ? d->ws.config.service[0].name : "service");
    struct journal journal = { .incident = "INC-1970-001", .id = "", .event = x.event, .count = x.count,
                               .stream = &stream, .streams = 1 };
    if (!incident_fold(&incident, &journal, INSTANT_NONE, x.at + DAY_MS, d->keep, &e)
        || !facts_gather(&facts, &d->ws, &journal, &incident, INSTANT_NONE, x.at + DAY_MS, d->keep, &e))
        return; /* the record of this workspace cannot be read: `verify` says so */
    struct looking l = { f, d, &facts };
    const char *name = d->ws.config.publish.template, *path;
    if (!workspace_share(&path, NULL, &d->ws, "templates", text_ends(name, ".md") ? name : arena_print(d->keep, "%s.md", name),
                         d->keep, &e))
        findings_add(f, d->ws.config.file, line_of_template(d), 'E', arena_print(d->keep, "publish.template: %s", e.text));
    else
        look_at(&l, d->ws.config.publish.locale, name);
    look_into(&l, "templates", d->ws.config.publish.locale);
}
