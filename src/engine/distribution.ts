/** How packets spread over the range of sequence numbers: a histogram with integer edges, made from the index. */
import type { Distribution, DistributionQuery } from "../shared/model";
import type { SequenceIndex } from "./frequency";

/** Histogram of all numbers; fewer bins than asked where they would be narrower than one number. Empty without numbers. */
export function buildDistribution(index: SequenceIndex, query: DistributionQuery): Distribution {
  if (index.values.length === 0) return { edges: new Float64Array(1), packets: new Float64Array(0), distinct: new Float64Array(0) };
  const end = index.values[index.values.length - 1] + 1;
  const edges = query.scale === "linear" ? linearEdges(end, query.bins) : logEdges(end, query.bins);
  const packets = new Float64Array(edges.length - 1);
  const distinct = new Float64Array(edges.length - 1);
  let bin = 0;
  for (let at = 0; at < index.values.length; at++) {
    while (index.values[at] >= edges[bin + 1]) bin++;
    packets[bin] = packets[bin] + index.starts[at + 1] - index.starts[at];
    distinct[bin]++;
  }
  return { edges, packets, distinct };
}

function linearEdges(end: number, bins: number): Float64Array {
  const count = Math.min(bins, end);
  return Float64Array.from({ length: count + 1 }, (_, i) => Math.round((i * end) / count));
}

/** 0, 1, then growing by a constant factor; edges that fall on the same integer are taken once. */
function logEdges(end: number, bins: number): Float64Array {
  const edges = [0];
  const steps = Math.max(1, bins - 1);
  for (let i = 0; i <= steps; i++) {
    const edge = i === steps ? end : Math.floor(end ** (i / steps));
    if (edge > edges.at(-1)!) edges.push(edge);
  }
  return Float64Array.from(edges);
}
