/* drop.h: a small lasting drop of a request rate, found early. Pure.
 *
 * INPUT    Requests a minute, one value each `every_ms`.
 * RULE     A one-sided CUSUM on residuals in units of their usual spread:
 *          level (15 minutes) and trend (an hour) follow slowly, each step is
 *          cut to 4 spreads, and while the sum stands high the usual is not
 *          relearnt. Alarm when the sum passes 12.
 * A DROP ALONE IS NO ALARM that wakes anybody: on real series it comes a few
 *          times a day. It is a reason to look, and a first sign afterwards.
 */
#ifndef SENSE_DROP_H
#define SENSE_DROP_H

#include <stdbool.h>
#include <stdint.h>

struct drop {
    int64_t every_ms, seen;     /* values so far */
    double level, trend, spread, sum;
    bool dropped;
    int64_t since;              /* when the sum began to grow */
    int64_t frozen_ms;
};

struct drop drop_start(int64_t every_ms);
struct drop drop_value(struct drop d, int64_t at, double rpm);

#endif
