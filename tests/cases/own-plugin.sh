# A plugin of the workspace's own that plays pool and dns in a real workspace: what it removes is gone.
mkdir -p plugins/mine
cat > plugins/mine/plugin.lua <<'S'
local function gone() return (state_read() or {}).gone == true end
local function remove(t)
  state_write { gone = true }
  return ok({ live_ms = 0 }, "it is out")
end
return {
  summary = "one address, and whether it is in",
  plays = { "pool", "dns" },
  needs = { "state" },
  actions = {
    ["pool.list"] = { perform = function(t) return ok { ips = { "192.0.2.1" }, count = 1 } end },
    ["dns.list"] = { perform = function(t) return ok { ips = {}, name = "shop.example", ttl_ms = 30000 } end },
    ["dns.holds"] = { perform = function(t) return ok { holds = not gone(), ttl_ms = 30000 } end },
    ["dns.remove"] = { perform = remove },
  },
}
S
