/* http.h: requests to other machines, without waiting for them.
 *
 * The caller's loop looks at each one now and then. TLS certificates are
 * verified, redirects are not followed, nothing but http and https is spoken.
 * KNOWN    What is not answered may have happened: HTTP_NEVER is certain that
 *          the request never left (no such host, refused, bad certificate);
 *          HTTP_LOST is not (timeout, cut off, half an answer).
 * ERRORS   ERR_SYSTEM: tocsin-http.so, which holds libcurl, is not at hand.
 */
#ifndef WORLD_HTTP_H
#define WORLD_HTTP_H

#include "base/text.h"
#include "base/err.h"

#include <stdint.h>

struct http_request {
    const char *method, *url, *body;   /* body NULL: none */
    const char *const *header;         /* "Name: value"; then NULL */
    int64_t timeout_ms;
    const char *certificates;          /* a file of our own; NULL: the system's */
};

enum http_end { HTTP_RUNS, HTTP_ANSWERED, HTTP_NEVER, HTTP_LOST };

struct http_state {
    enum http_end end;
    int64_t status, retry_after_ms;    /* of HTTP_ANSWERED; retry 0: not said */
    const char *body;                  /* at most 1 MiB of it; valid until close */
    size_t length;
    const char *why;                   /* of HTTP_NEVER and HTTP_LOST */
};

struct http;

bool http_start(struct http **out, const struct http_request *r, struct err *e);
struct http_state http_look(struct http *h);
void http_close(struct http *h);

#endif
