-- liar: plays every role, and breaks one promise, the one its settings name.
-- The contract suites must catch each of them.

local function set(list)
  local s = {}
  for _, name in ipairs(list) do s[name] = true end
  return s
end

local function world()
  local w = state_read()
  if w then return w end
  w = { services = {}, dns = {}, ips = {}, vpcs = {}, free = { ["203.0.113.11"] = true }, quota = { ips = 9, vpcs = 2 },
        waves = {}, done = {}, tickets = {}, said = {}, shown = {}, captures = {}, ran = {} }
  for name, s in pairs(services()) do
    w.services[name] = { name = name, pool = set(s.ips) }
    w.dns[name] = { ttl_ms = 30000, records = {}, old = {} }
    for _, ip in ipairs(s.ips) do
      w.ips[ip] = { name = ip, vpc = "" }
      w.dns[name].records[ip] = 30000
    end
  end
  return w
end

local tools = {
  floods = function() return { flooded = false, ended = 0, rate = 0 } end,
  rate = function() return { rpm = 1, usual = 1, dropped = false } end,
}

return {
  summary = "breaks one promise",
  plays = "all",
  needs = { "state" },
  settings = { lie = { type = "text" } },
  any = {
    perform = function(t)
      local lie = t.settings.lie
      if lie == "fails" then return failed("no") end
      if lie == "asks" then ask_person("really?") end
      local w = world()
      local result, why = contract(t.action).model(w, t.args, now(), tools)
      if result == nil then return why == "nothing" and nothing() or failed(why) end
      if lie == "invents" then result.color = "red" end
      if lie == "forgets" then result[contract(t.action).results[1] and contract(t.action).results[1][1] or "x"] = nil end
      if lie == "mistypes" and result.count then result.count = "many" end
      if t.change and lie ~= "idles" then
        w.done[t.key] = { result = result }
        if lie ~= "keeps" or not string.find(t.key, "undo") then state_write(w) end
      end
      if t.change and lie == "idles" then return ok(result) end
      if why == "unchanged" and lie ~= "boasts" then return unchanged(result) end
      return ok(result)
    end,
    probe = function(t)
      local lie = t.settings.lie
      local trace = world().done[t.key]
      if lie == "blind" then return absent("nothing there") end
      if lie == "credulous" then return done({}) end
      if trace then return done(trace.result) end
      return absent("no trace")
    end,
  },
}
