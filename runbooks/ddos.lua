-- A region does not answer and somebody floods it: find the IP, take it out,
-- keep the region up. Say `tocsin down SERVICE` first: that starts the clock.
return runbook {
  summary = "Take a flooded public IP out of a region and keep the region up",

  params = {
    service  = { type = "service", required = true, help = "the region under attack" },
    ip       = { type = "ip", help = "the target, if you know it" },
    spares   = { type = "integer", default = 2, min = 0, max = 8, help = "temporary public IPs to keep in the pool" },
    put_back = { type = "truth", default = false, help = "wait until the IP is quiet and put everything back" },
  },

  steps = function(p)
    local attack = call { "detect", service = p.service, ip = p.ip }
    phase "identified"

    call { "isolate_ip", service = p.service, ip = attack.ip }
    call { "add_temp_ips", service = p.service, count = p.spares }

    step "Wait until the region answers again"
    wait_until { sense.answers, service = p.service, at_most = "15m" }
    phase "mitigated"

    note("The region answers again without " .. attack.ip)

    if p.put_back then
      call { "restore", service = p.service, ip = attack.ip }
    end
    return { ip = attack.ip }
  end,
}
