-- Every request puts the file BODY at a path of its own below /v1/cache/, named by RUN, the thread and a counter.
local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
end

function init(args)
  local file = assert(io.open(os.getenv("BODY"), "rb"))
  wrk.body = file:read("*a")
  file:close()
  wrk.headers["Content-Type"] = "application/octet-stream"
  prefix = "/v1/cache/" .. os.getenv("RUN") .. "_" .. thread_number .. "_"
  count = 0
end

function request()
  count = count + 1
  return wrk.format("PUT", prefix .. count)
end

dofile(os.getenv("REPORT"))
