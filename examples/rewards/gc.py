#!/usr/bin/env python3
"""Scores designs by their share of G and C. Needs Python 3 and nothing else.

Reads requests from standard input and prints answers, one JSON object per line; see README.md.
"""
import json
import sys


def score(design):
    if not design:
        raise ValueError("an empty design has no share of G and C")
    return sum(letter in "GC" for letter in design) / len(design)


def main():
    for line in sys.stdin:
        request = json.loads(line)
        scores, errors = [], {}
        for row, design in enumerate(request["designs"]):
            try:
                scores.append(score(design))
            except ValueError as error:
                scores.append(None)
                errors[str(row)] = str(error)
        answer = {"id": request["id"], "scores": scores, "errors": errors}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
