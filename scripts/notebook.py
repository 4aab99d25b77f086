#!/usr/bin/python3
"""The analyst's notebook, kept as an oracle: what pandas says about a packet CSV, printed as JSON.

It does what the notebook did and nothing smarter: read_csv, drop rows without tcp.seq, drop the
repeated header, to_numeric, index by frame.time, count values, take one, resample to a minute. It
sniffs no encoding, separator, quoting or column name, so on a file the notebook cannot read it raises.

Zones are ignored: the index is the wall clock that frame.time shows. "Last" is the last non-empty cell
by time, ties by file order. Ties among counts go to the value that appears first in the file.

usage: notebook.py FILE [--seq N ...] [--label COLUMN] [--lean] [--sep SEP] [--encoding NAME]
  --seq N     a timeline for N too, after the one of the most frequent value; may be repeated
  --label     the label column, "alert" unless told; a file without it gets null labels
  --lean      read only the columns that are used: the same answers from a regular file with a fraction
              of the memory (a full read of 1 GB takes a minute and 6 GB), but ragged rows go unnoticed
  --sep, --encoding   given to read_csv as an analyst would have to

Needs pandas (Debian: python3-pandas).
"""

import argparse
import json
import os
import sys

try:
    import numpy as np
    import pandas as pd
except ImportError:
    sys.exit("notebook.py needs pandas: apt-get install python3-pandas, then run it with /usr/bin/python3")

DENSE_MINUTES_MAX = 100_000
TOP = 20


def parse_times(text: pd.Series) -> pd.Series:
    """Wall clock of frame.time, in every form tshark prints, with the zone's name or offset cut off.

    "Jun  4, 2023 12:23:33.466544000 EDT" up to 4.4, "2023-06-04T12:23:33.466543000-0400" from 4.6.
    """
    if not len(text):
        return pd.to_datetime(text)
    text = text.astype(str)
    first = text.iloc[0]
    if first[:4].isdigit():
        clock = text.str.extract(r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)", expand=True)
    else:
        clock = text.str.extract(r"^\s*([A-Z][a-z]{2} +\d{1,2}, \d{4}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)", expand=True)
    bad = clock[0].isna()
    if bad.any():
        raise ValueError(f"frame.time is no date in {int(bad.sum())} rows, first: {text[bad].iloc[0]!r}")
    # Few distinct days, many clocks: parse each day once.
    days = {day: pd.Timestamp(day) for day in clock[0].unique()}
    return clock[0].map(days) + pd.to_timedelta(clock[1])


def plain(value):
    """A number as JSON should show it: 1 for 1.0, null for nothing."""
    if value is None or value != value:
        return None
    return int(value) if float(value).is_integer() else float(value)


def cell(value):
    return None if value is None or value != value else str(value)


def timeline(packets: pd.DataFrame, seq, label: str) -> dict:
    # A stable sort by time first, so that "last" means last by time and ties keep the file's order.
    chosen = packets[packets["tcp.seq"] == seq].sort_index(kind="stable")
    result = {"seq": plain(seq), "bucketSeconds": 60, "buckets": []}
    if not len(chosen):
        return result
    span = chosen.index[-1].floor("min") - chosen.index[0].floor("min")
    if span / pd.Timedelta(minutes=1) + 1 > DENSE_MINUTES_MAX:
        result["sparse"] = True
        grouped = chosen.groupby(chosen.index.floor("min"))
    else:
        grouped = chosen.resample("1min")
    sizes = grouped.size()
    labels = grouped[label].last() if label in chosen else None
    protocols = grouped["frame.protocols"].last() if "frame.protocols" in chosen else None
    for start, count in sizes.items():
        result["buckets"].append({
            "start": start.strftime("%Y-%m-%dT%H:%M:%S"),
            "count": int(count),
            "alert": cell(labels[start]) if labels is not None else None,
            "protocols": cell(protocols[start]) if protocols is not None else None,
        })
    return result


def main() -> None:
    options = argparse.ArgumentParser(description="What the notebook says about a packet CSV.")
    options.add_argument("file")
    options.add_argument("--seq", type=float, action="append", default=[])
    options.add_argument("--label", default="alert")
    options.add_argument("--lean", action="store_true")
    options.add_argument("--sep", default=",")
    options.add_argument("--encoding", default=None)
    given = options.parse_args()

    used = {"frame.time", "tcp.seq", "frame.protocols", given.label}
    df = pd.read_csv(
        given.file,
        low_memory=False,
        sep=given.sep.replace("\\t", "\t"),
        encoding=given.encoding,
        usecols=(lambda name: name in used) if given.lean else None,
    )
    rows = len(df)

    df = df.dropna(subset=["tcp.seq"])
    df = df[df["tcp.seq"].astype(str) != "tcp.seq"].copy()
    df["tcp.seq"] = pd.to_numeric(df["tcp.seq"])
    df.index = pd.DatetimeIndex(parse_times(df["frame.time"]))

    # Like value_counts(), with the order of equal counts fixed: first appearance.
    codes, values = pd.factorize(df["tcp.seq"])
    counts = np.bincount(codes, minlength=len(values))
    order = np.argsort(-counts, kind="stable")
    top = [{"seq": plain(values[i]), "count": int(counts[i])} for i in order[:TOP]]

    wanted = [values[order[0]]] if len(order) else []
    wanted += [seq for seq in given.seq if seq not in wanted]
    result = {
        "file": os.path.basename(given.file),
        "rows": rows,
        "rowsTcp": len(df),
        "distinct": int(len(values)),
        "top": top,
        "timelines": [timeline(df, seq, given.label) for seq in wanted],
    }
    json.dump(result, sys.stdout, indent=1, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()
