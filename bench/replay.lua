-- wrk: ask the request targets of a file in turn, each thread from another place on.
local targets = {}
local at = 0
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  for line in io.lines(args[1]) do targets[#targets + 1] = line end
  at = math.floor(number * #targets / 2)
end

function request()
  at = at % #targets + 1
  return wrk.format("GET", wrk.path .. targets[at], {["Accept"] = "application/sparql-results+json"})
end

function response(status)
  if status ~= 200 then bad = (bad or 0) + 1 end
end

function done(summary, latency)
  io.write(string.format("\nRESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.bytes, latency:percentile(50), latency:percentile(99), latency.max))
end
