#!/bin/sh
# Scores designs by their share of A and T. Needs a POSIX shell and awk.
# Reads requests from standard input and prints answers, one JSON object per line; see README.md.
# awk runs once per request, since some versions of it read ahead and print late.
while IFS= read -r request; do
  printf '%s\n' "$request" | awk '
    {
      match($0, /"id" *: *[0-9]+/)
      id = substr($0, RSTART, RLENGTH)
      gsub(/[^0-9]/, "", id)
      list = $0
      sub(/^.*"designs" *: *\[/, "", list)
      sub(/\].*$/, "", list)
      gsub(/[" ]/, "", list)
      n = split(list, designs, ",")
      scores = ""
      for (i = 1; i <= n; i++) {
        size = length(designs[i])
        score = size == 0 ? "null" : sprintf("%.17g", gsub(/[AT]/, "", designs[i]) / size)
        scores = scores (i > 1 ? "," : "") score
      }
      printf "{\"id\":%s,\"scores\":[%s]}\n", id, scores
    }'
done
