/* flood.h: is this address being flooded, by what, and since when. Pure.
 *
 * INPUT    Unsolicited packets of each class, second by second: what nobody
 *          here asked for (a SYN whose handshake never ends, an ACK of no
 *          connection). Honest traffic, however much, is not in it.
 * RULE     Alarm at max(floor, 8 x baseline + 5 sqrt(baseline)); over when a
 *          whole minute stayed below 70 % of that. The baseline is learnt
 *          slowly, from clipped counts, and never while an alarm lasts: an
 *          attack cannot teach it, not even one that grows slowly.
 * KIND     The class with 60 % of the flood, else "mixed".
 */
#ifndef SENSE_FLOOD_H
#define SENSE_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

enum packet_class { PACKET_SYN, PACKET_ACK, PACKET_RST, PACKET_UDP, PACKET_ICMP,
                    PACKET_OTHER, PACKET_CLASSES };
extern const char *const packet_class_names[]; /* "syn" ...; then NULL */

/* PACKET_OTHER for a name that is none. */
enum packet_class packet_class_from(const char *name);

enum { FLOOD_FLOOR = 300 }; /* packets a second: what a busy server never sees unasked */

struct flood {
    double floor, baseline, threshold;
    bool flooded;             /* an alarm lasts, or ended less than a minute ago */
    int64_t since;            /* the first second of the alarm */
    int64_t below_since;      /* of an alarm that seems to end; else 0 */
    int64_t rate;             /* in the last second */
    int64_t peak;
    int64_t sum[PACKET_CLASSES]; /* during the alarm */
};

struct flood flood_start(int64_t floor, int64_t baseline);
/* One second, which began at `at`. */
struct flood flood_second(struct flood f, int64_t at, const int64_t count[PACKET_CLASSES]);
const char *flood_kind(const struct flood *f);

#endif
