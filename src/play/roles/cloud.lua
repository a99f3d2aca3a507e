-- cloud: public IPs and the private networks that they can be attached to.

local function count(set)
  local n = 0
  for _ in pairs(set) do n = n + 1 end
  return n
end

local function used_by(w, ip)
  for name, s in pairs(w.services) do
    if s.pool[ip] then return name end
  end
end

return {
  name = "cloud",
  help = "public IPs, and the private networks they can be attached to",
  snapshot = { "cloud.list_ips" },
  actions = {
    { "list_ips", help = "the public IPs that are ours",
      args = {},
      results = { { "ips", "list", of = "ip", help = "in order" }, { "count", "integer", help = "how many" } },
      model = function(w)
        local ips = {}
        for ip in pairs(w.ips) do ips[#ips + 1] = ip end
        return { ips = ips, count = #ips }
      end },

    { "owns_ip", help = "is this public IP ours?",
      args = { { "ip", "ip", required = true, help = "which IP" } },
      results = { { "owns", "truth", help = "it is allocated to us" } },
      model = function(w, a) return { owns = w.ips[a.ip] ~= nil } end },

    { "allocate_ip", change = true, adds = true,
      help = "get one more public IP",
      args = { { "name", "text", required = true, help = "a name for it, so that people know why it exists" } },
      results = { { "ip", "ip", help = "the new IP" } },
      target = "cloud:ip/$args.name",
      state = { "cloud.find_ip", name = "$args.name" },
      undo = { "cloud.release_ip", ip = "$result.ip", name = "$args.name" },
      model = function(w, a)
        for ip, about in pairs(w.ips) do
          if about.name == a.name then return { ip = ip }, "unchanged" end
        end
        if count(w.ips) >= w.quota.ips then
          return nil, "quota reached: " .. w.quota.ips .. " public IPs"
        end
        for ip in pairs(w.free) do
          w.free[ip] = nil
          w.ips[ip] = { name = a.name, vpc = "" }
          return { ip = ip }
        end
        return nil, "the provider has no public IP left"
      end,
      says = "public IP $result.ip allocated" },

    { "find_ip", help = "the public IP of that name",
      args = { { "name", "text", required = true, help = "its name" } },
      results = { { "ip", "text", help = "the IP; empty when there is none" } },
      model = function(w, a)
        for ip, about in pairs(w.ips) do
          if about.name == a.name then return { ip = ip } end
        end
        return { ip = "" }
      end },

    { "release_ip", change = true, dangerous = true,
      help = "give a public IP back to the provider, for good",
      args = { { "ip", "ip", required = true, help = "which IP" },
               { "name", "text", help = "the name it was given" } },
      results = {},
      target = "cloud:ip/$args.name",
      state = { "cloud.find_ip", name = "$args.name" },
      undo_why = "a released IP belongs to somebody else at once",
      model = function(w, a)
        local about = w.ips[a.ip]
        if not about then return {}, "unchanged" end
        local user = used_by(w, a.ip)
        if user then return nil, a.ip .. " still serves " .. user end
        if about.vpc ~= "" then return nil, a.ip .. " is still attached to " .. about.vpc end
        w.ips[a.ip] = nil
        w.free[a.ip] = true
        return {}
      end,
      says = "public IP $args.ip released" },

    { "list_vpcs", help = "the private networks that are ours",
      args = {},
      results = { { "ids", "list", help = "in order" }, { "count", "integer", help = "how many" } },
      model = function(w)
        local ids = {}
        for id in pairs(w.vpcs) do ids[#ids + 1] = id end
        return { ids = ids, count = #ids }
      end },

    { "find_vpc", help = "the private network of that name",
      args = { { "name", "text", required = true, help = "its name" } },
      results = { { "id", "text", help = "its id; empty when there is none" } },
      model = function(w, a)
        for id, about in pairs(w.vpcs) do
          if about.name == a.name then return { id = id } end
        end
        return { id = "" }
      end },

    { "create_vpc", change = true, adds = true,
      help = "make a private network, cut off from everything else",
      args = { { "name", "text", required = true, help = "a name for it, so that people know why it exists" } },
      results = { { "id", "text", help = "its id" } },
      target = "cloud:vpc/$args.name",
      state = { "cloud.find_vpc", name = "$args.name" },
      undo = { "cloud.delete_vpc", id = "$result.id", name = "$args.name" },
      model = function(w, a)
        for id, about in pairs(w.vpcs) do
          if about.name == a.name then return { id = id }, "unchanged" end
        end
        if count(w.vpcs) >= w.quota.vpcs then
          return nil, "quota reached: " .. w.quota.vpcs .. " VPCs"
        end
        w.made = (w.made or 0) + 1
        local id = string.format("vpc-%04d", w.made)
        w.vpcs[id] = { name = a.name }
        return { id = id }
      end,
      says = "VPC $result.id made for $args.name" },

    { "delete_vpc", change = true, dangerous = true,
      help = "remove a private network",
      args = { { "id", "text", required = true, help = "its id" },
               { "name", "text", help = "the name it was given" } },
      results = {},
      target = "cloud:vpc/$args.name",
      state = { "cloud.find_vpc", name = "$args.name" },
      undo_why = "its id and addresses are gone; make a new one",
      model = function(w, a)
        if not w.vpcs[a.id] then return {}, "unchanged" end
        for ip, about in pairs(w.ips) do
          if about.vpc == a.id then return nil, ip .. " is still attached to " .. a.id end
        end
        w.vpcs[a.id] = nil
        return {}
      end,
      says = "VPC $args.id removed" },

    { "attachment", help = "where the traffic of a public IP is led",
      args = { { "ip", "ip", required = true, help = "which IP" } },
      results = { { "vpc", "text", help = "the private network; empty when none" } },
      model = function(w, a)
        local about = w.ips[a.ip]
        if not about then return nil, "IP " .. a.ip .. " is not allocated" end
        return { vpc = about.vpc }
      end },

    { "attach", change = true,
      help = "lead the traffic of a public IP into a private network, where it can be watched",
      args = { { "ip", "ip", required = true, help = "which IP" },
               { "vpc", "text", required = true, help = "the private network's id" } },
      results = {},
      target = "cloud:attachment/$args.ip",
      state = { "cloud.attachment", ip = "$args.ip" },
      undo = { "cloud.detach", ip = "$args.ip", vpc = "$args.vpc" },
      model = function(w, a, now)
        local about = w.ips[a.ip]
        if not about then return nil, "IP " .. a.ip .. " is not allocated" end
        if not w.vpcs[a.vpc] then return nil, "no VPC '" .. a.vpc .. "'" end
        if about.vpc == a.vpc then return {}, "unchanged" end
        if about.vpc ~= "" then return nil, a.ip .. " is attached to " .. about.vpc .. " already" end
        about.vpc, about.watched_from = a.vpc, now
        return {}
      end,
      says = "$args.ip is led into $args.vpc" },

    { "detach", change = true,
      help = "end the attachment of a public IP",
      args = { { "ip", "ip", required = true, help = "which IP" },
               { "vpc", "text", required = true, help = "the private network's id" } },
      results = {},
      target = "cloud:attachment/$args.ip",
      state = { "cloud.attachment", ip = "$args.ip" },
      undo = { "cloud.attach", ip = "$args.ip", vpc = "$args.vpc" },
      model = function(w, a)
        local about = w.ips[a.ip]
        if not about then return nil, "IP " .. a.ip .. " is not allocated" end
        if about.vpc ~= a.vpc then return {}, "unchanged" end
        about.vpc, about.watched_from = "", nil
        return {}
      end,
      says = "$args.ip is no longer led into $args.vpc" },
  },
}
