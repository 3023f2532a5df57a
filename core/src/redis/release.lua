if redis.call('GET', KEYS[1]) == 'in progress:' .. ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
