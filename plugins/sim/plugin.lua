-- sim: every role, played by the contracts' models on a world of its own.
--
-- The world lies in .tocsin/sim/world.json and is written when an effect
-- takes place, never made from the journal: a probe that only repeated what
-- the journal says would prove nothing.

local function set(list)
  local s = {}
  for _, name in ipairs(list) do s[name] = true end
  return s
end

-- The world as it begins: what the configuration knows, and what a scenario
-- says of it (nothing, where none made it).
local function first_world(given)
  local ttl = given.ttl_ms or 30000
  local w = { services = {}, dns = {}, ips = {}, vpcs = {}, free = {},
              quota = { ips = given.quota and given.quota.ips or 16, vpcs = given.quota and given.quota.vpcs or 2 },
              waves = given.waves or {}, signs = given.signs or {}, faults = given.faults or {},
              latency = given.latency or {}, rates = given.rates or {}, asked = {}, calls = {}, pending = {}, done = {},
              tickets = {}, said = {}, shown = {}, captures = {}, ran = {} }
  for name, s in pairs(services()) do
    if #s.ips > 0 then -- a service without public IPs has nothing that could be played
      local zone, records = name .. ".example", {}
      for _, ip in ipairs(s.ips) do
        records[ip] = ttl
        w.ips[ip] = { name = ip, vpc = "" }
      end
      local rpm = given.requests and given.requests[name] or 60000
      w.services[name] = { name = zone, pool = set(s.ips), rpm = rpm }
      w.dns[zone] = { ttl_ms = ttl, records = records, old = {} }
    end
  end
  for _, ip in ipairs(given.free or {}) do w.free[ip] = true end
  if not given.free then
    for n = 11, 18 do w.free["203.0.113." .. n] = true end
  end
  return w
end

-- Over it, what a snapshot of the real one saw.
local function as_seen(w, live)
  for ip, vpc in pairs(live.ips) do
    w.ips[ip] = { name = ip, vpc = vpc }
    if vpc ~= "" then w.vpcs[vpc] = { name = vpc } end
  end
  for name, seen in pairs(live.pools) do
    w.services[name].pool = set(seen.ips)
    for _, ip in ipairs(seen.ips) do w.ips[ip] = w.ips[ip] or { name = ip, vpc = "" } end
  end
  for name, seen in pairs(live.names) do
    local z = w.dns[w.services[name].name]
    z.ttl_ms, z.records = seen.ttl_ms, {}
    for _, ip in ipairs(seen.ips) do z.records[ip] = seen.ttl_ms end
  end
end

-- The instruments that the models of `sense` read: numbers as they would have
-- been measured, judged by the same rules as on a real day.

-- Packets that nobody asked for reach every address: a little, never the same.
local function noise_of(ip)
  local h = 7
  for i = 1, #ip do h = (h * 31 + string.byte(ip, i)) % 65521 end
  return h
end

local LEARN = 120 -- seconds before the first that is judged

local function floods(w, ip, from, to)
  local first, last = from // 1000 - LEARN, to // 1000
  local waves = {}
  for _, wave in ipairs(w.waves) do
    if wave.ip == ip then waves[#waves + 1] = wave end
  end
  local counts, kinds, noise = {}, {}, noise_of(ip)
  for second = first, last - 1 do
    local at, n = second * 1000, 36 + (second * 7919 + noise) % 9
    local kind = false
    for _, wave in ipairs(waves) do
      if wave.from <= at and at < wave.to then n, kind = n + wave.rate, wave.kind end
    end
    counts[#counts + 1], kinds[#kinds + 1] = n, kind
  end
  return flood_rule(first * 1000, LEARN + 1, counts, kinds)
end

local EVERY = 10000
local HALF_HOUR = 1800000

local function rate(w, service, from, to)
  local values, first = {}, (from - HALF_HOUR) // EVERY
  local usual = w.services[service].rpm
  for n = first, to // EVERY - 1 do
    local at = n * EVERY
    local rpm = usual + usual * ((n * 7919) % 41 - 20) // 2000
    for _, sign in ipairs(w.signs) do
      if sign.service == service and sign.from <= at and at < sign.to then
        rpm = rpm - rpm * sign.drop_ppb // 1000000000
      end
    end
    values[#values + 1] = rpm
  end
  return drop_rule(first * EVERY, EVERY, values)
end

local function instruments(w)
  return { floods = function(ip, from, to) return floods(w, ip, from, to) end,
           rate = function(service, from, to) return rate(w, service, from, to) end }
end

-- What was accepted and shows only later takes place when its time has come.
local function settle(w)
  local due, later = {}, {}
  for _, p in ipairs(w.pending) do
    local list = p.at <= now() and due or later
    list[#list + 1] = p
  end
  w.pending = later
  for _, p in ipairs(due) do
    contract(p.action).model(w, p.args, p.at, instruments(w))
  end
  return w
end

local function world()
  return settle(state_read() or first_world({}))
end

-- How long things take; a scenario may say otherwise, by action or by role.
local usual_ms = { cloud = 3000, pool = 2000, dns = 1000, sense = 500, exec = 1000 }

local function latency(w, t)
  return w.latency[t.action] or w.latency[t.role] or usual_ms[t.role] or 200
end

-- The fault that meets this call of this action, or none.
local function fault(w, t)
  local n = (w.calls[t.action] or 0) + 1
  w.calls[t.action] = n
  if #w.faults == 0 then return {} end
  local met = {}
  for _, f in ipairs(w.faults) do
    local where = not f.ip or f.ip == t.args.ip
    local when = n >= f.nth and n < f.nth + f.times
    if f.action == t.action and where and when then
      f.met, met = true, f
      break
    end
  end
  state_write(w)
  return met
end

local function answer(result, why)
  if result == nil and why == "nothing" then return nothing() end
  if result == nil then return failed(why) end
  if why == "unchanged" then return unchanged(result) end
  return ok(result)
end

local function read(t, f)
  wait(latency(world(), t) + (f.how == "slow" and f.by or 0))
  if f.how == "fails" then return failed(f.text) end
  local w = world()
  return answer(contract(t.action).model(w, t.args, now(), instruments(w)))
end

-- Accepted now, seen by everybody only `f.by` later.
local function accept(w, t, f)
  local result, why = contract(t.action).model(world(), t.args, now(), instruments(w))
  if result == nil then return failed(why) end
  table.insert(w.pending, { at = now() + f.by, action = t.action, args = t.args, key = t.key })
  w.done[t.key] = { result = result, at = now() + f.by }
  state_write(w)
  return ok(result)
end

local function change(t, f)
  wait(latency(world(), t) + (f.how == "slow" and f.by or 0))
  if f.how == "fails" then return failed(f.text) end
  if f.how == "busy" then return later("the other side says: not now", f.by) end
  if f.how == "lost-before" then return unsure("the connection broke before an answer came") end
  local w = world()
  if f.how == "late" then return accept(w, t, f) end
  local result, why = contract(t.action).model(w, t.args, now(), instruments(w))
  if result ~= nil then
    w.done[t.key] = { result = result, at = now() }
    state_write(w)
  end
  if f.how == "lost" then return unsure("the connection broke before an answer came") end
  return answer(result, why)
end

-- So many a minute, and no more: how long to leave it alone, or nil.
local MINUTE = 60000
local function too_often(w, t)
  local what = w.rates[t.action] and t.action or t.role
  local most = w.rates[what]
  if not most then return nil end
  local recent = {}
  for _, at in ipairs(w.asked[what] or {}) do
    if at > now() - MINUTE then recent[#recent + 1] = at end
  end
  local full = #recent >= most
  if not full then recent[#recent + 1] = now() end
  w.asked[what] = recent
  state_write(w)
  if full then return later("too many: " .. most .. " a minute", recent[1] + MINUTE - now()) end
end

local function perform(t)
  local refused = too_often(world(), t)
  if refused then return refused end
  local f = fault(world(), t)
  if t.change then return change(t, f) end
  return read(t, f)
end

-- Looks for what the key left behind.
local function probe(t)
  local w = world()
  wait(latency(w, t))
  w = world()
  local trace = w.done[t.key]
  if not trace then return absent("no trace of it") end
  if trace.at > now() then return pending("accepted, not to be seen yet") end
  return done(trace.result)
end

local function in_a_pool(w, ip)
  for _, s in pairs(w.services) do
    if s.pool[ip] then return true end
  end
  return false
end

local function next_target(w)
  for _, s in pairs(w.services) do
    for ip in pairs(s.pool) do return ip end
  end
end

-- An attacker who looks the name up again goes on with the next IP, so long
-- after the last one was taken from him.
local function follow(w)
  local moved = false
  for _, wave in ipairs(w.waves) do
    local active = wave.from <= now() and now() < wave.to
    if (wave.follows or 0) > 0 and active and in_a_pool(w, wave.ip) then
      moved = moved or wave.lost_at ~= nil
      wave.lost_at = nil
    elseif (wave.follows or 0) > 0 and active then
      moved = moved or not wave.lost_at
      wave.lost_at = wave.lost_at or now()
      local ip = next_target(w)
      if ip and now() - wave.lost_at >= wave.follows then
        -- what hit the old IP is over; the same flood begins at the next
        table.insert(w.waves, { ip = ip, kind = wave.kind, rate = wave.rate, from = now(), to = wave.to,
                                outage = wave.outage, follows = wave.follows })
        wave.to = now()
        moved = true
      end
    end
  end
  if moved then state_write(w) end
end

-- The next moment at which something changes although nobody acts.
local function next_change(w)
  local next_ms = now() + 3600000
  local function at(ms)
    if ms and ms > now() and ms < next_ms then next_ms = ms end
  end
  for _, wave in ipairs(w.waves) do
    at(wave.from)
    at(wave.to)
    at(wave.lost_at and wave.lost_at + wave.follows)
  end
  for _, z in pairs(w.dns) do
    for _, ms in pairs(z.old) do at(ms) end
  end
  for _, p in ipairs(w.pending) do at(p.at) end
  return next_ms
end

-- What is true of each service now, for those who judge a drill.
local function sample()
  local w = world()
  follow(w)
  local services, now_ms, tools = {}, now(), instruments(w)
  for name, s in pairs(w.services) do
    local pool, flooded = {}, {}
    for ip in pairs(s.pool) do
      pool[#pool + 1] = ip
      for _, wave in ipairs(w.waves) do
        if wave.ip == ip and wave.from <= now_ms and now_ms < wave.to then flooded[ip] = wave.rate end
      end
    end
    local state = contract("sense.answers").model(w, { service = name }, now_ms, tools)
    services[name] = { answers = state.answers, pool = pool, count = #pool, flooded = flooded }
  end
  return { services = services, next = next_change(w) }
end

local function dropped()
  local w, found = world(), {}
  for name in pairs(w.services) do
    found[name] = rate(w, name, now() - 600000, now()).dropped
  end
  return found
end

return {
  summary = "a world of its own for drills, tests and dry runs",
  plays = "all",
  needs = { "state" },
  settings = {},
  any = { perform = perform, probe = probe, deadline = "5m", appears_within = "10s" },

  -- For scenarios: the world as it begins, looked at without an instrument's
  -- delay, and changed by hand.
  answers = {
    begin = function(given)
      local w = first_world(given)
      if given.live then as_seen(w, given.live) end
      state_write(w)
      return {}
    end,
    look = function(t)
      local w = world()
      local result, why = contract(t.action).model(w, t.args, now(), instruments(w))
      return { result = result, why = why }
    end,
    sample = sample,
    -- Which faults met a call at all.
    faults = function()
      local w, list = world(), {}
      for _, f in ipairs(w.faults) do
        list[#list + 1] = { action = f.action, how = f.how, met = f.met == true, calls = w.calls[f.action] or 0 }
      end
      return { faults = list }
    end,
    dropped = dropped,
    shape = function()
      local w = world()
      local pools, names, ips = {}, {}, {}
      for name, s in pairs(w.services) do pools[name] = s.pool end
      for name, z in pairs(w.dns) do names[name] = z.records end
      for ip, about in pairs(w.ips) do ips[ip] = about end
      return { pools = pools, names = names, IPs = ips, VPCs = w.vpcs, ["status pages"] = w.shown }
    end,
    put = function(t)
      local w = world()
      for key, value in pairs(t) do w[key] = value end
      state_write(w)
      return {}
    end,
  },
}
