-- Asks for one address of a file after the other, and ends with a line of JSON.
-- Lines of the file, with tabs between: path, then, if any, the value of an If-None-Match header,
-- a body to POST, its media type.

local requests, place = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local fields = {}
    for field in (line .. "\t"):gmatch("(.-)\t") do
      fields[#fields + 1] = field
    end
    local path, tag, body, media_type = fields[1], fields[2] or "", fields[3] or "", fields[4]
    local headers = {}
    if tag ~= "" then headers["If-None-Match"] = tag end
    if body ~= "" then
      headers["Content-Type"] = media_type
      requests[#requests + 1] = wrk.format("POST", path, headers, body)
    else
      requests[#requests + 1] = wrk.format("GET", path, headers)
    end
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"p50":%.3f,"p99":%.3f}\n',
    summary.requests, summary.duration / 1000000, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
