-- Back to what it was, and not before it is safe: an IP that is flooded, or
-- that nobody can see, stays out.
return runbook {
  summary = "Put everything back that was changed, once the attacked IPs are quiet",

  params = {
    service = { type = "service", required = true, help = "the region" },
    ip      = { type = "ip", help = "only this IP; everything when not given" },
    quiet   = { type = "duration", default = "30m", help = "how long the attacked IP must have been quiet" },
    at_most = { type = "duration", default = "12h", help = "how long to wait for that" },
  },

  steps = function(p)
    if p.ip then
      step("Wait until " .. p.ip .. " is quiet")
      wait_until { sense.quiet, ip = p.ip, last = p.quiet, at_most = p.at_most }
      restore { ip = p.ip }
    else
      step "Put everything back"
      restore { all = true }
    end

    step "See that the region answers"
    wait_until { sense.answers, service = p.service, at_most = "5m" }
  end,
}
