-- Asks a server about new accounts with thirteen fields, one in fifty of a campaign of the snapshot that the bench `decide`
-- writes: `TOKEN=… FROM=0 PAUSE=0 BATCH=1 wrk -t1 -c16 -d8s --latency -s decide.lua URL`. FROM is the number of the first account, PAUSE the
-- milliseconds that a connection waits on average before its next request, BATCH the accounts of one request.
local token = os.getenv("TOKEN")
local thread_count = 0
function setup(thread) thread:set("base", tonumber(os.getenv("FROM") or "0") + thread_count * 50000000); thread_count = thread_count + 1 end
function init(args)
  number = base
  math.randomseed(base + 7)
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  wrk.headers["authorization"] = "Bearer " .. token
end
local mail = {"gmail.com", "outlook.com", "yahoo.com"}
local function signup()
  number = number + 1
  local campaign = (number % 50 == 0) and math.random(0, 9999) or nil
  local domain = campaign and ("farm-" .. campaign .. "-" .. math.random(0, 14) .. ".example") or (math.random(10) > 1 and mail[math.random(3)] or ("site" .. math.random(0, 59999) .. ".example"))
  local client = campaign and (1000 + campaign % 5000) or math.random(0, 39)
  local name = "person" .. math.random(0, 9999999)
  return string.format('{"time":%d,"type":"signup","account":"account-%d","ip":"%d.%d.%d.9","country":"GB","asn":%d,"email":"%s@%s","device_id":"device-%x","username":"%s","phone":"+4479%08d","user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36","ja4":"t13d1516h2_8daaf6152771_%012x","locale":"en-GB","timezone":"Europe/London"}',
    os.time() * 1000, number, math.random(1, 223), math.random(0, 255), math.random(0, 255), math.random(1, 60000), name, domain, campaign or (100000 + number), name, math.random(0, 99999999), 100 + client % 40, client)
end
local batch = tonumber(os.getenv("BATCH") or "1")
function request()
  if batch == 1 then return wrk.format(nil, "/api/v1/decisions", nil, signup()) end
  local events = {}
  for own = 1, batch do events[own] = signup() end
  return wrk.format(nil, "/api/v1/decisions/batch", nil, '{"events":[' .. table.concat(events, ",") .. "]}")
end
local pause = tonumber(os.getenv("PAUSE") or "0")
if pause > 0 then
  function delay() return math.floor(-pause * math.log(1 - math.random()) + 0.5) end
end
