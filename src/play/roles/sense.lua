-- sense: what can be seen of attacks, and whether a service answers.
--
-- The models ask `t`, the instruments of the world: t.floods(ip, from, to)
-- gives what the flood rule of src/sense says about that IP's packets,
-- t.rate(service, from, to) what it says about the request rate.

local whose = { "service", "service", required = true, help = "which service" }
local function last(text)
  return { "last", "duration", default = text, help = "how far to look back" }
end

return {
  name = "sense",
  help = "what can be seen of attacks, and whether a service answers",
  actions = {
    { "flood", help = "the IP of a service that is being flooded",
      nothing = "no flood on $args.service in the last $args.last; do you know the IP? add ip=...",
      args = { whose, last "2m" },
      results = { { "ip", "ip", help = "the one that gets most" }, { "ips", "list", of = "ip", help = "all of them" },
                  { "kind", "text", help = "syn, ack, udp, ..." }, { "rate", "integer", help = "packets a second" },
                  { "since", "integer", help = "when it began, milliseconds since 1970" } },
      model = function(w, a, now, t)
        local s = w.services[a.service]
        if not s then return nil, "'" .. a.service .. "' has no public IPs here: tocsin.yaml names them (services, ips)" end
        local best, ips = nil, {}
        for ip in pairs(s.pool) do
          local f = t.floods(ip, now - a.last, now)
          if f.flooded then
            ips[#ips + 1] = ip
            if not best or f.rate > best.rate then best = f; best.ip = ip end
          end
        end
        if not best then return nil, "nothing" end
        return { ip = best.ip, ips = ips, kind = best.kind, rate = best.rate, since = best.since }
      end },

    { "answers", help = "does the service answer its users?",
      args = { whose },
      results = { { "answers", "truth", help = "it does" }, { "text", "text", help = "what was seen" } },
      condition = "answers",
      model = function(w, a, now)
        local s = w.services[a.service]
        if not s then return nil, "'" .. a.service .. "' has no public IPs here: tocsin.yaml names them (services, ips)" end
        local z = w.dns[s.name]
        local function reached(ip)
          return s.pool[ip] or z.records[ip] or (z.old[ip] or 0) > now
        end
        for _, wave in ipairs(w.waves) do
          if wave.from <= now and now < wave.to and wave.outage and reached(wave.ip) then
            return { answers = false, text = "no answer" }
          end
        end
        for ip in pairs(s.pool) do
          if z.records[ip] then return { answers = true, text = "200 in 84 ms" } end
        end
        return { answers = false, text = "no IP serves" }
      end },

    { "rate", help = "requests a minute, against what is usual",
      args = { whose, last "10m" },
      results = { { "rpm", "integer", help = "requests a minute now" },
                  { "usual", "integer", help = "what it would be" },
                  { "dropped", "truth", help = "clearly below" } },
      condition = "dropped",
      model = function(w, a, now, t)
        if not w.services[a.service] then return nil, "'" .. a.service .. "' has no public IPs here: tocsin.yaml names them (services, ips)" end
        return t.rate(a.service, now - a.last, now)
      end },

    { "quiet", help = "has nobody flooded this IP for so long?",
      args = { { "ip", "ip", required = true, help = "which IP" }, last "30m" },
      results = { { "quiet", "truth", help = "watched all the time, and no flood" },
                  { "observed", "truth", default = true, help = "somebody could see its traffic all the time" },
                  { "flooded", "truth", help = "there was a flood" },
                  { "ended", "integer", help = "when that flood ended, milliseconds since 1970; 0: it goes on, there was none, or nobody can tell" },
                  { "rate", "integer", help = "packets a second; after the end, at its height" } },
      condition = "quiet",
      model = function(w, a, now, t)
        local about = w.ips[a.ip]
        local seen = false
        for _, s in pairs(w.services) do
          seen = seen or s.pool[a.ip] == true
        end
        local watched = about and about.vpc ~= "" and about.watched_from
        if not seen and not watched then
          return { quiet = false, observed = false, flooded = false, ended = 0, rate = 0 }
        end
        local from = now - a.last
        if watched and watched > from and not seen then from = watched end
        local f = t.floods(a.ip, from, now)
        local long = seen or from == now - a.last
        return { quiet = long and not f.flooded, observed = long or f.flooded, flooded = f.flooded, ended = f.ended, rate = f.rate }
      end },

    { "top", help = "the addresses that send most to an IP, without those that are known to be honest",
      args = { { "ip", "ip", required = true, help = "which IP" }, last "2m" },
      results = { { "sources", "integer", help = "how many different ones" },
                  { "blockable", "list", of = "ip", help = "those that may be blocked; none when they are forged" } },
      model = function(w, a, now, t)
        local f = t.floods(a.ip, now - a.last, now)
        return { sources = f.flooded and f.rate or 0, blockable = {} }
      end },
  },
}
