-- How fast are collections read and added to? A script for wrk, which measures from outside.
--
--   wrk -t1 -c16 -d10s -s taxii.lua http://127.0.0.1:18444 -- "Bearer TOKEN" MODE PATH
--
-- MODE: `get` gets the path; `post` adds to the collection of the path envelopes of so many objects as the number
-- after it says, which nobody added before; `page` gets 100 objects of it from any date on between two, which follow
-- it (seconds since 1970).

local authorization, mode, path, from, to
local run, posted = 0, 0
local media = "application/taxii+json;version=2.1"

local object = '{"type":"indicator","spec_version":"2.1","id":"indicator--%08x-0000-4000-8000-%012x",'
  .. '"created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"farm %d",'
  .. '"indicator_types":["malicious-activity"],"pattern":"[domain-name:value = \'m%d.example\']",'
  .. '"pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"}'

function setup(thread)
  run = run + 1
  thread:set("number", run)
end

function init(arguments)
  authorization, mode, path = arguments[1], arguments[2], arguments[3]
  from, to = tonumber(arguments[4] or 0), tonumber(arguments[5] or 0)
  math.randomseed(os.time() + number)
  run = math.random(0, 2147483647)
end

local function envelope()
  local objects = {}
  for place = 1, from do
    posted = posted + 1
    objects[place] = string.format(object, run, posted, posted, posted)
  end
  return '{"objects":[' .. table.concat(objects, ",") .. "]}"
end

function request()
  local headers = { ["authorization"] = authorization, ["accept"] = media }
  if mode == "post" then
    headers["content-type"] = media
    return wrk.format("POST", path .. "objects/", headers, envelope())
  elseif mode == "page" then
    local date = os.date("!%Y-%m-%dT%H:%M:%S", from + math.random() * (to - from))
    local query = string.format("?limit=100&added_after=%s.%03dZ", date, math.random(0, 999))
    return wrk.format("GET", path .. "objects/" .. query, headers)
  end
  return wrk.format("GET", path, headers)
end

function done(summary, latency)
  io.write(string.format(
    "requests %d, errors %d, ms: p50 %.2f, p90 %.2f, p99 %.2f, max %.2f\n",
    summary.requests, summary.errors.status + summary.errors.read + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(90) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
