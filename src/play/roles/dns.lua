-- dns: the addresses that a service's name answers with.
--
-- Whoever asked before a change goes on using the old answer until its TTL
-- has run out: `live_ms` says how long that is.

local function zone_of(w, service)
  local s = w.services[service]
  if not s then return nil, "'" .. service .. "' has no public IPs here: tocsin.yaml names them (services, ips)" end
  return w.dns[s.name]
end

local function old_answers(z, ip, now)
  local till = z.old[ip] or 0
  return till > now and till - now or 0
end

local where = { "service", "service", required = true, help = "whose name" }
local which = { "ip", "ip", required = true, help = "the address" }

return {
  name = "dns",
  help = "the addresses that a service's name answers with",
  snapshot = { "dns.list", service = "$args.service" },
  actions = {
    { "list", help = "the addresses in the zone now",
      args = { where },
      results = { { "ips", "list", of = "ip", help = "its addresses" }, { "name", "text", help = "the name asked for" },
                  { "ttl_ms", "integer", help = "how long an answer may be kept" } },
      model = function(w, a)
        local z, why = zone_of(w, a.service)
        if not z then return nil, why end
        local ips = {}
        for ip in pairs(z.records) do ips[#ips + 1] = ip end
        return { name = w.services[a.service].name, ips = ips, ttl_ms = z.ttl_ms }
      end },

    { "holds", help = "does the name answer with this address?",
      args = { where, which },
      results = { { "holds", "truth", help = "the zone holds it" },
                  { "ttl_ms", "integer", help = "TTL of the record; 0 without one" } },
      model = function(w, a)
        local z, why = zone_of(w, a.service)
        if not z then return nil, why end
        local ttl = z.records[a.ip]
        return { holds = ttl ~= nil, ttl_ms = ttl or 0 }
      end },

    { "answers", help = "until when may clients still use this address?",
      args = { where, which },
      results = { { "gone", "truth", help = "nobody can hold an old answer any more" },
                  { "live_ms", "integer", help = "how long old answers live on" } },
      model = function(w, a, now)
        local z, why = zone_of(w, a.service)
        if not z then return nil, why end
        if z.records[a.ip] then return { gone = false, live_ms = z.records[a.ip] } end
        local left = old_answers(z, a.ip, now)
        return { gone = left == 0, live_ms = left }
      end },

    { "add", change = true, adds = true, quiet = "30m",
      help = "answer with this address too",
      args = { where, which,
               { "ttl", "duration", help = "how long an answer may be kept; the zone's own when not given" } },
      results = { { "ttl_ms", "integer", help = "of the record" } },
      target = "dns:$args.service/$args.ip",
      state = { "dns.holds", service = "$args.service", ip = "$args.ip" },
      undo = { "dns.remove", service = "$args.service", ip = "$args.ip" },
      model = function(w, a)
        local z, why = zone_of(w, a.service)
        if not z then return nil, why end
        local was = z.records[a.ip]
        z.records[a.ip] = a.ttl or was or z.ttl_ms
        return { ttl_ms = z.records[a.ip] }, was == z.records[a.ip] and "unchanged" or nil
      end,
      says = "the name of $args.service answers with $args.ip" },

    { "remove", change = true,
      help = "no longer answer with this address",
      args = { where, which },
      results = { { "live_ms", "integer", help = "how long old answers live on" } },
      target = "dns:$args.service/$args.ip",
      state = { "dns.holds", service = "$args.service", ip = "$args.ip" },
      undo = { "dns.add", service = "$args.service", ip = "$args.ip", ttl = "$before.ttl_ms" },
      model = function(w, a, now)
        local z, why = zone_of(w, a.service)
        if not z then return nil, why end
        local ttl = z.records[a.ip]
        if not ttl then return { live_ms = old_answers(z, a.ip, now) }, "unchanged" end
        z.records[a.ip] = nil
        z.old[a.ip] = now + ttl
        return { live_ms = ttl }
      end,
      says = "the name of $args.service no longer answers with $args.ip" },
  },
}
