/**
 * Sequence numbers are counted modulo 2^32 (RFC 9293 3.4): the only place that compares them or adds to them, beside the follower
 * (follow/assembly), whose numbers of 32 bits wrap by themselves. Numbers are 0..2^32-1, relative or raw alike, as long as both
 * are of one kind. The order of two that lie exactly 2^31 apart is undefined: each is then below and above the other, as in Wireshark.
 */

/** Signed distance from b to a, in [-2^31, 2^31). */
export const seqDiff = (a: number, b: number): number => (a - b) | 0;

/** a comes before b. */
export const seqLt = (a: number, b: number): boolean => ((a - b) | 0) < 0;

/** a comes before b, or is b. */
export const seqLeq = (a: number, b: number): boolean => ((a - b) | 0) <= 0;

/** a comes after b. */
export const seqGt = (a: number, b: number): boolean => ((b - a) | 0) < 0;

/** a comes after b, or is b. */
export const seqGeq = (a: number, b: number): boolean => ((b - a) | 0) <= 0;

/** The number that lies `count` further on; `count` may be negative. */
export const seqAdd = (a: number, count: number): number => (a + count) >>> 0;
