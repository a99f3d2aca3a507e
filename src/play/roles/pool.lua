-- pool: which public IPs of a service receive its traffic.

local function service_of(w, name)
  local s = w.services[name]
  if not s then return nil, "'" .. name .. "' has no public IPs here: tocsin.yaml names them (services, ips)" end
  return s
end

return {
  name = "pool",
  help = "which public IPs of a service receive its traffic",
  snapshot = { "pool.list", service = "$args.service" },
  actions = {
    { "list", help = "the IPs that serve",
      args = { { "service", "service", required = true, help = "whose pool" } },
      results = { { "ips", "list", of = "ip", help = "in order" }, { "count", "integer", help = "how many" } },
      model = function(w, a)
        local s, why = service_of(w, a.service)
        if not s then return nil, why end
        local ips = {}
        for ip in pairs(s.pool) do ips[#ips + 1] = ip end
        return { ips = ips, count = #ips }
      end },

    { "holds", help = "is this IP in the pool?",
      args = { { "service", "service", required = true, help = "whose pool" },
               { "ip", "ip", required = true, help = "which IP" } },
      results = { { "holds", "truth", help = "it serves" } },
      model = function(w, a)
        local s, why = service_of(w, a.service)
        if not s then return nil, why end
        return { holds = s.pool[a.ip] == true }
      end },

    { "add", change = true, dangerous = false, adds = true, quiet = "30m",
      help = "let this IP serve",
      args = { { "service", "service", required = true, help = "whose pool" },
               { "ip", "ip", required = true, help = "which IP" } },
      results = { { "count", "integer", help = "IPs in the pool afterwards" } },
      target = "pool:$args.service/$args.ip",
      state = { "pool.holds", service = "$args.service", ip = "$args.ip" },
      undo = { "pool.remove", service = "$args.service", ip = "$args.ip" },
      model = function(w, a)
        local s, why = service_of(w, a.service)
        if not s then return nil, why end
        if not w.ips[a.ip] then return nil, "IP " .. a.ip .. " is not allocated" end
        local was = s.pool[a.ip]
        s.pool[a.ip] = true
        local n = 0
        for _ in pairs(s.pool) do n = n + 1 end
        return { count = n }, was and "unchanged" or nil
      end,
      says = "$args.ip serves $args.service" },

    { "remove", change = true, dangerous = true, shrinks_pool = true,
      help = "take this IP out of the pool: it no longer serves",
      args = { { "service", "service", required = true, help = "whose pool" },
               { "ip", "ip", required = true, help = "which IP" } },
      results = { { "count", "integer", help = "IPs left in the pool" } },
      target = "pool:$args.service/$args.ip",
      state = { "pool.holds", service = "$args.service", ip = "$args.ip" },
      undo = { "pool.add", service = "$args.service", ip = "$args.ip" },
      model = function(w, a)
        local s, why = service_of(w, a.service)
        if not s then return nil, why end
        local was = s.pool[a.ip]
        s.pool[a.ip] = nil
        local n = 0
        for _ in pairs(s.pool) do n = n + 1 end
        return { count = n }, not was and "unchanged" or nil
      end,
      says = "$args.ip is out of the pool of $args.service" },
  },
}
