-- New public IPs that the attacker does not know. They have names, so running
-- this again finds the same ones and adds none.
return runbook {
  summary = "Keep a number of temporary public IPs in a region's pool",

  params = {
    service = { type = "service", required = true, help = "whose pool" },
    count   = { type = "integer", default = 2, min = 0, max = 8, help = "how many temporary IPs there shall be" },
  },

  steps = function(p)
    for n = 1, p.count do
      step("Temporary IP " .. n .. " of " .. p.count)
      local spare = cloud.allocate_ip { name = "spare-" .. p.service .. "-" .. n }
      pool.add { service = p.service, ip = spare.ip }
      dns.add { service = p.service, ip = spare.ip }
    end
  end,
}
