/* http.c: opens tocsin-http.so and hands every call through to it. */
#include "world/http.h"

#include "world/module.h"
#include "world/on_demand/http.h"

#include <dlfcn.h>
#include <string.h>

static const struct http_module *http_module(struct err *e)
{
    static const struct http_module *known;
    void *module = known ? NULL : module_open("http", e);
    if (module) {
        const struct http_module *(*start)(void) = NULL;
        void *symbol = dlsym(module, HTTP_MODULE_SYMBOL);
        memcpy(&start, &symbol, sizeof start); /* C has no cast from void * to a function */
        known = start ? start() : NULL;
        if (!known)
            err_system(e, "libcurl does not start");
    }
    return known;
}

bool http_start(struct http **out, const struct http_request *r, struct err *e)
{
    const struct http_module *m = http_module(e);
    const char *why = "no memory";
    if (!m)
        return false;
    *out = m->start(r, &why);
    return *out || err_system(e, "cannot ask '%s': %s", r->url, why);
}

struct http_state http_look(struct http *h)
{
    struct err e;
    return http_module(&e)->look(h);
}

void http_close(struct http *h)
{
    struct err e;
    http_module(&e)->close(h);
}
