-- Out of the pool first: that is what ends the outage. Then the name, then
-- the place where the flood can be watched. One question on the way.
return runbook {
  summary = "Take one public IP out of the pool and lead it where it can be watched",

  params = {
    service = { type = "service", required = true, help = "whose pool" },
    ip      = { type = "ip", required = true, help = "the IP that is flooded" },
  },

  steps = function(p)
    step("Make sure that " .. p.service .. " can do without " .. p.ip)
    local serving = pool.list { service = p.service }
    if serving.count == 1 and serving.ips[1] == p.ip then
      call { "add_temp_ips", service = p.service, count = 1 }
    end

    step("Take " .. p.ip .. " out of the pool and out of the name")
    pool.remove { service = p.service, ip = p.ip }
    dns.remove { service = p.service, ip = p.ip }

    step("Lead " .. p.ip .. " where we can watch it")
    local watch = call { "provision_vpc", service = p.service }
    cloud.attach { ip = p.ip, vpc = watch.vpc }
  end,
}
