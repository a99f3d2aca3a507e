/* http.h: what tocsin-http.so answers: http.h of world/, as a table. */
#ifndef WORLD_ON_DEMAND_HTTP_H
#define WORLD_ON_DEMAND_HTTP_H

#include "world/http.h"

struct http_module {
    /* NULL when libcurl does not want to; *why says so. */
    struct http *(*start)(const struct http_request *r, const char **why);
    struct http_state (*look)(struct http *h);
    void (*close)(struct http *h);
};

#define HTTP_MODULE_SYMBOL "tocsin_http_module"
const struct http_module *tocsin_http_module(void);

#endif
