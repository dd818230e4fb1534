-- wrk: ask the request targets of a file in turn, each thread from another place on.
-- Every request is written before the clock runs, and answers are left to wrk itself, so that little of the machine
-- goes into asking.
local requests = {}
local at = 0
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local headers = {["Accept"] = "application/sparql-results+json"}
  local known = {}
  for line in io.lines(args[1]) do
    known[line] = known[line] or wrk.format("GET", wrk.path .. line, headers)
    requests[#requests + 1] = known[line]
  end
  at = math.floor(number * #requests / 2)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  io.write(string.format("\nRESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.bytes, latency:percentile(50), latency:percentile(99), latency.max))
end
